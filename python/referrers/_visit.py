"""The part of --pid that runs in the process where no library can be loaded
into it from outside (_exchange.py).

It says nothing there, leaves no name and no file, and imports
nothing that the expression did not ask for in so many words.
"""

from __future__ import annotations

import os
import sys

from referrers import __version__, _core

TYPE_CHECKING = False  # what is imported here, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_VALUES, _REDACT = 2, 4  # as in _loader.py
_OURS = 3  # references to an object here, while they are counted


class Refusal(Exception):
    """The question cannot be answered: one line that says why."""


def visit(request: tuple[str, str, str, int],
          tell: Callable[[bytes, bytes], None]) -> None:
    """Answers with one call: tell(b"done", LINES), of the objects that are
    meant, or tell(b"no", REASON)."""
    try:
        state, text = b"done", _answer(*request)
    except BaseException as error:
        state, text = b"no", str(error)
    tell(state, text.encode("utf-8", "backslashreplace"))


def _answer(version: str, code: str, path: str, flags: int) -> str:
    if version != __version__:
        raise Refusal("its referrers is version %s, and this is %s: install "
                      "the same" % (__version__, version))
    names: dict[str, Any] = {}
    exec(compile(code, "<request>", "exec", dont_inherit=True), names)
    if names["refused"] is not None:
        raise Refusal(names["refused"])
    lines = "".join("%s %d %d\n" % (kind, id(item),
                                    sys.getrefcount(item) > _OURS)
                    for kind, name in (("o", "objects"), ("x", "excluded"))
                    for item in names[name])
    names.clear()
    _dump(path, flags)
    return lines


def _dump(path: str, flags: int) -> None:
    """Writes all objects to a file that is there already."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # In a forked child, or not at all: nobody has asked for a process
        # that stands still until all is written.
        _core.dump(descriptor, bool(flags & _VALUES), bool(flags & _REDACT),
                   True)
    except OSError as error:
        raise Refusal(str(error.args[-1])) from None
    finally:
        os.close(descriptor)
