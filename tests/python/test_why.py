"""Why is it alive: verdicts, ledgers, paths; and the cut, by really dropping
what it names and watching the object go."""

import ast
import cProfile
import collections
import functools
import gc
import operator
import random
import re
import sys
import types
import weakref
import zoneinfo

import pytest

import referrers
from conftest import short_and_long


class Target:
    pass


class Holder:
    pass


@pytest.fixture
def scene():
    """A module of its own, whose variables are the roots of a test."""
    module = types.ModuleType("scene")
    sys.modules["scene"] = module
    yield module
    del sys.modules["scene"]


def make(build, *arguments):
    """Builds something around a new object, and gives a weak reference to it:
    no variable of the test refers to it."""
    target = Target()
    build(target, *arguments)
    return weakref.ref(target)


def drop(expression, scene):
    exec("del " + expression, {"scene": scene, "sys": sys})


def evaluate(path, scene):
    return eval(path["expression"], {"scene": scene, "sys": sys})


# Verdicts

def test_alive_names_roots_and_path(scene):
    def build(target):
        scene.registry = Holder()
        scene.registry.sessions = {"user-7": target}
        scene.recent = [None, target]
    target = make(build)
    explanation = referrers.why(target())
    assert explanation.verdict["kind"] == "alive"
    assert explanation.verdict["root_count"] == 2
    assert explanation.roots == ["scene.recent", "scene.registry"]
    assert [path["expression"] for path in explanation.paths] == [
        "scene.recent[1]", "scene.registry.sessions['user-7']"]
    assert str(explanation).startswith(
        "Target is alive: scene.recent[1] leads to it\n")
    assert explanation.ledger == {"item": 1, "index": 1}


def test_what_has_a_bound_is_the_last_root(scene):
    """However near it is: a cache that is emptied when it is full is seldom
    why an object is still there."""
    scene.holder = Holder()
    scene.holder.inner = Holder()
    scene.ring = collections.deque(maxlen=3)

    def build(pattern):
        scene.holder.inner.it = pattern
        scene.ring.append(pattern)
    build(re.compile("what has a bound"))
    explanation = referrers.why(scene.ring[0])
    assert explanation.roots[:2] == ["scene.holder", "re._cache"]
    assert explanation.paths[0]["expression"] == "scene.holder.inner.it"


@pytest.mark.skipif(sys.version_info < (3, 12),
                    reason="before, nothing tells what zoneinfo keeps in C")
def test_the_zones_that_zoneinfo_keeps(scene):
    """In C, the last eight: a root with a name, after all others."""
    zone = weakref.ref(zoneinfo.ZoneInfo("UTC"))
    scene.holder = Holder()
    scene.holder.inner = Holder()
    scene.holder.inner.zone = zone()
    explanation = referrers.why(zone())
    assert explanation.roots == ["scene.holder", "<zoneinfo.ZoneInfo cache>"]
    assert explanation.paths[0]["expression"] == "scene.holder.inner.zone"
    assert "zoneinfo.ZoneInfo.clear_cache()" in str(explanation)
    del scene.holder
    zoneinfo.ZoneInfo.clear_cache()
    gc.collect()
    assert zone() is None


@pytest.mark.skipif(sys.version_info < (3, 12),
                    reason="sys.monitoring is new in 3.12")
def test_a_profiler_is_held_by_one_root():
    """By a method for each event: one root, one thing to do, which is true."""
    profiler = cProfile.Profile()
    profiler.enable()
    held = weakref.ref(profiler)
    del profiler
    explanation = referrers.why(held())
    profiler = held()
    profiler.disable()
    del profiler
    assert explanation.verdict["root_count"] == 1
    assert explanation.roots == ["<sys.monitoring callback>"]
    assert explanation.cut == [
        "sys.monitoring.register_callback(2, <each event>, None)"]
    assert "also via" not in str(explanation)
    assert held() is None


