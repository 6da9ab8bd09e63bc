"""Ctrl-C and timeout hold in every phase: walk, search, naming, text.

A target with many referrers makes each phase long.  What happens at which
moment: interrupting.py.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import referrers
from conftest import short_and_long
from interrupting import check_interrupts, drill, moments, questions
from referrers import _core

COUNT = 40_000
MOMENTS = {"short": 4, "long": 16}
# A question at least for so many pieces of work (RG_POLL_INTERVAL in poll.h).
INTERVAL = 4096


class Target:
    pass


@pytest.fixture(scope="module")
def wide():
    """A target and what refers to it so many times."""
    target = Target()
    return target, [[target] for _ in range(COUNT)]


@pytest.fixture(scope="module")
def deep():
    """A chain too long for sweeps: the search has to build its index."""
    older = [[] for _ in range(COUNT)]
    for one, other in zip(older[::2], older[::-2]):
        one.append(other)
    target = Target()
    links = [target]
    for i in range(COUNT):
        older[i].append(links[-1])
        links.append(older[i])
    # Half of them forwards, half backwards in the order of the table.
    return target, older


@short_and_long
@pytest.mark.parametrize("options", [
    {},
    {"single_object_referrer_limit": None, "object_limit": None},
    {"search_for_untracked_objects": True},
])
def test_ctrl_c_ends_walk_search_and_naming(wide, options, length):
    def call():
        referrers.get_referrer_graph(wide[0], **options)
    check_interrupts(call, 3 * COUNT // INTERVAL, MOMENTS[length])


@short_and_long
def test_ctrl_c_ends_a_deep_search(deep, length):
    def call():
        referrers.get_referrer_graph(deep[0], max_depth=None, object_limit=None)
    check_interrupts(call, 3 * COUNT // INTERVAL, MOMENTS[length])


@short_and_long
@pytest.mark.parametrize("write", [
    str,
    lambda graph: graph._graph.lines(),
    lambda graph: graph._graph.reference_view(),
    lambda graph: graph._graph.view_lines(),
    lambda graph: graph._graph.mermaid(),
    lambda graph: graph._graph.json()],
    ids=["text", "lines", "reference view", "picture", "mermaid", "json"])
def test_ctrl_c_ends_the_writing(wide, write, length):
    graph = referrers.get_referrer_graph(wide[0],
                                         single_object_referrer_limit=None, object_limit=None)
    check_interrupts(lambda: write(graph), COUNT // INTERVAL, MOMENTS[length])


@short_and_long
@pytest.mark.parametrize("write, read", [
    (lambda graph: graph._graph.lines(), _core.read),
    (lambda graph: json.loads(graph.to_json()), _core.from_json)],
    ids=["lines", "json"])
def test_ctrl_c_ends_the_reading(wide, write, read, length):
    written = write(referrers.get_referrer_graph(
        wide[0], single_object_referrer_limit=None, object_limit=None))
    check_interrupts(lambda: read(written), 3 * COUNT // INTERVAL, MOMENTS[length])


@pytest.fixture(scope="module")
def looks():
    """Three heaps of one program, in which a list grows."""
    kept = [[str(i), {i: [i]}] for i in range(COUNT)]
    heaps = []
    for i in range(3):
        kept.append([object(), i])
        heaps.append(referrers.snapshot()._read())
    return heaps


@short_and_long
@pytest.mark.parametrize("survey", [
    lambda looks: _core.survey_types(looks[0]),
    lambda looks: _core.survey_map(looks[0], 40),
    lambda looks: _core.survey_map_chart(looks[0], 40),
    lambda looks: _core.survey_growth(looks, 1)],
    ids=["types", "map", "chart", "growth"])
def test_ctrl_c_ends_a_survey(looks, survey, length):
    check_interrupts(lambda: survey(looks), 3 * COUNT // INTERVAL, MOMENTS[length])


# A Ctrl-C when the shell says so; it ends when nobody wants one any more.
SENDER = """\
import os, signal, sys
for line in sys.stdin:
    os.kill(%d, signal.SIGINT)
    print(flush=True)
"""


@pytest.fixture
def sender():
    process = subprocess.Popen([sys.executable, "-c", SENDER % os.getpid()],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, bufsize=1)
    yield process
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == 0


def test_a_real_ctrl_c_comes_through(wide, sender):
    with pytest.raises(KeyboardInterrupt):
        sender.stdin.write("\n")
        while True:
            referrers.get_referrer_graph(wide[0])


def test_a_handler_that_raises_nothing_ends_nothing(wide):
    seen = []
    old = signal.signal(signal.SIGINT, lambda *args: seen.append(1))
    try:
        graph = referrers.get_referrer_graph(wide[0],
                                             single_object_referrer_limit=None, object_limit=None)
        total = questions(lambda: graph.to_text(max_lines=None))
        with drill(total // 2, "interrupt"):
            text = graph.to_text(max_lines=None)
            assert _core._drill() == total
        again = graph.to_text(max_lines=None)
    finally:
        signal.signal(signal.SIGINT, old)
    assert seen == [1]
    assert text == again


@short_and_long
@pytest.mark.parametrize("options", [
    {}, {"single_object_referrer_limit": None, "object_limit": None},
    {"single_object_referrer_limit": None, "object_limit": None, "max_depth": 1}])
def test_a_timeout_bounds_the_whole_call(wide, options, length):
    """Whatever phase it falls in, the graph is one, and says so.  What is left
    to do then looks a few times at the objects that were met, and names none."""
    def call():
        return referrers.get_referrer_graph(wide[0], timeout=1000, **options)
    total = questions(call)
    for at in moments(total, MOMENTS[length]):
        with drill(at, "timeout"):
            graph = call()
            asked = _core._drill()
        text = graph.to_text(max_lines=None)
        assert text.startswith("╙── Target instance")
        assert "… timeout of 1000.00 s reached" in text
        assert at <= asked <= at + 5 * COUNT // INTERVAL
    assert total > 20 * COUNT // INTERVAL


def test_a_timeout_that_is_not_reached_is_not_mentioned(wide):
    graph = referrers.get_referrer_graph(wide[0], timeout=1000)
    assert "timeout of" not in str(graph)


def test_a_timeout_in_the_naming_keeps_what_was_named(wide):
    """The walk and the search take a fraction of what the naming takes."""
    def call():
        return referrers.get_referrer_graph(
            wide[0], single_object_referrer_limit=None, object_limit=None, timeout=1000)
    total = questions(call)
    for part in (0.5, 0.7):
        with drill(round(total * part), "timeout"):
            text = call().to_text(max_lines=None)
        assert "timeout of 1000.00 s reached" in text
        assert "list[0]" in text
        assert text.count("\n") >= 500


def test_the_clock_ends_it_too(wide):
    """All of this takes longer than that, on any machine."""
    started = time.monotonic()
    graph = referrers.get_referrer_graph(wide[0], timeout=1e-6)
    assert time.monotonic() - started > 1e-6
    assert "timeout of 0.00 s reached" in str(graph)


def test_many_targets_are_all_shown_when_the_time_is_up():
    targets = [[] for _ in range(20_000)]
    graph = referrers.get_referrer_graph_for_list(targets, timeout=1e-6)
    text = graph.to_text(max_lines=None)
    assert text.count("list instance") == 20_000
    assert "timeout of 0.00 s reached" in text
