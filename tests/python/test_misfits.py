"""A CPython whose layouts are not what they should be: nothing that cannot be
trusted is read, and what traverse reports is still found."""

import gc
import random
import sys
import types
import warnings

import pytest

import referrers
from random_heaps import random_heap
from referrers import _core
from trees import without_ids as tree

graph = referrers.get_referrer_graph


class Target:
    pass


@pytest.fixture
def misfit():
    """Makes the engine distrust some layouts, until the test is over."""
    def distrust(*layouts):
        with pytest.warns(RuntimeWarning, match="look for a newer") as caught:
            _core._misfit(*layouts)
        assert len(caught) == 1
        assert "\n" not in str(caught[0].message)
        return str(caught[0].message)
    yield distrust
    _core._misfit()


class Holder:
    pass


HOLDER = Holder()


def test_attributes_that_cannot_be_trusted_have_no_names(misfit):
    HOLDER.x = Target()
    assert "attributes have no names" in misfit("attributes")
    text = tree(graph(HOLDER.x, search_for_untracked_objects=True))
    assert "(instance attribute)" not in text
    assert "test_misfits.HOLDER (global)" in text
    if sys.version_info >= (3, 11):
        assert "Holder (object)" in text
    else:           # where an instance has a dict like any other object
        assert "dict[x]" in text


def test_frames_that_cannot_be_trusted_have_no_names(misfit):
    def poll():
        x = Target()
        yield x
    HOLDER.generator = poll()
    target = next(HOLDER.generator)
    assert "local variables are missing" in misfit("frames")
    made = graph(target)
    text = tree(made)
    assert "local)" not in text
    assert "Holder.generator (instance attribute)" in text
    assert "generator (object)" in text
    assert made.to_dot()


def test_lists_that_cannot_be_trusted_are_not_read(misfit):
    HOLDER.x = Target()
    assert "frozen objects" in misfit("lists")
    text = tree(graph(HOLDER.x))
    assert "Holder.x (instance attribute)" in text
    assert "test_misfits.HOLDER (global)" in text
    assert gc.isenabled()


def test_nothing_that_can_be_trusted_is_lost_with_the_rest(misfit):
    """Everything that gc.get_referrers sees, frames apart, is still found."""
    misfit("lists", "attributes", "frames")
    pool = random_heap(random.Random(7))
    for target in pool[:50]:
        if not gc.is_tracked(target):
            continue
        expected = {id(o) for o in gc.get_referrers(target)
                    if not isinstance(o, types.FrameType)}
        made = graph(target, max_depth=1, single_object_referrer_limit=None)
        nodes, edges = made._graph.reference_view()
        assert {nodes[referrer][1] for _, referrer in edges} == expected


def test_answers_and_variables_where_nothing_can_be_trusted(misfit):
    """Less is known, nothing is made up, and a debugger's stop still works."""
    HOLDER.x = Target()
    found = referrers.why(HOLDER.x, sizes=True)
    misfit("lists", "attributes", "frames")
    poor = referrers.why(HOLDER.x, sizes=True)
    assert found.verdict["kind"] == poor.verdict["kind"] == "alive"
    here = _core.variables(sys._getframe())
    assert here["found"] is found and here["poor"] is poor


def test_no_warning_when_everything_fits():
    with pytest.raises(ValueError, match="'nothing' is none of"):
        _core._misfit("nothing")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _core._misfit()
