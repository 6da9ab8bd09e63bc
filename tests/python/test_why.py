"""Why is it alive: verdicts, ledgers, paths; and the cut, by really dropping
what it names and watching the object go."""

import ast
import functools
import gc
import operator
import random
import re
import subprocess
import sys
import threading
import types
import weakref

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


# Many

def test_many_targets_are_grouped(scene):
    def build():
        scene.registry = Holder()
        scene.registry.sessions = {"user-%d" % i: Target() for i in range(50)}
        scene.odd = Holder()
        scene.odd.one = Target()
    build()
    explanation = referrers.why_all(
        [*scene.registry.sessions.values(), scene.odd.one])
    assert str(explanation).split("\n")[0] == "51 objects: 51 alive"
    assert "50 of 51 Target go through scene.registry.sessions (leak id " in \
        str(explanation)
    assert "1 of 51 Target goes through scene.odd.one (leak id " in \
        str(explanation)
    assert [group["targets"] for group in explanation.groups] == [50, 1]
    assert explanation.groups[0]["shared"] == "scene.registry.sessions"
    assert len(str(explanation).split("\n")) <= 25


class Other:
    pass


def lines_of(explanation):
    """What the text says of each group: how many, of how many, which type,
    through what, and the leak id."""
    return re.findall(r"\n  ([\d,]+) of ([\d,]+) (\w+) go(?:es)? through (.*) "
                      r"\(leak id (\w+)\)", str(explanation))


def test_groups_are_of_one_type(scene):
    def build():
        scene.things = [Target(), Other(), Other(), Other()]
    build()
    explanation = referrers.why_all(list(scene.things))
    assert [(count, total, name) for count, total, name, *_ in
            lines_of(explanation)] == [("3", "3", "Other"), ("1", "1", "Target")]
    assert len({line[-1] for line in lines_of(explanation)}) == 2


def test_types_of_one_name_are_two(scene):
    def build():
        scene.things = [type("Target", (), {"__module__": "other"})(), Target()]
    build()
    explanation = referrers.why_all(list(scene.things))
    assert [line[:3] for line in lines_of(explanation)] == 2 * [
        ("1", "1", "Target")]


def test_garbage_with_one_leak_id_is_one_line():
    def build():
        targets = []
        for _ in range(4):
            target = Target()
            target.me = {"x": target}
            targets.append(target)
        return targets
    gc.disable()
    try:
        explanation = referrers.why_all(build())
    finally:
        gc.enable()
    assert str(explanation).startswith("4 objects: 4 garbage\n  4 of 4 Target "
                                       "go through <Target>.me['x'] and the "
                                       "like (leak id ")
    assert [group["targets"] for group in explanation.groups] == [4]


@pytest.mark.parametrize("seed", range(12))
def test_counts_add_up(scene, seed):
    """Objects of three types under containers and in cycles of their own:
    one group for each pair of type and leak id."""
    generator = random.Random(seed)
    classes = [Target, Other, Holder]

    def build():
        scene.lists = [[], []]
        scene.named = Holder()
        found = []
        for i in range(generator.randrange(2, 40)):
            one = generator.choice(classes)()
            found.append(one)
            for place in generator.sample(range(5), generator.randrange(3)):
                if place < 2:
                    scene.lists[place].append(one)
                elif place == 2:
                    setattr(scene.named, "n%d" % (i % 11), one)
                elif place == 3:
                    one.me = one
                else:
                    one.around = [one]
        return found
    gc.disable()
    try:
        explanation = referrers.why_all(build())
    finally:
        gc.enable()
    groups = explanation.groups
    types_of = [explanation.verdicts[group["target"]]["type"]
                for group in groups]
    assert len({*zip(types_of, (group["fingerprint"] for group in groups))}) \
        == len(groups)
    lines = lines_of(explanation)
    totals = {name: int(total) for _, total, name, *_ in lines}
    for name, total in totals.items():
        assert total == sum(verdict["type"] == name
                            for verdict in explanation.verdicts)
        assert sum(int(count) for count, _, of, *_ in lines
                   if of == name) <= total
    rest = re.findall(r"\n  and (\d+) objects?", str(explanation))
    assert sum(int(count) for count, *_ in lines) + sum(map(int, rest)) \
        == len(explanation.verdicts)


def test_a_second_container_of_all_is_named_too(scene):
    def build():
        scene.sessions = {}
        scene.recent = Holder()
        scene.recent.boxes = []
        for i in range(5):
            target = scene.sessions["u%d" % i] = Target()
            scene.recent.boxes.append([target])
            target.child = Holder()  # refers back: no other way
            target.child.parent = target
        scene.some = list(scene.sessions.values())[:3]
    build()
    explanation = referrers.why_all(list(scene.sessions.values()))
    assert [line[3] for line in lines_of(explanation)] == [
        "scene.sessions, and through scene.recent.boxes"]
    assert [path["targets"] for path in explanation.paths] == [5, 5]


def test_a_list_that_only_the_caller_has_is_left_out(scene):
    def build():
        scene.things = [Target() for _ in range(3)]
    build()
    mine = list(scene.things)
    inside = {"deep": [mine]}
    explanation = referrers.why_all(inside["deep"][0])
    assert "3 of 3 Target go through scene.things (leak id" in str(explanation)
    assert explanation.cut == ["scene.things"]
    assert explanation.verdict["counted"] == 1
    scene.things = None
    explanation = referrers.why_all(mine)
    assert {verdict["kind"] for verdict in explanation.verdicts} == {"only-you"}
    assert explanation.paths == []


