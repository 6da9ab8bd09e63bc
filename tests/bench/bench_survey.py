"""The price of a heap summed up, as multiples of gc.collect().

    python tests/bench/bench_survey.py [--sizes 100000,1000000] [--shuffled]

On the heaps of bench_graph.py, once they were read:

    types    what is in it
    map      where the memory is, the heaviest 40 places
    growth   what grew from one heap to a second, which has a fiftieth more

and, in seconds, growth(work) on 50,000 objects with work that takes no time:
its looks and their comparison.  Processor time, the best of three rounds.
Nothing here is a test."""

import argparse
import gc
import time

import referrers
from bench_graph import mixed_heap
from bench_why import seconds
from referrers import _core

ROUNDS = 3
SMALL = 50_000


def best(function):
    return min(seconds(function) for _ in range(ROUNDS))


def measure(size, shuffled):
    heap = mixed_heap(size, shuffled)
    collect = best(gc.collect)
    first = referrers.snapshot()._read()
    heap.append(mixed_heap(size // 50, shuffled))
    second = referrers.snapshot()._read()
    for name, function in (
            ("types", lambda: _core.survey_types(first)),
            ("map", lambda: _core.survey_map(first, 40)),
            ("growth", lambda: _core.survey_growth([first, second], 1))):
        print(f"{size:>10,}  {name:<8}{best(function) / collect:6.2f}",
              flush=True)


def measure_growth():
    heap = mixed_heap(SMALL)
    kept = []
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        referrers.growth(lambda: kept.append([]))
        taken.append(time.perf_counter() - start)
    del heap
    print(f"{SMALL:>10,}  growth(work) {min(taken):.2f} s by the clock")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--shuffled", action="store_true")
    options = parser.parse_args()
    measure_growth()
    for size in map(int, options.sizes.split(",")):
        measure(size, options.shuffled)


if __name__ == "__main__":
    main()
