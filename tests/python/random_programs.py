"""Small random programs whose holders are known by construction.

A program is a function that makes objects, lets some of them refer to others,
forgets most of its names, and asks why one of the objects is alive.  The same
edges stand in a model here, which knows what leads to what.  The answer is
compared with the model, and then believed: what it says is dropped, nothing
else, and the object has to go.

Nothing here keeps an object: the model has numbers and ids.
"""

import asyncio
import collections
import concurrent.futures
import ctypes
import functools
import gc
import random
import re
import sys
import threading
import types
import weakref

import greenlet
import referrers

# What may hold others after it was made, and what only while it is made.
GROWING = ("node", "list", "dict", "set", "deque", "class", "function", "slots",
           "namespace", "ordered", "defaultdict", "celled")
MAKING = ("tuple", "closure", "method", "generator", "coroutine", "greenlet",
          "instance", "subclass", "default", "cache", "frozenset", "weakref",
          "property", "asyncgen", "partial", "cell function", "exception")
CLASSES = ("class", "subclass", "celled")
WEAK = CLASSES + ("node", "set", "function", "slots", "closure", "generator",
                  "coroutine", "greenlet", "instance", "default", "ordered",
                  "frozenset", "asyncgen", "partial", "cell function")
CALLABLE = CLASSES + ("function", "closure", "method", "default", "cache",
                      "partial", "cell function")
UNHASHABLE = ("list", "dict", "set", "deque", "ordered", "defaultdict",
              "namespace", "tuple", "frozenset", "cache", "weakref", "part")
ASKS = ("function", "generator", "coroutine", "greenlet", "task", "thread")

MAPPINGS = ("dict", "ordered", "defaultdict")

# Has the tasks that wait, by what they hold.
WAITING = types.ModuleType("waiting")
sys.modules["waiting"] = WAITING


class Node:
    def method(self):
        pass


class Slots:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")


@types.coroutine
def pause():
    yield


def begin(generator, how="__anext__"):
    """An asynchronous generator, run to where it stops next."""
    try:
        getattr(generator, how)().send(None)
    except StopIteration:
        pass
    return generator


def switch():
    """Suspends the greenlet that runs."""
    greenlet.getcurrent().parent.switch()


def is_pinned():
    """Whether a suspended greenlet says that it is none of the collector's."""
    suspended = greenlet.greenlet(switch)
    suspended.switch()
    try:
        return not gc.is_tracked(suspended)
    finally:
        suspended.throw()


PINNED = is_pinned()

_HEADS = {
    "function": "def ask(hook, n0):\n",
    "greenlet": "def ask(hook, n0):\n",
    "thread": "def ask(hook, n0):\n",
    "generator": "def ask(hook, n0):\n    yield\n",
    "coroutine": "async def ask(hook, n0):\n    await pause()\n",
    "task": "async def ask(hook, n0):\n    await asyncio.sleep(0)\n"}

# Calls it, and has the box besides.
_OUTER = "def outer(hook):\n    box = []\n"
_RUNS = {
    "function": "    ask(hook, box)\n",
    "thread": "    ask(hook, box)\n",
    "greenlet": "    ask(hook, box)\n",
    "generator": "    asking = ask(hook, box)\n"
                 "    next(asking)\n    next(asking, None)\n    del asking\n",
    "coroutine": "    asking = ask(hook, box)\n    asking.send(None)\n"
                 "    try:\n        asking.send(None)\n"
                 "    except StopIteration:\n        pass\n"
                 "    del asking\n",
    "task": "    asyncio.run(ask(hook, box))\n"}
_LAST = "    del box\n    hook.freed_at_last()\n"


class Edge:
    """`holder` is a node's number, or the name of a root."""

    def __init__(self, holder, held, kind, label=""):
        self.holder, self.held = holder, held
        self.kind, self.label = kind, label

    def __repr__(self):
        return "%s -%s %s-> %s" % (self.holder, self.kind, self.label,
                                   self.held)


