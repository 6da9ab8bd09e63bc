"""Programs that grow, and programs that do not.

Each is a name, words of the path of the place that grows (none: nothing may be
told of it), and a program with a function work().  Run as a script this file
runs all of them one after the other and prints what was told, as JSON.
"""

GROWING = [
    ("sessions", "SESSIONS", """
import uuid
class Session: pass
SESSIONS = {}
def work():
    SESSIONS[str(uuid.uuid4())] = Session()
"""),
    ("ten histories", "HISTORY[*]", """
import itertools
n = itertools.count()
class Event: pass
HISTORY = {"tenant-%d" % i: [] for i in range(10)}
def work():
    HISTORY["tenant-%d" % (next(n) % 10)].append(Event())
"""),
    ("a record", "STATE['seen']", """
STATE = {"limit": 3, "name": "x", "seen": [], "other": []}
def work():
    STATE["seen"].append(object())
"""),
    ("numbers in a set", "SEEN", """
import itertools
n = itertools.count(10**6)
SEEN = set()
def work():
    SEEN.add(next(n))
"""),
    ("counters", "COUNTS", """
import itertools
n = itertools.count()
COUNTS = {}
def work():
    COUNTS["page-%d" % next(n)] = 1
"""),
    ("a traceback", "Store.key_error.__traceback__", """
class Store:
    key_error = TypeError("key must be a string")
    def set(self, key):
        if type(key) is not str: raise self.key_error
store = Store()
def work():
    try: store.set([0])
    except TypeError: pass
"""),
    ("a linked list", "LAST.link", """
class Node: pass
LAST = None
def work():
    global LAST
    node = Node(); node.link = LAST; LAST = node
"""),
    ("errors that caused each other", "LAST.__cause__", """
LAST = None
def work():
    global LAST
    try:
        raise ValueError from LAST
    except ValueError as error:
        LAST = error.with_traceback(None)
        LAST.__context__ = LAST.__cause__
"""),
    ("a tree", "ROOT.children", """
class Node:
    def __init__(self): self.children = []
ROOT = Node()
last = ROOT
def work():
    global last
    node = Node(); last.children.append(node); last = node
"""),
    ("handlers", ".handlers", """
import logging
class Client:
    def __init__(self):
        log = logging.getLogger("null_logger")
        log.addHandler(logging.NullHandler()); self.log = log
def work():
    Client()
"""),
    ("loggers", "loggerDict", """
import itertools, logging
n = itertools.count()
def work():
    logging.getLogger("job-%d" % next(n))
"""),
    ("classes", "Meta.all_classes", """
import itertools
n = itertools.count()
class Meta(type):
    all_classes = set()
    def __init__(cls, *a): super().__init__(*a); Meta.all_classes.add(cls)
class Basic(metaclass=Meta): pass
def work():
    Meta("f_%d" % next(n), (Basic,), {})
"""),
    ("timers", "._scheduled", """
import asyncio, contextvars
run = contextvars.ContextVar("run")
class Workflow: pass
loop = asyncio.new_event_loop()
def tick(): pass
async def main():
    run.set(Workflow()); loop.call_later(86400, tick)
def work():
    loop.run_until_complete(main())
"""),
    ("modules", "sys.modules", """
import itertools, sys, types
n = itertools.count()
def work():
    name = "plugin_%d" % next(n)
    sys.modules[name] = types.ModuleType(name)
"""),
    ("attributes", "state", """
import itertools
n = itertools.count()
class State: pass
state = State()
def work():
    setattr(state, "x%d" % next(n), object())
"""),
    ("variables", "HERE", """
import itertools
n = itertools.count()
def work():
    globals()["x%d" % next(n)] = object()
"""),
    ("exit callbacks", "atexit", """
import atexit
class Page:
    def close(self): pass
def work():
    atexit.register(Page().close)
"""),
    ("a closure", "<closure kept>", """
def make():
    kept = []
    def work(): kept.append(object())
    return work
work = make()
"""),
    ("a default", "<default", """
def work(kept=[]):
    kept.append(object())
"""),
    ("what only the work holds", "work.__self__.done", """
class Worker:
    def __init__(self): self.done = []
    def run(self): self.done.append(object())
def work_maker(): return Worker().run
work = None
"""),
    ("a local of another thread", "seen in serve()", """
import queue, threading
class Request: pass
jobs, done = queue.Queue(), queue.Queue()
def serve():
    seen = []
    while jobs.get():
        seen.append(Request()); done.put(1)
threading.Thread(target=serve, daemon=True).start()
def work():
    jobs.put(1); done.get()
"""),
    ("thread-local", "conn", """
import threading
class Local(threading.local): pass
local = Local(); local.conn = []
def work():
    local.conn.append(object())
"""),
    ("context variables", "_VARS", """
import contextvars, itertools
n = itertools.count()
_VARS = {}
def work():
    _VARS["order_%d" % next(n)] = contextvars.ContextVar("order")
"""),
    ("a cache without bound", "price", """
import functools, itertools
n = itertools.count()
@functools.lru_cache(maxsize=None)
def price(key): return [key]
def work():
    price(("item", next(n)))
"""),
    ("finalizers", "finalize._registry", """
import weakref
class Client: pass
KEPT = Client()
def work():
    weakref.finalize(KEPT, print)
"""),
    ("parked threads", "threading._active", """
import threading
def work():
    threading.Thread(target=threading.Event().wait, daemon=True).start()
"""),
    ("a log that is longer than the program will live", "queries", """
import collections
queries = collections.deque(maxlen=9000)
def work():
    queries.append({"sql": "select %d" % len(queries), "time": "0.001"})
"""),
    ("a registry of weak pairs beside the holder", "listeners", """
import weakref
class Engine: pass
def listen(): pass
engine = Engine(); engine.listeners = []
REGISTRY = {}
def work():
    class Listener: pass
    listener = Listener(); engine.listeners.append(listener)
    REGISTRY[id(listener), "connect"] = {
        weakref.ref(engine): weakref.ref(listener)}
"""),
    ("a weak key that its value holds", "STYLES.data", """
import weakref
class Widget: pass
class Style: pass
STYLES = weakref.WeakKeyDictionary()
def work():
    widget, style = Widget(), Style(); style.widget = widget
    STYLES[widget] = style
"""),
    ("dead weak references", "CURSORS", """
import weakref
class Cursor: pass
CURSORS = []
def work():
    CURSORS.append(weakref.ref(Cursor()))
"""),
]

