"""The search: what is followed, folded, limited and left out."""

import gc
import random
import re
import sys
import types

import pytest

import referrers
from conftest import short_and_long
from random_heaps import Made, random_heap
from trees import without_ids


class Target:
    pass


# A call with *args or **options would add the tuple of its arguments.
graph = referrers.get_referrer_graph
tree = without_ids


def test_a_cycle_is_said_and_ends():
    target = Target()
    target.me = [target]
    assert tree(graph(target)) == """\
╙── Target instance
    ├─╼ list[0]
    │   └─╼ Target.me (instance attribute) (circular ref)
    └─╼ test_a_cycle_is_said_and_ends.target (local)"""


def test_an_object_met_twice_is_expanded_where_it_is_nearest():
    target = Target()
    near = [target]
    far = [near, target]
    text = tree(graph(target))
    assert text == """\
╙── Target instance
    ├─╼ list[0]
    │   ├─╼ list[0] (shown below)
    │   └─╼ test_an_object_met_twice_is_expanded_where_it_is_nearest.near (local)
    ├─╼ list[1]
    │   └─╼ test_an_object_met_twice_is_expanded_where_it_is_nearest.far (local)
    └─╼ test_an_object_met_twice_is_expanded_where_it_is_nearest.target (local)"""
    assert far


def test_a_dict_that_is_both_plumbing_and_value_is_both():
    target = Target()
    owner = Target()
    owner.x = target
    held = owner.__dict__
    text = tree(graph(target))
    assert "Target.x (instance attribute)" in text
    assert "dict[x]" in text
    assert "held (local)" in text
    assert held


def test_the_targets_own_dict_is_never_folded():
    owner = Target()
    owner.x = []
    text = tree(graph(owner.__dict__))
    assert "dict instance" in text
    assert "Target.__dict__ (member)" in text


def test_class_on_the_way_has_instances_that_are_not_followed():
    class Kept:
        pass
    Kept.attribute = Target()
    objects = [Kept(), Kept()]
    # Where nothing but this function held it they would be followed.
    sys.modules["keeper"] = types.ModuleType("keeper")
    sys.modules["keeper"].kept = Kept
    text = tree(graph(Kept.attribute))
    del sys.modules["keeper"]
    assert text.count("Kept (instance)") == 2
    assert "list[0]" not in text
    assert "Kept (local)" in text
    assert "__mro__" not in text
    assert objects


def test_class_that_is_asked_about_has_instances_that_are_followed():
    class Kept:
        pass

    class Sub(Kept):
        pass
    objects = [Kept(), Kept()]
    text = tree(graph(Kept))
    assert text.count("Kept (instance)") == 2
    assert "list[0]" in text
    assert "Kept (local)" in text
    assert "Sub.__base__ (member)" in text
    assert "__mro__" not in text
    assert objects


def test_class_that_only_instances_hold_is_followed():
    def make():
        class Kept:
            pass
        return Kept()
    one = make()
    made = graph(type(one))
    text = without_ids(made)
    assert "Kept (instance)\n" in text
    assert "one (local)" in text


def test_depth_counts_named_steps_and_says_what_it_cut():
    target = Target()
    owner = Target()
    owner.x = target
    owner.__dict__
    box = [owner]
    text = tree(graph(target, max_depth=1))
    assert text == """\
╙── Target instance
    ├─╼ Target.x (instance attribute)
    │   └─╼ … depth limit of 1 reached
    └─╼ test_depth_counts_named_steps_and_says_what_it_cut.target (local)"""
    assert tree(graph(target, max_depth=0)) == """\
╙── Target instance
    └─╼ … depth limit of 0 reached"""
    assert box


def test_alike_references_are_counted_past_the_limit():
    target = Target()
    many = [[target] for _ in range(120)]
    made = graph(target)
    text = tree(made.to_text(max_lines=None))
    assert text.count("list[0]") == 101  # and once as the first of `many`
    assert "… 20 more list[…]" in text
    # Three are shown, and the first of all, whose line has others beneath it.
    assert "… 116 more list[…]" in tree(made)
    every = graph(target, single_object_referrer_limit=None)
    assert "more list" not in tree(every.to_text(max_lines=None))
    assert "… 116 more list[…]" in tree(every)
    assert many


def test_the_limit_never_cuts_the_shortest_path_from_a_module():
    target = Target()
    many = [[target] for _ in range(300)]
    module = types.ModuleType("tests_engine_path")
    module.HOLDER = [target]
    sys.modules[module.__name__] = module
    try:
        text = tree(graph(target, single_object_referrer_limit=2))
    finally:
        del sys.modules[module.__name__]
    assert "tests_engine_path.HOLDER (module variable)" in text
    assert many


