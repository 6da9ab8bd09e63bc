"""object_limit: how many objects a graph has, and what it says of the rest."""

import json
import random
import re
import sys
import types
import warnings

import pytest

import referrers

pytest.importorskip("networkx")


class Target:
    pass


class Node:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def of(target, **options):
    return referrers.get_referrer_graph(target, **options)


def objects_of(made):
    return made._graph.object_count


def far_and_wide(levels=6, width=8):
    """A tree above the target: each object is held by `width` lists, of which
    the last is one of a class's attributes in the end."""
    class Keep:
        pass
    target = Target()
    level = [target]
    for _ in range(levels):
        level = [[one] for one in level[:40] for _ in range(width)]
    Keep.level = level
    return target, Keep


def test_ten_thousand_by_default():
    target = Target()
    levels = [[target]]
    for _ in range(15):
        levels.append([[one] for one in levels[-1] for _ in range(2)][:3000])
    options = {"max_depth": None, "single_object_referrer_limit": None}
    assert objects_of(of(target, **options)) <= 10_000 + 20  # and the way
    everything = of(target, object_limit=None, **options)
    assert objects_of(everything) > 12_000
    assert everything._graph.left_out == (0, 0)
    assert levels


@pytest.mark.parametrize("limit", [1, 2, 5, 17, 100])
def test_the_nearest_are_shown_and_the_rest_is_counted(limit):
    target, keep = far_and_wide()
    made = of(target, object_limit=limit)
    depth = 6  # the way to the root is always there
    assert limit <= objects_of(made) <= limit + depth + 1
    objects, references = made._graph.left_out
    assert 0 < objects <= references
    whole = of(target, object_limit=None)
    assert objects_of(whole) >= objects_of(made) + objects
    text = made.to_text(max_lines=None)
    assert "limit of %d object" % limit in text
    assert text.splitlines()[-1] == (
        "    └─╼ … {:,} more object{} these".format(
            objects, "s refer to" if objects > 1 else " refers to"))
    assert keep


def test_what_is_left_out_is_counted_once():
    target = Target()
    near = [Node(target=target) for _ in range(9)]
    others = [tuple(near), tuple(near)]
    made = of(target, object_limit=10)  # the target and the nine
    assert objects_of(made) == 10
    assert made._graph.left_out == (3, 27)  # `near`, and two tuples
    made = of(target, object_limit=12)
    assert made._graph.left_out == (2, 9 + 1)
    assert others


def test_verdict_ledger_and_cut_know_all():
    generator = random.Random(5)
    for _ in range(20):
        target = Target()
        pool = [target]
        for _ in range(60):
            one = Node(a=generator.choice(pool), b=generator.choice(pool))
            pool.append(one)
        keep = {"kept": pool[-1]}
        del pool, one
        few, whole = [of(target, explain=True, object_limit=limit)
                      for limit in (2, None)]
        assert few.verdict == whole.verdict
        assert few.ledger == whole.ledger
        assert few.cut == whole.cut
        assert str(few.explain()) == str(whole.explain())
        del keep


def test_networkx_warns():
    target, keep = far_and_wide()
    made = of(target, object_limit=20)
    with pytest.warns(UserWarning, match="object_limit=None takes them all") as seen:
        graph = made.to_networkx()
    assert len(seen) == 1 and seen[0].filename == __file__
    objects, references = made._graph.left_out
    assert graph.graph["left_out"] == {"objects": objects,
                                       "references": references}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert of(Target()).to_networkx().graph["left_out"] == {
            "objects": 0, "references": 0}
    assert keep


def test_every_format_says_so(tmp_path):
    target, keep = far_and_wide()
    made = of(target, object_limit=20)
    said = ("limit of 20 objects reached, "
            f"{made._graph.left_out[0]:,} more objects refer to these")
    assert said in made.to_dot() and said in made.to_mermaid()
    assert said in made.to_svg().replace("&#160;", " ")
    made.render(tmp_path / "graph.json")
    again = referrers.load(tmp_path / "graph.json")
    assert again._graph.left_out == made._graph.left_out
    assert str(again).count("limit of 20 objects") == str(made).count(
        "limit of 20 objects") > 0
    assert keep


def test_a_forked_look_and_a_heap_have_the_limit_too():
    target, keep = far_and_wide()
    forked = of(target, object_limit=20, fork=True)
    here = of(target, object_limit=20)
    assert forked._graph.left_out == here._graph.left_out
    heap = referrers.snapshot()
    found = heap.graph(heap.at_address(id(target)), object_limit=20)
    assert 20 <= objects_of(found) <= 27
    assert found._graph.left_out[0] > 0
    assert referrers.why(target, object_limit=1)
    assert referrers.why_all([target], object_limit=1)
    assert heap.why(heap.at_address(id(target)), object_limit=1)
    assert keep


@pytest.mark.parametrize("wrong, error", [
    (0, ValueError), (-1, ValueError), ("9", TypeError), (1.5, TypeError)])
def test_wrong_limits(wrong, error):
    with pytest.raises(error, match="object_limit must be"):
        of(Target(), object_limit=wrong)


def many_names(count):
    """What holds one object by so many names: attributes of one object, one of
    each of many, items, variables of a module of which one is no private one."""
    keep = Node()
    for i in range(count):
        setattr(keep, f"a{i:04}", None)
    yield "attributes", keep, lambda target: vars(keep).update(
        dict.fromkeys(vars(keep), target))
    nodes = [Node() for _ in range(count)]
    yield "of each", nodes, lambda target: [
        setattr(one, f"a{i:04}", target) for i, one in enumerate(nodes)]
    items = []
    yield "items", items, lambda target: items.extend([target] * count)
    module = types.ModuleType("many_names")
    yield "variables", module, lambda target: vars(module).update(
        {f"_v{i:04}": target for i in range(count - 1)}, zz=target)


@pytest.mark.parametrize("which", range(4))
def test_a_referrer_of_many_names_is_counted(which, monkeypatch):
    """Of any kind a hundred are shown, or a thousand variables, and the one that
    the path comes by."""
    count = 3000
    name, holder, hold = list(many_names(count))[which]
    if name == "variables":
        monkeypatch.setitem(sys.modules, "many_names", holder)
    target = Target()
    hold(target)
    made = of(target)
    document = json.loads(made.to_json())
    shown = [one for one in document["references"] if one["referent"] == 0
             and not one["kind"].startswith("local")]
    rests = [one for one in document["rests"] if one["referent"] == 0]
    most = 1000 if name == "variables" else 100
    assert most <= len(shown) <= most + 10
    assert count <= len(shown) + sum(one["count"] for one in rests) <= (
        count + 5)
    assert len(rests) == 1
    text = made.to_text(max_lines=None)
    assert f"… {rests[0]['count']:,} more " in text
    assert made.verdict["counted"] >= count
    if name == "variables":
        assert "many_names.zz (module variable)" in text
        assert made.paths[0]["expression"] == "many_names.zz"
    for picture in (made.to_dot(), made.to_mermaid()):
        assert re.search("3,00[0-9] references · ", picture)
    whole = of(target, single_object_referrer_limit=None)
    assert json.loads(whole.to_json())["rests"] == []
    assert whole._graph.reference_count >= count