# They grow, and stop.
BOUNDED = [
    ("a cache that is not full", "price", """
import functools, itertools
n = itertools.count()
@functools.lru_cache(maxsize=1000)
def price(key): return [key]
def work():
    price(("item", next(n)))
"""),
    ("a ring that is not full", "ring", """
import collections
ring = collections.deque(maxlen=500)
def work():
    ring.append(object())
"""),
    ("the cache of re", "re._cache", """
import itertools, re
n = itertools.count()
re.purge()
def work():
    re.search("a{%d}c" % next(n), "aaab")
"""),
    ("room that fills", "room", """
room = {i: None for i in range(200)}
n = 0
def work():
    global n
    room[n] = [n]; n += 1
"""),
    ("cancelled timers", "_scheduled", """
import asyncio
loop = asyncio.new_event_loop()
def tick(): pass
async def main(): loop.call_later(86400, tick).cancel()
loop.call_later(80000, tick)  # at the head, from where others are taken
def work():
    loop.run_until_complete(main())
"""),
    ("how bytes are quoted", "quoter", """
import itertools, urllib.parse
n = itertools.count(160)
def work():
    urllib.parse.quote_from_bytes(bytes([next(n), 65]))
"""),
    ("text that is not yet written", "out.pending_bytes", """
import os
out = open(os.devnull, "w")
def work():
    print("a line", file=out)
"""),
    ("cursors", "base", """
import sqlite3
base = sqlite3.connect(":memory:")
def work():
    with base: base.execute("select 1").fetchall()
"""),
]