def test_a_path_is_an_expression_for_the_object(scene):
    def build(target):
        def function(x=[target]):  # noqa: B006
            return inner
        inner = functools.partial(print, {("a", 1): (target, None)})
        function.note = {"quote'\"": target, -1.5: target, b"k": target}
        scene.things = [function, inner]
    target = make(build)
    for path in referrers.why(target()).paths:
        if "<" not in path["expression"]:
            assert evaluate(path, scene) is target()


@functools.lru_cache(maxsize=3)
def cached(*arguments):
    return len(arguments)


class Cached:
    pass


def test_a_key_of_a_cache_is_on_one_path():
    """The cache's dict refers to it, and its list of what was used last."""
    cached("beside", Cached())
    text = str(referrers.why(next(
        one for one in gc.get_objects() if type(one) is Cached)))
    cached.cache_clear()
    assert "cached<key>[1] leads to it" in text and "also via" not in text
    assert "cached.cache_clear()" in text, text


def test_only_you():
    target = Target()
    kept = {"deep": [target]}
    explanation = referrers.why(target)
    assert explanation.verdict["kind"] == "only-you"
    assert explanation.verdict["root_count"] == 0
    assert "held only by you: target in test_only_you()" in str(explanation)
    assert explanation.ledger == {"index": 1, "local of the caller": 1}
    del kept


def test_garbage_is_told_without_collecting_it(scene):
    def build(target):
        target.peer = Holder()
        target.peer.peer = target
    gc.disable()
    try:
        target = make(build)
        explanation = referrers.why(target())
        assert target() is not None
    finally:
        gc.enable()
    assert explanation.verdict["kind"] == "garbage"
    assert explanation.verdict["cycle_objects"] == 2
    assert "not_automatic" in explanation.verdict["flags"]
    assert "Target is garbage: only an unreachable cycle of 2 objects holds " \
           "it: <Target>.peer.peer\n" in str(explanation)
    assert "only gc.collect() frees it" in str(explanation)
    assert explanation.cut is None or explanation.cut == []
    gc.collect()
    assert target() is None


def test_what_a_garbage_cycle_holds_is_garbage_too():
    def build(target):
        loop = []
        loop.append(loop)
        loop.append({"target": target})
    target = make(build)
    explanation = referrers.why(target())
    assert explanation.verdict["kind"] == "garbage"
    assert explanation.verdict["cycle_objects"] == 1
    assert explanation.paths[0]["expression"] == "<list>[0][1]['target']"
    gc.collect()
    assert target() is None


def test_garbage_that_the_collector_keeps(scene):
    target = make(lambda target: setattr(target, "itself", target))
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        explanation = referrers.why(target())
    finally:
        gc.set_debug(0)
    assert "save_all" in explanation.verdict["flags"]
    assert "gc.DEBUG_SAVEALL is set" in str(explanation)


def test_a_cycle_and_you():
    target = Target()
    target.itself = target
    explanation = referrers.why(target)
    assert explanation.verdict["kind"] == "only-you"
    assert {"caller", "cycle"} <= set(explanation.verdict["flags"])
    assert "a cycle of 1 object holds it: once you let go, " in str(explanation)


def test_alive_and_in_a_cycle_is_alive(scene):
    def build(target):
        target.itself = target
        scene.kept = target
    target = make(build)
    assert referrers.why(target()).verdict["kind"] == "alive"


def test_a_caller_further_up_is_a_root():
    def ask(target):
        return referrers.why(target)
    mine = Target()
    explanation = ask(mine)
    assert explanation.verdict["kind"] == "alive"
    assert explanation.paths[0]["expression"] == "mine"
    assert "in test_a_caller_further_up_is_a_root()" in \
        explanation.paths[0]["place"]


