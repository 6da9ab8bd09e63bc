"""Ctrl-C and timeout hold where the answers are found: routes, cycles, counts,
further paths, the cut, dominators (the rest: test_interrupt.py)."""

import gc
import random
import sys
import types
import weakref

import pytest

import referrers
from conftest import short_and_long
from interrupting import check_interrupts, drill, moments, questions
from referrers import _core

COUNT = 30_000
MOMENTS = {"short": 5, "long": 24}
INTERVAL = 4096


class Knot:
    def __init__(self):
        self.others = []


def tangled(count):
    """Knots that refer to each other in no order, each to a few."""
    knots = [Knot() for _ in range(count)]
    order = random.Random(4711)
    for knot in knots:
        knot.others = [order.choice(knots) for _ in range(3)]
    return knots


@pytest.fixture(scope="module")
def tangle():
    """A weak reference to one of many knots; a module holds another one."""
    knots = tangled(COUNT)
    module = types.ModuleType("knots_of_a_test")
    module.knot = knots[0]
    sys.modules[module.__name__] = module
    yield weakref.ref(knots[-1])
    del sys.modules[module.__name__]


@pytest.fixture(scope="module")
def garbage():
    """The same, held by nobody.  The collector must not come meanwhile."""
    gc.collect()
    gc.disable()
    yield weakref.ref(tangled(COUNT)[-1])
    gc.enable()


@short_and_long
@pytest.mark.parametrize("options", [{"explain": True}, {"sizes": True}])
def test_ctrl_c_ends_the_answers(tangle, options, length):
    """Little is shown, and all of the heap leads to it: nearly all the time
    goes into routes, cycles, counts, paths, the cut and dominators."""
    def call():
        referrers.get_referrer_graph(tangle(), max_depth=1, **options)
    check_interrupts(call, 10 * COUNT // INTERVAL, MOMENTS[length])


@short_and_long
def test_ctrl_c_ends_the_search_for_cycles(garbage, length):
    def call():
        referrers.get_referrer_graph(garbage(), max_depth=1, explain=True)
    assert referrers.get_referrer_graph(garbage(), max_depth=1).verdict[
        "kind"] == "garbage"
    check_interrupts(call, 5 * COUNT // INTERVAL, MOMENTS[length])


@short_and_long
@pytest.mark.parametrize("options", [{"explain": True}, {"sizes": True}])
def test_a_timeout_ends_the_answers(tangle, options, length):
    """What is cut off is no answer, and the verdict says so: unless it was there
    by then, and only the last questions were left."""
    def call():
        return referrers.get_referrer_graph(tangle(), max_depth=1,
                                            timeout=1000, **options)
    total = questions(call)
    for at in moments(total, MOMENTS[length]):
        with drill(at, "timeout"):
            graph = call()
            asked = _core._drill()
        assert at <= asked <= at + 16
        assert "timeout of 1000.00 s reached" in str(graph)
        if at < total * 0.9:
            assert graph.verdict["kind"] in ("unknown", "alive")
            assert "timed_out" in graph.verdict["flags"]


def verdicts_by_moment(ask):
    """The kinds of verdict that a call gives whose time runs out early, later,
    and never."""
    def call():
        return ask(timeout=1000)
    kinds = []
    for at in sorted(moments(questions(call), 8)):
        with drill(at, "timeout"):
            kinds.append(call().verdict["kind"])
    return kinds + [call().verdict["kind"]]


def check_verdicts(kinds, right):
    assert set(kinds) <= {"unknown", right}
    known = kinds.index(right)
    assert set(kinds[known:]) == {right}, kinds
    assert 0 < known < len(kinds) - 1, kinds


def test_a_timeout_takes_no_verdict_back(tangle, garbage):
    """Once it is known, all that is left to be asked may run out of time."""
    def ask_garbage(timeout):
        return referrers.why(garbage(), timeout=timeout)
    check_verdicts(verdicts_by_moment(ask_garbage), "garbage")

    def ask_alive(timeout):
        return referrers.why(tangle(), timeout=timeout)
    check_verdicts(verdicts_by_moment(ask_alive), "alive")