STEADY = [
    ("json", """
import csv, io, json
def work():
    json.loads(json.dumps([{"a": [1, 2, {"b": None}]}] * 5))
    w = csv.DictWriter(io.StringIO(), ["a"]); w.writeheader()
"""),
    ("a full cache", """
import functools, itertools
n = itertools.count()
@functools.lru_cache(maxsize=64)
def price(key): return [key]
def work():
    price(("item", next(n)))
for _ in range(100): work()
"""),
    ("a queue of constant depth", """
import itertools, queue
n = itertools.count(); q = queue.PriorityQueue()
for i in range(40): q.put((next(n), [i]))
def work():
    q.put((next(n), [0])); q.get()
"""),
    ("the full cache of re", """
import itertools, re
n = itertools.count()
def work():
    re.search("a{%d}b" % next(n), "aaab")
for _ in range(600): work()
"""),
    ("joined threads", """
import queue, threading
def work():
    q = queue.Queue()
    t = threading.Thread(target=lambda: q.put(threading.local()))
    t.start(); t.join(); q.get()
"""),
    ("a pool", """
import concurrent.futures
pool = concurrent.futures.ThreadPoolExecutor(3)
def work():
    list(pool.map(str, range(20)))
"""),
    ("lazy imports", """
def work():
    import decimal, fractions, difflib
    decimal.Decimal("1.5"), fractions.Fraction(1, 3)
"""),
    ("logging", """
import logging, os
log = logging.Logger("x")
log.addHandler(logging.StreamHandler(open(os.devnull, "w")))
def work():
    log.warning("%s happened", "it")
"""),
    ("asyncio.run", """
import asyncio
async def one(n): await asyncio.sleep(0); return [n]
async def main(): await asyncio.gather(*[one(i) for i in range(10)])
def work():
    asyncio.run(main())
"""),
    ("garbage cycles", """
import gc
gc.disable()
class Node: pass
def work():
    node = Node(); node.me = node; node.data = [1] * 10
"""),
    ("classes that go", """
def work():
    class Step:
        def run(self): return self
    Step().run()
"""),
    ("exceptions", """
def work():
    try: {}["x"]
    except KeyError as error: assert error.args
"""),
    ("generators", """
def numbers():
    yield from range(10)
waiting = [numbers() for _ in range(5)]
def work():
    waiting.append(numbers()); next(waiting[-1]); waiting.pop(0)
"""),
    ("weak registries", """
import weakref
class Thing: pass
ALL = weakref.WeakSet()
NAMES = weakref.WeakValueDictionary()
def work():
    thing = Thing(); ALL.add(thing); NAMES["x"] = thing
"""),
    ("a ring", """
import collections
ring = collections.deque(maxlen=5)
def work():
    ring.append(object())
for _ in range(5): work()
"""),
    ("regular expressions", """
import re
def work():
    re.sub(r"(a+)b", lambda m: m[1], "aab aaab")
"""),
    ("dataclasses and enums", """
import dataclasses, enum
@dataclasses.dataclass
class Point:
    x: int; y: list
class Color(enum.Enum): RED = 1
def work():
    dataclasses.asdict(Point(1, [2])); Color("1" and 1)
"""),
    ("temporary files", """
import os, tempfile
def work():
    with tempfile.TemporaryDirectory() as name:
        with open(os.path.join(name, "x"), "w") as file: file.write("x")
"""),
    ("a counter of known words", """
import collections
COUNTS = collections.Counter("abc")
def work():
    COUNTS.update("abcabc")
"""),
]


def _run(name, program):
    import sys
    import types

    import referrers
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(program, name, "exec"), module.__dict__)
    if module.work is None:  # nothing but growth itself shall hold it
        return referrers.growth(module.work_maker())
    return referrers.growth(module.work)


def _run_in_child(name, program):
    """So that each program has a small heap: what one has imported is not in the
    next."""
    import json
    import os
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        with os.fdopen(theirs, "w") as told:
            json.dump(_run(name, program).to_dict(), told)
            told.flush()
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as told:
        text = told.read()
    assert os.waitpid(pid, 0)[1] == 0, name
    return json.loads(text)


def _main():
    import json
    programs = ([program for _, _, program in GROWING + BOUNDED]
                + [program for _, program in STEADY])
    print(json.dumps([_run_in_child("program%d" % number, program)
                      for number, program in enumerate(programs)]))


if __name__ == "__main__":
    _main()
