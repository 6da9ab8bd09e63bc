"""How long a process stands still for `--pid`.

    python tests/bench/bench_attach.py [--sizes 100000,1000000] [--repeats 10]
                                       [--resident 1024]

A process of that many objects, and so many megabytes of other data, has a
thread that ticks, which remembers its longest pause, and one that answers
requests.  Prints for each size: the longest
pause without a look, and that of each look (the median, the most); the 99th
percentile of a request without and with looks; and what `types --pid` takes in
all.  In milliseconds.  Nothing here is a test.
"""

import argparse
import statistics
import subprocess
import sys
import time

TARGET = """\
import sys, threading, time
objects = [{"number": number} for number in range(int(sys.argv[1]))]
data = [b"x" * (1 << 20) for _ in range(int(sys.argv[2]))]
longest, asked = 0.0, []
def tick():
    global longest
    last = time.perf_counter()
    while True:
        time.sleep(0.0005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
def serve():
    import socket
    ends = socket.socketpair()
    def echo():
        while True: ends[1].send(ends[1].recv(1))
    threading.Thread(target=echo, daemon=True).start()
    while True:
        began = time.perf_counter()
        ends[0].send(b"x"), ends[0].recv(1)
        asked.append(time.perf_counter() - began)
        time.sleep(0.001)
for work in (tick, serve):
    threading.Thread(target=work, daemon=True).start()
print(flush=True)
for line in sys.stdin:
    some, asked = sorted(asked) or [0], []
    print(longest * 1e3, some[len(some) * 99 // 100] * 1e3, flush=True)
    longest = 0.0
"""


class Target:
    def __init__(self, size, resident):
        self.process = subprocess.Popen(
            [sys.executable, "-c", TARGET, str(size), str(resident)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def pauses(self):
        """The longest pause since the last call, and the percentile."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return [float(n) for n in self.process.stdout.readline().split()]

    def end(self):
        self.process.kill()
        self.process.communicate()


def measure(size, resident, repeats):
    target = Target(size, resident)
    time.sleep(1)
    target.pauses()
    time.sleep(3)
    quiet, percentile = target.pauses()
    pauses, percentiles, times = [], [], []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "referrers", "types", "--pid",
                        str(target.process.pid), "-o", "/dev/null"],
                       check=True)
        times.append(time.perf_counter() - began)
        pause, tail = target.pauses()
        pauses.append(pause)
        percentiles.append(tail)
    target.end()
    print("%9d objects, %d MB more: pause %.1f without a look, %.1f (at most "
          "%.1f) with; 99%% of requests in %.1f and %.1f; a look takes %.0f" % (
              size, resident, quiet, statistics.median(pauses), max(pauses),
              percentile, statistics.median(percentiles),
              statistics.median(times) * 1e3))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--resident", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    for size in options.sizes.split(","):
        measure(int(size), options.resident, options.repeats)


if __name__ == "__main__":
    main()
