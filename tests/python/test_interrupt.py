"""Ctrl-C and timeout hold in every phase: walk, search, naming, text.

A target with a million referrers makes each phase long.  The signal comes from
another process, at ever later moments, so that each phase is hit; how late it
is obeyed is measured from the moment it was sent, in processor time, which
does not run while others have the machine.
"""

import signal
import time

import pytest

import referrers
from interrupting import (PROMISE, SLOWER, WORST, check, delays, sender,
                          steps)


class Target:
    pass


@pytest.fixture(scope="module")
def wide():
    """A target and what refers to it a million times."""
    target = Target()
    return target, [[target] for _ in range(1_000_000)]


@pytest.fixture(scope="module")
def deep():
    """A chain too long for sweeps: the search has to build its index."""
    older = [[] for _ in range(200_000)]
    for one, other in zip(older[::2], older[::-2]):
        one.append(other)
    target = Target()
    links = [target]
    for i in range(200_000):
        older[i].append(links[-1])
        links.append(older[i])
    # Half of them forwards, half backwards in the order of the table.
    return target, older


@pytest.mark.parametrize("options", [
    {},
    {"single_object_referrer_limit": None},
    {"search_for_untracked_objects": True},
])
def test_ctrl_c_ends_walk_search_and_naming(wide, sender, options):
    def call():
        referrers.get_referrer_graph(wide[0], **options)
    check(delays(sender, call, steps(call)))


def test_ctrl_c_ends_a_deep_search(deep, sender):
    def call():
        referrers.get_referrer_graph(deep[0], max_depth=None)
    check(delays(sender, call, steps(call)))


# Python takes its time to free the million tuples of half a reference view.
@pytest.mark.parametrize("write, promise", [
    (str, PROMISE),
    (lambda graph: graph._graph.lines(), PROMISE),
    (lambda graph: graph._graph.reference_view(), WORST)],
    ids=["text", "lines", "reference view"])
def test_ctrl_c_ends_the_writing(wide, sender, write, promise):
    graph = referrers.get_referrer_graph(wide[0],
                                         single_object_referrer_limit=None)

    def call():
        write(graph)
    check(delays(sender, call, steps(call)), promise)


def test_a_handler_that_raises_nothing_ends_nothing(wide, sender):
    seen = []
    old = signal.signal(signal.SIGINT, lambda *args: seen.append(1))
    try:
        graph = referrers.get_referrer_graph(wide[0],
                                             single_object_referrer_limit=None)
        sender.stdin.write("0.1\n")
        sender.stdin.flush()
        text = str(graph)
        sender.stdout.readline()
        again = str(graph)
    finally:
        signal.signal(signal.SIGINT, old)
    assert seen == [1]
    assert text == again


@pytest.mark.parametrize("timeout", [0.01, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("options", [
    {}, {"single_object_referrer_limit": None},
    {"single_object_referrer_limit": None, "max_depth": 1}])
def test_a_timeout_bounds_the_whole_call(wide, timeout, options):
    """Whatever phase it falls in, the graph is one, and says so."""
    started = time.thread_time()
    graph = referrers.get_referrer_graph(wide[0], timeout=timeout, **options)
    took = time.thread_time() - started
    text = str(graph)
    is_partial = "… timeout of %.2f s reached" % timeout in text
    assert text.startswith("╙── Target instance")
    assert is_partial or took < timeout + WORST
    # Besides the moment of grace: what cannot be asked in between.
    assert took < timeout + 0.5 * SLOWER + (0 if is_partial else WORST)


def test_a_timeout_in_the_naming_keeps_what_was_named(wide):
    """The walk and the search take a fraction of what the naming takes."""
    def seconds(**options):
        started = time.monotonic()
        graph = referrers.get_referrer_graph(wide[0], **options)
        return time.monotonic() - started, graph
    whole, _ = seconds(single_object_referrer_limit=None)
    for part in (0.5, 0.7):
        _, graph = seconds(single_object_referrer_limit=None,
                           timeout=whole * part)
        text = str(graph)
        assert "list[0]" in text
        assert text.count("\n") >= 500


def test_many_targets_are_all_shown_when_the_time_is_up():
    targets = [[] for _ in range(20_000)]
    graph = referrers.get_referrer_graph_for_list(targets, timeout=1e-6)
    text = str(graph)
    assert text.count("list instance") == 20_000
    assert "timeout of 0.00 s reached" in text
