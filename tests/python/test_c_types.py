"""A C type is recognised by what no Python code can make, never by its name.

Classes of Python, and types of other extensions, that bear the name of a type
whose fields are known are read by what they are; a class that derives from
such a type is read as what it derives from, and as itself.
"""

import asyncio
import collections
import contextvars
import datetime
import gc
import importlib.util
import itertools
import json
import pathlib
import queue
import re
import sys
import threading
import weakref

import pytest

import referrers
from conftest import compile_extension

numpy = pytest.importorskip("numpy")


def rows():
    """(name, words) of each layout."""
    for line in referrers._core._c_rows().splitlines():
        name, words, _ = line.split(" ")
        yield name, int(words)


LAYOUTS = dict.fromkeys(rows())
LAYOUTS.update({("numpy.ndarray", 10): None, ("numpy.dtype", 10): None,
                ("numpy.void", 8): None, ("numpy.flatiter", 0): None,
                ("numpy.ufunc", 0): None, ("greenlet.greenlet", 5): None})
LAYOUTS = list(LAYOUTS)


# What the interpreter has for itself and does not export: before 3.12 nothing
# in a type tells that it is not the interpreter's.
NOT_TOLD_APART = [name for name, _ in LAYOUTS
                  if name.startswith("typing.") or (
                      sys.version_info < (3, 12) and (
                          "." not in name or name in (
                              "_asyncio.FutureIter", "_io._BytesIOBuffer",
                              "_ctypes.CThunkObject", "_ctypes.CField")))]


class Target:
    pass


def names_by_target(targets):
    """For each target the names of its direct references, sorted, but the
    test's own."""
    graph = referrers.get_referrer_graph_for_list(
        targets, max_depth=1, single_object_referrer_limit=None,
        search_for_untracked_objects=True)
    nodes, edges = graph._graph.reference_view()
    names = {id(target): [] for target in targets}
    for target, referrer in edges:
        if nodes[target][1] in names and "(local)" not in nodes[referrer][0]:
            names[nodes[target][1]].append(nodes[referrer][0])
    return [sorted(names[id(target)]) for target in targets]


def direct_names(target):
    return names_by_target([target])[0]


def check_sizes(holder):
    """Nothing that the holder of all keeps takes more than some kilobytes."""
    graph = referrers.get_referrer_graph(holder, sizes=True)
    text = str(referrers.why(holder, sizes=True))
    sizes = [int(size.replace(",", ""))
             for size in re.findall(r"([\d,]+) bytes", text)]
    assert graph and sizes, text
    assert all(size < 4096 * len(LAYOUTS) for size in sizes), text


EVERYTHING = """
import array, csv, sys
sys.path.insert(0, sys.argv[1])
import kinds, referrers
kept = [case.function() for case in kinds.CASES]
print(referrers._core._c_rows())
"""


def test_every_layout_finds_its_type(python):
    """What a version has changed would only lose its name, in silence.  The
    cases of kinds.py, all alive at once, have an object of each type.  Of a
    type whose size changed with a patch release, or without the GIL, one row
    is met."""
    result = python("-c", EVERYTHING, pathlib.Path(__file__).parent)
    found = [line.rsplit(" ", 1) for line in result.text.splitlines() if line]
    assert len(found) > 80, result.errors
    # Of a context whose variables have the same hash; nobody can choose that.
    rare = {"hamt_collision_node"}
    met = {layout.split()[0] for layout, is_met in found if is_met == "1"}
    assert {layout.split()[0] for layout, _ in found} - met <= rare


class Str(str):
    pass


class Meta(type):
    def __getattribute__(cls, name):
        raise SystemError("asked for %s" % name)

    def mro(cls):
        return type.mro(cls)


def junk():
    """What no address should be made of."""
    return int.from_bytes(b"A" * 64, "big")


def with_slots(name, words):
    slots = ["s%d" % i for i in range(max(words - 2, 1) if words else 8)]
    return type(name, (), {"__slots__": slots})


def with_a_str_of_its_own(name, words):
    return type(Str(name), (), {"__slots__": ["s0", "s1"]})


def with_slots_and_module(name, words):
    made = with_slots(name, words)
    module, _, last = name.rpartition(".")
    made.__module__ = module or "builtins"
    made.__qualname__ = last
    return made


def with_metaclass(name, words):
    return Meta(name, (), {"__slots__": ["s0", "s1", "s2", "s3", "s4"]})


def renamed(name, words):
    class Harmless:
        __slots__ = ["s0", "s1", "s2", "s3"]
    Harmless.__name__ = name
    return Harmless


def on_top_of_a_number(name, words):
    return type(name, (int,), {})


