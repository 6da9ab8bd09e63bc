"""What runs the program or its tests is one root each, and comes last."""

import subprocess
import sys
import textwrap

import pytest

import referrers


class Thing:
    pass


class Kept:
    things = []


@pytest.fixture
def thing():
    return Thing()


def lines(explanation):
    return str(explanation).split("\n")


def test_a_fixture_is_held_by_pytest(thing):
    headline, *rest = lines(referrers.why(thing))
    assert headline == "Thing is alive: <pytest>['thing'] leads to it"
    assert "  through  1 root: <pytest>" in rest


def test_what_the_program_holds_comes_first(thing):
    Kept.things.append(thing)
    headline, *rest = lines(referrers.why(thing))
    assert headline == (
        "Thing is alive: test_furniture.Kept.things[0] leads to it")
    assert "  through  2 roots: test_furniture.Kept, <pytest>" in rest
    Kept.things.clear()


def test_the_tree_is_short(thing):
    text = str(referrers.get_referrer_graph(thing))
    assert "pytest (id=" in text
    assert "_pytest" not in text and "call_and_report" not in text


UNITTEST = """
    import unittest, referrers
    class Thing: pass
    class Test(unittest.TestCase):
        def setUp(self):
            self.thing = Thing()
        def test(self):
            print(referrers.why(self.thing))
    unittest.main()
"""

LAST = """
    import sys, referrers
    class Thing: pass
    class Oops(Exception): pass
    sys.last_value = oops = Oops()
    print(referrers.why(oops))
    kept = oops
    print(referrers.why(oops))
"""

RESULT = """
    import builtins, referrers
    class Thing: pass
    def show():
        thing = builtins._ = Thing()
        holder = {"a": thing}
        builtins.held = holder
        print(referrers.why(thing))
    show()
"""


def output(program):
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(program)],
                            capture_output=True, text=True, timeout=300)
    return [line for line in result.stdout.split("\n") if line]


def test_an_attribute_of_a_unittest():
    headline, through, *_ = output(UNITTEST)
    assert headline == "Thing is alive: <unittest>.thing leads to it"
    assert through == "  through  1 root: <unittest>"


def test_the_last_exception_comes_after_the_programs_own():
    text = output(LAST)
    headlines = [line for line in text if line.startswith("Oops is")]
    assert headlines == ["Oops is alive: sys.last_value leads to it",
                         "Oops is alive: sys.last_value leads to it"]


def test_the_last_result_comes_after_the_programs_own():
    headline = output(RESULT)[0]
    assert headline == "Thing is alive: builtins.held['a'] leads to it"


def test_a_mock_is_the_programs():
    from unittest import mock
    kept = mock.Mock()
    kept.thing = Thing()
    Kept.things.append(kept)
    assert "unittest" not in lines(referrers.why(kept.thing))[0]
    Kept.things.clear()


def test_a_thread_is_one_root():
    import threading
    ready, go = threading.Event(), threading.Event()
    thing = Thing()

    def outer(thing):
        def inner(thing):
            ready.set()
            go.wait()
        inner(thing)
    thread = threading.Thread(target=outer, args=(thing,), name="worker-7")
    thread.start()
    ready.wait()
    text = lines(referrers.why(thing))
    go.set()
    thread.join()
    [through] = [line for line in text if line.startswith("  through")]
    # The Thread object is one more, for as long as it has its arguments; and in
    # 3.14 the default of an argument, which is that table as well.
    count = 3 if sys.version_info >= (3, 14) else 2
    assert through.startswith(
        "  through  %d roots: threading._active, " % count)
    assert ", thing in inner(), " in through
    assert through.endswith("thread worker-7")
