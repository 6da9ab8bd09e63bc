"""The price of an answer, as a multiple of gc.collect() and of a plain graph.

    python tests/bench/bench_why.py [--sizes 100000,1000000] [--shuffled]

On the same heaps as bench_graph.py, for a target at the end of a chain
(`chain`), one that 90 chains lead to (`wide`), and one that every record of
the heap leads to (`whole`: the closure is the whole heap) and one in a ring
where everything refers to everything (`tangle`: the same, and little is shown),
the times of

    graph       get_referrer_graph: verdict and ledger are always in it
    explain     the same with explain=True: further paths and the cut
    sizes       the same with sizes=True: dominators over the whole heap
    why         referrers.why(), its text included

each divided by gc.collect() and by `graph`.  Times are processor time, the
best of several rounds in one process, so that a machine that does other work
changes little; `bytes` is what the peak of memory is above that of `graph`, for
each object the collector knows.  guppy3's `.sp` (shortest paths)
and `.domisize`, and refcycle's snapshot with ancestors, follow when they are
installed; they are given --patience seconds.  Nothing here is a test.
"""

import argparse
import gc
import json
import random
import subprocess
import sys
import time

from bench_graph import Target, make_case, mixed_heap

CASES = ("chain", "wide", "whole", "tangle")
OURS = ("graph", "explain", "sizes", "why")
PEERS = ("guppy.sp", "guppy.domisize", "refcycle")


def seconds(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def peak(function):
    """The most memory the process had meanwhile, above what it has."""
    def line(name):
        with open("/proc/self/status") as status:
            return next(int(text.split()[1]) for text in status
                        if text.startswith(name)) * 1024

    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    before = line("VmRSS")
    function()
    return line("VmHWM") - before


class Knot:
    pass


def tangle(size):
    """Knots that refer to each other in no order; the last has the target."""
    knots = [Knot() for _ in range(size // 2)]
    order = random.Random(4711)
    for i, knot in enumerate(knots):
        knot.next = order.choice(knots)
        knot.mate = knots[i - 1]
        knot.data = [order.choice(knots)]
    knots[-1].target = target = Target()
    return target, knots


def runner(tool, target):
    if tool.startswith("guppy"):
        import guppy
        kind = guppy.hpy().iso(target)
        return (lambda: str(kind.sp)) if tool.endswith(".sp") else (
            lambda: kind.domisize)
    if tool == "refcycle":
        import refcycle.creators
        return lambda: refcycle.creators.snapshot().ancestors(target)
    import referrers
    if tool == "why":
        return lambda: str(referrers.why(target))
    options = {} if tool == "graph" else {tool: True}
    if isinstance(target, Target) and hasattr(target, "is_tangled"):
        options["max_depth"] = 2
    return lambda: referrers.get_referrer_graph(target, **options)


def make_heap(case, size, shuffled):
    if case == "tangle":
        target, keep = tangle(size)
        target.is_tangled = True
        return target, keep
    heap = mixed_heap(size, shuffled)
    if case != "whole":
        target, chains = make_case(case)
        return target, (chains, heap)
    target = Target()
    for record in heap:
        record.index["target"] = target
    return target, heap


def measure(tools, case, size, shuffled, repeats):
    target, keep = make_heap(case, size, shuffled)
    gc.collect()
    functions = {tool: runner(tool, target) for tool in tools}
    functions["collect"] = gc.collect
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(repeats + 1):
        for tool, function in functions.items():
            best[tool] = min(best[tool], seconds(function))
    count = len(gc.get_objects())
    peaks = {tool: min(peak(functions[tool]) for _ in range(2)) / count
             for tool in tools}
    print(json.dumps({"seconds": best, "bytes": peaks}))
    del keep


def run(arguments, tools, case, size):
    command = [sys.executable, __file__, "--one", ",".join(tools), case,
               str(size), "--repeats", str(arguments.repeats)]
    command += ["--shuffled"] if arguments.shuffled else []
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=arguments.patience)
    except subprocess.TimeoutExpired:
        return "more than %d s" % arguments.patience
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout)


def report(result, tools, case, size):
    for tool in tools:
        if isinstance(result, str):
            print("%-15s %-6s %9d  %s" % (tool, case, size, result))
            continue
        best, peaks = result["seconds"], result["bytes"]
        graph = best.get("graph")
        print("%-15s %-6s %9d %9.4f %9.2f %9s %9.1f" % (
            tool, case, size, best[tool], best[tool] / best["collect"],
            "%.2f" % (best[tool] / graph) if graph else "-",
            peaks[tool] - peaks.get("graph", 0)), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--patience", type=int, default=120)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--tools", default=",".join(OURS + PEERS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        tools, case, size = arguments.one
        measure(tools.split(","), case, int(size), arguments.shuffled,
                arguments.repeats)
        return
    print("%-15s %-6s %9s %9s %9s %9s %9s" % (
        "tool", "case", "objects", "seconds", "x collect", "x graph", "bytes"))
    asked = arguments.tools.split(",")
    ours = [tool for tool in asked if tool in OURS]
    for size in map(int, arguments.sizes.split(",")):
        for case in arguments.cases.split(","):
            for tools in [ours, *([tool] for tool in asked if tool in PEERS)]:
                if tools:
                    report(run(arguments, tools, case, size), tools, case, size)


if __name__ == "__main__":
    main()
