"""A command's question to a heap in a file."""

from __future__ import annotations

import argparse

from referrers import _graph, _heap, _instances, _options, _output
from referrers._program import Failure
from referrers._task import FAILED

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_MOST = 10          # objects, unless --most says otherwise
_NAMES_SHOWN = 10   # of an ambiguous name


def graph(options: argparse.Namespace) -> _graph.ReferrerGraph:
    """What refers to the objects that are meant; Failure when there are
    none."""
    heap = load(options.heap)
    targets = [_looked_up("the expression", heap.at, text)
               for text in options.expr]
    targets += [_looked_up("--id", heap.at_address, address)
                for address in options.id]
    if options.values and not heap._read().has_values:
        _output.say("%s was written without --values: it has none to show"
                    % options.heap)
    return graph_of(heap, targets, options)


def graph_of(heap: _heap.Heap, targets: list[_heap.HeapObject],
             options: argparse.Namespace,
             excluded: Sequence[int] = ()) -> _graph.ReferrerGraph:
    """What refers to these objects, and to those that --type names."""
    wanted = _options.for_search(options)
    del wanted["search_for_untracked_objects"]
    if options.type is not None:
        targets = targets + _of_type(heap, options.type, options.most or _MOST)
    try:
        return heap.graph(targets, exclude_object_ids=excluded or None,
                          **wanted)
    except MemoryError:
        raise Failure("not enough memory for the search", 3) from None
    except RuntimeError as error:
        raise Failure("the search failed: %s" % error, 3) from None


def load(path: str) -> _heap.Heap:
    try:
        return _heap.load(path)
    except MemoryError:
        raise Failure("not enough memory for %s" % path, 3) from None
    except OSError as error:
        raise Failure("cannot read %s: %s" % (path, error.strerror),
                      FAILED) from None
    except ValueError as error:
        raise Failure(str(error), FAILED) from None


def _looked_up(what: str, look_up: Callable[[Any], _heap.HeapObject],
               argument: Any) -> _heap.HeapObject:
    try:
        return look_up(argument)
    except LookupError as error:
        raise Failure("%s failed: %s" % (what, error), FAILED) from None


def _of_type(heap: _heap.Heap, name: str,
             most: int) -> list[_heap.HeapObject]:
    found = heap.kinds(name)
    if len(found) > 1:
        names = [f"{full} ({count:,})"
                 for full, (_, count) in sorted(found.items())]
        if len(names) > _NAMES_SHOWN:
            names[_NAMES_SHOWN:] = ["%d more" % (len(names) - _NAMES_SHOWN)]
        raise Failure("--type %s is ambiguous: %s" % (name, ", ".join(names)),
                      FAILED)
    if not found:
        raise Failure("--type %s: no object in the heap has a type of this "
                      "name (write module.Class, or Class)" % name, FAILED)
    (full, (_, count)), = found.items()
    if count > most:
        _output.say(f"{_instances.chosen('newest', most)} of {count:,} objects "
                    f"of {full}; --most N shows more")
    return heap.find(full, most)