def test_a_list_of_a_module_that_asks_is_left_out():
    """As at a prompt: the list is a variable of the module."""
    program = ("import referrers\n"
               "class Target: pass\n"
               "class Keep: all = [Target(), Target()]\n"
               "found = list(Keep.all)\n"
               "print(referrers.why_all(found))\n"
               "del found\n"
               "print(referrers.why_all(Keep.all))\n")
    said = subprocess.run([sys.executable, "-c", program], check=True,
                          capture_output=True, text=True).stdout
    assert re.findall(r"go through (.*) \(leak", said) == 2 * [
        "__main__.Keep.all"]
    assert "found" not in said


def test_a_list_of_the_program_is_an_answer(scene):
    def build():
        scene.things = [Target() for _ in range(3)]
    build()
    explanation = referrers.why_all(scene.things)
    assert "3 of 3 Target go through scene.things (leak id" in str(explanation)
    assert explanation.cut == ["scene.things"]
    assert "C code" not in str(explanation)


def test_the_cut_of_many_is_one(scene):
    scene.registry = {i: [Target()] for i in range(10)}
    references = [weakref.ref(box[0]) for box in scene.registry.values()]
    explanation = referrers.why_all(
        [reference() for reference in references])
    assert explanation.cut == ["scene.registry"]
    drop(explanation.cut[0], scene)
    gc.collect()
    assert not any(reference() for reference in references)


def test_a_list_is_one_object():
    explanation = referrers.why([Target()])
    assert explanation.verdict["type"] == "list"
    with pytest.raises(ValueError, match="must be a list, not tuple"):
        referrers.why_all((1, 2))
    assert str(referrers.why_all([])) == "nothing was asked about"


def test_the_fingerprint_is_that_of_the_leak(scene):
    def build(target, key):
        scene.registry = {key: [None] * len(key) + [target]}
    one = referrers.why(make(build, "user-7")()).fingerprint
    other = referrers.why(make(build, "somebody else")()).fingerprint
    scene.registry = None
    third = make(lambda target: setattr(scene, "registry", (target,)))
    assert one == other
    assert one != referrers.why(third()).fingerprint


# Sizes

def test_what_goes_with_an_object(scene):
    """The list goes with its holder, a shared dict does not."""
    scene.shared = {}
    scene.holder = Holder()
    scene.holder.items = [bytes(100_000 + i) for i in range(10)]
    scene.holder.shared = scene.shared
    scene.other = [scene.holder.shared]
    retained = referrers.why(scene.holder, sizes=True).retained
    assert 1_000_000 < retained["bytes"] < 1_002_000
    # Itself, its list, ten bytes objects; before 3.11 its __dict__ too.
    assert retained["objects"] in (12, 13)
    assert referrers.why(scene.holder).retained is None
    assert "frees" in str(referrers.why(scene.holder, sizes=True))


def test_sizes_are_about_those_of_sys(scene):
    things = [[], [None] * 1000, "a" * 500, "\u20ac" * 500, b"b" * 700, 1 << 900,
              tuple(range(300)), set(range(100)), Holder(), 1.5,
              bytearray(5000), {i: i for i in range(1000)}]
    graph = referrers.get_referrer_graph_for_list(
        list(things), search_for_untracked_objects=True, sizes=True)
    sizes = {record["id"]: record for record in graph.retained}
    for thing in things:
        real = sys.getsizeof(thing)
        if isinstance(thing, (tuple, set, dict)):
            real += sum(sys.getsizeof(i) for i in thing
                        if sys.getrefcount(i) == 3)
        found = sizes[id(thing)]["bytes"]
        assert 0.5 * real - 64 < found < 2 * real + 40_000, type(thing)


def test_the_size_of_a_shared_part_is_nobodys(scene):
    part = [bytes(50_000)]
    scene.one, scene.two = [part], [part]
    del part
    graph = referrers.get_referrer_graph(scene.one[0][0], sizes=True,
                                         search_for_untracked_objects=True)
    by_type = {}
    for record in graph.retained:
        by_type.setdefault(record["type"], []).append(record["bytes"])
    assert min(by_type["list"]) < 1000      # scene.one by itself frees nothing
    assert max(by_type["list"]) > 50_000    # the list that they share


KEPT = []


def test_a_thread_local_says_of_which_thread_it_is():
    local, refs = threading.local(), []
    ready, stop = threading.Event(), threading.Event()

    def work():
        local.connection = [Target()]
        refs.append(weakref.ref(local.connection[0]))
        ready.set()
        stop.wait()
    thread = threading.Thread(target=work, name="worker-2")
    thread.start()
    ready.wait()
    KEPT.append(local)
    try:
        local.own = own = Target()
        assert "own" in str(referrers.why(own))
        assert " in thread " not in str(referrers.why(own))
        graph = referrers.get_referrer_graph(refs[0](), explain=True)
        found = graph.explain()
        end = ".connection[0] in thread worker-2"
        assert str(found).splitlines()[0].endswith(end + " leads to it"), found
        drop = next(line for line in str(found).splitlines()
                    if line.startswith("  drop"))
        assert drop.endswith(end), found
        assert ("local.connection in thread worker-2 (thread-local attribute)"
                in str(graph))
        assert "connection in thread worker-2" in graph.to_json()
    finally:
        KEPT.clear()
        stop.set()
        thread.join()


def test_what_c_code_holds_as_well_goes_with_nobody(scene):
    import ctypes
    scene.held = [Holder()]
    scene.held[0].items = bytes(50_000)
    for change in (ctypes.pythonapi.Py_IncRef, ctypes.pythonapi.Py_DecRef):
        change(ctypes.py_object(scene.held[0]))
        retained = {
            record["type"]: record["bytes"] for record in
            referrers.get_referrer_graph(scene.held[0], sizes=True).retained}
        assert (retained["list"] > 50_000) == (
            change is ctypes.pythonapi.Py_DecRef)
