"""The price of a whole heap in a file, as multiples of gc.collect().

    python tests/bench/bench_dump.py [--sizes 100000,1000000] [--shuffled]

On the heaps of bench_graph.py:

    pause       how long the program stands still for referrers.snapshot():
                the longest wait of another thread that does nothing but look
                at the clock, all else of that thread's waits taken off
    in place    reading and writing where there is no fork: processor time
    complete    snapshot() until it returns, in a forked child: by the clock
    read back   load() of that file: processor time
    file, gz    bytes of the file for each object in it, and compressed
    memory      bytes that reading and writing take at most, for each object

The first four are divided by one gc.collect() of the same heap; the best of
three rounds.  Nothing here is a test."""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time

from bench_graph import mixed_heap
from bench_why import peak, seconds

ROUNDS = 3


def waits(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


class Clock(threading.Thread):
    """The longest that nothing ran, between two looks at the clock."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest, self.is_over = 0.0, False

    def run(self):
        last = time.perf_counter()
        while not self.is_over:
            time.sleep(0)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last)
            last = now

    def during(self, function):
        self.start()
        function()
        self.is_over = True
        self.join()
        return self.longest


def measure(size, shuffled):
    import referrers
    from referrers import _core, _heap
    heap = mixed_heap(size, shuffled)
    gc.collect()
    once = min(seconds(gc.collect) for _ in range(ROUNDS))
    idle = min(Clock().during(lambda: time.sleep(0.2))
               for _ in range(ROUNDS))
    still = min(Clock().during(referrers.snapshot) for _ in range(ROUNDS))
    complete = min(waits(referrers.snapshot) for _ in range(ROUNDS))
    descriptor = _heap.temporary()

    def in_place():
        _core.dump(descriptor, False, False, False)

    written = min(seconds(in_place) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as directory:
        plain = os.path.join(directory, "x.heapsnapshot")
        taken = referrers.snapshot()
        taken.save(plain)
        taken.save(plain + ".gz")
        read = min(seconds(lambda: referrers.load(plain))
                   for _ in range(ROUNDS))
        count = referrers.load(plain)._read().object_count
        sizes = [os.path.getsize(plain), os.path.getsize(plain + ".gz")]
    memory = peak(in_place)
    assert len(heap) > 0
    print("%9d objects: pause %.3f  in place %.1f  complete %.1f  "
          "read back %.1f  file %.0f  gz %.0f  memory %.0f"
          % (count, max(still - idle, 0) / once, written / once,
             complete / once, read / once,
             sizes[0] / count, sizes[1] / count, memory / count), flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one, options.shuffled)
        return
    for size in options.sizes.split(","):
        more = ["--shuffled"] if options.shuffled else []
        subprocess.run([sys.executable, __file__, "--one", size, *more],
                       check=True)


if __name__ == "__main__":
    main()
