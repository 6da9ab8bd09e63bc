"""The text tree as a terminal can show it: in colour, or in ASCII.

What goes into a file is always the same: UTF-8 without colour.
"""

from __future__ import annotations

import os
import re
import sys

# Select Graphic Rendition, from the sixteen colours that every terminal lets
# its user choose.
_PLAIN = "\x1b[0m"
_TARGET = "\x1b[1;34m"
_ROOT = "\x1b[33m"
_CYCLE = "\x1b[35m"
_FAINT = "\x1b[2m"

_LINE = re.compile(r"(?P<indent>(?:\[\d+\] )?[ │╎├└╟╙─╼]*)(?P<rest>.*)",
                   re.DOTALL)
_NODE = re.compile(r"(?P<name>.*?)(?P<kind> \([a-z -]+\))?"
                   r"(?P<id> \(id=\d+\))(?P<mark> \([a-z ]+\))?", re.DOTALL)
# The words behind what ends a chain: the same as in src/graph/kind.c.
_ROOT_KINDS = frozenset((" (local)", " (temporary)", " (running)", " (global)",
                         " (module variable)"))

_ASCII = {"╟── ": "|== ", "╙── ": "`== ", "╎   ": "|   ", "├─╼ ": "|-> ",
          "└─╼ ": "`-> ", "│   ": "|   ", "…": "..."}
_GLYPHS = re.compile("|".join(_ASCII))


def wants_colour(descriptor: int) -> bool:
    """As https://no-color.org and Python itself have it."""
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return environment.get("TERM") != "dumb" and is_terminal(descriptor)


def wants_ascii() -> bool:
    """Whether what Python writes to standard output is not UTF-8, or LC_ALL
    asks for plain C (Python alone would not heed that)."""
    encoding = getattr(sys.__stdout__, "encoding", None) or "utf-8"
    if encoding.lower().replace("-", "") != "utf8":
        return True
    return (os.environ.get("LC_ALL") in ("C", "POSIX")
            and "PYTHONUTF8" not in os.environ
            and "PYTHONIOENCODING" not in os.environ)


def is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def dressed(text: str, colour: bool, ascii: bool) -> str:
    """The text tree, line by line as it is wanted."""
    lines = text.split("\n")
    if colour:
        lines = [_coloured(line) for line in lines]
    text = "\n".join(lines)
    if ascii:
        text = plain_lines(text).encode("ascii", "backslashreplace").decode()
    return text


def plain_lines(text: str) -> str:
    """The text tree with lines drawn in ASCII; its words stay as they are."""
    return _GLYPHS.sub(lambda found: _ASCII[found[0]], text)


def _coloured(line: str) -> str:
    found = _LINE.fullmatch(line)
    assert found is not None  # it takes any line
    indent, rest = found.groups()
    result = _paint(_FAINT, indent)
    node = _NODE.fullmatch(rest)
    if node is None:
        return result + _paint(_FAINT, rest)  # what a limit cut
    name, kind, id, mark = (part or "" for part in node.groups())
    if indent.endswith("── "):
        # "list instance": all of it is the name.
        result += _paint(_TARGET, name + kind)
    elif kind in _ROOT_KINDS:
        result += _paint(_ROOT, name) + _paint(_FAINT, kind)
    else:
        result += name + _paint(_FAINT, kind)
    result += _paint(_FAINT, id)
    return result + _paint(_CYCLE if "circular" in mark else _FAINT, mark)


def _paint(colour: str, text: str) -> str:
    return colour + text + _PLAIN if text else ""
