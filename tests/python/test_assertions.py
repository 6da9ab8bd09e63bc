"""assert_freed and the pytest plugin: what fails, what passes, and the words."""

import gc
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

import pytest

import referrers


class Session:
    pass


kept = []


@pytest.fixture(autouse=True)
def pictures(tmp_path, monkeypatch):
    """Failures draw into a directory that goes with the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_what_is_freed_passes():
    session, other = Session(), Session()
    with referrers.assert_freed(session):
        del session
    with referrers.assert_freed((other,)):
        other = None


def test_a_leak_is_explained():
    session = Session()
    kept.append(session)
    with pytest.raises(AssertionError) as info:
        with referrers.assert_freed(session):
            del session
    lines = str(info.value).split("\n")
    del kept[:]
    assert lines[0] == "the object was not freed"
    assert lines[1] == "Session is alive: test_assertions.kept[0] leads to it"
    assert len(lines) <= 15
    picture = re.fullmatch("  picture: (.*[.]svg)", lines[-1]).group(1)
    with open(picture) as stream:
        assert stream.read().startswith("<svg")


def test_the_failure_holds_nothing_itself():
    """An AssertionError that is kept must not become the next leak."""
    import weakref
    session = Session()
    reference = weakref.ref(session)
    kept.append(session)
    with pytest.raises(AssertionError) as info:
        with referrers.assert_freed(session):
            del session
    del kept[:]
    assert reference() is None, str(referrers.why(reference()))
    del info


def test_names_in_the_block_are_blamed():
    session = Session()
    with pytest.raises(AssertionError, match="held only by you: session in "):
        with referrers.assert_freed(session):
            pass


def test_garbage_needs_collect():
    def make():
        session = Session()
        session.itself = session
        return referrers.assert_freed(session)
    gc.disable()
    try:
        context = make()
        with pytest.raises(AssertionError, match="collect=True"):
            with context:
                pass
    finally:
        gc.enable()

    def make_collected():
        session = Session()
        session.itself = session
        return referrers.assert_freed(session, collect=True)
    with make_collected():
        pass


def test_some_of_many():
    first, second = Session(), Session()
    kept.append(second)
    with pytest.raises(AssertionError, match="^1 of 2 objects not freed\n"):
        with referrers.assert_freed([first, second]):
            del first, second
    del kept[:]


def test_several_by_themselves():
    first, second = Session(), Session()
    with referrers.assert_freed(first, second):
        del first, second
    first, second = Session(), Session()
    kept.append(second)
    with pytest.raises(AssertionError, match="^1 of 2 objects not freed\n"):
        with referrers.assert_freed(first, second):
            del first, second
    del kept[:]
    with pytest.raises(TypeError, match="needs an object"):
        referrers.assert_freed()


def test_an_exception_of_the_block_goes_on():
    session = Session()
    with pytest.raises(ZeroDivisionError):
        with referrers.assert_freed(session):
            1 / 0


def test_no_weak_reference_is_a_type_error():
    class Slotted:
        __slots__ = ()
    for thing in ([[]], "text", Slotted()):
        with pytest.raises(TypeError, match="assert that the object which owns"):
            referrers.assert_freed(thing)


# The plugin, in a pytest of its own

HEAD = """
import pytest

class Session:
    pass

