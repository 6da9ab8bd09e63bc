"""--redact: a graph that can be shown to people who may not see the data.

Works on the line format (src/line/line.h), which is all that a graph holds,
so that no output can show what was not looked at here.  Each record is listed
with its fields; one that is not listed is an error, not a leak.
"""

from __future__ import annotations

import re

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable

# Field numbers of key type, labels and the number that is len() of the key.
_KEYS = {
    b"reference": (6, (8,), 9),
    b"step": (5, (7,), 8),
    b"rest": (4, (6, 7), None),
}
_UNCHANGED = frozenset((
    b"referrers-graph", b"limits", b"unseen", b"target", b"verdict", b"entry",
    b"path", b"native", b"retained", b"end"))
_STRING = re.compile(
    r"""[bBrRuUfF]{0,2}('(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$))""")


def graph(shown: _core.Graph) -> _core.Graph:
    """The same graph without what only the program's user may know."""
    lines = shown.lines().split(b"\n")
    result = []
    for number, line in enumerate(lines):
        result.append(_redacted(line.split(b"\t")))
        if number == 1 and b"redacted" not in lines:
            result.append(b"redacted")
    return _core.read(b"\n".join(result))


def title(text: str) -> str:
    """A title without the strings in it."""
    return _STRING.sub(
        lambda found: "<str, %s>" % _counted(
            max(len(found[1].rstrip("'\"")) - 1, 0), "character"), text)


def _redacted(fields: list[bytes]) -> bytes:
    record = fields[0]
    if record in _KEYS:
        key_type, labels, length = _KEYS[record]
        kind = fields[key_type]
        for label in labels:
            size = int(fields[length]) if length is not None else None
            replace = _KEY_TEXTS[kind]
            if replace is not None:
                fields[label] = replace(_plain(fields[label]), size).encode()
        if _KEY_TEXTS[kind] is not None:
            fields[key_type] = b"constant"  # shown as it is, without quotes
    elif record == b"root":
        fields[4] = fields[4].rpartition(b"/")[2]
    elif record == b"object":
        if fields[3] in (b"Task", b"_asyncio.Task"):
            fields[6] = _value(_plain(fields[6])).encode()
    elif record == b"value":
        fields[2] = _value(_plain(fields[2])).encode()
    elif record not in _UNCHANGED and record not in (b"", b"redacted"):
        raise RuntimeError("a graph with %r records cannot be redacted"
                           % record.decode("utf-8", "replace"))
    return b"\t".join(fields)


def _plain(field: bytes) -> str:
    r"""The text of a field, in which some bytes are written \xHH."""
    raw = re.sub(rb"\\x([0-9a-f]{2})",
                 lambda found: bytes((int(found[1], 16),)), field)
    return raw.decode("utf-8", "replace")


def _counted(count: int, word: str) -> str:
    return "%d %s%s" % (count, word, "" if count == 1 else "s")


def _str_key(text: str, size: int | None) -> str:
    if size is None:
        size = len(text)
    return "<str, %s>" % _counted(size, "character")


def _bytes_key(text: str, size: int | None) -> str:
    return "<bytes>" if size is None else "<bytes, %s>" % _counted(size,
                                                                   "byte")


def _tuple_key(text: str, size: int | None) -> str:
    return "<tuple>" if size is None else "<tuple, %s>" % _counted(size,
                                                                   "item")


def _number_key(text: str, size: int | None) -> str:
    """Whatever reads as no int is a float: also inf and nan."""
    if re.fullmatch(r"-?\d+", text):
        return "<int, %s>" % _counted(len(text.lstrip("-")), "digit")
    return "<int>" if text.startswith("int of ") else "<float>"


def _constant_key(text: str, size: int | None) -> str:
    if text.startswith("<"):
        return text  # redacted before
    return "<None>" if text == "None" else "<bool>"


# By the token of the key's type; None: there is no text of the program.
_KEY_TEXTS: dict[bytes, Callable[[str, int | None], str] | None] = {
    b"-": None, b"none": None, b"object": None, b"str": _str_key,
    b"bytes": _bytes_key, b"number": _number_key, b"constant": _constant_key,
    b"tuple": _tuple_key,
}


def _value(text: str) -> str:
    """A short value as Python writes it, with `attribute=` in front or not."""
    name = re.match(r"[^\W\d]\w*=", text)
    front = name[0] if name else ""
    value = text[len(front):]
    if value[:1] in ("'", '"'):
        kind = _length("str", value, 2, "character")
    elif value[:2] in ("b'", 'b"'):
        kind = _length("bytes", value, 3, "byte")
    elif value in ("True", "False"):
        kind = "<bool>"
    elif value == "None":
        kind = "<None>"
    elif value[:1] == "(":
        kind = "<tuple>"
    elif re.match(r"-?[\d.]|int of|-?inf|nan", value):
        kind = _number_key(value, None)
    else:
        kind = _length("str", value, 0, "character")
    return front + kind


def _length(kind: str, text: str, quotes: int, word: str) -> str:
    if "\u2026" in text:
        return "<%s>" % kind  # shortened: its length is not known
    return "<%s, %s>" % (kind, _counted(len(text) - quotes, word))
