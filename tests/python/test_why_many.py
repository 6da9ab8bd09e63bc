"""why and why_all of many targets: groups, counts, one cut; and what goes with an
object."""

import ctypes
import gc
import random
import re
import subprocess
import sys
import threading
import weakref

import pytest

import referrers
from test_why import Holder, Target, drop, make, scene

__all__ = ["scene"]  # a fixture


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


class Loop:
    def __init__(self):
        self.itself = {"loop": self}


OWN = []


@pytest.mark.parametrize("made, words", [
    (Target, ["3 objects: 3 held only by you"]),
    (Loop, ["3 objects: 3 garbage",
            "  3 of 3 Loop go through <Loop>.itself['loop'] and the like"])])
def test_a_list_that_you_name_is_said_to_keep_them(made, words):
    """It is left out; the objects do not go before it does, all the same."""
    given = [made() for _ in range(3)]
    lines = str(referrers.why_all(given)).splitlines()
    keeps = "  but      the list you gave keeps them all"
    assert [line.partition(" (leak id")[0] for line in lines] == [
        words[0], keeps, *words[1:]]
    OWN.append(given[0])
    lines = str(referrers.why_all(given)).splitlines()
    assert lines[0].startswith("3 objects: 1 alive, 2 ")
    assert lines[1] == "  but      the list you gave keeps 2 of them"
    OWN.clear()


def test_what_the_list_keeps_is_counted_apart():
    """Garbage has a path, around its cycle; what C code holds has none."""
    given = [Loop(), Loop(), Target(), *(Target() for _ in range(2))]
    for target in given[3:]:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(target))
    lines = str(referrers.why_all(given)).splitlines()
    for target in given[3:]:
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(target))
    assert lines[0] == ("5 objects: 2 held by native code, 2 garbage, "
                        "1 held only by you")
    assert lines[1] == "  but      the list you gave keeps 3 of them"
    assert "  and 2 objects that no path leads to" in lines


def test_a_list_that_nobody_names_is_not_spoken_of():
    gc.disable()
    try:
        watched = [weakref.ref(Loop()) for _ in range(3)]
        text = str(referrers.why_all([watch() for watch in watched]))
    finally:
        gc.enable()
    assert text.startswith("3 objects: 3 garbage\n")
    assert "the list you gave" not in text
