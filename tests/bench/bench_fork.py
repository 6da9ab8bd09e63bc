"""How long a program stands still for a look, with fork=True and without.

    python tests/bench/bench_fork.py [--sizes 100000,1000000] [--repeats 5]

A second thread ticks all the time and remembers its longest pause: that is how
long the program stood still.  Prints for each size, as multiples of the time of
one gc.collect() on the same heap: the pause of a look in place, that of a look
in a forked child, and how long such a look takes in all; and what the child
takes of memory for itself, in bytes an object.  The median of several rounds.
Nothing here is a test.
"""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import threading
import time

from bench_graph import make_case, mixed_heap

import referrers


class Ticker:
    """The longest time between two moments in which another thread ran, less
    what the interpreter's own switching takes."""

    def __init__(self):
        self.longest = 0.0
        self.ends = False
        self.thread = threading.Thread(target=self.tick)

    def tick(self):
        last = time.perf_counter()
        while not self.ends:
            time.sleep(0.0002)  # lets go of the GIL, and wants it back
            now = time.perf_counter()
            self.longest = max(self.longest, now - last)
            last = now

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.ends = True
        self.thread.join()


class Watcher:
    """What forked children take at most, by their anonymous memory that is
    theirs alone."""

    def __init__(self):
        self.most = 0
        self.ends = False
        self.thread = threading.Thread(target=self.watch)

    def children(self):
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    with open("/proc/%s/stat" % entry) as stat:
                        parent = stat.read().rpartition(")")[2].split()[1]
                except OSError:
                    continue
                if int(parent) == os.getpid():
                    yield entry

    def watch(self):
        while not self.ends:
            for child in self.children():
                try:
                    with open("/proc/%s/smaps_rollup" % child) as lines:
                        own = [int(line.split()[1]) for line in lines
                               if line.startswith("Private_Dirty:")]
                    self.most = max(self.most, *own)
                except (OSError, TypeError):
                    continue
            time.sleep(0.005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.ends = True
        self.thread.join()


def collection():
    started = time.perf_counter()
    gc.collect()
    return time.perf_counter() - started


def look(target, fork):
    """The pause, and the whole."""
    with Ticker() as ticker:
        time.sleep(0.02)
        started = time.perf_counter()
        referrers.get_referrer_graph(target, fork=fork)
        took = time.perf_counter() - started
        time.sleep(0.01)
    return ticker.longest, took


def measure(size, repeats):
    target, keep = make_case("chain")
    heap = mixed_heap(size)
    gc.collect()
    objects = len(gc.get_objects())
    times = [collection() for _ in range(repeats)]
    placed = [look(target, False) for _ in range(repeats)]
    forked = [look(target, True) for _ in range(repeats)]
    with Watcher() as watcher:
        referrers.get_referrer_graph(target, fork=True)
    unit = statistics.median(times)

    def ratio(values):
        return statistics.median(values) / unit
    print("%9d objects: gc.collect() %.0f ms; in place: pause %.3f; "
          "forked: pause %.3f, in all %.2f; child %.0f bytes an object" % (
              objects, unit * 1e3, ratio(pause for pause, _ in placed),
              ratio(pause for pause, _ in forked),
              ratio(took for _, took in forked),
              watcher.most * 1024 / objects), flush=True)
    return len(heap) + len(keep)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--nice", type=int, default=19,
                        help="niceness of the child (19)")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.size:
        referrers._core._niceness(options.nice)
        measure(options.size, options.repeats)
        return
    for size in options.sizes.split(","):
        subprocess.run([sys.executable, __file__, "--size", size,
                        "--nice", str(options.nice),
                        "--repeats", str(options.repeats)], check=True)


if __name__ == "__main__":
    main()