class Program:
    """The source of one program, and the model of what it makes."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.kinds = []
        self.edges = []
        self.lines = []         # of the function that asks
        self.helpers = []       # functions beside it
        self.how = self.random.choice(ASKS)
        self._make()

    # Making

    def _number(self):
        return len(self.edges)

    def _pick(self, kinds=None):
        found = [i for i, kind in enumerate(self.kinds)
                 if kinds is None or kind in kinds]
        return self.random.choice(found) if found else None

    def _new(self, kind, line):
        self.kinds.append(kind)
        number = len(self.kinds) - 1
        self.lines.append(line.replace("NEW", "n%d" % number))
        self.lines.append("hook.made(%d, n%d)" % (number, number))
        return number

    def _grow(self):
        kind = self.random.choice(GROWING)
        self._new(kind, {
            "node": "NEW = Node()", "list": "NEW = []", "dict": "NEW = {}",
            "set": "NEW = set()", "deque": "NEW = collections.deque()",
            "class": "class NEW: pass", "function": "def NEW(): pass",
            "slots": "NEW = Slots()", "namespace": "NEW = Namespace()",
            "ordered": "NEW = collections.OrderedDict()",
            "defaultdict": "NEW = collections.defaultdict(list)",
            "celled": "class NEW:\n"
                      "        def m(self): return __class__"}[kind])

    def _make_around(self):
        kind = self.random.choice(MAKING)
        held = self._pick({"method": ("node",),
                           "instance": CLASSES, "subclass": CLASSES,
                           "weakref": CALLABLE,
                           "cell function": ("celled",)}.get(kind))
        if (held is None or kind == "asyncgen" and self.how == "task"
                or kind == "frozenset" and self.kinds[held] in UNHASHABLE):
            return
        if kind == "cell function" and any(
                edge.holder == held and edge.label == "m"
                for edge in self.edges):
            return
        label = "x_%d" % self._number()
        helper, line = {
            "tuple": ("", "NEW = (n%d,)" % held),
            "closure": ("def make_%s(%s):\n"
                        "    def inner(): return %s\n"
                        "    return inner\n" % (label, label, label),
                        "NEW = make_%s(n%d)" % (label, held)),
            "method": ("", "NEW = n%d.method" % held),
            "generator": ("def make_%s(%s):\n    yield\n" % (label, label),
                          "NEW = make_%s(n%d); next(NEW)" % (label, held)),
            "coroutine": ("async def make_%s(%s):\n    await pause()\n"
                          % (label, label),
                          "NEW = make_%s(n%d); NEW.send(None)" % (label, held)),
            "greenlet": ("def make_%s(%s):\n    switch()\n" % (label, label),
                         "NEW = greenlet.greenlet(make_%s); "
                         "NEW.switch(n%d)" % (label, held)),
            "instance": ("", "NEW = n%d()" % held),
            "subclass": ("", "class NEW(n%d): pass" % held),
            "default": ("def make_%s(held):\n"
                        "    def inner(*, %s=held): pass\n"
                        "    return inner\n" % (label, label),
                        "NEW = make_%s(n%d)" % (label, held)),
            "cache": ("def make_%s(held):\n"
                      "    box = [held]\n"
                      "    made = functools.lru_cache(%s)(box.pop)\n"
                      "    made()\n"
                      "    return made\n"
                      % (label, self.random.choice(["None", "8"])),
                      "NEW = make_%s(n%d)" % (label, held)),
            "frozenset": ("", "NEW = frozenset([n%d])" % held),
            "weakref": ("", "NEW = weakref.ref(keeper, n%d)" % held),
            "property": ("", "NEW = property(n%d)" % held),
            "asyncgen": ("async def make_%s(%s):\n    yield\n"
                         % (label, label),
                         "NEW = begin(make_%s(n%d))" % (label, held)),
            "partial": ("", "NEW = functools.partial(print, n%d)" % held),
            "cell function": ("", "NEW = vars(n%d)['m']" % held),
            "exception": ("def make_%s(cell):\n"
                          "    %s = cell.pop()\n"
                          "    try: raise ValueError\n"
                          "    except ValueError as error: return error\n"
                          % (label, label),
                          "NEW = hook.caught(make_%s, [n%d])" % (label, held)),
        }[kind]
        self.helpers.append(helper)
        made = self._new(kind, line)
        for part in {"partial": ("args",),
                     "exception": ("__traceback__", "tb_frame")}.get(kind, ()):
            inner = self._new("part", "NEW = n%d.%s" % (made, part))
            self.edges.append(Edge(made, inner, "part", part))
            made = inner
        if kind == "cell function":
            self.edges.append(Edge(held, made, "attribute", "m"))
        self.edges.append(Edge(made, held, kind, {
            "weakref": "__callback__", "property": "fget",
            "cell function": "__class__"}.get(kind, label)))

    def _refer(self):
        holder, held = self._pick(GROWING + ("instance", "subclass")), \
            self._pick()
        if holder is None:
            return
        kind, number = self.kinds[holder], self._number()
        own = [edge for edge in self.edges if edge.holder == holder]
        label, text = "a_%d" % number, "n%d" % held
        if kind == "list" or kind == "deque":
            line, way = "n%d.append(%s)" % (holder, text), "index"
            label = str(len(own))
        elif kind in MAPPINGS and self.random.random() < .2:
            if (self.kinds[held] in UNHASHABLE
                    or any(edge.kind == "key" for edge in own)):
                return
            line, way, label = "n%d[%s] = 1" % (holder, text), "key", ""
        elif kind in MAPPINGS:
            line, way = "n%d[%r] = %s" % (holder, label, text), "item"
        elif kind == "set":
            if own or self.kinds[held] in UNHASHABLE:
                return
            line, way, label = "n%d.add(%s)" % (holder, text), "member", ""
        elif kind == "slots":
            if len(own) == 4:
                return
            label = "s%d" % len(own)
            line, way = "n%d.%s = %s" % (holder, label, text), "attribute"
        else:
            line, way = "n%d.%s = %s" % (holder, label, text), "attribute"
        self.lines.append(line)
        self.edges.append(Edge(holder, held, way, label))

    def _hold(self):
        held, number = self._pick(), self._number()
        where = self.random.choice(("keeper", "global", "thread", "task",
                                    "outer", "executor", "thread-local"))
        label = "r_%d" % number
        if where == "keeper":
            self.lines.append("keeper.%s = n%d" % (label, held))
        elif where == "global":
            self.helpers.append("%s = None\n" % label)
            self.lines.append("globals()[%r] = n%d" % (label, held))
        elif where == "outer":
            self.lines.append("n0.append(n%d)" % held)
            box = [edge for edge in self.edges if edge.holder == 0]
            self.edges.append(Edge(0, held, "index", str(len(box))))
            return
        elif where == "task":
            self.helpers.append(
                "async def wait_%s(cell, end):\n"
                "    %s = cell.pop()\n"
                "    await end\n" % (label, label))
            self.lines.append("hook.task(%r, wait_%s, [n%d])"
                              % (label, label, held))
        else:
            self.helpers.append(
                "def work_%s(cell, ready, stop):\n"
                "    %s%s = cell.pop()\n"
                "    ready.set(); stop.wait()\n"
                % (label, "local." if where == "thread-local" else "", label))
            self.lines.append("hook.%s(%r, work_%s, [n%d])"
                              % ("executor" if where == "executor"
                                 else "thread", label, label, held))
        self.edges.append(Edge(where, held, "root", label))

    def _make(self):
        choose = self.random
        # Node 0 is a list that the function's caller has too.
        self.kinds.append("list")
        self.edges.append(Edge("outer", 0, "root", "box"))
        self.lines.append("hook.made(0, n0)")
        for _ in range(choose.randrange(2, 8)):
            if choose.random() < .5:
                self._grow()
            else:
                self._make_around()
        for _ in range(choose.randrange(1, 8)):
            self._refer()
        for _ in range(choose.choice((0, 0, 1, 1, 2, 3))):
            self._hold()
        self.target = self._pick(WEAK)
        weak = [i for i, kind in enumerate(self.kinds) if kind in WEAK]
        self.several = choose.sample(weak, min(len(weak), 4)) \
            if choose.random() < .4 else []
        names = [i for i in range(len(self.kinds))]
        kept = [i for i in names if choose.random() < .25]
        if self.target is None:
            return
        for i in names:
            if i not in kept:
                self.lines.append("del %s" % self.name(i))
        self.mine = kept

    def name(self, node):
        return "n%d" % node

    def source(self):
        ask = ["if hook.target() is None: return",
               "if len(hook.targets()) > 1: "
               "hook.several(referrers.why_all(hook.targets()))",
               "answer = referrers.why(hook.target())",
               "names = hook.cut(answer)"]
        for i in self.mine:
            ask.append("if %r in names: del %s" % (self.name(i), self.name(i)))
        ask.append("hook.freed()")
        body = "".join("    %s\n" % line for line in self.lines + ask)
        return "".join(self.helpers) + _HEADS[self.how] + body + _OUTER + \
            _RUNS[self.how] + _LAST

    # The model

    def reached(self, roots, without=()):
        """The nodes that the roots (names, numbers of nodes) lead to."""
        found, queue = set(), list(roots)
        while queue:
            at = queue.pop()
            if at in found:
                continue
            found.add(at)
            queue += [edge.held for edge in self.edges
                      if edge.holder == at and edge not in without]
        return found

    OTHERS = ("keeper", "global", "thread", "task", "outer", "executor",
              "thread-local")

    def verdict(self, target=None):
        target = self.target if target is None else target
        if target in self.reached(self.OTHERS):
            return "alive"
        if self.is_pinned((), target):
            return "native"
        return "only-you" if target in self.reached(self.mine) else "garbage"

    def is_pinned(self, without=(), target=None):
        """Whether a greenlet on a cycle leads to the target: its own stack
        keeps it, which the collector does not see."""
        others = self.reached(self.OTHERS, without)
        target = self.target if target is None else target
        return PINNED and any(
            kind == "greenlet" and node not in others
            and target in self.reached([node], without)
            and any(node in self.reached([edge.held], without)
                    for edge in self.edges
                    if edge.holder == node and edge not in without)
            for node, kind in enumerate(self.kinds))

    def is_droppable(self, edge):
        return edge.kind not in ("tuple", "closure", "method", "instance",
                                 "subclass", "frozenset", "weakref", "property",
                                 "partial", "cell function") and \
            edge.label not in ("args", "tb_frame")

    def least(self):
        """Whether one reference would do.  A class that others hold may be
        held by any instance: nobody looks above it for what to drop."""
        roots = list(self.OTHERS) + [
            i for i in self.reached(self.OTHERS)
            if i != self.target and i not in self.OTHERS
            and self.kinds[i] in CLASSES]
        return any(self.target not in self.reached(roots, {edge})
                   for edge in self.edges if self.is_droppable(edge))

    def follow(self, path):
        """The edges that a path of an answer is; AssertionError when it is
        none of this program."""
        steps = path["steps"]
        if (steps[0]["kind"], steps[0]["label"]) == ("global", "local"):
            steps = steps[1:]
        elif path["expression"].startswith("waiting."):
            return self.follow_task(steps, path)
        edges = []
        for step in steps:
            at = edges[-1].held if edges else None
            edge = self._edge(at, step, path)
            if edge is not None:
                edges.append(edge)
        return edges

    def follow_task(self, steps, path):
        """From the variable of the task's name on as above."""
        names = [step["label"] for step in steps]
        edges = [edge for edge in self.edges if edge.label == names[0]]
        first = names.index(names[0], 1) if names[0] in names[1:] \
            else len(steps)
        for step in steps[first + 1:]:
            edges.append(self._edge(edges[-1].held, step, path))
        return [edge for edge in edges if edge is not None]

    def _edge(self, at, step, path):
        label, kind = step["label"], step["kind"]
        if kind == "thread-local":
            label = label.split(" in thread ")[0]
        if at is None and path["place"].startswith(" in ask("):
            return Edge("mine", int(label[1:]),
                        "root", label)
        if at is None:
            found = [edge for edge in self.edges if edge.label == label
                     and (edge.kind == "root" or label.startswith("x_"))]
        else:
            own = [edge for edge in self.edges if edge.holder == at]
            if kind == "index":
                label = str(step["number"])
            unnamed = {"key": ("key",), "set-member": ("member", "frozenset"),
                       "instance": ("instance",)}.get(
                           kind, ("tuple", "method", "subclass", "cache",
                                  "partial"))
            found = [edge for edge in own if label and edge.label == label]
            if not found:
                found = [edge for edge in own if edge.kind in unnamed]
        assert len(found) == 1, (step, at, found, path["expression"])
        return found[0]