def test_unlimited_in_depth(scene):
    def build(target):
        chain = target
        for _ in range(100):
            chain = [chain]
        scene.chain = chain
    target = make(build)
    graph = referrers.get_referrer_graph(target(), max_depth=2)
    assert graph.verdict["kind"] == "alive"
    assert graph.roots == ["scene.chain"]
    assert graph.paths[0]["expression"] == "scene.chain" + "[0]" * 100
    assert "scene.chain%s \u2026 69 more steps \u2026 %s leads to it" % (
        "[0]" * 23, "[0]" * 8) in str(graph.explain())


def test_excluded_objects_leave_it_unknown(scene):
    def build(target):
        scene.kept = [target]
    target = make(build)
    explanation = referrers.why(target(),
                                exclude_object_ids=[id(scene.kept)])
    assert explanation.verdict["kind"] == "unknown"
    assert "exclude_object_ids" in str(explanation)


def test_without_explain_the_option_is_named(scene):
    target = make(lambda target: setattr(scene, "kept", target))
    graph = referrers.get_referrer_graph(target())
    assert graph.cut is None
    assert "explain=True" in str(graph.explain())
    graph = referrers.get_referrer_graph(target(), explain=True)
    assert graph.cut == ["scene.kept"]
    assert "explain=True" not in str(graph.explain())


# Ledgers

def counted(target):
    """The count and its parts, which must add up."""
    explanation = referrers.why(target())
    verdict = explanation.verdict
    assert "overcounted" not in verdict["flags"]
    assert sum(explanation.ledger.values()) == verdict["counted"]
    return verdict["counted"], explanation.ledger


def build_attribute(scene, target):
    scene.holder = Holder()
    scene.holder.payload = target


def build_materialised(scene, target):
    scene.holder = Holder()
    scene.holder.payload = target
    scene.attributes = scene.holder.__dict__


def build_closure(scene, target):
    scene.functions = [lambda: target, lambda: target]


def build_everything(scene, target):
    class Slotted:
        __slots__ = ("slot",)
    scene.items = [target, target, (target,)]
    scene.keys = {target: None, "a": target}
    scene.members = {target}
    scene.slotted = Slotted()
    scene.slotted.slot = target
    scene.partial = functools.partial(print, target)
    scene.variable = target


@pytest.mark.parametrize("build, expected", [
    (build_attribute, {"attribute": 1}),
    (build_materialised, {"attribute": 1}),
    (build_closure, {"closure": 1}),
    (build_everything, {"index": 4, "key": 1, "item": 1, "set-member": 1,
                        "attribute": 1, "module-variable": 1}),
], ids=lambda value: getattr(value, "__name__", ""))
def test_ledger(scene, build, expected):
    target = make(functools.partial(build, scene))
    count, ledger = counted(target)
    assert ledger == expected
    assert count == sum(expected.values())


def test_ledger_of_locals():
    target = Target()
    again = target
    explanation = referrers.why(target)
    assert explanation.ledger == {"local of the caller": 2}
    assert explanation.verdict["ledger_text"] == \
        "counted 2 = 2 locals of the caller"
    del again


def test_ledger_of_arguments_on_the_way():
    """What callers pass down is theirs, on every version."""
    def outer(passed):
        return inner(passed, passed)

    def inner(first, second):
        return referrers.why(first)
    explanation = outer(Target())
    assert "unexplained" not in explanation.ledger
    assert sum(explanation.ledger.values()) == explanation.verdict["counted"]
    if sys.version_info < (3, 14):  # then what is passed on is borrowed
        assert explanation.ledger["local of the caller"] == 2
        assert explanation.ledger["local"] == 1


def test_ledger_in_a_loop_and_a_call_from_c():
    """The iterator and the arguments that C code holds meanwhile."""
    for target in [Target()]:
        explanation = referrers.why(target)
        assert "unexplained" not in explanation.ledger
    explanation = list(map(referrers.why, [Target()]))[0]
    assert "unexplained" not in explanation.ledger


def test_immortal_objects_have_no_ledger():
    if sys.version_info < (3, 12):
        pytest.skip("counts are counts before 3.12")
    explanation = referrers.why(None)
    assert "immortal" in explanation.verdict["flags"]
    assert "not counted: it is immortal" in str(explanation)