kept = []
"""


def run_pytest(tmp_path, text, *options):
    (tmp_path / "test_it.py").write_text(HEAD + textwrap.dedent(text))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-p", "referrers.pytest_plugin", "--strict-markers", *options,
         "test_it.py"], cwd=tmp_path, capture_output=True, text=True,
        timeout=300)
    return run.stdout


def test_the_fixture(tmp_path):
    output = run_pytest(tmp_path, """
        def test_good(assert_freed):
            session = Session()
            with assert_freed(session):
                del session

        def test_bad(assert_freed):
            session = Session()
            kept.append(session)
            with assert_freed(session):
                del session
        """)
    assert "1 failed, 1 passed" in output
    assert "Session is alive: test_it.kept[0] leads to it" in output


def test_what_pytest_keeps_is_not_blamed(tmp_path):
    output = run_pytest(tmp_path, """
        def fail(argument):
            raise ValueError

        def test_it(assert_freed):
            session = Session()
            with pytest.raises(ValueError) as info:
                fail(session)
            with assert_freed(session):
                del session
        """)
    assert "1 failed" in output
    assert "note: this is not a leak in your program: pytest keeps the exception" \
        in output


def test_no_growth(tmp_path):
    output = run_pytest(tmp_path, """
        @pytest.mark.no_growth(types=[Session], runs=4)
        def test_grows():
            kept.append(Session())

        @pytest.mark.no_growth(types=[Session])
        def test_cache():
            cache = test_cache.__dict__
            cache.setdefault("session", Session())

        @pytest.mark.no_growth(types=[Session], runs=3)
        def test_cycle():
            session = Session()
            session.itself = session
        """)
    assert "1 failed, 2 passed" in output
    assert "Session grows with each run: 1, 2, 3, 4 instances" in output
    assert "Session go through test_it.kept" in output


def test_no_growth_counts_the_runs(tmp_path):
    output = run_pytest(tmp_path, """
        @pytest.mark.no_growth(types=[Session], runs=4)
        def test_runs():
            kept.append(None)

        def test_after():
            assert len(kept) == 4
        """)
    assert "2 passed" in output


def test_no_growth_of_any_type(tmp_path):
    output = run_pytest(tmp_path, """
        import logging

        @pytest.mark.no_growth
        def test_grows():
            kept.append(Session())

        @pytest.mark.no_growth(runs=4)
        def test_grows_with_numbers(tmp_path, capsys, caplog, monkeypatch):
            print("a line")
            logging.warning("a warning")
            monkeypatch.setattr(Session, "x", 1, raising=False)
            numbers.add(len(numbers))

        numbers = set()

        @pytest.mark.no_growth
        def test_steady(tmp_path, capsys, caplog, monkeypatch, request):
            print("a line")
            logging.warning("a warning")
            monkeypatch.setattr(Session, "x", 1, raising=False)
            with pytest.raises(KeyError):
                {}["x"]
            session = Session()
            session.itself = session

        class TestMethods:
            def setup_method(self):
                self.made = [Session()]

            @pytest.mark.no_growth
            def test_method(self):
                assert Session() not in self.made

            @pytest.mark.no_growth
            def test_grows(self):
                self.made.append(Session())

        @pytest.mark.no_growth
        @pytest.mark.parametrize("value", [1, 2])
        def test_values(value):
            assert [value] == [value]
        """)
    assert "3 failed, 4 passed" in output
    assert "1 place grows in each of 3 rounds of 1 loop" in output
    assert "test_it.kept  list  2, 3, 4, 5" in output
    assert "test_it.numbers  set  2, 3, 4" in output
    assert ".made" in output
    # Where CI is set pytest says all of it once more, at the end.
    pictures = list(dict.fromkeys(
        re.findall(r"  picture: (\S+)$", output, re.MULTILINE)))
    assert len(pictures) == 3
    assert "test_it.kept grows: 2, 3, 4, 5" in pathlib.Path(
        pictures[0]).read_text()
    for picture in pictures:
        os.unlink(picture)


def test_assert_no_growth(tmp_path):
    output = run_pytest(tmp_path, """
        def test_grows(assert_no_growth):
            assert_no_growth(lambda: kept.append(Session()))

        def test_steady(assert_no_growth):
            assert_no_growth(Session, rounds=2, loops=3)
        """)
    assert "1 failed, 1 passed" in output
    assert "AssertionError: 1 place grows in each of 3 rounds" in output
    assert "new      2 test_it.Session a round" in output
    picture = re.search(r"  picture: (\S+)$", output, re.MULTILINE)[1]
    assert "test_it.kept grows: 4, 6, 8, 10" in pathlib.Path(
        picture).read_text()
    os.unlink(picture)


@pytest.mark.parametrize("options, words", [
    ("types=[]", "types must be a list of classes"),
    ("runs=2", "runs must be 3 or more"),
    ("types=['Session']", "types must be a list of classes"),
    ("types=[Session], runs=2", "runs must be 3 or more")])
def test_a_marker_that_makes_no_sense(tmp_path, options, words):
    output = run_pytest(tmp_path, """
        @pytest.mark.no_growth(%s)
        def test_it():
            pass
        """ % options)
    assert "no_growth: " + words in output
