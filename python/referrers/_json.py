"""A graph from a file of JSON.  json.loads takes the text apart, and the C
module reads what comes of it (src/module/json_read.c): any bytes in, a graph
or a ValueError of one line out."""

from __future__ import annotations

import json
import os

from referrers import _core, _files


def load(path: str | os.PathLike[str]) -> _core.Graph:
    """Reads a file.  TypeError when `path` is none, OSError when it cannot be
    read, else ValueError."""
    name = _files.path(path)
    with open(name, "rb") as file:
        data = file.read()
    try:
        return loads(data)
    except ValueError as error:
        raise ValueError("%s: %s" % (name, error)) from None


def loads(text: str | bytes) -> _core.Graph:
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("this is not a graph of referrers: it is nested too "
                         "deeply") from None
    except ValueError as error:
        raise ValueError("this is not JSON: %s"
                         % " ".join(str(error).split())) from None
    return _core.from_json(document)
