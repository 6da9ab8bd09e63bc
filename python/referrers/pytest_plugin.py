"""The pytest plugin: the fixtures `assert_freed` and `assert_no_growth`, the
marker `no_growth`.

pytest finds it by itself where referrers is installed; otherwise pass
``-p referrers.pytest_plugin``.

    def test_close(assert_freed):
        session = Session()
        with assert_freed(session):
            session.close()
            del session

    @pytest.mark.no_growth
    def test_request():
        handle_request()

    @pytest.mark.no_growth(types=[Session], runs=5)
    def test_one_type():
        handle_request()

    def test_requests(assert_no_growth):
        assert_no_growth(handle_request)

A marked test is run `runs` times.  It fails if something grew with every run
except the first two, which may fill caches; the report says what grew and what
keeps it alive.  With `types` it fails if every run except the first leaves more
instances of one of the types than the run before.
"""

from __future__ import annotations

import gc

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from referrers._growth import Growth

_FEWEST_RUNS = 3    # the first does not count; two more show a growth


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "no_growth(types=None, runs=5): run the test several times, and fail "
        "if something grows with every run, or just the instances of these "
        "types (referrers)")


@pytest.fixture(name="assert_freed")
def _assert_freed() -> Any:
    """referrers.assert_freed: a context manager that fails unless the objects
    given to it are freed at its end."""
    from referrers import assert_freed
    return assert_freed


@pytest.fixture(name="assert_no_growth")
def _assert_no_growth() -> Callable[..., None]:
    """assert_no_growth(work, rounds=3, loops=2): fails with the report when
    something grows with the work (see referrers.growth)."""
    def assert_no_growth(work: Callable[[], object], rounds: int = 3,
                         loops: int = 2) -> None:
        __tracebackhide__ = True
        from referrers import growth
        grown = growth(work, rounds=rounds, loops=loops)
        if grown:
            raise AssertionError(_report(grown))
    return assert_no_growth


def _options(marker: pytest.Mark) -> tuple[tuple[type, ...], int]:
    types = marker.kwargs.get("types", marker.args[0] if marker.args else None)
    runs = marker.kwargs.get("runs", 5)
    if isinstance(types, type):
        types = (types,)
    if types is None:
        types = ()
    elif not types or not all(isinstance(kind, type) for kind in types):
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


# No wrapper: the kind that hands on the result keeps a pytest before 7.4 from
# starting, for whoever has this package installed.
@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    marker = pyfuncitem.get_closest_marker("no_growth")
    if marker is None or getattr(pyfuncitem, "_referrers_runs", False):
        return None  # the next plugin's turn
    types, runs = _options(marker)

    def run() -> None:
        pyfuncitem.ihook.pytest_pyfunc_call(pyfuncitem=pyfuncitem)

    pyfuncitem._referrers_runs = True  # type: ignore[attr-defined]
    try:
        run()
        message = _instances(run, types, runs) if types else _places(run, runs)
    finally:
        del pyfuncitem._referrers_runs  # type: ignore[attr-defined]
    if message is not None:
        pytest.fail(message, pytrace=False)  # where is no line of the program's
    return True


def _instances(run: Callable[[], None], types: tuple[type, ...],
               runs: int) -> str | None:
    """What is said of instances that become more; the first run was before."""
    seen = [_ids(types)]
    for _ in range(runs - 1):
        run()
        seen.append(_ids(types))
    return _growth(types, seen)


def _places(run: Callable[[], None], runs: int) -> str | None:
    """The run before was the first one, and the next is the second."""
    from referrers import growth
    grown = growth(run, rounds=runs - 2, loops=1, warmup=1)
    return _report(grown) if grown else None


def _report(grown: Growth) -> str:
    """What grows, and where its picture is."""
    from referrers import _assertions
    return "%s\n%s" % (grown, _assertions.drawn(grown.render))


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
    head = "%s grows with each run: %s instances" % (
        kind.__name__, ", ".join(map(str, counts)))
    return "\n".join([head] + _assertions.notes(graph)
                     + graph.explanation().split("\n")[:13])
