"""The line `hint`: of each pattern a case in which it is right, and near misses,
which look alike and mean something else, in which nothing may be said.

Each runs in a program of its own, whose heap is asked twice: alive, and as a
file.
"""

import ctypes
import json
import subprocess
import sys
import weakref

import pytest

import referrers
from referrers import _core

# name: (word of the right hint or None, the program, which leaves `w`)
CASES = {
    "finalizer: bound method": ("finalizer", """
w = new(lambda r: weakref.finalize(r, r.close))
"""),
    "finalizer: argument": ("finalizer", """
w = new(lambda r: weakref.finalize(r, print, [r]))
"""),
    "finalizer: of another object": (None, """
other = R()
w = new(lambda r: weakref.finalize(other, r.close))
"""),
    "weak key: value leads to its key": ("weak-key", """
W = weakref.WeakKeyDictionary()
def build(r):
    W[r] = types.SimpleNamespace(owner=r)
w = new(build)
"""),
    "weak key: value leads to another key": (None, """
W = weakref.WeakKeyDictionary()
key = R()
def build(r):
    W[r] = 0
    W[key] = types.SimpleNamespace(owner=r)
w = new(build)
"""),
    "weak key: value leads to no key": (None, """
W = weakref.WeakKeyDictionary()
key = R()
def build(r):
    W[key] = types.SimpleNamespace(owner=r)
w = new(build)
"""),
    "cache: method": ("method-cache", """
class F:
    @functools.lru_cache
    def total(self, more=0): return 1
class G(F): pass
def build():
    f = G()
    f.total(3)
    return weakref.ref(f)
w = build()
"""),
    "cache: function": (None, """
@functools.lru_cache
def total(r): return 1
w = new(total)
"""),
    "cache: argument of a method": (None, """
class F:
    @functools.lru_cache
    def total(self, more): return 1
f = F()
w = new(lambda r: f.total(r))
"""),
    "cache: function of a class": (None, """
class F:
    total = functools.lru_cache(lambda r: 1)
w = new(F.total)
"""),
    "log record: args": ("log-record", """
class Keep(logging.Handler):
    records = []
    def emit(self, record): self.records.append(record)
log = logging.getLogger("app")
log.addHandler(Keep())
w = new(lambda r: log.warning("x %s", r))
"""),
    "log record: extra": (None, """
class Keep(logging.Handler):
    records = []
    def emit(self, record): self.records.append(record)
log = logging.getLogger("app")
log.addHandler(Keep())
w = new(lambda r: log.warning("x", extra={"session": r}))
"""),
    "log record: a class of that name": (None, """
class LogRecord: pass
record = LogRecord()
w = new(lambda r: setattr(record, "args", (r,)))
"""),
    "traceback: kept exception": ("traceback", """
kept = []
def fail(r): raise ValueError
def build(r):
    try: fail(r)
    except ValueError as error: kept.append(error)
w = new(build)
"""),
    "traceback: attribute of a kept exception": (None, """
kept = []
def build(r):
    error = ValueError()
    error.request = r
    kept.append(error)
w = new(build)
"""),
    "traceback: an attribute of that name": (None, """
kept = []
def build(r):
    kept.append(types.SimpleNamespace(
        __traceback__=types.SimpleNamespace(tb_frame=r)))
w = new(build)
"""),
    "traceback: while it is handled": (None, """
def fail(r): raise ValueError
def handle():
    global w
    try:
        fail(R())
    except ValueError as error:
        w = weakref.ref(error.__traceback__.tb_next.tb_frame.f_locals["r"])
        ask()
handle()
"""),
    "timer: its method": ("timer", """
loop = asyncio.new_event_loop()
w = new(lambda r: loop.call_later(1000, r.close))
"""),
    "timer: asyncio's own": (None, """
async def job():
    global w
    r = R()
    w = weakref.ref(r)
    await asyncio.sleep(1000)
async def main():
    asyncio.create_task(asyncio.wait_for(job(), 1000))
    await asyncio.sleep(0.01)
    ask()
asyncio.run(main())
"""),
    "timer: about to be called": (None, """
loop = asyncio.new_event_loop()
w = new(lambda r: loop.call_soon(r.close))
"""),
    "timer: a class of that name": (None, """
class TimerHandle: pass
timer = TimerHandle()
w = new(lambda r: setattr(timer, "_callback", r))
"""),
    "task: nobody can await it": ("lost-task", """
async def job():
    global w
    r = R()
    w = weakref.ref(r)
    await asyncio.sleep(1000)
async def main():
    asyncio.create_task(job(), name="lost")
    await asyncio.sleep(0)
    ask()
asyncio.run(main())
"""),
    "task: nobody can await its outer coroutine": ("lost-task", """
async def inner():
    global w
    r = R()
    w = weakref.ref(r)
    await asyncio.sleep(1000)
async def outer(): await inner()
async def main():
    asyncio.create_task(outer())
    await asyncio.sleep(0)
    ask()
asyncio.run(main())
"""),
    "task: kept in a set": (None, """
tasks = set()
async def job():
    global w
    r = R()
    w = weakref.ref(r)
    await asyncio.sleep(1000)
async def main():
    tasks.add(asyncio.create_task(job()))
    await asyncio.sleep(0)
    ask()
asyncio.run(main())
"""),
    "task: awaited": (None, """
async def job():
    global w
    r = R()
    w = weakref.ref(r)
    await asyncio.sleep(1000)
async def waits(): await asyncio.create_task(job())
async def main():
    keep = asyncio.create_task(waits())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ask()
asyncio.run(main())
"""),
    "callback: in a list": ("callback", """
handlers = []
w = new(lambda r: handlers.append(lambda: r))
"""),
    "callback: atexit": ("callback", """
w = new(lambda r: atexit.register(lambda: r))
"""),
    "callback: of a future": ("callback", """
loop = asyncio.new_event_loop()
future = loop.create_future()
w = new(lambda r: future.add_done_callback(lambda future: r))
"""),
    "callback: a function with a name": (None, """
def decorate(r):
    def view(): return r
    globals()["view"] = view
w = new(decorate)
"""),
    "callback: default argument": (None, """
handlers = []
w = new(lambda r: handlers.append(lambda r=r: r))
"""),
    "callback: an attribute of what is registered": (None, """
handlers = []
def build(r):
    def handler(): pass
    handler.owner = r
    handlers.append(handler)
w = new(build)
"""),
    "prompt: the last exception": ("prompt", """
def fail(r): raise ValueError
def build(r):
    try: fail(r)
    except ValueError as error: sys.last_value = error
w = new(build)
"""),
    "prompt: IPython's history": ("prompt", """
sys.modules["IPython"] = types.ModuleType("IPython")
Out = {}
w = new(lambda r: Out.update({1: r}))
"""),
    "prompt: that name without IPython": (None, """
Out = {}
w = new(lambda r: Out.update({1: r}))
"""),
    "prompt: that name in another module": (None, """
other = sys.modules["other"] = types.ModuleType("other")
w = new(lambda r: setattr(other, "last_value", r))
"""),
    "prompt: named by the program, too": (None, """
def build(r):
    sys.last_value = r
    sys.program = [r]
w = new(build)
"""),
}

