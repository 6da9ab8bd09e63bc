"""Eight threads that change the heap while it is looked at.

    python tests/stress/threads.py SECONDS [SEED]

The threads fill containers and empty them, run tasks, raise, import and make
classes; what they do hangs on the seed, when they do it on the machine.
Meanwhile the main thread takes graphs, `why`, heaps and growths of objects whose
holders it has chosen itself and no thread knows: each answer is compared with
what is known to be true.  With a GIL as well as without.  Ends with status 1 at
the first wrong answer; a crash ends it otherwise.
"""

import asyncio
import faulthandler
import gc
import importlib
import random
import sys
import threading
import time

import referrers

THREADS = 8
MODULES = ("colorsys", "cmd", "chunk", "sndhdr", "this_is_none", "shelve",
           "fileinput", "getopt", "netrc", "plistlib", "wave", "mailbox")


class Record:
    """What the threads make and drop."""

    def __init__(self, number):
        self.number = number
        self.others = []


class Held:
    """What is asked about: no thread ever sees one."""


def fill(rng):
    table = {i: [i, str(i)] for i in range(rng.randrange(200))}
    records = [Record(i) for i in range(rng.randrange(100))]
    for record in records:
        record.others.append(rng.choice(records))
        record.table = table
    for key in list(table)[::2]:
        del table[key]
    set(records).discard(rng.choice(records) if records else None)


def run_tasks(rng):
    async def one(number):
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
        return [number]

    async def several():
        return await asyncio.gather(*(one(i) for i in range(10)))

    asyncio.run(several())


def fail(rng):
    def deep(levels):
        kept = [levels]
        if levels == 0:
            raise ValueError(kept)
        deep(levels - 1)

    try:
        deep(rng.randrange(20))
    except ValueError as error:
        rng.choice([error, error.__traceback__])


def load(rng):
    name = rng.choice(MODULES)
    try:
        importlib.import_module(name)
    except ImportError:
        pass


def make_class(rng):
    names = {"attribute%d" % rng.randrange(50): [] for _ in range(5)}
    instance = type("Made", (Record,), names)(0)
    instance.method = instance.__init__


def generate(rng):
    def numbers():
        kept = list(range(10))
        yield from kept

    started = [numbers() for _ in range(20)]
    for generator in started:
        next(generator)


WORK = (fill, run_tasks, fail, load, make_class, generate)


def change(seed, ends):
    rng = random.Random(seed)
    while not ends.is_set():
        rng.choice(WORK)(rng)
        if rng.randrange(50) == 0:
            gc.collect()


REGISTRY = {}


def expect(condition, what, text):
    if not condition:
        print("wrong: %s\n%s" % (what, text))
        sys.stdout.flush()
        raise SystemExit(1)


def look_at_graph(held):
    text = str(referrers.get_referrer_graph(held))
    expect("dict[user-7]" in text and "REGISTRY (global)" in text, "graph", text)


def look_why(held):
    text = str(referrers.why(held))
    expect("is alive" in text.splitlines()[0]
           and "REGISTRY['user-7'][0]" in text.splitlines()[0], "why", text)
    # Two references: the list's, and `held` of the caller's caller.
    expect("unexplained" not in text and "more than were" not in text,
           "ledger", text)


def look_at_garbage(held):
    dropped = Held()
    dropped.own = dropped
    text = str(referrers.why(dropped))
    expect("is held only by you" in text.splitlines()[0], "yours", text)


def look_at_heap(held):
    heap = referrers.snapshot()
    found = heap.find("__main__.Held")
    expect(any(one.id == id(held) for one in found), "heap", found)
    text = str(heap.why(heap.find("__main__.Held")[:1]))
    expect("alive" in text or "garbage" in text or "held" in text, "heap why",
           text)


def look_at_many(held):
    text = str(referrers.why_all([held, REGISTRY["user-7"]]))
    expect("2 objects" in text or "Held" in text, "why_all", text)


LOOKS = (look_at_graph, look_why, look_at_garbage, look_at_many, look_at_heap)


def main():
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    faulthandler.enable()
    referrers._core._niceness(0)
    print("threads.py: seed %d, GIL %s" % (
        seed, getattr(sys, "_is_gil_enabled", lambda: True)()), flush=True)
    held = Held()
    REGISTRY["user-7"] = [held]
    ends = threading.Event()
    threads = [threading.Thread(target=change, args=(seed + i, ends), daemon=True)
               for i in range(THREADS)]
    for thread in threads:
        thread.start()
    counts = dict.fromkeys(LOOKS, 0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for look in LOOKS:
            look(held)
            counts[look] += 1
    ends.set()
    for thread in threads:
        thread.join()
    print(", ".join("%d %s" % (count, look.__name__)
                    for look, count in counts.items()))


if __name__ == "__main__":
    main()
