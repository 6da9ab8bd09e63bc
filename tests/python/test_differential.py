"""Direct referrers against the collector's own answer, on random live heaps.

The oracle: gc.get_referents of every object of gc.get_objects, turned round.
What we show beyond it has to be true by another look; what we leave out has to
be plumbing whose owners we show instead.  REFERRERS_SEED repeats a run, and
REFERRERS_HEAPS says how many heaps of five hundred targets are tried.
"""

import collections
import datetime
import functools
import gc
import os
import random
import sys
import types

import pytest

import referrers

HEAPS = int(os.environ.get("REFERRERS_HEAPS", 3))
SEED = int(os.environ.get("REFERRERS_SEED", random.randrange(2**32)))
TARGETS = 500

# Folded into the reference they implement.
PLUMBING = (dict, tuple, types.CellType)
# What stands between an owner and what it refers to; a generator of 3.10 has
# its variables in a frame object.
BETWEEN = PLUMBING + ((types.FrameType,) if sys.version_info < (3, 11) else ())
# What tells the collector nothing, and is read all the same.
ADAPTED = [types.CodeType, range, datetime.datetime, datetime.time]
# How classes relate to each other is not shown.
CLASS_PLUMBING = (tuple, type, types.GetSetDescriptorType,
                  types.MemberDescriptorType, types.WrapperDescriptorType,
                  types.MethodDescriptorType, types.ClassMethodDescriptorType)


class Plain:
    pass


class Many:
    """More attributes than an instance keeps inside itself."""


class Slotted:
    __slots__ = ("a", "b")


class Both(Slotted):
    __slots__ = ("c", "__dict__", "__weakref__")


class Listed(list):
    pass


class Named(dict):
    pass


Point = collections.namedtuple("Point", "x y")


def closure_over(some):
    first, second = some

    def function(given=first, *, named=second):
        return first, second
    return function


def generator_over(some):
    def generate():
        held = some[0]
        for one in [some]:
            yield held, one
    generator = generate()
    next(generator)
    return generator


def coroutine_over(some):
    @types.coroutine
    def pause():
        yield

    async def work():
        held = some
        await pause()
        return held
    coroutine = work()
    coroutine.send(None)
    return coroutine


def instance_over(some, many=False, asked=False):
    instance = Many() if many else Plain()
    for i in range(40 if many else 0):
        setattr(instance, "filler%d" % i, i)
    for i, one in enumerate(some):
        setattr(instance, "a%d" % i, one)
    if asked:
        vars(instance)
    return instance


def slots_over(some, kind):
    instance = kind()
    instance.a, instance.b = some
    if kind is Both:
        instance.c = instance.d = some[0]
    return instance


def exception_over(some):
    try:
        try:
            raise ValueError(*some)
        except ValueError as inner:
            raise KeyError(some[0]) from inner
    except KeyError as error:
        return error


def array_over(some):
    numpy = pytest.importorskip("numpy")
    array = numpy.empty(len(some), dtype=object)
    for i, one in enumerate(some):
        array[i] = one
    return [array, array[:1]]


def deque_over(some):
    return collections.deque(list(some) * 40)   # several blocks


def ordered_over(some):
    ordered = collections.OrderedDict((i, one) for i, one in enumerate(some))
    ordered.move_to_end(0)
    return ordered


MAKERS = [
    list, tuple, deque_over, ordered_over, closure_over, generator_over,
    coroutine_over, instance_over, exception_over, array_over, Listed,
    lambda some: [*some, some[0], some[0]],
    lambda some: {i: one for i, one in enumerate(some)},
    lambda some: {id(one): (one,) for one in some},
    lambda some: dict.fromkeys(["a", 1, None], some[0]),
    lambda some: {Plain(): one for one in some},
    lambda some: Named(x=some[0], y=some[1]),
    lambda some: collections.defaultdict(list, {"k": some[0]}),
    lambda some: collections.ChainMap({"c": some[0]}),
    lambda some: {one for one in some if isinstance(one, Plain)},
    lambda some: frozenset(one for one in some if isinstance(one, Plain)),
    lambda some: instance_over(some, many=True),
    lambda some: instance_over(some, asked=True),
    lambda some: vars(instance_over(some)),
    lambda some: slots_over(some, Slotted), lambda some: slots_over(some, Both),
    lambda some: functools.partial(print, *some, key=some[0]),
    lambda some: types.MethodType(print, some[0]),
    lambda some: types.SimpleNamespace(x=some[0]),
    lambda some: types.MappingProxyType({"m": some[0]}),
    lambda some: property(some[0], some[1]), lambda some: staticmethod(some[0]),
    lambda some: type("Made", (Plain,), {"held": some[0], "other": some}),
    lambda some: type("Slots", (), {"__slots__": ("x",), "y": some[0]}),
    lambda some: Point(*some), lambda some: slice(*some), lambda some: iter(some),
    lambda some: some.append,
    lambda some: types.CellType(some[0]), lambda some: zip(some, some),
    lambda some: functools.lru_cache(closure_over(some)),
    lambda some: (some[0], ((some[1],),)), lambda some: types.ModuleType("loose"),
]