def of_id(number):
    return ctypes.cast(number, ctypes.py_object).value


class Shutdown:
    """Ends a pool as one ends a thread."""

    def __init__(self, pool):
        self.join = pool.shutdown


class Hook:
    """What a program calls.  Its frames are gone when the program asks; what
    goes wrong is written down."""

    def __init__(self, program, module, keeper):
        self.program, self.module, self.keeper = program, module, keeper
        self.ids = {}
        self.others = {}
        self.threads = {}
        self.problems = []
        self.later = False
        self.stuck = False      # in a greenlet that nobody ends
        self.verdict = None     # of an object that was there to ask about
        self.target = lambda: None

    def made(self, number, made):
        self.ids[number] = id(made)
        if number == self.program.target:
            self.target = weakref.ref(made)
        if number in self.program.several:
            self.others[number] = weakref.ref(made)

    def targets(self):
        return [found for found in (self.others[i]() for i in
                                    self.program.several) if found is not None]

    def several(self, answer):
        """What is said of several objects, without any being dropped."""
        try:
            self._several(answer)
        except Exception as error:
            self.problems.append("several: %s: %s" % (type(error).__name__,
                                                      error))

    def _several(self, answer):
        program = self.program
        targets = [i for i in program.several if self.others[i]() is not None]
        expected = [program.verdict(i) for i in targets]
        self.expect("the verdicts", [verdict["kind"] for verdict in
                                     answer.verdicts], expected)
        self.expect("unexplained of several", sum(
            verdict["unexplained"] for verdict in answer.verdicts), 0)
        groups = re.findall(
            r"^  ([0-9]+) of ([0-9]+) (\S+) goe?s? through .* "
            r"\(leak id (\w+)\)$", str(answer), re.M)
        rest = re.search("^  and ([0-9]+) objects? that no path",
                         str(answer), re.M)
        self.expect("the sum of the groups",
                    sum(int(group[0]) for group in groups) +
                    (int(rest[1]) if rest else 0), len(targets))
        self.expect("distinct groups", len({group[2:] for group in groups}),
                    len(groups))
        for _, total, kind, _ in groups:
            self.expect("of all " + kind, int(total), sum(
                type(self.others[i]()).__name__ == kind for i in targets))
        edges = [edge for path in answer._graph.answers()["paths"]
                 if path["kind"] == "cut" for edge in self.last_edges(path)]
        left = program.reached(program.OTHERS, edges)
        if edges or not answer.cut:
            self.expect("what the cut of several leaves", [
                i for i in targets if i in left], [])

    def thread(self, label, work, cell):
        ready, stop = threading.Event(), threading.Event()
        thread = threading.Thread(target=work, args=(cell, ready, stop),
                                  daemon=True)
        thread.start()
        ready.wait()
        self.threads[label] = (thread, stop)

    def executor(self, label, work, cell):
        ready, stop = threading.Event(), threading.Event()
        pool = concurrent.futures.ThreadPoolExecutor(1)
        pool.submit(work, cell, ready, stop)
        ready.wait()
        self.threads[label] = (Shutdown(pool), stop)

    def caught(self, make, cell):
        """In a thread: the frames of callers lead to what they have."""
        made = []
        thread = threading.Thread(target=lambda: made.append(make(cell)))
        thread.start()
        thread.join()
        return made.pop()

    def task(self, label, wait, cell):
        async def begin():
            loop = asyncio.get_running_loop()
            task = loop.create_task(wait(cell, loop.create_future()))
            await asyncio.sleep(0)
            return task
        made = []

        def run():
            loop = asyncio.new_event_loop()
            made.append(loop.run_until_complete(begin()))
            loop.set_exception_handler(lambda loop, context: None)
            loop.close()
        # Not in this thread, where a loop may be running.
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        setattr(WAITING, label, made.pop())

    def stop(self, label):
        thread, stop = self.threads.pop(label)
        stop.set()
        thread.join()

    def cut(self, answer):
        """Drops what the answer says; returns the names that are the asking
        function's own to drop."""
        try:
            return self._cut(answer)
        except Exception as error:
            self.problems.append("%s: %s" % (type(error).__name__, error))
            return ()

    def _cut(self, answer):
        program = self.program
        paths = answer._graph.answers()["paths"]
        self.verdict = answer.verdict["kind"]
        expected = program.verdict()
        self.expect("the verdict", self.verdict, expected)
        self.expect("unexplained", answer.verdict["unexplained"], 0)
        self.check_emphasised(paths)
        cut = [path for path in paths if path["kind"] == "cut"]
        last = [edge for path in cut for edge in self.last_edges(path)]
        self.expect("whether there is a cut", bool(last), expected == "alive")
        if expected == "alive":
            self.expect("what the cut leaves", program.target in
                        program.reached(program.OTHERS, last), False)
            self.expect("whether one reference would do and more are named",
                        len(cut) > 1 and program.least(), False)
        self.stuck = expected == "native" or program.is_pinned(last)
        if expected == "alive":
            self.expect("whether that is not enough",
                        any(path["kind"] == "native" for path in paths),
                        self.stuck)
        yours = {path["steps"][0]["label"] for path in paths
                 if path["kind"] == "yours"}
        mine = {program.name(i) for i in program.mine
                if program.target in program.reached([i], last)}
        self.expect("yours", yours, mine)
        for edge in last:
            self.drop(edge)
        return yours

    def expect(self, what, found, expected):
        if found != expected:
            self.problems.append("%s: %r, not %r" % (what, found, expected))

    def check_emphasised(self, paths):
        if self.verdict in ("garbage", "native"):
            return
        path = next(p for p in paths if p["kind"] == "emphasised")
        edges = self.program.follow(path)
        self.expect("the end of the path", edges[-1].held, self.program.target)
        if self.verdict == "only-you":
            self.expect("its root", edges[0].holder, "mine")
        else:
            self.expect("whether its root is yours",
                        edges[0].holder == "mine", False)

    def last_edges(self, path):
        """Of a cache that is to be cleared the path leads to the cache; with
        the thread-locals go those of all threads."""
        edges = self.program.edges
        if path["expression"] == "asking.local":
            return [edge for edge in edges if edge.holder == "thread-local"]
        last = self.program.follow(path)[-1]
        return [last] if not path["expression"].endswith(".cache_clear()") \
            else [edge for edge in edges if edge.holder == last.held]

    def drop(self, edge):
        if isinstance(edge.holder, str):
            return self.drop_root(edge)
        holder = of_id(self.ids[edge.holder])
        kind = self.program.kinds[edge.holder]
        if edge.kind == "index":
            for i, item in enumerate(holder):
                if id(item) == self.ids[edge.held]:
                    del holder[i]
                    break
        elif edge.kind == "item":
            del holder[edge.label]
        elif edge.kind == "key":
            del holder[of_id(self.ids[edge.held])]
        elif edge.kind == "member":
            holder.discard(of_id(self.ids[edge.held]))
        elif edge.kind == "attribute":
            delattr(holder, edge.label)
        elif edge.kind == "default":
            del holder.__kwdefaults__[edge.label]
        elif edge.kind == "cache":
            holder.cache_clear()
        elif edge.kind in ("generator", "coroutine"):
            holder.close()
        elif edge.kind == "asyncgen":
            begin(holder, "aclose")
        elif edge.kind == "exception":
            holder.clear()
        elif edge.label == "__traceback__":
            holder.__traceback__ = None
        elif edge.kind == "greenlet":
            holder.throw()
        else:
            self.problems.append("cannot drop %r of a %s" % (edge, kind))

    def drop_root(self, edge):
        if edge.holder == "keeper":
            delattr(self.keeper, edge.label)
        elif edge.holder == "global":
            setattr(self.module, edge.label, None)
        elif edge.holder in ("thread", "executor", "thread-local"):
            self.stop(edge.label)
        elif edge.holder == "task":
            delattr(WAITING, edge.label)
        elif edge.holder == "outer":
            self.later = True
        else:
            self.problems.append("cannot drop %r" % edge)

    @staticmethod
    def collect():
        """A greenlet whose last reference goes in another thread ends when its
        own thread switches the next time; and what it had leaves cycles that
        only a later collection finds."""
        for _ in range(3):
            greenlet.greenlet(int).switch()
            gc.collect()

    def freed(self):
        if self.verdict is not None and not self.later:
            self.collect()
            self.expect("whether it is still there", self.target() is not None,
                        self.stuck)

    def freed_at_last(self):
        if self.verdict is not None and self.later:
            self.collect()
            self.expect("whether it is there at last",
                        self.target() is not None, self.stuck)


