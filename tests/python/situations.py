"""Situations out of questions that people ask: what holds this object?

Each is a few lines that leave `w`, a weak reference to the object, and a word
for the verdict.  test_situations.py runs them in one fresh process, asks, does
what the cut says and nothing else, and looks whether the object is gone.
`drop` is for cuts that are no expression of Python; `stays` says that native
code holds the object as well, so that the cut alone must not free it, and
`end` ends that.
"""

import collections
import sys

Case = collections.namedtuple(
    "Case", "name source verdict cut drop stays end since until says")
CASES = []

HEAD = """\
import gc, sys, weakref
class P:
    def method(self, *a): pass
class Call(P):
    def __call__(self, *a, **k): pass
def new(cls=P):
    global w
    p = cls()
    w = weakref.ref(p)
    return p
"""


def case(name, source, verdict="alive", cut=None, drop=None, stays=False,
         end=None, since=(3, 10), until=(3, 99), says=()):
    CASES.append(Case(name, HEAD + source, verdict, cut, drop, stays, end,
                      since, until, says))


def applicable():
    return [c for c in CASES if c.since <= sys.version_info[:2] <= c.until]


# Containers: the item nearest to the object, and what can be changed.
case("nested registry", "cache = {'users': {'u1': P(), 'u7': new()}}",
     cut=["situation.cache['users']['u7']"])
case("tuple in a list", "queue = [(1, 0, new())]", cut=["situation.queue[0]"])
case("tuple in a variable", "pair = (1, new())", cut=["situation.pair"])
case("two places", "a = new(); b = [a]; c = P(); c.x = a; del a",
     cut=["situation.b[0]", "situation.c.x"])
case("shared further up", "x = P(); x.a = x.b = new(); reg = {'k': x}; del x",
     cut=["situation.reg['k']"])
case("frozenset", "held = frozenset([new()])", cut=["situation.held"])
case("set in an attribute", "o = P(); o.s = {new()}",
     cut=["situation.o.s<member>"], drop="o.s.clear()")
case("deque", "import collections\nq = collections.deque([1, new()])",
     cut=["situation.q[1]"])
case("attribute, not variable", "o = P(); o.child = new()",
     cut=["situation.o.child"])
case("slot", "class S:\n    __slots__ = ('x',)\ns = S(); s.x = new()",
     cut=["situation.s.x"])
case("list in a tuple", "t = ([new()],)", cut=["situation.t[0][0]"])
case("mappingproxy", """
import types
class D(dict): pass
held = types.MappingProxyType(new(D))
""", cut=["situation.held"])
case("iterator", "i = iter([1, new()])", cut=["situation.i"])
case("list that a list iterator leads to", "i = iter([[new()]])",
     cut=["situation.i"])
case("view of a dict", "d = {'a': new()}; view = d.values(); del d",
     cut=["situation.view"])
case("list inside iterators", "import itertools\ni = itertools.chain([new()])",
     cut=["situation.i"])

# Functions: no closure, no constant, no default is cut.
case("closure", """
def outer():
    p = new()
    return lambda: p
held = [outer()]
""", cut=["situation.held[0]"])
case("default argument", "def f(x=new()): pass", cut=["situation.f"])
case("keyword default", "def f(*, x=new()): pass",
     cut=["situation.f.__kwdefaults__['x']"])
case("list that functions close over", """
def make():
    seen = [new()]
    return lambda: seen, lambda: len(seen)
held = [make()]
""", cut=["situation.held[0]"])
case("single dispatch", """
import functools
def make():
    @functools.singledispatch
    def f(x): pass
    f.register(int, new().method)
    return f
f = make()
""", cut=["situation.f"])
case("a context and its copy", """
import contextvars
variable = contextvars.ContextVar("variable")
one = contextvars.Context()
one.run(lambda: variable.set(new()))
two = one.run(contextvars.copy_context)
""", cut=["situation.one", "situation.two"])
case("context of a task", """
import asyncio, contextvars
variable = contextvars.ContextVar("variable")
loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda loop, context: None)
future = loop.create_future()
async def wait():
    variable.set(new())
    await future
task = loop.create_task(wait())
loop.run_until_complete(asyncio.sleep(0))
del future, wait
""", cut=["situation.task"], end="loop.close()")
case("constant", """
def f(): return lambda: 1
kind = type(f.__code__)
w = weakref.ref(next(c for c in f.__code__.co_consts if type(c) is kind))
""", cut=["situation.f"])
case("bound method among listeners", "listeners = [new().method]",
     cut=["situation.listeners[0]"])
