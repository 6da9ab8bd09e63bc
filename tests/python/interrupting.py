"""A Ctrl-C that comes from another process, and how late it is obeyed."""

import os
import select
import subprocess
import sys
import time

import pytest

# Promised are 0.1 s: the median over many moments has to hold that, and none
# may be far off.
# Under the sanitizers, which also check every structure, all of this takes many
# times as long, and so does what cannot be asked in between.
SLOWER = 8 if "asan" in os.environ.get("LD_PRELOAD", "") else 1
PROMISE = 0.1 * SLOWER
WORST = 1.0 * SLOWER

# The clock of the processor time of process N is called ~N << 3 | 2 on Linux
# (clock_getcpuclockid).
SENDER = """\
import os, signal, sys, time
for line in sys.stdin:
    time.sleep(float(line))
    sent = time.clock_gettime(~%d << 3 | 2)
    os.kill(%d, signal.SIGINT)
    print(sent, flush=True)
""" % (os.getpid(), os.getpid())


@pytest.fixture(scope="module")
def sender():
    process = subprocess.Popen([sys.executable, "-c", SENDER],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, bufsize=1)
    yield process
    process.stdin.close()
    assert process.wait() == 0


def delays(sender, call, moments):
    """How late `call` was ended by a Ctrl-C sent after each of `moments`."""
    late = []
    for moment in moments:
        sender.stdin.write("%f\n" % moment)
        sender.stdin.flush()
        try:
            while not select.select([sender.stdout], [], [], 0)[0]:
                call()
            time.sleep(5)  # it came between two calls
        except KeyboardInterrupt:
            ended = time.process_time()
        else:
            pytest.fail("no KeyboardInterrupt came")
        late.append(ended - float(sender.stdout.readline()))
    return late


def steps(call, count=4):
    """Moments spread over the time that a call takes."""
    started = time.monotonic()
    call()
    took = time.monotonic() - started
    return [took * (i + 0.5) / count for i in range(count)]


def check(late, promise=PROMISE):
    print("late by", ["%.3f" % delay for delay in late])
    assert sorted(late)[len(late) // 2] < promise
    assert max(late) < WORST
