"""The picture emphasises a path that the words name.

Random graphs, in which many chains are equally short, with one to five targets,
with limits that cut the chains and without.  REFERRERS_SEED tries others.
"""

import json
import os
import random
import re
import types

import pytest

import referrers
from conftest import short_and_long

GRAPHS = {"short": 10, "long": 200}
SEED = int(os.environ.get("REFERRERS_SEED", 12))


class Made:
    """Two of the same names hold, so that ties are common."""


class Target:
    pass


@pytest.fixture(scope="module")
def shop():
    """A module that is the root of all of it."""
    import sys
    module = types.ModuleType("shop")
    sys.modules["shop"] = module
    yield module
    del sys.modules["shop"]


def build(generator, shop, count):
    """Some objects under the module, `count` targets among them."""
    vars(shop).clear()
    shop.__name__ = "shop"
    pool = [Target() if i < count else Made() if generator.random() < 0.6
            else [] for i in range(generator.randrange(count + 2, 30))]
    for one in pool:
        for _ in range(generator.randrange(4)):
            other = generator.choice(pool)
            if isinstance(one, list):
                one.append(other)
            else:
                setattr(one, generator.choice("ab"), other)
    for name in "xyz"[:generator.randrange(4)]:
        setattr(shop, name, generator.choice(pool))
    return pool[:count]


def words_of(step):
    return step["kind"], step["owner"], step["label"], step["number"]


def emphasised(graph):
    """The steps of the path in the picture, and its words."""
    document = json.loads(graph.to_json())
    references = document["references"]
    path = document["picture"]["path"]
    for edge in document["picture"]["edges"]:
        if edge["on_path"]:
            assert edge["references"][0] in path
    return ([words_of(references[index]) for index in path],
            document["picture"]["description"])


def named(explanation):
    """The steps of the paths that the words name, in their order; what is
    garbage goes round and is not emphasised."""
    return [[words_of(step) for step in group["steps"]]
            for group in explanation.groups[:8]
            if explanation.verdicts[group["target"]]["kind"] != "garbage"]


@short_and_long
@pytest.mark.parametrize("count", range(1, 6))
def test_the_picture_emphasises_what_the_words_name(shop, count, length):
    generator = random.Random(SEED + count)
    seen = 0
    for round in range(GRAPHS[length]):
        targets = build(generator, shop, count)
        graph = referrers.get_referrer_graph_for_list(targets, max_depth=None)
        paths = named(graph.explain())
        assert paths == named(referrers.why_all(targets)), (SEED, round)
        steps, _ = emphasised(graph)
        assert steps == (paths[0] if paths else []), (SEED, round)
        seen += bool(steps)
    assert seen > 0


@short_and_long
@pytest.mark.parametrize("limits", [
    {"max_depth": 0}, {"max_depth": 1}, {"max_depth": 2},
    {"single_object_referrer_limit": 1},
    {"max_depth": 2, "single_object_referrer_limit": 1}],
    ids=lambda limits: "-".join(map(str, limits.values())))
def test_what_a_limit_leaves_is_the_end_of_such_a_path(shop, limits, length):
    generator = random.Random(SEED)
    cut = whole = 0
    for round in range(GRAPHS[length]):
        targets = build(generator, shop, generator.randrange(1, 6))
        graph = referrers.get_referrer_graph_for_list(targets, **limits)
        paths = named(graph.explain())
        steps, _ = emphasised(graph)
        ends = [path for path in paths
                if steps and path[-len(steps):] == steps]
        assert bool(ends) == bool(steps), (SEED, round)
        if steps and len(ends[0]) == len(steps):
            whole += 1
        elif steps:
            cut += 1
        if "max_depth" not in limits:
            assert steps == (paths[0] if paths else []), (SEED, round)
    assert (whole > 0) == (limits.get("max_depth") != 0)
    assert (cut > 0) == (limits.get("max_depth", 0) > 0)


def test_dot_draws_the_same_edges(shop):
    generator = random.Random(SEED)
    for round in range(5):
        graph = referrers.get_referrer_graph_for_list(
            build(generator, shop, 3), max_depth=2)
        edges = json.loads(graph.to_json())["picture"]["edges"]
        wanted = sum(edge["on_path"] for edge in edges)
        drawn = re.findall(r"-> n\d+\s+\[class=path", graph.to_dot())
        assert len(drawn) == wanted, (SEED, round)


class Link:
    pass


def test_a_root_past_the_depth_limit_is_named_all_the_same(shop):
    """The caller's own variable is nearer, and is shown; the root is not."""
    def chain():
        target = shop.head = Link()
        for _ in range(30):
            target.next = Link()
            target = target.next
        return target
    target = chain()
    graph = referrers.get_referrer_graph(target)
    steps, description = emphasised(graph)
    assert len(steps) == 20
    assert steps[0] == ("attribute", "Link", "next", 0)
    assert "shortest path from a root is shop: head" in description
    assert str(referrers.why(target)).startswith(
        "Link is alive: shop.head.next.next.")