HEAD = """
import asyncio, atexit, functools, json, logging, os, sys, types, weakref
import referrers
from referrers import _core
class R:
    def close(self, *rest): pass
def new(build):
    r = R()
    build(r)
    return weakref.ref(r)
def ask():
    graph = json.loads(referrers.get_referrer_graph(
        w(), search_for_untracked_objects=True, explain=True).to_json())
    live = referrers.why(w())
    filed = referrers.snapshot().why(id(w()))
    print(json.dumps([[hint["kind"] for hint in graph["hints"]],
                      live.hint, filed.hint, str(live), str(filed)]))
    sys.stdout.flush()
    os._exit(0)
for source in json.loads(sys.argv[1]):
    if os.fork() == 0:
        exec(source + "\\nask()", globals())
    os.wait()
"""


@pytest.fixture(scope="module")
def answers():
    """By case: what was answered.  One process, a fork of it for each."""
    sources = [source for _, source in CASES.values()]
    output = subprocess.run(
        [sys.executable, "-c", HEAD, json.dumps(sources)],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(zip(CASES, map(json.loads, output.splitlines()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_hint(answers, name):
    word = CASES[name][0]
    kinds, live, filed, live_text, filed_text = answers[name]
    assert kinds == ([word] if word else []), live_text
    assert filed == live, filed_text
    for text in live_text, filed_text:
        lines = [line for line in text.splitlines()
                 if line.startswith("  hint     ")]
        assert lines == (["  hint     " + live] if live else [])


class Node:
    pass


class Other:
    pass


def forgotten(times):
    """Weak references to nodes that lack so many Py_DECREF each."""
    nodes = [Node() for _ in times]
    for node, more in zip(nodes, times, strict=True):
        for _ in range(more):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(node))
    return list(map(weakref.ref, nodes))


def asked(nodes):
    return referrers.why_all([node() for node in nodes])


def test_each_has_one_reference_more():
    explanation = asked(forgotten([1] * 12))
    assert explanation.hint == (
        "each of these 12 Node has one reference that nothing explains: C "
        "code that forgets a Py_DECREF does that")
    assert str(explanation).endswith("\n  hint     " + explanation.hint)


@pytest.mark.parametrize("times", [[1] * 3, [1] * 11 + [2]])
def test_few_or_not_one_each(times):
    assert asked(forgotten(times)).hint is None


def test_one_each_but_one_is_held():
    nodes = forgotten([1] * 12)
    kept = nodes[3]()
    assert asked(nodes).hint is None
    assert kept is not None


def test_every_pattern_has_a_case():
    (kind,) = [field for record in _core.records()["graph"]
               if record["name"] == "hints"
               for field in record["fields"] if field["name"] == "kind"]
    assert {word for word, _ in CASES.values()} == {
        None, *kind["words"]} - {"each-one-more"}
