"""--redact: a graph that can be shown to people who may not see the data.

Works on the line format (src/line/line.h), which is all that a graph holds,
so that no output can show what was not looked at here.  What is done with a
field stands in its row of the table of records (src/graph/graph_records.c); a
record or a field that has no row, or says nothing, is an error, not a leak.
"""

from __future__ import annotations

import re

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable

# The lines that are no records; after the last line comes nothing.
_OTHER_LINES = ("referrers-graph", "redacted", "end", "")
_STRING = re.compile(
    r"""[bBrRuUfF]{0,2}('(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$))""")


def graph(shown: _core.Graph) -> _core.Graph:
    """The same graph without what only the program's user may know."""
    lines = shown.lines().split(b"\n")
    rules = rules_of_records()
    was_redacted = b"redacted" in lines
    threads = None if was_redacted else _Threads()
    result = []
    for number, line in enumerate(lines):
        result.append(_redacted(line.split(b"\t"), rules, threads))
        if number == 1 and not was_redacted:
            result.append(b"redacted")
    return _core.read(b"\n".join(result))


def rules_of_records() -> dict[str, list[tuple[str, str]]]:
    """The fields of each record, in the order of a line, and what is done with
    each."""
    return {record["word"]: [(field["name"] or "flags", field["redaction"])
                             for field in record["fields"]]
            for record in _core.records()["graph"]}


class _Threads(dict[bytes, bytes]):
    """What stands for the name of a thread: the same number for the same name.
    Thread 1 is the main one, as in a redacted dump."""

    def __init__(self) -> None:
        super().__init__({b"": b"", b"MainThread": b"thread 1"})

    def __missing__(self, name: bytes) -> bytes:
        self[name] = b"thread %d" % len(self)
        return self[name]


def title(text: str) -> str:
    """A title without the strings in it."""
    return _STRING.sub(
        lambda found: "<str, %s>" % _counted(
            max(len(found[1].rstrip("'\"")) - 1, 0), "character"), text)


def _redacted(fields: list[bytes], records: dict[str, list[tuple[str, str]]],
              threads: _Threads | None = None) -> bytes:
    """The line; of threads that were redacted before nothing is left to hide."""
    record = fields[0].decode("utf-8", "replace")
    if record in _OTHER_LINES:
        return b"\t".join(fields)
    if record not in records:
        raise RuntimeError("a graph with %r records cannot be redacted"
                           % record)
    named = {name: fields[i]
             for i, (name, _) in enumerate(records[record], 1)}
    for i, (_, rule) in enumerate(records[record], 1):
        if rule not in _HIDE:
            raise RuntimeError("a graph whose %r records have a field %d that "
                               "nobody has thought of cannot be redacted"
                               % (record, i))
        if rule == "thread" or (rule == "owner" and named["kind"] in _OF_THREADS):
            if threads is not None:
                fields[i] = threads[fields[i]]
        elif (hide := _HIDE[rule]) is not None:
            fields[i] = hide(fields[i], named, fields)
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




def _thread_key(text: str, size: int | None) -> str:
    return "ident of a thread"


def _inner_key(text: str, size: int | None) -> str:
    return "<key>"


# By the token of the key's type; None: there is no text of the program.
_KEY_TEXTS: dict[bytes, Callable[[str, int | None], str] | None] = {
    b"-": None, b"none": None, b"object": None, b"str": _str_key,
    b"bytes": _bytes_key, b"number": _number_key, b"constant": _constant_key,
    b"tuple": _tuple_key, b"named": None, b"path": None, b"vars": None,
    b"field": None, b"thread": _thread_key, b"inner": _inner_key,
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


def _hide_key(field: bytes, named: dict[str, bytes],
              fields: list[bytes]) -> bytes:
    replace = _KEY_TEXTS[named["key_type"]]
    length = named.get("number")
    if replace is None:
        return field
    return replace(_plain(field), None if length is None
                   else int(length)).encode()


def _hide_key_type(field: bytes, named: dict[str, bytes],
                   fields: list[bytes]) -> bytes:
    """What stands for a key is shown as it is, without quotes."""
    if field in (b"thread", b"inner"):
        return field
    return field if _KEY_TEXTS[field] is None else b"constant"


def _hide_folder(field: bytes, named: dict[str, bytes],
                 fields: list[bytes]) -> bytes:
    return field.rpartition(b"/")[2]


def _hide_task(field: bytes, named: dict[str, bytes],
               fields: list[bytes]) -> bytes:
    """The detail of an object, whose type is its third field."""
    return (_hide_value(field, named, fields)
            if fields[3] in (b"Task", b"_asyncio.Task") else field)


def _hide_value(field: bytes, named: dict[str, bytes],
                fields: list[bytes]) -> bytes:
    return _value(_plain(field)).encode()


# Kinds of roots and references that are called after a thread.
_OF_THREADS = (b"thread", b"thread-state")

# By the word of the table (src/graph/record.h); None: it is kept, or for
# _Threads.  One that is not here, as "unknown" is not, is an error.
_HIDE: dict[str, Callable[[bytes, dict[str, bytes], list[bytes]], bytes]
            | None] = {
    "keep": None, "key_length": None, "key": _hide_key,
    "key_type": _hide_key_type, "folder": _hide_folder, "task": _hide_task,
    "value": _hide_value, "thread": None, "owner": None,
}
