"""Every kind of reference has the name a person would use."""

import gc
import sys

import pytest

import kinds
import referrers

HARNESS = ("_direct_names.", "kinds.CASES", "Undo.")


def _direct_names(made, untracked):
    """Names, with types, of the direct references to made[0]."""
    target, holder = made
    graph = referrers.get_referrer_graph(
        target, max_depth=1, search_for_untracked_objects=untracked,
        single_object_referrer_limit=None)
    nodes, edges = graph._graph.reference_view()
    names = set()
    for _, referrer in edges:
        name, _, kind, *_ = nodes[referrer]
        names.add(name if kind == "object" else "%s [%s]" % (name, kind))
    return sorted(n for n in names if not n.startswith(HARNESS))


class Made(tuple):
    """What a case made; its own two references are known and left out."""


@pytest.mark.parametrize("case", kinds.CASES, ids=lambda case: case.id)
def test_name(case):
    made = Made(case.function())
    # What the collector tracks needs no option, whatever holds it.
    for untracked in [True, False][:1 + gc.is_tracked(made[0])]:
        names = _direct_names(made, untracked)
        for own in ("Made[0]", "Made[1]"):
            if own in names:
                names.remove(own)
        if sys.maxsize < 2 ** 32 and names != case.names:
            # See elsewhere.py: without a name, but never with a wrong one.
            others = [name for name in names
                      if name not in case.names and "(object)" not in name]
            assert others in ([], ["managedbuffer.obj (member)"])
            pytest.skip("with 32 bits C types have fields without names")
        assert names == case.names
    del made
    gc.collect()


def test_every_case_ran_on_something():
    """A table that lost its rows would pass in silence."""
    assert len(kinds.CASES) >= 39
