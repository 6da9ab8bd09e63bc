"""The price of an answer, as a multiple of gc.collect() and of a plain graph.

    python tests/bench/bench_why.py [--sizes 100000,1000000] [--shuffled]

On the same heaps as bench_graph.py, for a target at the end of a chain
(`chain`), one that 90 chains lead to (`wide`), and one that every record of
the heap leads to (`whole`: the closure is the whole heap), the medians of

    graph       get_referrer_graph: verdict and ledger are always in it
    explain     the same with explain=True: further paths and the cut
    sizes       the same with sizes=True: dominators over the whole heap
    why         referrers.why(), its text included

each divided by gc.collect() and by `graph`.  guppy3's `.sp` (shortest paths)
and `.domisize`, and refcycle's snapshot with ancestors, follow when they are
installed; they are given --patience seconds.  Nothing here is a test.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time

from bench_graph import Target, make_case, mixed_heap

CASES = ("chain", "wide", "whole")
OURS = ("graph", "explain", "sizes", "why")
PEERS = ("guppy.sp", "guppy.domisize", "refcycle")


def timed(function, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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
    return lambda: referrers.get_referrer_graph(target, **options)


def measure(tool, case, size, shuffled, repeats):
    heap = mixed_heap(size, shuffled)
    if case == "whole":
        target, keep = Target(), None
        for record in heap:
            record.index["target"] = target
    else:
        target, keep = make_case(case)
    gc.collect()
    collect = timed(gc.collect, max(repeats, 3))
    function = runner(tool, target)
    function()
    seconds = timed(function, repeats)
    print(json.dumps({"seconds": seconds, "collect": collect}))
    del heap, keep


def run(arguments, tool, case, size):
    command = [sys.executable, __file__, "--one", tool, case, str(size),
               "--repeats", str(arguments.repeats)]
    command += ["--shuffled"] if arguments.shuffled else []
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=arguments.patience)
    except subprocess.TimeoutExpired:
        return "more than %d s" % arguments.patience
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--patience", type=int, default=120)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--tools", default=",".join(OURS + PEERS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        tool, case, size = arguments.one
        measure(tool, case, int(size), arguments.shuffled, arguments.repeats)
        return
    print("%-15s %-6s %9s %9s %9s %9s" % (
        "tool", "case", "objects", "seconds", "x collect", "x graph"))
    for size in map(int, arguments.sizes.split(",")):
        for case in CASES:
            graph = None
            for tool in arguments.tools.split(","):
                result = run(arguments, tool, case, size)
                if isinstance(result, str):
                    print("%-15s %-6s %9d  %s" % (tool, case, size, result))
                    continue
                seconds = result["seconds"]
                graph = seconds if tool == "graph" else graph
                print("%-15s %-6s %9d %9.4f %9.2f %9s" % (
                    tool, case, size, seconds, seconds / result["collect"],
                    "%.2f" % (seconds / graph) if graph else "-"), flush=True)


if __name__ == "__main__":
    main()
