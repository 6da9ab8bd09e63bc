"""--at: which code is meant by FILE:LINE, or by the name of a function."""

from __future__ import annotations

import os
import re

from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from collections.abc import Iterator

_SUGGESTIONS = 3


class Mark:
    """A place in the program.

    `line` is 0 for a function, which is stopped at when it begins.
    """

    line = 0

    def matches(self, code: types.CodeType) -> bool:
        """Whether this is code to stop in; asked once for each."""
        raise NotImplementedError

    def not_reached(self) -> str:
        """Why, as far as can be said: words that follow `was not reached`."""
        raise NotImplementedError


def parse(text: str) -> Mark:
    """The mark; ValueError for what is none, Failure for a line that holds no
    code."""
    file, colon, line = text.rpartition(":")
    if colon and file and line.isdecimal() and int(line) > 0:
        return _Line(file, int(line))
    parts = text.split(".")
    if colon or not all(re.fullmatch(r"\w+|<\w+>", part) for part in parts):
        raise ValueError("%r is neither FILE:LINE nor the name of a function"
                         % text)
    return _Function(parts)


class _Line(Mark):
    def __init__(self, file: str, line: int) -> None:
        self.line = line
        self._file = file
        # A file that is here is meant; else every one whose path ends so.
        self._real = os.path.realpath(file) if os.path.isfile(file) else None
        self._end = tuple(os.path.normpath(file).split(os.sep))
        self._known: dict[str, bool] = {}
        if self._real is not None:
            self._check(self._real)

    def matches(self, code: types.CodeType) -> bool:
        name = code.co_filename
        if name not in self._known:
            self._known[name] = self._is_meant(name)
        return self._known[name] and self.line in _lines(code)

    def _is_meant(self, name: str) -> bool:
        if self._real is not None:
            return os.path.realpath(name) == self._real
        return tuple(name.split(os.sep))[-len(self._end):] == self._end

    def _check(self, path: str) -> None:
        """Failure when it can be seen that the line holds no code."""
        tops = _compiled(path)
        lines = {line for top in tops for code, _ in _tree(top, "")
                 for line in _lines(code)}
        if not lines or self.line in lines:
            return
        after = [line for line in lines if line > self.line]
        raise Failure("--at %s:%d: line %d has no code, but line %d does"
                      % (self._file, self.line, self.line,
                         min(after) if after else max(lines)), 2)

    def not_reached(self) -> str:
        meant = [name for name, is_meant in self._known.items() if is_meant]
        for name in meant:
            self._check(name)
        return "" if meant else "no code from a file %s ran" % self._file


class _Function(Mark):
    def __init__(self, parts: list[str]) -> None:
        if parts[0] == "__main__" and len(parts) > 1:
            del parts[0]
        self._parts = parts
        self._alike: list[str] = []
        self._trees: dict[str, dict[tuple[int, str], str]] = {}

    def matches(self, code: types.CodeType) -> bool:
        if code.co_name != self._parts[-1]:
            return False
        qualname = self._qualname(code)
        if self._is_called(qualname, code.co_filename):
            return True
        if qualname not in self._alike:
            self._alike.append(qualname)
        return False

    def _is_called(self, qualname: str, file: str) -> bool:
        """Whether the name is this qualname, or module.qualname; <locals> may
        be left out."""
        whole = qualname.split(".")
        short = [part for part in whole if part != "<locals>"]
        for own in (whole, short):
            module = self._parts[:-len(own)]
            if self._parts[-len(own):] == own and (
                    not module or _is_module(module, file)):
                return True
        return False

    def _qualname(self, code: types.CodeType) -> str:
        known: str | None = getattr(code, "co_qualname", None)
        if known is not None:
            return known
        # 3.10: the source says what encloses the function.
        file = code.co_filename
        if file not in self._trees:
            self._trees[file] = {
                (inner.co_firstlineno, inner.co_name): qualname
                for top in _compiled(file) for inner, qualname in _tree(top, "")}
        return self._trees[file].get((code.co_firstlineno, code.co_name),
                                     code.co_name)

    def not_reached(self) -> str:
        if not self._alike:
            return ""
        return "what ran is called " + " or ".join(
            self._alike[:_SUGGESTIONS])


def _is_module(parts: list[str], file: str) -> bool:
    path = os.path.splitext(file)[0].split(os.sep)
    if path[-1] == "__init__":
        path.pop()
    return path[-len(parts):] == parts


def _compiled(path: str) -> list[types.CodeType]:
    """The code of a source file; [] when it cannot be read or is none."""
    try:
        with open(path, "rb") as file:
            return [compile(file.read(), path, "exec", dont_inherit=True)]
    except (OSError, SyntaxError, ValueError):
        return []


def _tree(top: types.CodeType, name: str) -> Iterator[tuple[types.CodeType,
                                                            str]]:
    """The code and what is nested in it, with qualnames."""
    waiting = [(top, "")]
    while waiting:
        code, name = waiting.pop()
        yield code, name
        is_function = code.co_flags & 2  # CO_NEWLOCALS: not a class body
        before = name + (".<locals>." if is_function else ".") if name else ""
        for constant in code.co_consts:
            if isinstance(constant, type(top)):
                waiting.append((constant, before + constant.co_name))


def _lines(code: types.CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line}