def test_variables_are_never_cut():
    target = Target()
    names = {"v%d" % i: target for i in range(150)}
    module = types.ModuleType("tests_engine_variables")
    module.__dict__.update(names)
    del names
    sys.modules[module.__name__] = module
    try:
        text = tree(graph(target))
    finally:
        del sys.modules[module.__name__]
    assert text.count("(module variable)") == 150


def test_excluded_objects_are_neither_shown_nor_followed():
    target = Target()
    inner = [target]
    outer = [inner]
    text = tree(graph(target, exclude_object_ids=[id(inner)]))
    assert "list" not in text
    assert tree(graph(target, exclude_object_ids={id(outer)})).count("list[0]") == 1


def test_module_prefixes_choose_the_variables_shown():
    target = Target()
    for name in ("tests_engine_a", "tests_engine_b"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].x = target
    try:
        text = tree(graph(target, module_prefixes=["tests_engine_b", "other"]))
        nothing = tree(graph(target, module_prefixes=[]))
    finally:
        del sys.modules["tests_engine_a"], sys.modules["tests_engine_b"]
    assert "tests_engine_b.x" in text
    assert "tests_engine_a.x" not in text
    assert "module variable" not in nothing


def test_untracked_objects_are_found_when_asked_for():
    text = "".join(["a", "string", "of", "its", "own"])
    nested = {"k": (1, (2, text))}
    gc.collect()
    shown = tree(graph(text, search_for_untracked_objects=True))
    assert "tuple[1]\n" in shown
    assert "dict[k]" in shown
    assert "nested (local)" in shown
    assert nested


def test_untracked_objects_in_a_row_are_limited():
    text = "".join(["another", "string"])
    nested = (1, (2, (3, (4, text))))
    gc.collect(), gc.collect(), gc.collect(), gc.collect()
    assert not gc.is_tracked(nested[1])
    shown = tree(graph(text, search_for_untracked_objects=True,
                 max_untracked_search_depth=2))
    assert shown.count("tuple[1]") == 3
    assert "… limit of untracked objects in a row reached" in shown


def test_untracked_target_is_refused_with_the_option_to_use():
    with pytest.raises(ValueError, match="search_for_untracked_objects=True"):
        graph("text")
    with pytest.raises(ValueError, match=r"target_objects\[1\]"):
        referrers.get_referrer_graph_for_list([[], "text"])


def test_many_targets_merge_and_keep_their_order():
    one, two = Target(), Target()
    one.x = two
    made = referrers.get_referrer_graph_for_list([two, one, two])
    text = without_ids(made)
    assert text.count("╟──") == 1 and text.count("╙──") == 1
    assert text.startswith("╟── Target instance\n╎   ├─╼ Target.x")
    assert "Target.x (instance attribute) (shown below)" in text
    assert str(referrers.get_referrer_graph_for_list([])) == ""


def test_the_list_of_targets_is_not_shown():
    target = Target()
    targets = [target]
    text = without_ids(referrers.get_referrer_graph_for_list(targets))
    assert "list[" not in text