case("partial", "import functools\nheld = functools.partial(print, new())",
     cut=["situation.held"])
case("cache without a limit", """
import functools
@functools.lru_cache(maxsize=None)
def load(k): return new()
load('a')
""", cut=["situation.load.cache_clear()"])
case("cache with a limit", """
import functools
@functools.lru_cache(maxsize=3)
def load(k): return new()
load('a')
""", cut=["situation.load.cache_clear()"])
case("key of a cache with a limit", """
import functools
@functools.lru_cache(maxsize=3)
def load(*k): return 1
load('a', new())
""", cut=["situation.load.cache_clear()"])
case("a cache with a limit beside a list", """
import functools
@functools.lru_cache(maxsize=3)
def load(k): return new()
class Signal:
    receivers = [load('a')]
""", cut=["situation.load.cache_clear()", "situation.Signal.receivers[0]"],
     says=["P is alive: situation.Signal.receivers[0] leads to it"])
case("a cache of the library beside a long chain", """
import re
held = P(); held.x = P(); held.x.y = P(); held.x.y.z = P()
held.x.y.z.pattern = re.compile("situation+")
w = weakref.ref(held.x.y.z.pattern)
""", drop="del held.x.y.z.pattern; re.purge()",
     says=["Pattern is alive: situation.held.x.y.z.pattern leads to it"])
case("cached method", """
import functools
class Frame:
    @functools.lru_cache(maxsize=None)
    def total(self): return 1
def make():
    global w
    f = Frame(); f.total()
    w = weakref.ref(f)
make()
""", cut=["situation.Frame.total.cache_clear()"])

# Classes.
case("class among its instances", """
class Plugin: pass
w = weakref.ref(Plugin)
found = {'p': Plugin()}
""", cut=["situation.Plugin", "situation.found['p']"])
case("class and the instance it has", """
class Sub: pass
Sub.inst = Sub()
w = weakref.ref(Sub)
""", cut=["situation.Sub"])
case("class as key and value", """
def make():
    global w
    class Plugin: pass
    w = weakref.ref(Plugin)
    return {Plugin: Plugin()}
plugins = make()
""", cut=["situation.plugins"])
case("base of a subclass", """
def make():
    global w
    class Base: pass
    class Sub(Base): pass
    w = weakref.ref(Base)
    return [Base], [Sub], [Base()]
a, b, c = make()
""", cut=["situation.a[0]", "situation.b[0]", "situation.c[0]"])
case("function with a __class__ cell", """
def make():
    global w
    class C:
        def m(self): return super().__repr__()
    w = weakref.ref(C)
    return C.__dict__['m']
held = [make()]
""", cut=["situation.held[0]"])
case("descriptor of a class", """
def make():
    global w
    class C:
        __slots__ = ('x',)
    w = weakref.ref(C)
    return [C.x]
held = make()
""", cut=["situation.held[0]"])
case("attribute of the class of an instance", """
def make():
    class C: pass
    C.attribute = new()
    return [C()]
held = make()
""", cut=["situation.held[0]"])

# Frames that wait.
case("generator", """
def gen():
    p = new()
    yield
held = [gen()]; next(held[0])
""", cut=["situation.held[0]"])
case("generator in its own cycle", """
def gen(box):
    p = new()
    box.me = me = box.gen
    yield
box = P(); box.gen = gen(box); next(box.gen)
gc.disable(); del box
""", verdict="garbage")
case("task that sleeps", """
import asyncio
loop = asyncio.new_event_loop()
async def serve():
    p = new()
    await asyncio.sleep(1000)
task = loop.create_task(serve())
loop.run_until_complete(asyncio.sleep(0))
""", drop="""
task.cancel(); loop.run_until_complete(asyncio.gather(task, return_exceptions=True)); del task
""")
case("callback of a future, which gives copies", """
import asyncio
loop = asyncio.new_event_loop()
f = loop.create_future(); f.add_done_callback(print)
f.add_done_callback(new(Call))
""", cut=["situation.f"])
case("traceback", """
def f():
    p = new()
    raise ValueError
try: f()
except ValueError as e: held = [e]
""")

# Tables of the interpreter.
case("atexit", "import atexit\natexit.register(new(Call))",
     cut=["atexit.unregister(<Call>)"], drop="import atexit; atexit._clear()")