def on_top_of_an_error(name, words):
    return type(name, (Exception,), {"__slots__": ["s0", "s1"]})


def with_attributes(name, words):
    return type(name, (), {})


MAKERS = [with_slots, with_a_str_of_its_own, with_slots_and_module,
          with_metaclass, renamed, on_top_of_a_number, on_top_of_an_error,
          with_attributes]


class Holder(list):
    """Nothing else has it."""


def filled(kind, target):
    """An instance: the first slot or attribute has the target, all others have
    what should be taken for nothing."""
    instance = kind()
    for i in range(8):
        try:
            object.__setattr__(instance, "s%d" % i, target if i == 0 else junk())
        except (AttributeError, SystemError):
            assert i > 0    # it has no such slot
    return instance


def name_of(kind):
    return type.__dict__["__name__"].__get__(kind)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_python_class_has_no_name_that_matters(make):
    kinds = [make(*layout) for layout in LAYOUTS]
    targets = [Target() for _ in kinds]
    holder = Holder(map(filled, kinds, targets))
    assert names_by_target(targets) == [
        ["%s.s0 (instance attribute)" % name_of(kind)] for kind in kinds]
    check_sizes(holder)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_such_an_instance_may_be_anywhere(make):
    """A key, an item, the value of a context's variable."""
    instances = [filled(make(*layout), None) for layout in LAYOUTS]
    keys = [{instance: {"a": 1}} for instance in instances]
    items = {str(i): [instance] for i, instance in enumerate(instances)}
    contexts = [contextvars.Context() for _ in instances]
    variables = [contextvars.ContextVar("v%d" % i)
                 for i in range(len(instances))]
    for context, variable, instance in zip(contexts, variables, instances):
        context.run(variable.set, instance)
    found = names_by_target(instances)
    for i, names in enumerate(found):
        assert names == ["dict (key)", "list[0]",
                         "v%d (context variable)" % i]
    check_sizes(Holder([instances, keys, items, contexts]))


def test_an_instance_that_changed_its_class():
    class Before:
        __slots__ = ("s0", "s1")
    targets = [Target() for _ in LAYOUTS]
    holder = Holder()
    for target, (name, _) in zip(targets, LAYOUTS):
        instance = filled(Before, target)
        instance.__class__ = type(name, (), {"__slots__": ("s0", "s1")})
        holder.append(instance)
    assert names_by_target(targets) == [
        ["%s.s0 (instance attribute)" % name] for name, _ in LAYOUTS]
    check_sizes(holder)


@pytest.fixture(scope="module")
def impostor(tmp_path_factory):
    """The extension of impostor.c beside this file, compiled."""
    directory = tmp_path_factory.mktemp("impostor")
    compile_extension(pathlib.Path(__file__).with_name("impostor.c"), directory)
    spec = importlib.util.spec_from_file_location("impostor",
                                                  directory / "impostor.so")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_impostors(kinds, told_apart=lambda kind: True):
    """Nothing in them has a name, and no word of theirs is taken for an
    object."""
    targets = [Target() for _ in kinds]
    holder = Holder(kind(target) for kind, target in zip(kinds, targets))
    for kind, names in zip(kinds, names_by_target(targets)):
        if told_apart(kind):
            assert all(n.endswith(" (object)") for n in names), (kind, names)
    check_sizes(holder)
    context = contextvars.Context()
    context.run(contextvars.ContextVar("variable").set, holder[0])
    names_by_target(list(holder))
    referrers.why_all(list(holder))


@pytest.mark.parametrize("is_immutable", [0, 1])
@pytest.mark.parametrize("has_gc", [0, 1])
def test_types_of_another_extension_on_the_heap(impostor, has_gc, is_immutable):
    check_impostors([impostor.on_heap(name, words or 12, has_gc, is_immutable)
                     for name, words in LAYOUTS])


def test_types_of_another_extension_that_are_renamed(impostor):
    kinds = []
    for name, words in LAYOUTS:
        kinds.append(impostor.on_heap("impostor.Thing", words or 12, 1, 0))
        kinds[-1].__name__ = name
    check_impostors(kinds)


@pytest.mark.parametrize("has_gc", [0, 1])
def test_static_types_of_another_extension(impostor, has_gc):
    """When their module is imported, or nothing could go wrong."""
    kinds = {impostor.in_static(name, words or 14, has_gc): name
             for name, words in LAYOUTS}
    check_impostors(list(kinds), lambda kind: kinds[kind] not in NOT_TOLD_APART)


# Classes that derive from a known type


