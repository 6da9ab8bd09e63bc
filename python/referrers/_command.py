"""What `python -m referrers.dot` does, step by step, and its exit status."""

from __future__ import annotations

import argparse
import sys
import types

from referrers import _graph, _options, _output, _program, _render
from referrers._expression import Expression
from referrers._output import RENDERING
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any, Callable

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and gives its exit status.  Every failure is one line
    on standard error that starts with `referrers:`."""
    try:
        return _main(arguments)
    except _options.UsageError as error:
        _output.say("%s (see --help)" % error)
        return USAGE
    except Failure as failure:
        _output.say(str(failure))
        return failure.status
    except KeyboardInterrupt:
        _output.say("interrupted")
        return INTERRUPTED


def _main(arguments: list[str] | None) -> int:
    # The words are fetched here: CPython 3.10 would keep a list made by the
    # caller for as long as this runs.
    options, rest = _options.parse(sys.argv[1:] if arguments is None
                                   else arguments)
    output = _output.Output(options.output, options.format)
    task = _Task(options, rest)
    # No word of the command line is kept: the target may be one of them.
    del rest, arguments
    output.claim()
    ending = task.run()
    _output.flush_streams()
    graph = _search(task, options)
    output.write(_encode(graph, options))
    if ending.text and not ending.exited:
        _output.say("drawn as the program left it, when it ended with "
                    + ending.text)
    return ending.status


class _Task:
    """The user's code.  Each piece is dropped before the target is looked
    for, because code refers to its constants."""

    def __init__(self, options: argparse.Namespace, rest: list[str]) -> None:
        self._expression = [_compile("-e", options.expr)]
        self._excluded = [_compile("--exclude", text)
                          for text in options.exclude]
        self._setups = options.setup
        self._program = [_program_of(options.module, rest)]
        self._main: types.ModuleType | None = None
        del options.expr, options.exclude, options.setup, options.module

    def run(self) -> _program.Ending:
        """Runs -s and the program in a fresh `__main__`."""
        main = self._main = _program.fresh_main()
        program = self._program.pop()
        program.enter()
        while self._setups:
            _run("the setup code", _program.run_setup, self._setups.pop(0),
                 main)
        return _program.run(program, main)

    def excluded_ids(self) -> list[int]:
        """id() of what --exclude names."""
        ids = []
        while self._excluded:
            ids.append(id(_run("the --exclude expression",
                               self._excluded.pop().evaluate, self._main)))
        return ids

    def target(self) -> Any:
        """The value of -e; afterwards no module or code is kept here."""
        main, self._main = self._main, None
        return _run("the expression", self._expression.pop().evaluate, main)


def _compile(flag: str, text: str) -> Expression:
    ending = _program.call(Expression, text)
    if ending.text:
        raise Failure("%s is not an expression: %s" % (flag, ending.text),
                      FAILED)
    expression: Expression = ending.result
    return expression


def _program_of(module: str | None, rest: list[str]) -> _program.Program:
    if module is not None:
        return _program.Module(module, rest)
    if rest:
        return _program.Script(rest[0], rest[1:])
    return _program.NoProgram()


def _run(what: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a piece of the user's code; Failure when it raised."""
    ending = _program.call(function, *arguments)
    if ending.interrupted:
        raise Failure("interrupted", INTERRUPTED)
    if ending.text:
        raise Failure("%s failed: %s" % (what, ending.text), FAILED)
    return ending.result


def _search(task: _Task, options: argparse.Namespace) -> _graph.ReferrerGraph:
    ids = task.excluded_ids()
    target = task.target()
    try:
        return _graph.get_referrer_graph(
            target, options.max_depth, ids or None,
            search_for_untracked_objects=True, timeout=options.timeout,
            single_object_referrer_limit=options.referrer_limit)
    except MemoryError:
        raise Failure("not enough memory for the search", RENDERING) from None
    except (ValueError, TypeError, RuntimeError) as error:
        raise Failure("the search failed: %s" % error, RENDERING) from None


def _encode(graph: _graph.ReferrerGraph, options: argparse.Namespace) -> bytes:
    try:
        return _render.encode(graph._graph, options.format,
                              options.layout_timeout,
                              _options.for_picture(options))
    except MemoryError:
        raise Failure("not enough memory for the drawing", RENDERING) from None
    except _render.RenderError as error:
        raise Failure("cannot draw: %s" % error.reason, RENDERING) from None