@pytest.mark.parametrize("options, error, words", [
    ({"max_depth": -1}, ValueError, "max_depth must be at least 0"),
    ({"max_depth": "x"}, TypeError, "max_depth must be an integer"),
    ({"max_depth": 1.5}, TypeError, "max_depth must be an integer"),
    ({"timeout": 0}, ValueError, "timeout must be more than 0"),
    ({"timeout": float("nan")}, ValueError, "timeout must be more than 0"),
    ({"timeout": "1"}, TypeError, "timeout must be a number"),
    ({"single_object_referrer_limit": 0}, ValueError, "at least 1"),
    ({"max_untracked_search_depth": -2}, ValueError, "at least 0"),
    ({"exclude_object_ids": ["x"]}, TypeError, "exclude_object_ids"),
    ({"exclude_object_ids": 5}, TypeError, "iterable"),
    ({"module_prefixes": "app"}, TypeError, "module_prefixes"),
    ({"module_prefixes": [1]}, TypeError, "module_prefixes"),
])
def test_bad_options_are_one_clear_error(options, error, words):
    with pytest.raises(error, match=words) as caught:
        graph(Target(), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("targets", [(), None, "x", {1: 2}, 5])
def test_for_list_takes_a_list_only(targets):
    with pytest.raises(ValueError, match="must be a list"):
        referrers.get_referrer_graph_for_list(targets)


def test_huge_limits_are_no_limits():
    target = Target()
    assert "target (local)" in tree(graph(target, max_depth=10**30, timeout=1e300))


def test_a_chain_of_100_000_links_in_either_direction():
    target = Target()
    chain = target
    for _ in range(100_000):
        chain = [chain]
    assert "depth limit of 3" in str(graph(target, max_depth=3))
    text = graph(target, max_depth=None,
                 object_limit=None).to_text(max_lines=None)
    assert text.count("list[0]") == 100_000
    older = [[] for _ in range(100_000)]
    for one, other in zip(older, older[1:]):
        one.append(other)
    older[-1].append(target)
    first = older[0]
    del chain, one, other, older[:]
    text = graph(target, max_depth=None,
                 object_limit=None).to_text(max_lines=None)
    assert text.count("list[0]") == 100_000
    while first and type(first[0]) is list:  # no deep recursion on the way out
        first = first.pop()


def test_100_000_referrers():
    target = Target()
    many = [[target] for _ in range(100_000)]
    made = graph(target, single_object_referrer_limit=None, object_limit=None)
    assert made.to_text(max_lines=None).count("list[0]") == 100_001
    assert "… 99,996 more list[…]" in str(made)
    assert "… 99,996 more list[…]" in str(graph(target))
    assert "… 99,900 more list[…]" in graph(target).to_text(max_lines=None)
    assert many


def test_a_timeout_gives_a_partial_graph_that_says_so():
    heap = [[i] for i in range(300_000)]
    target = Target()
    text = tree(graph(target, timeout=0.001))
    assert "… timeout of 0.00 s reached" in text
    assert "target (local)" in text
    assert heap


def test_a_running_frame_is_told_once_though_an_exception_has_it():
    """On 3.10 the frame object itself has the locals, as on all once it ends."""
    target = Target()
    try:
        raise ValueError
    except ValueError as error:
        keep = error
    text = tree(graph(target, search_for_untracked_objects=True))
    assert text.count(".target (local)") == 1
    assert keep.__traceback__


def test_a_running_generator_is_told_as_a_running_frame():
    def poll():
        target = Target()
        yield tree(graph(target, search_for_untracked_objects=True))
    generator = poll()
    text = next(generator)
    assert text == """\
╙── Target instance
    └─╼ poll.target (local)"""


def test_frozen_objects_are_found():
    target = Target()
    box = [target]
    gc.freeze()
    try:
        assert "box (local)" in tree(graph(target))
    finally:
        gc.unfreeze()
    assert box


@short_and_long
def test_direct_referrers_are_those_gc_finds_on_random_heaps(length):
    """The oracle: gc.get_referrers, less the lists and frames of the test."""
    seed = random.randrange(2**32)
    print("seed", seed)
    generator = random.Random(seed)
    for _ in range(20 if length == "long" else 4):
        pool = random_heap(generator)
        owners = owners_of_dicts(pool)
        for target in generator.sample(pool, 10):
            if not gc.is_tracked(target):
                continue
            expected = {owners.get(id(o), id(o))
                        for o in gc.get_referrers(target)
                        if not isinstance(o, types.FrameType)}
            made = graph(target, max_depth=1, single_object_referrer_limit=None)
            nodes, edges = made._graph.reference_view()
            found = {nodes[referrer][1] for _, referrer in edges
                     if "(local)" not in nodes[referrer][0]}
            assert found == expected


def owners_of_dicts(pool):
    """On 3.10 attributes are always in a dict, which no graph shows; later
    there is none until somebody asks for it, so nobody may."""
    if sys.version_info >= (3, 11):
        return {}
    return {id(vars(o)): id(o) for o in pool if isinstance(o, Made)}


def test_the_same_heap_gives_the_same_text():
    target = Target()
    holders = [{"k%d" % i: [target]} for i in range(50)]
    generator = random.Random(1)
    text = tree(graph(target).to_text(max_lines=None))
    generator.shuffle(holders)
    gc.collect()
    again = tree(graph(target).to_text(max_lines=None))
    order = re.findall(r"dict\[(k\d+)\]", text)
    assert len(order) == 50
    assert order == ["k%d" % i for i in range(50)]
    assert order == re.findall(r"dict\[(k\d+)\]", again)


def test_the_table_of_interned_strings_is_no_referrer():
    """From 3.14 on it is a tracked dict, {text: text}; its references are not
    counted.  A dict like it that is the program's own is one."""
    text = sys.intern("".join(["tests", "_engine", "_interned"]))
    pool = {text: text}
    large = {}
    for i in range(2000):
        large.setdefault("".join(["tests_engine_", str(i)]), i)
    large = {key: key for key in large}
    shown = tree(graph(text, search_for_untracked_objects=True))
    name = "test_the_table_of_interned_strings_is_no_referrer"
    assert shown == """\
╙── str instance
    ├─╼ dict[tests_engine_interned]
    │   └─╼ NAME.pool (local)
    ├─╼ dict (key) (shown above)
    └─╼ NAME.text (local)""".replace("NAME", name)
    other = next(iter(large))
    shown = tree(graph(other, search_for_untracked_objects=True))
    assert "NAME.large (local)".replace("NAME", name) in shown
