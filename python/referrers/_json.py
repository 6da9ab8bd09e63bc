"""A graph from its JSON text: the way back of src/render/json.c.

The JSON holds the records of the line format with the names of their fields.
Here they become lines again, which the C reader checks: any bytes in, a graph
or a ValueError of one line out.
"""

from __future__ import annotations

import json
import os

from referrers import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    # Pairs: the name of a field, and how its value is written.
    _Fields = tuple[tuple[str, Callable[[Any], bytes]], ...]

FORMAT = "referrers-graph"
VERSION = 1

_MOST_DIGITS = 20  # of a number of 64 bits


class _Wrong(ValueError):
    """What is wrong with one value; the caller knows where it stands."""


def load(path: str | os.PathLike[str]) -> _core.Graph:
    """Reads a file.  OSError when it cannot be read, else ValueError."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        return loads(data)
    except ValueError as error:
        raise ValueError("%s: %s" % (os.fsdecode(path), error)) from None


def loads(text: str | bytes) -> _core.Graph:
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("this is no graph of referrers: it is nested too "
                         "deeply") from None
    except ValueError as error:
        raise ValueError("this is no JSON: %s" % _one_line(error)) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("this is no graph of referrers: its \"format\" is "
                         "not %r" % FORMAT)
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise ValueError("only version %d of the format is known here, and "
                         "this one is %.40r: use a newer referrers"
                         % (VERSION, version))
    return _core.read(b"".join(_lines(document)))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _lines(document: dict[str, Any]) -> list[bytes]:
    lines = [b"referrers-graph\t1\n"]
    limits = document.get("limits")
    lines.append(_line("limits", limits, _LIMITS, "limits", 0))
    if document.get("redacted") is True:
        lines.append(b"redacted\n")
    for word, name, fields in _RECORDS:
        records = document.get(name, [])
        if not isinstance(records, list):
            raise ValueError("%r must be an array" % name)
        for i, record in enumerate(records):
            lines.append(_line(word, record, fields, name, i))
    lines.append(b"end\t%d\t%d\n" % (len(document.get("objects", [])),
                                     len(document.get("references", []))))
    return lines


def _line(word: str, record: Any, fields: _Fields, name: str,
          position: int) -> bytes:
    where = name if name == word else "%s[%d]" % (name, position)
    if not isinstance(record, dict):
        raise ValueError("%s must be an object of JSON" % where)
    parts = [word.encode()]
    for field, encode in fields:
        value = record.get(field, _DEFAULTS.get(encode, _MISSING))
        if encode is _address and value is None:
            value = position + 1  # objects without addresses are numbered
        if value is _MISSING:
            raise ValueError("%s has no %r" % (where, field))
        try:
            parts.append(encode(value))
        except _Wrong as error:
            raise ValueError("%s: %r %s" % (where, field, error)) from None
    return b"\t".join(parts) + b"\n"


def _number(value: Any) -> bytes:
    """From 0 up; null is -1, for none."""
    if value is None:
        return b"-1"
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _Wrong("must be a number from 0 up, or null")
    if value >= 10 ** _MOST_DIGITS:
        raise _Wrong("is too large")
    return b"%d" % value


def _index(value: Any) -> bytes:
    return b"-" if value is None else _number(value)


def _address(value: Any) -> bytes:
    return b"%x" % int(_number(value))


def _boolean(value: Any) -> bytes:
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return b"1" if value else b"0"


def _seconds(value: Any) -> bytes:
    if value is None:
        return b"0"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong("must be a number of seconds, or null")
    if not 0 <= value < 1e15:
        raise _Wrong("must be a number of seconds, or null")
    return (b"%.9f" % value).rstrip(b"0").rstrip(b".")


def _text(value: Any) -> bytes:
    if not isinstance(value, str):
        raise _Wrong("must be a string")
    data = value.encode("utf-8", "surrogatepass")
    if not any(byte < 0x20 or byte in b"\\\x7f" for byte in data):
        return data
    return b"".join(b"\\x%02x" % byte if byte < 0x20 or byte in b"\\\x7f"
                    else bytes((byte,)) for byte in data)


def _token(value: Any) -> bytes:
    if not isinstance(value, str) or not value.replace("-", "a").isalnum():
        raise _Wrong("must be a word")
    return _text(value)


class _Flags:
    """A list of names; one that has none is "bit" and its number."""

    def __init__(self, *names: str | None) -> None:
        self._bits = {name: 1 << bit for bit, name in enumerate(names) if name}
        for bit in range(32):
            self._bits.setdefault("bit%d" % bit, 1 << bit)

    def __call__(self, value: Any) -> bytes:
        if not isinstance(value, list):
            raise _Wrong("must be an array of words")
        flags = 0
        for name in value:
            if not isinstance(name, str) or name not in self._bits:
                raise _Wrong("has a word that is not known here: %.40r" % name)
            flags |= self._bits[name]
        return b"%d" % flags


_OBJECT_FLAGS = _Flags("target", "depth_limit", "suspended", "class",
                       "not_followed", "untracked_limit", None, None,
                       "garbage")
_REFERENCE_FLAGS = _Flags("cut")
_STEP_FLAGS = _Flags("cut", "clear")
_VERDICT_FLAGS = _Flags(
    "you", "cycle", "unexplained", "frozen", "save_all", "native_inside",
    "not_automatic", "immortal", "deferred", "overcounted", "timed_out",
    "excluded", "roots_not_counted", "explained", "cut_too_large",
    "cut_impossible", "on_stack")
_ENTRY_FLAGS = _Flags("caller", "probable", "left_out")

_MISSING = object()
_DEFAULTS: dict[Callable[[Any], bytes], Any] = {_address: None}

_LIMITS: _Fields = (("max_depth", _number), ("timeout", _seconds),
                    ("timed_out", _boolean))

# In the order of the lines; the words and fields of src/render/json.c.
_RECORDS: tuple[tuple[str, str, _Fields], ...] = (
    ("unseen", "unseen", (("kind", _token), ("count", _number))),
    ("root", "roots", (("kind", _token), ("name", _text), ("thread", _text),
                       ("file", _text), ("line", _number))),
    ("object", "objects", (
        ("id", _address), ("flags", _OBJECT_FLAGS), ("type", _text),
        ("qualname", _text), ("module", _text), ("detail", _text),
        ("items", _number), ("depth", _number))),
    ("reference", "references", (
        ("referent", _index), ("referrer", _index), ("root", _index),
        ("kind", _token), ("flags", _REFERENCE_FLAGS), ("key_type", _token),
        ("owner", _text), ("label", _text), ("number", _number))),
    ("rest", "rests", (
        ("referent", _index), ("after", _index), ("kind", _token),
        ("key_type", _token), ("owner", _text), ("first", _text),
        ("last", _text), ("count", _number))),
    ("target", "targets", (("object", _index),)),
    ("verdict", "verdicts", (
        ("target", _index), ("kind", _token), ("flags", _VERDICT_FLAGS),
        ("counted", _number), ("unexplained", _number), ("roots", _number),
        ("cycle_objects", _number), ("generation", _number))),
    ("entry", "ledger", (("target", _index), ("kind", _token),
                         ("flags", _ENTRY_FLAGS), ("count", _number))),
    ("path", "paths", (
        ("target", _index), ("kind", _token), ("root", _index),
        ("steps", _number), ("targets", _number), ("shared", _number),
        ("awaiting", _text))),
    ("step", "steps", (
        ("object", _index), ("reference", _index), ("kind", _token),
        ("flags", _STEP_FLAGS), ("key_type", _token), ("owner", _text),
        ("label", _text), ("number", _number), ("type", _text))),
    ("native", "natives", (("object", _index), ("count", _number),
                           ("holder", _text), ("offset", _number))),
    ("retained", "retained", (("object", _index), ("bytes", _number),
                              ("objects", _number))),
    ("value", "values", (("object", _index), ("text", _text))),
)
