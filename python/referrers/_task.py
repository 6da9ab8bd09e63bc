"""The user's code: what is run, and what the question is about.

Each piece is dropped before the target is looked for, because code refers to
its constants.
"""

from __future__ import annotations

import argparse
import os

from referrers import _core, _instances, _output, _program
from referrers._expression import Expression
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from collections.abc import Callable
    from typing import Any

FAILED = 1


class Task:
    def __init__(self, options: argparse.Namespace, rest: list[str]) -> None:
        self._expressions = [_compile("-e", text) for text in options.expr]
        self._excluded = [_compile("--exclude", text)
                          for text in options.exclude]
        self._setups: list[str] = options.setup
        self._program = [_program_of(options.module, rest)]
        self._each: bool = options.each
        self._type: str | None = options.type
        self._most: int | None = options.most
        self._main: types.ModuleType | None = None
        del options.expr, options.exclude, options.setup, options.module

    def run(self, examine: Callable[[BaseException], None] | None = None,
            ) -> _program.Ending:
        """Runs -s and the program in a fresh `__main__`; `examine` sees the
        exception that ends the program, while it is being handled."""
        main = self._main = _program.fresh_main()
        program = self._program.pop()
        program.enter()
        while self._setups:
            _run("the setup code", _program.run_setup, self._setups.pop(0),
                 main)
        return _program.run(program, main, examine)

    def frame_of(self, error: BaseException) -> types.FrameType | None:
        """The frame that raised an exception, or the nearest caller that has
        the names of the expressions; None when no code of the program did."""
        frames = []
        traceback = error.__traceback__
        while traceback is not None:
            frames.append(traceback.tb_frame)
            traceback = traceback.tb_next
        for frame in reversed(frames):
            if all(e.is_known_to(frame) for e in self._expressions):
                return frame
        return frames[-1] if frames else None

    def question(self, frame: types.FrameType | None,
                 ) -> tuple[list[Any], list[int]]:
        """The targets, and id() of what --exclude names: evaluated in a frame,
        or in `__main__`.  Afterwards no module or code is kept here."""
        main, self._main = self._main, None
        if frame is not None:
            namespace = frame.f_globals
        else:
            assert main is not None
            namespace = main.__dict__
        ids = [id(_evaluate("the --exclude expression", expression, namespace,
                            frame)) for expression in _emptied(self._excluded)]
        targets: list[Any] = []
        for expression in _emptied(self._expressions):
            value = _evaluate("the expression", expression, namespace, frame)
            if self._each:
                _run("the expression", _add_items, targets, value)
            else:
                targets.append(value)
            del value, expression
        if self._each and not targets:
            _output.say("the expression gave no items, so there is no object "
                        "to ask about")
        if self._type is not None:
            self._add_instances(targets)
        return targets, ids

    def _add_instances(self, targets: list[Any]) -> None:
        assert self._type is not None
        try:
            found, more = _instances.find(self._type, self._most)
        except _instances.NoInstances as error:
            raise Failure(str(error), FAILED) from None
        except MemoryError:
            raise Failure("not enough memory for the search", 3) from None
        _output.say(more)
        targets += found


def _emptied(pieces: list[Expression]) -> Any:
    """The pieces, none of which is kept when it was used."""
    while pieces:
        yield pieces.pop(0)


def _evaluate(what: str, expression: Expression, namespace: dict[str, Any],
              frame: types.FrameType | None) -> Any:
    variables = None if frame is None else _core.variables(frame)
    return _run(what, expression.evaluate, namespace, variables)


def _add_items(targets: list[Any], value: Any) -> None:
    try:
        items = iter(value)
    except TypeError:
        raise Failure("--each: the expression gave an object of type %s, which "
                      "has no items" % type(value).__name__,
                      FAILED) from None
    targets.extend(items)


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
    process = os.getpid()
    ending = _program.call(function, *arguments)
    if os.getpid() != process:
        os._exit(0)  # a child that the code made: the answer is its parent's
    if ending.interrupted:
        raise Failure("interrupted", _output.INTERRUPTED)
    if ending.text:
        raise Failure("%s failed: %s" % (what, ending.text), FAILED)
    return ending.result
