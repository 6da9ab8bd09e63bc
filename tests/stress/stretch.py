"""How much work lies between two questions whether to go on, at the longest.

    make check-stretch [SCENES='star dense'] [STRETCH_COUNT=100000]

Ctrl-C and a time limit are obeyed when somebody asks for them, so what counts
is the longest stretch between two questions.  A clock cannot say how long that
is on a machine that does something else as well; here it is counted, in basic
blocks of a build without optimisation (stretch.c): one takes a nanosecond or
two in a build with it.  Each scene is a heap of so many objects and all that can
be asked of it; a stretch above LIMIT fails.  Where it is says a breakpoint:

    cd stretch && tests/in-stage gdb -ex 'break stretch_is_long' -ex run \\
        -ex backtrace --args PYTHON .../stretch.py $PWD/libstretch.so deep

What is not counted is the work of the kernel and of the C library: memory that
is cleared or copied.
"""

import contextlib
import ctypes
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import types

import referrers
from referrers import _core

COUNT = int(os.environ.get("STRETCH_COUNT") or 100_000)

# A tenth of a second is promised.
LIMIT = 30_000_000


class Target:
    pass


class Knot:
    pass


def star():
    target = Target()
    knots = [Knot() for _ in range(COUNT)]
    for knot in knots:
        knot.target = target
    return target, knots


def dense():
    lists = [[] for _ in range(int(COUNT ** 0.5))]
    for one in lists:
        one.extend(lists)
    return lists[0], lists


def deep():
    held = target = Target()
    for _ in range(COUNT):
        held = [held]
    return target, held


def tangle():
    order = random.Random(4711)
    knots = [Knot() for _ in range(COUNT)]
    for knot in knots:
        knot.others = [order.choice(knots) for _ in range(3)]
    return knots[-1], knots[:1]


def garbage():
    return tangle()[0], None