def test_a_subclass_of_deque_has_positions():
    class Mine(collections.deque):
        pass
    target = Target()
    made = Mine([0, target, Mine, target])
    made.attribute = target
    assert direct_names(target) == ["Mine.attribute (instance attribute)", "Mine[1]",
                                    "Mine[3]"]
    assert "Mine[2]" in direct_names(Mine)
    check_sizes(Holder([made]))


def test_a_subclass_of_a_queue():
    class Mine(queue.SimpleQueue):
        pass
    target = Target()
    made = Mine()
    made.put(target)
    names = direct_names(target)
    if sys.version_info >= (3, 13):
        assert names == ["Mine[0]"]
    assert "unexplained" not in referrers.why(target).ledger
    made.get()


def test_subclasses_of_iterators():
    for base, name in ((itertools.chain, "iterables"), (map, "function")):
        made = type("Mine", (base,), {})
        target = Target() if base is map else [[1]]
        held = base.__new__(made, *([target, []] if base is map else target))
        names = direct_names(target) if base is map else None
        if base is map:
            assert names == ["Mine.function (member)"]
        del held


@pytest.mark.parametrize("namespace", [{}, {"__slots__": ()}],
                         ids=["with __dict__", "without"])
def test_subclasses_of_what_tells_the_collector_nothing(namespace):
    class Zone(datetime.tzinfo):
        pass
    zone = Zone()
    for base, arguments in ((datetime.datetime, (2026, 11, 28)),
                            (datetime.time, (1, 2))):
        made = type("Mine", (base,), dict(namespace))(*arguments, tzinfo=zone)
        assert direct_names(zone) == ["Mine.tzinfo (member)"]
        assert "unexplained" not in referrers.why(zone).ledger
        del made


@pytest.mark.parametrize("namespace", [{}, {"__slots__": ()}],
                         ids=["with __dict__", "without"])
def test_a_subclass_of_an_array(namespace):
    kind = type("Mine", (numpy.ndarray,), dict(namespace))
    target = Target()
    made = numpy.empty((3, 6), dtype=object).view(kind)
    owner = kind((3, 6), dtype=object)
    owner[2, 5] = target
    assert direct_names(target) == ["Mine[2, 5]"]
    assert "unexplained" not in referrers.why(target).ledger
    del made


def test_a_subclass_of_a_thread_local():
    class Mine(threading.local):
        pass
    made = Mine()
    made.attribute = target = Target()
    assert direct_names(target) == ["Mine.attribute (thread-local attribute)"]


def test_a_subclass_of_a_task():
    class Mine(asyncio.tasks._CTask):
        pass

    async def main():
        coroutine = asyncio.sleep(10)
        task = Mine(coroutine, loop=asyncio.get_running_loop(), name="mine")
        await asyncio.sleep(0)
        names = direct_names(coroutine)
        shown = referrers.get_referrer_graph(task).to_json()
        task.cancel()
        return names, json.loads(shown)["objects"][0]["detail"]
    names, detail = asyncio.run(main())
    assert "Mine._coro (member)" in names
    assert detail == "mine"


# Others that are found by a name


def test_no_other_function_is_called():
    """In the place of two functions of C that are asked what they know."""
    import _signal
    changed, taken = {"a": []}, []
    originals = gc.get_freeze_count, _signal.getsignal
    gc.get_freeze_count, _signal.getsignal = changed.clear, taken.append
    try:
        gc.freeze()
        referrers.get_referrer_graph(taken)
        referrers.get_referrer_graph(changed, timeout=100)
    finally:
        gc.get_freeze_count, _signal.getsignal = originals
        gc.unfreeze()
    assert (changed, taken) == ({"a": []}, [])


def test_a_dict_of_weak_references_is_no_thread_local():
    """Its values are its items, and not plumbing."""
    key, target = Target(), {}
    data = {weakref.ref(key): target}
    explanation = referrers.why(target)
    assert "item" in explanation.ledger, explanation.ledger
    del data


def test_a_class_that_says_it_is_the_debuggers():
    """pdb is imported, and no part of it holds the target."""
    import pdb
    assert pdb

    class Hidden:
        __module__ = "pdb"
    holder = Hidden()
    holder.attribute = target = Target()
    assert direct_names(target) == ["Hidden.attribute (instance attribute)"]


def test_a_function_that_is_called_like_a_container_s():
    class WeakSet:
        def __init__(self):
            def _remove(item, selfref=weakref.ref(self)):
                pass
            self._remove = _remove
    container, target = WeakSet(), Target()
    watching = weakref.ref(target, container._remove)
    graph = referrers.get_referrer_graph(target, weak=True)
    assert "WeakSet (weak reference)" not in str(graph)
    del watching