def test_asking_leaves_the_count_as_it_was():
    target = Target()
    before = sys.getrefcount(target)
    referrers.why(target)
    referrers.why_all([target])
    assert sys.getrefcount(target) == before


# Cuts

def build_one_list(scene, target):
    scene.things = [target]


def build_two_roots(scene, target):
    scene.registry = Holder()
    scene.registry.sessions = {"user-7": {"payload": [1, target]}}
    scene.last = target


def build_bottleneck(scene, target):
    middle = Holder()
    middle.target = target
    scene.ways = [{"deep": [middle]}, (middle,), middle]
    scene.more = middle


def build_shared_dict(scene, target):
    attributes = Holder()
    attributes.target = target
    scene.holder, scene.attributes = attributes, attributes.__dict__


def build_with_cycle(scene, target):
    target.itself = target
    target.peer = [target]
    scene.kept = {"a": target}
    scene.kept["b"] = target.peer


def build_in_class(scene, target):
    class Config:
        cache = {"target": target}
    scene.Config = Config


BUILDERS = [build_one_list, build_two_roots, build_bottleneck,
            build_shared_dict, build_with_cycle, build_in_class]


def cut_really(target, scene):
    """Drops what the cut names; every one of it is needed."""
    explanation = referrers.why(target())
    cut = explanation.cut
    assert cut, str(explanation)
    for i, expression in enumerate(reversed(cut)):
        gc.collect()
        assert target() is not None, "%s is one too many" % cut[i:]
        drop(expression, scene)
    gc.collect()
    assert target() is None, str(explanation)


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_cut(scene, build):
    cut_really(make(functools.partial(build, scene)), scene)


def build_random(scene, target, chance):
    """Objects that refer to each other at random, some of them variables."""
    def new():
        return chance.choice([dict, list, Holder])()

    def put(holder, value, i):
        if type(holder) is dict:
            holder["k%d" % i] = value
        elif type(holder) is list:
            # From the end on: a cut that is dropped moves nothing else.
            holder.append(value)
        else:
            setattr(holder, "a%d" % i, value)
    objects = [new() for _ in range(chance.randrange(3, 12))]
    for i in range(chance.randrange(4, 25)):
        put(chance.choice(objects), chance.choice(objects), i)
    for i in range(chance.randrange(1, 4)):
        put(chance.choice(objects), target, 100 + i)
    for i in range(chance.randrange(1, 4)):
        setattr(scene, "variable%d" % i, chance.choice(objects))


@short_and_long
def test_random_cuts(scene, length):
    seed = random.randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    alive = 0
    for _ in range(500 if length == "long" else 50):
        for name in [name for name in vars(scene) if name.startswith("vari")]:
            delattr(scene, name)
        target = make(lambda target: build_random(scene, target, chance))
        if target() is None:
            continue
        explanation = referrers.why(target())
        assert explanation.verdict["unexplained"] == 0
        if explanation.verdict["kind"] != "alive":
            gc.collect()
            assert target() is None, str(explanation)
            continue
        alive += 1
        drop_all(explanation.cut, scene)
        gc.collect()
        assert target() is None, str(explanation)
    assert alive > 5


def drop_all(cut, scene):
    """Finds all places first and drops then, items of a list from the end on:
    what is dropped from a list moves what comes behind it."""
    places = []
    for expression in cut:
        node = ast.parse(expression, mode="eval").body
        names = {"scene": scene, "sys": sys}
        owner = eval(ast.unparse(node.value), names)
        if isinstance(node, ast.Attribute):
            places.append((-1, delattr, owner, node.attr))
        else:
            key = ast.literal_eval(node.slice)
            places.append((key if type(owner) is list else -1,
                           operator.delitem, owner, key))
    for _, delete, owner, key in sorted(places, key=lambda place: -place[0]):
        delete(owner, key)
