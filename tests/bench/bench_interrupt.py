"""How late a Ctrl-C and the end of a time limit are obeyed, in seconds.

    python tests/bench/bench_interrupt.py [--count 1000000] [--moments 8]

On a target with so many referrers (`wide`), a chain of a fifth of that (`deep`)
and knots tied into each other (`tangle`, a third): a Ctrl-C is sent by another
process at moments spread over the time that a call takes, and the end of the
time is set to such moments.  Printed are the median and the longest delay: in
processor time, which does not run while others have the machine.  Promised are
0.1 s; a call that is told to end by a time limit has 0.05 s more for each of
the search and the naming, so that what it gives is worth having.

That each phase ends when it is told to is tested by tests/python/test_interrupt.py,
by counting; how much time lies between two questions only a clock can say, and
on a busy machine not even that.  Nothing here is a test.
"""

import argparse
import os
import random
import select
import subprocess
import sys
import time

import referrers

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


class Target:
    pass


def wide(count):
    target = Target()
    return target, [[target] for _ in range(count)]


def deep(count):
    """Too long for sweeps, half of it forwards, half backwards in the order of
    the table."""
    older = [[] for _ in range(count)]
    for one, other in zip(older[::2], older[::-2]):
        one.append(other)
    target = Target()
    last = target
    for link in older:
        link.append(last)
        last = link
    return target, older


def tangle(count):
    knots = [Target() for _ in range(count)]
    order = random.Random(4711)
    for knot in knots:
        knot.others = [order.choice(knots) for _ in range(3)]
    return knots[-1], knots[:1]


def moments(call, count):
    """Spread over the time that a call takes."""
    started = time.monotonic()
    call()
    took = time.monotonic() - started
    return [took * (i + 0.5) / count for i in range(count)]


def after_ctrl_c(sender, call, count):
    late = []
    for moment in moments(call, count):
        sender.stdin.write("%f\n" % moment)
        sender.stdin.flush()
        try:
            while not select.select([sender.stdout], [], [], 0)[0]:
                call()
            time.sleep(5)  # it came between two calls
        except KeyboardInterrupt:
            ended = time.process_time()
        late.append(ended - float(sender.stdout.readline()))
    return late


def after_timeout(call, count):
    late = []
    for moment in moments(lambda: call(None), count):
        started = time.thread_time()
        call(moment)
        late.append(max(0, time.thread_time() - started - moment))
    return late


def show(what, late):
    print("%-34s median %6.3f s, longest %6.3f s"
          % (what, sorted(late)[len(late) // 2], max(late)), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--moments", type=int, default=8)
    options = parser.parse_args()
    sender = subprocess.Popen([sys.executable, "-c", SENDER],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, bufsize=1)
    searches = [
        ("wide", wide, 1, {}),
        ("wide, no limit", wide, 1, {"single_object_referrer_limit": None, "object_limit": None}),
        ("wide, untracked", wide, 1, {"search_for_untracked_objects": True}),
        ("deep", deep, 5, {"max_depth": None}),
        ("tangle, explain", tangle, 3, {"max_depth": 1, "explain": True}),
        ("tangle, sizes", tangle, 3, {"max_depth": 1, "sizes": True})]
    for name, make, part, how in searches:
        target, kept = make(options.count // part)

        def call(timeout=None, target=target, how=how):
            return referrers.get_referrer_graph(target, timeout=timeout, **how)
        show(name + ": Ctrl-C", after_ctrl_c(sender, call, options.moments))
        show(name + ": timeout", after_timeout(call, options.moments))
        del target, kept, call
    target, kept = wide(options.count)
    graph = referrers.get_referrer_graph(target,
                                         single_object_referrer_limit=None, object_limit=None)
    for name, write in (
            ("text", lambda: str(graph)),
            ("lines", lambda: graph._graph.lines()),
            ("reference view", lambda: graph._graph.reference_view())):
        show(name + ": Ctrl-C", after_ctrl_c(sender, write, options.moments))
    sender.stdin.close()
    sender.wait()


if __name__ == "__main__":
    main()
