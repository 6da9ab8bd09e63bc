"""Ctrl-C and timeout hold where the answers are found: routes, cycles, counts,
further paths, the cut, dominators (the rest: test_interrupt.py)."""

import gc
import random
import resource
import sys
import types
import weakref

import pytest

import referrers
from interrupting import SLOWER, check, delays, sender, steps


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
    knots = tangled(300_000)
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
    yield weakref.ref(tangled(300_000)[-1])
    gc.enable()


@pytest.mark.parametrize("options", [{"explain": True}, {"sizes": True}])
def test_ctrl_c_ends_the_answers(tangle, sender, options):
    """Little is shown, and all of the heap leads to it: nearly all the time
    goes into routes, cycles, counts, paths, the cut and dominators."""
    def call():
        referrers.get_referrer_graph(tangle(), max_depth=1, **options)
    check(delays(sender, call, steps(call, 6)))


def test_ctrl_c_ends_the_search_for_cycles(garbage, sender):
    def call():
        referrers.get_referrer_graph(garbage(), max_depth=1, explain=True)
    assert referrers.get_referrer_graph(garbage(), max_depth=1).verdict[
        "kind"] == "garbage"
    check(delays(sender, call, steps(call, 6)))


@pytest.mark.parametrize("timeout", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("options", [{"explain": True}, {"sizes": True}])
def test_a_timeout_ends_the_answers(tangle, timeout, options):
    """What is cut off is no answer, and the verdict says so.  Without the time
    in which the kernel finds memory on a machine that is short of it."""
    def seconds():
        return resource.getrusage(resource.RUSAGE_THREAD).ru_utime

    started = seconds()
    graph = referrers.get_referrer_graph(tangle(), max_depth=1,
                                         timeout=timeout, **options)
    took = seconds() - started
    assert took < timeout + 0.5 * SLOWER
    if "timeout of %.2f s reached" % timeout in str(graph):
        assert graph.verdict["kind"] in ("unknown", "alive")
        assert "timed_out" in graph.verdict["flags"]