def random_heap(generator, size=1500):
    """Each object refers to some that were made before; a few refer back."""
    pool = [Plain(), Plain()]
    for _ in range(size):
        pool.append(generator.choice(MAKERS)(generator.choices(pool, k=2)))
        if generator.random() < 0.1:
            pool.append(Plain())
    for one in pool:
        if type(one) is list and generator.random() < 0.3:
            one.append(generator.choice(pool))
    return pool


def shown(targets, untracked):
    """By target, the ids of the objects that directly refer to it."""
    graph = referrers.get_referrer_graph_for_list(
        targets, max_depth=1, single_object_referrer_limit=None,
        search_for_untracked_objects=untracked)
    nodes, edges = graph._graph.reference_view()
    found = {node[1]: set() for node in nodes if node[3]}
    for referent, referrer in edges:
        target, (name, of, kind, _, _) = nodes[referent], nodes[referrer]
        # A variable has no object; it carries the id of what it names.
        if target[3] and not (of == target[1] and kind != "object"):
            found[target[1]].add(of)
    return found


class Oracle:
    """Who refers to whom, as the collector says."""

    def __init__(self, hidden):
        self.objects = {}
        self.referrers = collections.defaultdict(set)
        for one in gc.get_objects():
            if id(one) in hidden or one is self.__dict__:
                continue
            self.objects[id(one)] = one
            for referent in gc.get_referents(one):
                self.referrers[id(referent)].add(id(one))
        own = {id(self), id(self.objects), id(self.referrers), id(self.__dict__)}
        for sets in self.referrers.values():
            sets -= own
        self.namespaces = {id(vars(module)) for module in sys.modules.values()
                           if type(module) is types.ModuleType}

    def is_variable(self, of):
        return (of in self.namespaces
                or isinstance(self.objects[of], types.FrameType))

    def is_folded(self, of, owners, steps=3):
        """Plumbing, and whatever holds it is among the owners or a variable,
        or is plumbing of which the same is true."""
        if not isinstance(self.objects[of], PLUMBING) or steps == 0:
            return False
        return all(up in owners or self.is_variable(up)
                   or self.is_folded(up, owners, steps - 1)
                   for up in self.referrers[of])

    def reaches(self, one, target, steps=4):
        """Whether the object refers to the target, directly or by plumbing.
        (A dict of attributes that 3.13.0 keeps in the instance visits none.)"""
        if isinstance(one, dict) and any(value is target
                                         for value in dict.values(one)):
            return True
        referents = gc.get_referents(one)
        return any(referent is target for referent in referents) or (
            steps > 0 and any(self.reaches(referent, target, steps - 1)
                              for referent in referents
                              if type(referent) in BETWEEN
                              and id(referent) not in self.namespaces))


def adapted():
    numpy = sys.modules.get("numpy")
    return tuple(ADAPTED + ([numpy.ndarray] if numpy else []))


def compare(pool, targets, untracked):
    """What is wrong, in words."""
    found = shown(targets, untracked)
    by_id = {id(one): one for one in pool}
    oracle = Oracle({id(targets), id(by_id), id(found)})
    problems = []
    for target in targets:
        ours = found[id(target)]
        theirs = {of for of in oracle.referrers[id(target)]
                  if not oracle.is_variable(of)}
        for of in theirs - ours:
            one = oracle.objects[of]
            if not (oracle.is_folded(of, ours) or isinstance(target, type)
                    and isinstance(one, CLASS_PLUMBING)):
                problems.append(("left out", describe(one), describe(target)))
        for of in ours - theirs:
            one = oracle.objects.get(of, by_id.get(of))
            if one is None:
                continue    # an untracked one, which nobody else knows
            if not (isinstance(one, adapted()) or oracle.reaches(one, target)):
                problems.append(("made up", describe(one), describe(target)))
    # It holds every object, itself among them: the next would go through it.
    oracle.objects.clear()
    oracle.referrers.clear()
    return problems


def describe(one):
    return "%s at %#x" % (type(one).__name__, id(one))


@pytest.mark.parametrize("untracked", [False, True],
                         ids=["tracked", "untracked"])
def test_direct_referrers_are_those_the_collector_knows(untracked):
    print("REFERRERS_SEED=%d REFERRERS_HEAPS=%d" % (SEED, HEAPS))
    generator = random.Random(SEED)
    compared = 0
    for _ in range(HEAPS):
        pool = random_heap(generator)
        for garbage in range(generator.randrange(3)):
            gc.collect(garbage)
        targets = list({id(one): one for one in generator.sample(pool, TARGETS)
                        if untracked or gc.is_tracked(one)}.values())
        problems = compare(pool, targets, untracked)
        assert not problems, problems[:10]
        compared += len(targets)
        for one in pool:
            if isinstance(one, types.CoroutineType):
                one.close()
    assert compared > HEAPS * TARGETS / 3


def test_the_oracle_is_what_get_referrers_says():
    generator = random.Random(SEED)
    pool = random_heap(generator, 100)
    oracle = Oracle(set())
    for target in generator.sample(pool, 10):
        known = {id(one) for one in gc.get_referrers(target)}
        assert oracle.referrers[id(target)] <= known
    for one in pool:
        if isinstance(one, types.CoroutineType):
            one.close()
