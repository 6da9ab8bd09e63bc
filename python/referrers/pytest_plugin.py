"""The pytest plugin: the fixture `assert_freed`, the marker `no_growth`.

pytest loads it by its entry point where referrers is installed; elsewhere with
``-p referrers.pytest_plugin``.

    def test_close(assert_freed):
        session = Session()
        with assert_freed(session):
            session.close()
            del session

    @pytest.mark.no_growth(types=[Session], runs=5)
    def test_request():
        handle_request()

The test is run `runs` times.  It fails when after each run (but the first,
which may fill caches) there are more instances of one of the types than after
the run before.
"""

from __future__ import annotations

import gc

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

_FEWEST_RUNS = 3    # the first does not count; two more show a growth


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "no_growth(types, runs=5): run the test several times, and fail when "
        "each run leaves more instances of one of the types (referrers)")


@pytest.fixture(name="assert_freed")
def _assert_freed() -> Any:
    """referrers.assert_freed: a context manager that fails unless the objects
    given to it are freed at its end."""
    from referrers import assert_freed
    return assert_freed


def _options(marker: pytest.Mark) -> tuple[tuple[type, ...], int]:
    types = marker.kwargs.get("types", marker.args[0] if marker.args else ())
    runs = marker.kwargs.get("runs", 5)
    if isinstance(types, type):
        types = (types,)
    if not types or not all(isinstance(kind, type) for kind in types):
        raise pytest.UsageError("no_growth: types must be a list of classes")
    if not isinstance(runs, int) or runs < _FEWEST_RUNS:
        raise pytest.UsageError("no_growth: runs must be %d or more"
                                % _FEWEST_RUNS)
    return tuple(types), runs


def _ids(types: tuple[type, ...]) -> dict[type, set[int]]:
    """The ids of the instances of each type; subclasses are told by the real
    type, so that no code of theirs runs."""
    gc.collect()
    found: dict[type, set[int]] = {kind: set() for kind in types}
    for obj in gc.get_objects():
        for kind in types:
            if issubclass(type(obj), kind):
                found[kind].add(id(obj))
    return found


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    marker = pyfuncitem.get_closest_marker("no_growth")
    result = yield
    if marker is None or getattr(pyfuncitem, "_referrers_runs", False):
        return result
    types, runs = _options(marker)
    seen = [_ids(types)]
    pyfuncitem._referrers_runs = True  # type: ignore[attr-defined]
    try:
        for _ in range(runs - 1):
            pyfuncitem.ihook.pytest_pyfunc_call(pyfuncitem=pyfuncitem)
            seen.append(_ids(types))
    finally:
        del pyfuncitem._referrers_runs  # type: ignore[attr-defined]
    message = _growth(types, seen)
    if message is not None:
        pytest.fail(message, pytrace=False)  # where is no line of the program's
    return result


def _growth(types: tuple[type, ...],
            seen: list[dict[type, set[int]]]) -> str | None:
    for kind in types:
        counts = [len(ids[kind]) for ids in seen]
        pairs = zip(counts, counts[1:])
        if all(before < after for before, after in pairs):
            return _message(kind, counts, seen[-1][kind] - seen[0][kind])
    return None


def _message(kind: type, counts: list[int], new: set[int]) -> str:
    from referrers import _assertions, _why
    alive = [obj for obj in gc.get_objects()
             if id(obj) in new and issubclass(type(obj), kind)]
    graph = _why.look(alive)
    del alive[:]
    answers = graph.answers()
    head = "%s grows with each run: %s instances" % (
        kind.__name__, ", ".join(map(str, counts)))
    return "\n".join([head] + _assertions.notes(answers)
                     + graph.explanation().split("\n")[:13])
