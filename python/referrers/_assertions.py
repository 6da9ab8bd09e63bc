"""assert_freed: that objects are gone when a block ends, or why they are not."""

from __future__ import annotations

import gc
from _weakref import ref as _ref  # weakref itself brings much along

from referrers import _core, _picture, _render, _why

TYPE_CHECKING = False  # not from typing: importing that would cost 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

_MESSAGE_LINES = 15

# What holds a path that is nobody's leak: the beginning of an expression, or a
# type on the way, and what to say about it.
_KEPT_ROOTS = (
    ("sys.last_", "the interpreter keeps the last exception that nobody "
                  "caught, with its traceback and all its frames, in "
                  "sys.last_value; pytest sets it for a failed test"),
)
_KEPT_TYPES = {
    "ExceptionInfo": "pytest keeps the exception of a test, or of "
                     "pytest.raises, with its traceback and all its frames, "
                     "in an ExceptionInfo",
    "CallInfo": "pytest keeps the exception of a failed phase of the test "
                "until its report is written",
    "FixtureDef": "pytest keeps the value of a fixture until its teardown",
    "TopRequest": "pytest keeps the values of fixtures until the test ends",
    "SubRequest": "pytest keeps the values of fixtures until the test ends",
    "FixtureRequest": "pytest keeps the values of fixtures until the test ends",
    "Function": "pytest keeps the arguments of a test until it ends",
}


class assert_freed:
    """Fails unless the objects are freed by the end of the block:

        with referrers.assert_freed(session):
            session.close()
            del session

    One list or tuple alone stands for the objects in it.  The block must drop
    its own names for them.  An object in a garbage cycle is not freed, unless
    `collect` is true: then the collector runs before the block fails.

    The AssertionError says why they are alive, in at most 15 lines, and where
    the picture is.  An object that takes no weak reference (a list, a str, an
    instance of a class with __slots__) is a TypeError: ask about its owner.
    """

    __slots__ = ("_references", "_collect")

    def __init__(self, *objects: Any, collect: bool = False) -> None:
        if not objects:
            raise TypeError("assert_freed needs an object: which is to be "
                            "freed?")
        if len(objects) == 1 and type(objects[0]) in (list, tuple):
            objects = objects[0]
        self._references = [_reference(obj) for obj in objects]
        self._collect = collect

    def __enter__(self) -> assert_freed:
        return self

    def __exit__(self, kind: type[BaseException] | None,
                 exception: BaseException | None,
                 traceback: TracebackType | None) -> None:
        __tracebackhide__ = True    # pytest shows the caller's line instead
        if kind is not None:
            return
        message = _failure(self._references, self._collect)
        if message is not None:
            raise AssertionError(message)


def _reference(obj: object) -> _ref[Any]:
    try:
        return _ref(obj)
    except TypeError:
        raise TypeError(
            "%s objects take no weak reference, so nothing tells when one is "
            "freed: assert that the object which owns it is freed"
            % type(obj).__name__) from None


def _is_alive(references: list[_ref[Any]]) -> bool:
    return any(reference() is not None for reference in references)


def _failure(references: list[_ref[Any]], collect: bool) -> str | None:
    """The message, or None.  What is alive is referred to only in here."""
    if _is_alive(references) and collect:
        gc.collect()
    if not _is_alive(references):
        return None
    alive = [obj for obj in (reference() for reference in references)
             if obj is not None]
    graph = _why.look(alive)
    del alive[:]
    return _message(graph, len(references), collect)


def _message(graph: _core.Graph, asked: int, collect: bool) -> str:
    verdicts = graph.answers("verdicts")["verdicts"]
    lines = ["%d of %d objects not freed" % (len(verdicts), asked)
             if asked > 1 else "the object was not freed"]
    lines += notes(graph)
    lines += graph.explanation().split("\n")
    if not collect and any(verdict["kind"] == "garbage"
                           for verdict in verdicts):
        lines.append("  (collect=True lets the collector run first)")
    picture = drawn(lambda path: _render.render(graph, path, 60,
                                                _picture.Options()))
    if len(lines) >= _MESSAGE_LINES:
        left = len(lines) - _MESSAGE_LINES + 2
        lines[_MESSAGE_LINES - 2:] = ["  (%d more lines: referrers.why)" % left]
    return "\n".join(lines + [picture])


def notes(graph: _core.Graph) -> list[str]:
    """What holds the objects and is nobody's leak, in words."""
    found = []
    paths = _why.paths(graph)
    for path in paths:
        note = _kept(path)
        if note is not None and note not in found:
            found.append(note)
    if not found:
        return []
    if all(_kept(path) is not None for path in paths):
        return ["  note: this is not a leak in your program: %s" % note
                for note in found]
    return ["  note: %s; but something else keeps it alive too" % note
            for note in found]


def _kept(path: _core.Path) -> str | None:
    for start, note in _KEPT_ROOTS:
        if path["expression"].startswith(start):
            return note
    for step in path["steps"]:
        if step["type"] in _KEPT_TYPES:
            return _KEPT_TYPES[step["type"]]
    return None


def drawn(draw: Callable[[str], None]) -> str:
    """Has a picture drawn into a file of its own; a failure to is no reason to
    hide the answer."""
    import os
    import tempfile
    try:
        handle, path = tempfile.mkstemp(prefix="referrers-", suffix=".svg")
        os.close(handle)
        draw(path)
    except (OSError, _render.RenderError) as error:
        return "  (no picture: %s)" % str(error).partition("\n")[0]
    return "  picture: %s" % path