def modules():
    """Each has the target, under one name and under a name of its own."""
    target = Target()
    made = []
    for i in range(COUNT // 10):
        module = types.ModuleType("stretch%d" % i)
        module.target = module.__dict__["v%d" % i] = target
        sys.modules[module.__name__] = module
        made.append(module)
    return target, made


def many_types():
    target = Target()
    return target, [type("T%d" % i, (), {"x": target})
                    for i in range(COUNT // 10)]


def names():
    """Of as many names as there are objects, and of one object."""
    target = Target()
    one = Knot()
    knots = [one]
    for i in range(COUNT):
        setattr(one, "a%d" % i, target)
        knot = Knot()
        setattr(knot, "n%d" % i, [target])
        knots.append(knot)
    return target, knots


def flat():
    """A few that hold it very often."""
    target = Target()
    return target, [[target] * COUNT, (target,) * COUNT,
                    dict.fromkeys(range(COUNT), target),
                    {"k" * 100 + str(i): {str(i): target}
                     for i in range(COUNT)}]


SCENES = {make.__name__: make for make in (
    star, dense, deep, tangle, garbage, modules, many_types, names, flat)}


class Meter:
    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        self.library.stretch_take.restype = ctypes.c_size_t
        self.library.stretch_question_at.argtypes = [ctypes.c_size_t] * 3
        self.library.stretch_question_at(*question(), LIMIT)
        self.too_long = []

    def __call__(self, name, call, *arguments, **options):
        _core._drill()
        self.library.stretch_take()
        result = call(*arguments, **options)
        taken = self.library.stretch_take()
        asked = _core._drill()
        is_long = taken > LIMIT
        print("%-6s %13s  %7d  %s" % (
            "LONG" if is_long else "ok", format(taken, ","), asked, name),
            flush=True)
        if is_long:
            self.too_long.append(name)
        return result


def question():
    """Where rg_drill_ask is, and how long it is."""
    listed = subprocess.run(["nm", "-S", _core.__file__], text=True,
                            stdout=subprocess.PIPE, check=True).stdout
    place, size = next(line.split()[:2] for line in listed.splitlines()
                       if line.endswith(" rg_drill_ask"))
    with open("/proc/self/maps") as maps:
        base = next(int(line.split("-")[0], 16) for line in maps
                    if line.rstrip().endswith(os.path.realpath(
                        _core.__file__)))
    return base + int(place, 16), int(size, 16)


def graph_scene(meter, name, make):
    target, keep = make()
    words = {"": {},
             "no limits": {"single_object_referrer_limit": None,
                           "object_limit": None},
             "explain, sizes": {"explain": True, "sizes": True},
             "untracked": {"search_for_untracked_objects": True},
             "one level": {"max_depth": 1, "explain": True}}
    for how, options in words.items():
        graph = meter("%s: graph %s" % (name, how),
                      referrers.get_referrer_graph, target, timeout=10_000,
                      **options)
        if how in ("", "no limits"):
            render_scene(meter, "%s %s" % (name, how), graph)
    why = meter(name + ": why", referrers.why, target, timeout=10_000)
    meter(name + ": text of why", str, why)
    return keep


def render_scene(meter, name, graph):
    inner = graph._graph
    meter(name + ": text", str, graph)
    meter(name + ": whole text", graph.to_text, max_lines=None)
    meter(name + ": view", inner.view_lines)
    meter(name + ": mermaid", inner.mermaid)
    meter(name + ": json", inner.json)
    meter(name + ": reference view", inner.reference_view)
    lines = meter(name + ": lines", inner.lines)
    meter(name + ": load of lines", _core.read, lines)
    document = json.loads(inner.json())
    meter(name + ": load of json", _core.from_json, document)


def why_all(meter):
    targets = [Target() for _ in range(COUNT)]
    why = meter("why_all", referrers.why_all, targets, timeout=10_000)
    meter("why_all: text", str, why)
    graph = meter("many targets: graph", referrers.get_referrer_graph_for_list,
                  targets, timeout=10_000)
    render_scene(meter, "many targets", graph)


def files(meter, name, make):
    target, keep = make()
    with contextlib.ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory())
        paths = [os.path.join(folder, "%d.heapsnapshot" % i)
                 for i in range(2)]
        for path in paths:
            meter(name + ": dump", dump, path)
            if isinstance(keep, list):
                keep.append([target])
        looks = [meter(name + ": read", read, path)
                 for path in paths]
        meter(name + ": types", _core.survey_types, looks[0])
        meter(name + ": map", _core.survey_map, looks[0], 40)
        meter(name + ": growth", _core.survey_growth, looks, 1)
        heap = meter(name + ": load", referrers.load, paths[1])
        found = meter(name + ": find", heap.find, "Target")
        meter(name + ": why in a file", referrers.why, found,
              timeout=10_000)


def dump(path):
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _core.dump(file, False, False, False)
    finally:
        os.close(file)


def read(path):
    file = os.open(path, os.O_RDONLY)
    try:
        return _core.read_heap(file)
    finally:
        os.close(file)


def main(library, *wanted):
    meter = Meter(library)
    tasks = {name: (graph_scene, name, make) for name, make in SCENES.items()}
    tasks["why_all"] = (why_all,)
    for name in ("star", "deep", "names", "flat"):
        tasks["file-" + name] = (files, name + " in a file", SCENES[name])
    print("       basic blocks  questions")
    for name in wanted or tasks:
        task, *arguments = tasks[name]
        task(meter, *arguments)
        for module in [m for m in sys.modules if m.startswith("stretch")]:
            del sys.modules[module]
        gc.collect()
    if meter.too_long:
        sys.exit("check-stretch: %d stretches are longer than %s basic "
                 "blocks: ask more often whether to go on (base/poll.h)" % (
                     len(meter.too_long), format(LIMIT, ",")))


if __name__ == "__main__":
    main(*sys.argv[1:])
