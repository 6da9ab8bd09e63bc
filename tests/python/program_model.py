"""The source of a small random program, and the model of what it makes.

Nothing here keeps an object: the model has numbers.
"""

import random
import re

# What may hold others after it was made, and what only while it is made.
GROWING = ("node", "list", "dict", "set", "deque", "class", "function", "slots",
           "namespace", "ordered", "defaultdict", "celled")
MAKING = ("tuple", "closure", "method", "generator", "coroutine", "greenlet",
          "instance", "subclass", "default", "cache", "frozenset", "weakref",
          "property", "asyncgen", "partial", "cell function", "exception",
          "context", "copied context", "iterator")
CLASSES = ("class", "subclass", "celled")
WEAK = CLASSES + ("node", "set", "function", "slots", "closure", "generator",
                  "coroutine", "greenlet", "instance", "default", "ordered",
                  "frozenset", "asyncgen", "partial", "cell function")
CALLABLE = CLASSES + ("function", "closure", "method", "default", "cache",
                      "partial", "cell function")
UNHASHABLE = ("list", "dict", "set", "deque", "ordered", "defaultdict",
              "namespace", "tuple", "frozenset", "cache", "weakref", "part",
              "context", "copied context")
ASKS = ("function", "generator", "coroutine", "greenlet", "task", "thread")

MAPPINGS = ("dict", "ordered", "defaultdict")

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


# A context of its own, with one variable.
_CONTEXT = """\
def make_%s(held):
    context = contextvars.Context()
    context.run(contextvars.ContextVar("%s").set, held)
    return context
"""


class Edge:
    """`holder` is a node's number, or the name of a root."""

    def __init__(self, holder, held, kind, label=""):
        self.holder, self.held = holder, held
        self.kind, self.label = kind, label

    def __repr__(self):
        return "%s -%s %s-> %s" % (self.holder, self.kind, self.label,
                                   self.held)


class Program:
    """The source of one program, and the model of what it makes.  `pins`: a
    suspended greenlet is none of the collector's, so that what it holds stays."""

    def __init__(self, seed, pins):
        self.seed = seed
        self.pins = pins
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
            "iterator": ("", "NEW = iter([n%d])" % held),
            "context": (_CONTEXT % (label, label),
                        "NEW = make_%s(n%d)" % (label, held)),
            "copied context": (_CONTEXT % (label, label),
                               "NEW = make_%s(n%d)" % (label, held)),
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
        if kind == "iterator":
            inner = self._new("part", "NEW = gc.get_referents(n%d)[0]" % made)
            self.edges.append(Edge(made, inner, "part", "iterable"))
            made, label = inner, "0"
        if kind == "copied context":
            copy = self._new("part", "NEW = n%d.copy()" % made)
            self.edges.append(Edge(copy, held, kind, label))
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
        return self.pins and any(
            kind == "greenlet" and node not in others
            and target in self.reached([node], without)
            and any(node in self.reached([edge.held], without)
                    for edge in self.edges
                    if edge.holder == node and edge not in without)
            for node, kind in enumerate(self.kinds))

    def is_droppable(self, edge):
        return edge.kind not in ("tuple", "closure", "method", "instance",
                                 "subclass", "frozenset", "weakref", "property",
                                 "partial", "cell function", "copied context",
                                 "iterator") and \
            edge.label not in ("args", "tb_frame", "iterable")

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
        elif re.match(r"(vars\()*waiting\.", path["expression"]):
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