case("signal", "import signal\nsignal.signal(signal.SIGUSR1, new(Call))",
     cut=["signal.signal(signal.SIGUSR1, signal.SIG_DFL)"],
     drop="signal.signal(signal.SIGUSR1, signal.SIG_DFL)")
case("profile function", "sys.setprofile(new(Call))",
     cut=["sys.setprofile(None)"], drop="sys.setprofile(None)")
case("audit hook", "sys.addaudithook(new(Call))", cut=None, drop="-",
     says=["drop     nothing: <audit hook> holds it, and none of these "
           "references can be dropped"])

# What native code holds as well.
case("a sqlite function", """
import sqlite3
con = sqlite3.connect(':memory:')
con.create_function('f', 1, new().method)
""", verdict="native", end="con.close()")
case("an attribute and a sqlite function", """
import sqlite3
con = sqlite3.connect(':memory:')
app = P(); app.page = new()
con.create_function('f', 1, app.page.method)
""", cut=["situation.app.page"], stays=True, end="con.close()",
     says=["also     held by C code, through method P.method",
           "but      that is not enough: C code holds method P.method"])
case("an attribute and a collation", """
import sqlite3
con = sqlite3.connect(':memory:')
app = P(); app.page = new()
con.create_collation('c', lambda a, b, p=app.page: 0)
""", cut=["situation.app.page"], stays=True, end="con.close()",
     since=(3, 11),  # 3.10 has a dict of them that the collector sees
     says=["also     held by C code, through function <lambda>"])
case("a variable and a list that was forgotten", """
import ctypes
def forget():
    global g, hidden
    g = new()
    hidden = [g]
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(hidden))
    place = id(hidden)
    del hidden
    return place
place = forget()
""", cut=["situation.g"], stays=True,
     end="ctypes.cast(place, ctypes.py_object).value.clear()",
     says=["also     held by C code, through list"])
case("a variable and itself forgotten", """
import ctypes
held = [new()]
ctypes.pythonapi.Py_IncRef(ctypes.py_object(held[0]))
""", cut=["situation.held[0]"], stays=True,
     end="ctypes.pythonapi.Py_DecRef(ctypes.py_object(w()))",
     says=["but      that is not enough: C code holds the object itself"])
case("alive and in a garbage cycle", """
gc.disable()
held = [new()]
a = P(); a.me = a; a.x = held[0]; del a
""", cut=["situation.held[0]"],
     says=["also     an unreachable cycle of "])

case("cache that C code leads to as well", """
import ctypes, functools
def f(x): pass
f = functools.lru_cache(8)(f)
f(new())
hidden = [f]
ctypes.pythonapi.Py_IncRef(ctypes.py_object(hidden))
del hidden
""", cut=["situation.f.cache_clear()"])

# Garbage and nothing.
case("cycle", "gc.disable()\na = new(); a.me = a; del a", verdict="garbage")
case("behind a cycle", "gc.disable()\na = P(); a.me = a; a.x = new(); del a",
     verdict="garbage")

# What has to be called, where nothing can be deleted.
case("file of faulthandler", """
import faulthandler
class F:
    def fileno(self): return 2
faulthandler.enable(new(F))
""", cut=["faulthandler.disable()"], drop="faulthandler.disable()",
     since=(3, 14))
case("file of faulthandler, in a module", """
import faulthandler
class F:
    def fileno(self): return 2
faulthandler.enable(new(F))
""", drop="-", until=(3, 13), says=("none of these references can be",))
case("file of faulthandler's timer", """
import faulthandler
class F:
    def fileno(self): return 2
faulthandler.dump_traceback_later(1000, file=new(F))
""", cut=["faulthandler.cancel_dump_traceback_later()"],
     drop="faulthandler.cancel_dump_traceback_later()", since=(3, 14))
case("thread-local attribute of another thread", """
import threading
local = threading.local()
ready, stop = threading.Event(), threading.Event()
def work():
    local.it = new(); ready.set(); stop.wait()
t = threading.Thread(target=work, name='w-2', daemon=True); t.start(); ready.wait()
""", cut=["situation.local.it in thread w-2"], drop="stop.set(); t.join()")
case("argument of a callback", """
import atexit
atexit.register(print, new())
""", drop="atexit.unregister(print)", says=("drop     <atexit callback arg",))
case("keyword of a callback", """
import atexit
atexit.register(print, end=new())
""", drop="atexit.unregister(print)", says=("drop     <atexit callback arg",))
