"""The part of --pid that runs in the process that is looked at.

It says nothing there, leaves no name and no file, and imports
nothing that the expression did not ask for in so many words.
"""

from __future__ import annotations

import marshal
import os
import sys

from referrers import __version__, _core, _graph, _instances
from referrers._expression import Expression

TYPE_CHECKING = False  # what is imported here, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MESSAGE_LIMIT = 500


class Refusal(Exception):
    """The question cannot be answered: one line that says why."""


def visit(request: bytes, tell: Callable[[bytes, bytes], None]) -> None:
    """Answers with one call: tell(b"graph", TEXT), a line to be said or an
    empty one, and the graph in line format; or tell(b"no", REASON)."""
    process = os.getpid()
    try:
        graph, said = _answer(marshal.loads(request))
        state, text = b"graph", b"%s\n%s" % (said.encode(), graph.lines())
    except BaseException as error:
        state = b"no"
        text = _one_line(error).encode("utf-8", "backslashreplace")
    if os.getpid() != process:
        os._exit(0)  # the expression has forked: its child is nobody's
    tell(state, text)


def _answer(request: dict[str, Any]) -> tuple[_core.Graph, str]:
    """The graph, and what is to be said beside it."""
    if request["version"] != __version__:
        raise Refusal("its referrers is version %s, and this is %s: install "
                      "the same" % (__version__, request["version"]))
    main = sys.modules["__main__"].__dict__
    scratch: dict[str, Any] = {}
    for code in request["setup"]:
        # In its namespace, but the names it makes do not stay there.
        _try("the setup code failed", exec,
             compile(code, "<setup>", "exec", dont_inherit=True), main,
             scratch)
    excluded = [id(_value("the --exclude expression", text, main, scratch))
                for text in request["exclude"]]
    targets: list[Any] = []
    for text in request["expr"]:
        value = _value("the expression", text, main, scratch)
        if request["each"]:
            _try("--each: the expression cannot be looped over",
                 targets.extend, value)
        else:
            targets.append(value)
        del value
    scratch.clear()
    said = ""
    if request["type"] is not None:
        found, said = _instances.find(request["type"], request["most"])
        targets += found
        del found
    graph = _graph.for_list(
        targets, False, exclude_object_ids=excluded or None, **request["options"])
    return graph._graph, said


def _value(what: str, text: str, main: dict[str, Any],
           scratch: dict[str, Any]) -> Any:
    expression: Expression = _try(what + " is none", Expression, text)
    return _try(what + " failed", expression.evaluate, main, dict(scratch),
                False)


def _try(what: str, function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except BaseException as error:
        raise Refusal("%s: %s" % (what, _one_line(error))) from None


def _one_line(error: BaseException) -> str:
    try:
        said = " ".join(str(error).split())[:_MESSAGE_LIMIT]
    except BaseException:
        said = ""
    name = type(error).__name__
    if isinstance(error, (Refusal, _instances.NoInstances)):
        return said
    return "%s: %s" % (name, said) if said else name
