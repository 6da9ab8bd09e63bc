"""The price of an answer on heaps of many shapes, beside gc.collect().

    python tests/bench/bench_shapes.py [--rows compact,whole,...] [--scale 1]

Each row is a heap in a process of its own:

    mixed       bench_graph.py's heap, 1 million objects, a chain as target
    small       the same with 0.1 million
    compact     small instances with a list, a dict of two, a slotted object
                and a tuple each, 1 million objects in all; a chain
    whole       every record of the mixed heap leads to the target
    star        200,000 instances, each with one attribute: the target
    tangle      200,000 instances, two attributes each to random ones; two
                levels shown
    dense       1,500 lists, each holding all 1,500
    dense5000   the same with 5,000
    random      400,000 lists of four random ones
    random2m    the same with 2 million
    deep        a list nested a million deep
    many        300,000 objects in one list, asked about at once (why_all)
    dominators  the tangle with sizes=True

It prints processor time (the best of --repeats), that time divided by a
gc.collect()'s on the same heap, and what the peak of memory is above what the
heap takes, in MB.  `graph` is get_referrer_graph, `why` the answer and its
text, `sizes` a graph with sizes=True.  --scale 0.1 makes each heap a tenth as
large.  Nothing here is a test.
"""

import argparse
import gc
import json
import random
import subprocess
import sys

from bench_graph import Target, chain, mixed_heap
from bench_why import peak, seconds


class Small:
    pass


class Slotted:
    __slots__ = ("value", "other")


def mixed(count):
    heap = mixed_heap(count)
    target, keep = chain(7)
    return target, (heap, keep), {}


def compact(count):
    heap = []
    for i in range(count // 5):
        one = Small()
        one.items = [i, one]
        one.table = {"first": one.items, "second": one}
        one.slotted = Slotted()
        one.slotted.value = one.items
        one.slotted.other = (one, i)
        heap.append(one)
    target, keep = chain(7)
    return target, (heap, keep), {}


def whole(count):
    target = Target()
    heap = mixed_heap(count)
    for record in heap:
        record.index["target"] = target
    return target, heap, {}


def star(count):
    target = Target()
    heap = [Small() for _ in range(count)]
    for one in heap:
        one.target = target
    return target, heap, {}


def tangle(count):
    order = random.Random(4711)
    heap = [Small() for _ in range(count)]
    for one in heap:
        one.left = order.choice(heap)
        one.right = order.choice(heap)
    heap[0].left.target = target = Target()
    return target, heap, {"max_depth": 2}


def dense(count):
    lists = [[] for _ in range(count)]
    for one in lists:
        one.extend(lists)
    return lists[0], lists, {}


def scattered(count):
    order = random.Random(4711)
    lists = [[] for _ in range(count)]
    for one in lists:
        one.extend(order.choice(lists) for _ in range(4))
    return lists[0], lists, {}


def deep(count):
    target = Target()
    held = target
    for _ in range(count):
        held = [held]
    return target, Keep(held), {}


class Keep:
    """Holds what would otherwise be freed one within another."""

    def __init__(self, held):
        self.held = held


def many(count):
    heap = [Small() for _ in range(count)]
    for i, one in enumerate(heap):
        one.number = i
    return heap, [list(heap)], {}


ROWS = {
    "mixed": (mixed, 1_000_000, ("graph",)),
    "small": (mixed, 100_000, ("graph",)),
    "compact": (compact, 1_000_000, ("graph",)),
    "whole": (whole, 1_000_000, ("graph", "why")),
    "star": (star, 200_000, ("graph", "why")),
    "tangle": (tangle, 200_000, ("graph", "why")),
    "dense": (dense, 1_500, ("graph", "why")),
    "dense5000": (dense, 5_000, ("graph",)),
    "random": (scattered, 400_000, ("graph",)),
    "random2m": (scattered, 2_000_000, ("graph",)),
    "deep": (deep, 1_000_000, ("graph", "why")),
    "many": (many, 300_000, ("why_all",)),
    "dominators": (tangle, 200_000, ("graph", "sizes")),
}


def asker(tool, target, options):
    import referrers
    if tool == "why_all":
        return lambda: str(referrers.why_all(target))
    if tool == "why":
        return lambda: str(referrers.why(target))
    if tool == "sizes":
        options = dict(options, sizes=True)
    return lambda: referrers.get_referrer_graph(target, **options)


def measure(row, scale, repeats):
    make, count, tools = ROWS[row]
    target, keep, options = make(max(10, int(count * scale)))
    gc.collect()
    objects = len(gc.get_objects())
    collect = min(seconds(gc.collect) for _ in range(max(3, repeats)))
    for tool in tools:
        ask = asker(tool, target, options)
        extra = peak(ask)
        taken = [seconds(ask)]
        while len(taken) < repeats and sum(taken) < 20:
            taken.append(seconds(ask))
        print(json.dumps([row, objects, tool, min(taken),
                          min(taken) / collect, extra]), flush=True)
    sys.stdout.flush()
    import os
    os._exit(0 if keep is not None else 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--patience", type=float, default=300)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.scale, options.repeats)
        return
    print("Python %s" % sys.version.split()[0])
    print("%-11s %9s  %-8s %9s %10s %9s %8s" % (
        "row", "objects", "tool", "seconds", "x collect", "extra MB", "B/obj"))
    for row in options.rows.split(","):
        command = [sys.executable, __file__, "--measure", row, "--scale",
                   str(options.scale), "--repeats", str(options.repeats)]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                                  timeout=options.patience)
        except subprocess.TimeoutExpired:
            print("%-11s more than %g s" % (row, options.patience))
            continue
        for line in done.stdout.splitlines():
            row, objects, tool, taken, ratio, extra = json.loads(line)
            print("%-11s %9d  %-8s %9.3f %10.2f %9.1f %8.1f" % (
                row, objects, tool, taken, ratio, extra / 1e6,
                extra / objects), flush=True)
        if done.returncode != 0:
            print("%-11s failed with status %d" % (row, done.returncode))


if __name__ == "__main__":
    main()