def run(seed):
    """The problems of one program, and its verdict; None: there was nothing
    to ask about."""
    program = Program(seed)
    if program.target is None:
        return [], None
    module, keeper = types.ModuleType("asking"), types.ModuleType("keeper")
    vars(module).update(Node=Node, Slots=Slots, pause=pause, asyncio=asyncio,
                        greenlet=greenlet, switch=switch, weakref=weakref,
                        begin=begin, local=threading.local(),
                        Namespace=types.SimpleNamespace,
                        functools=functools, collections=collections,
                        referrers=referrers, keeper=keeper)
    sys.modules["asking"], sys.modules["keeper"] = module, keeper
    exec(compile(program.source(), "program %d" % seed, "exec"), vars(module))
    hook = Hook(program, module, keeper)
    gc.collect()
    gc.disable()
    try:
        if program.how == "greenlet":
            greenlet.greenlet(module.outer).switch(hook)
        elif program.how == "thread":
            thread = threading.Thread(target=module.outer, args=(hook,))
            thread.start()
            thread.join()
        else:
            module.outer(hook)
    finally:
        gc.enable()
        for label in list(hook.threads):
            hook.stop(label)
        for name in [name for name in vars(WAITING) if name[:2] == "r_"]:
            delattr(WAITING, name)
        del sys.modules["asking"], sys.modules["keeper"]
    return hook.problems, hook.verdict


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    kinds, failed = collections.Counter(), 0
    for seed in range(first, first + count):
        problems, verdict = run(seed)
        kinds[verdict] += 1
        if problems:
            failed += 1
            if failed <= 5:
                print("seed %d: %s" % (seed, "; ".join(problems)))
    print("%d programs from seed %d, %d failed: %s" % (
        count, first, failed, " ".join(
            "%s %d" % (kind, kinds[kind])
            for kind in ("alive", "only-you", "garbage", "native", None))))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
