"""The price of one graph, as a multiple of gc.collect() on the same heap.

    python tests/bench/bench_graph.py [--sizes 100000,1000000] [--tools ours,...]

Runs each tool in a process of its own, on the same generated heap of mixed
kinds (instances, dicts, lists, tuples, strings), and prints one line for each
tool, size and case: the median time of the graph divided by the median time of
gc.collect() in that process, the same for the first graph (its memory is new
to the process), and the extra memory at the peak in bytes per object.
`get_referrers` is one call of gc.get_referrers, for comparison.

Peers: objgraph, refcycle and guppy when they are installed, and with
`--tools peer --peer-referrers PATH` the package `referrers` of that directory.
A case that takes longer than --patience seconds is given up.  With --shuffled
the heap's objects are in no order in memory.  Nothing here is a test.
"""

import argparse
import gc
import json
import random
import signal
import statistics
import subprocess
import sys
import time

CASES = ("chain", "wide", "deep", "untracked", "many")


class Record:
    def __init__(self, key, values):
        self.key = key
        self.values = values
        self.label = "record %d" % key


class Target:
    pass


def mixed_heap(count, shuffled=False, seed=20261123):
    """`count` tracked objects: a third instances, a third lists, then dicts
    and tuples, with a few references across.  Shuffled: in the order of
    memory one object has nothing to do with the next, as in a program that
    has run for long."""
    generator = random.Random(seed)
    heap = []
    while len(heap) * 4 < count:
        key = len(heap)
        values = [key, "value %d" % key]
        if heap and generator.random() < 0.3:
            values.append(generator.choice(heap))
        record = Record(key, values)
        heap.append(record)
        record.index = {"self": record, key: (values, key)}
    if shuffled:
        generator.shuffle(heap)
        # Made once more, each in a place that another one has left.
        for i, record in enumerate(heap):
            fresh = Record(record.key, list(record.values))
            fresh.index = {"self": fresh, record.key: (fresh.values, i)}
            record.__dict__.clear()
            heap[i] = fresh
    return heap


def make_case(case):
    """What is asked about and what has to stay alive for it: (target, keep)."""
    if case == "chain":
        return chain(7)
    if case == "deep":
        return chain(300)
    if case == "wide":
        target = Target()
        return target, [chain(5, target)[1] for _ in range(90)]
    if case == "untracked":
        target = "".join(["a string ", "of its own"])
        return target, (1, (2, (3, target)))
    targets = [Target() for _ in range(300)]
    return targets, [chain(3, target)[1] for target in targets]


def chain(length, target=None):
    target = target or Target()
    held = target
    for i in range(length):
        held = [held] if i % 2 else {"next": held}
    return target, held


def runner(tool, case, target):
    """A function that makes one graph with a tool, or None: cannot."""
    if tool in ("ours", "peer"):
        import referrers
        # Newer versions of the peer search for untracked objects unasked.
        untracked = ({"search_for_untracked_objects": True}
                     if case == "untracked" and tool == "ours" else {})
        if case == "many":
            return lambda: referrers.get_referrer_graph_for_list(list(target))
        return lambda: referrers.get_referrer_graph(target, max_depth=400,
                                                    **untracked)
    if case == "many":
        target = target[0]
    if tool == "get_referrers":
        return lambda: gc.get_referrers(target)
    if case == "untracked":
        return None
    if tool == "objgraph":
        import io
        import objgraph
        return lambda: objgraph.show_backrefs([target], max_depth=8,
                                              output=io.StringIO())
    if tool == "refcycle":
        import refcycle.creators
        return lambda: refcycle.creators.snapshot().ancestors(target)
    if tool == "guppy":
        import guppy
        heap = guppy.hpy()
        return lambda: str(heap.iso(target).shpaths)
    return None


def median_time(function, times):
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def reset_peak():
    """Forgets the peak so far (Linux: proc(5), clear_refs)."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak():
    """The most memory this process has had since reset_peak(), in bytes."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell the peak")


def measure(tool, size, patience, shuffled):
    """In a process of its own: all cases of one tool on one heap."""
    heap = mixed_heap(size, shuffled)
    cases = {case: make_case(case) for case in CASES}
    gc.collect()
    objects = len(gc.get_objects())
    collect = median_time(gc.collect, 5)
    signal.signal(signal.SIGALRM, give_up)
    for case, (target, keep) in cases.items():
        function = runner(tool, case, target)
        if function is None:
            continue
        row = {"tool": tool, "objects": objects, "case": case,
               "collect": collect}
        signal.setitimer(signal.ITIMER_REAL, patience)
        try:
            reset_peak()
            before = peak()
            row["first"] = median_time(function, 1) / collect
            row["bytes"] = (peak() - before) / objects
            row["ratio"] = row["first"]
            if row["first"] * collect < patience / 10:
                row["ratio"] = median_time(function, 5) / collect
        except TimeoutError:
            row["gave_up"] = patience
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(row), flush=True)
        assert keep is not None
    assert heap


def give_up(*arguments):
    raise TimeoutError


def report(row):
    if "gave_up" in row:
        result = "gave up after %g s" % row["gave_up"]
    else:
        result = "%8.2f x gc.collect() (first %.2f) %8.1f bytes/object" % (
            row["ratio"], row["first"], row["bytes"])
    print("%-14s %9d objects  collect %6.1f ms  %-10s %s" % (
        row["tool"], row["objects"], row["collect"] * 1e3, row["case"],
        result), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--tools", default="ours,get_referrers")
    parser.add_argument("--peer-referrers", metavar="PATH")
    parser.add_argument("--patience", type=float, default=120)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], int(options.measure[1]), options.patience,
                options.shuffled)
        return
    print("Python %s" % sys.version.split()[0])
    for size in options.sizes.split(","):
        for tool in options.tools.split(","):
            run_tool(tool, size, options)


def run_tool(tool, size, options):
    import os
    environment = dict(os.environ)
    if tool == "peer":
        environment["PYTHONPATH"] = options.peer_referrers
    done = subprocess.run(
        [sys.executable, __file__, "--measure", tool, size, "--patience",
         str(options.patience)] + ["--shuffled"] * options.shuffled,
        stdout=subprocess.PIPE, text=True, env=environment)
    for line in done.stdout.splitlines():
        report(json.loads(line))
    if done.returncode != 0:
        print("%-14s failed with status %d" % (tool, done.returncode))


if __name__ == "__main__":
    main()
