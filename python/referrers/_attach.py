"""--pid: a process that runs is asked for all its objects, which are looked at
here.

A library of ours is loaded into it (_loader.py), or, where that cannot be done,
it runs a file (_exchange.py).  Either gives what the process answered: a file,
checked like any that a stranger made, and lines that say which objects are
meant.
"""

from __future__ import annotations

import argparse
import os
import sys

from referrers import (
    _core, _denial, _heap, _heap_task, _loader, _output, _workers)
from referrers._expression import Expression
from referrers._graph import ReferrerGraph
from referrers._process import Process
from referrers._program import Failure
from referrers._signals import Deferred

_FAILED = 1
_PATIENCE = 10.0    # seconds for the process to begin


def graph(options: argparse.Namespace) -> ReferrerGraph:
    """What refers to the objects that are meant; Failure in one line when
    there are none."""
    heap, words = _look(options)
    objects, excluded = _objects(options, words)
    return _heap_task.graph_of(
        heap, [heap.at_address(address) for address in objects], options,
        excluded)


def heap(options: argparse.Namespace) -> _heap.Heap:
    """All objects of the process."""
    return _look(options)[0]


def _look(options: argparse.Namespace) -> tuple[_heap.Heap, str]:
    """All objects, and words that say which are meant.  OSError when there is
    no room for them on our side."""
    if options.pid == os.getpid():
        raise Failure("process %d is this one: leave --pid out" % options.pid,
                      _FAILED)
    request = _request(options)
    flags = (_loader.HEAP | (_loader.VALUES if options.values else 0)
             | (_loader.REDACT if options.redact
                and not (options.expr or options.type) else 0))
    with Deferred() as signals:
        process = Process(options.pid)
        try:
            _check(process)
            descriptor = _heap.temporary()
            heap = _heap.Heap(descriptor, False)
            words = _ask(process, request, descriptor, flags, signals)
        finally:
            process.close()
    try:
        heap._read()
    except ValueError as error:
        raise Failure("the answer of process %d is not a heap: %s" % (
            options.pid, error), _FAILED) from None
    return heap, words


def _ask(process: Process, request: str, heap: int, flags: int,
         signals: Deferred) -> str:
    if _loader.is_there():
        try:
            return _loader.ask(process, request, heap, flags, _PATIENCE,
                               signals)
        except _loader.Untraceable as failure:
            if sys.version_info < (3, 14):
                raise
            _output.say("%s.  It is asked through its own interpreter "
                        "instead, and answers when its main thread runs a "
                        "line of Python" % failure)
    from referrers import _exchange
    return _exchange.ask(process, request, heap, flags, _PATIENCE, signals)


def _request(options: argparse.Namespace) -> str:
    """Python for the process: _request.py, and what is asked."""
    asked = {"setup": options.setup, "each": options.each,
             "expr": [_question(text) for text in options.expr],
             "exclude": [_question(text) for text in options.exclude]}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "_request.py")
    with open(path, encoding="utf-8") as file:
        return "REQUEST = %s\nVERSION = %s\nMISFITS = %d\n%s" % (
            ascii(asked), ascii(sys.version), _core._misfits, file.read())


def _question(text: str) -> tuple[str, list[str], list[str]]:
    """An expression, the names in it, and those that a module may have."""
    try:
        expression = Expression(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text.strip(), [], []  # the process says so
    return text.strip(), expression.names(), expression.firsts()


def _objects(options: argparse.Namespace,
             words: str) -> tuple[list[int], list[int]]:
    """The addresses of what is meant, and of what is left out."""
    found: dict[str, list[int]] = {"o": [], "x": []}
    gone = 0
    for line in words.splitlines():
        kind, address, is_alive = line.split()
        if is_alive == "1":
            found[kind].append(int(address))
        elif kind == "o":
            gone += 1
    if gone:
        raise Failure(
            "%s made by the expression, and nothing else refers to %s: name "
            "an object that the process already has" % (
                ("the object was", "it") if gone == 1 else
                ("%d objects were" % gone, "them")), _FAILED)
    if options.expr and not found["o"]:
        raise Failure("--each: the expression gave no items", _FAILED)
    return found["o"], found["x"]


def _check(process: Process) -> None:
    """Failure for a process that cannot be asked, as far as can be seen."""
    if not process.is_alive():
        process.fail_gone()
    workers = _workers.of_master(process.pid)
    if workers:
        raise Failure("process %d is %s" % (process.pid, workers), _FAILED)
    try:
        version = process.version()
    except PermissionError:
        raise Failure(_denial.words(process), _FAILED) from None
    except OSError:
        process.fail_gone()
    mine = "%d.%d" % sys.version_info[:2]
    if version is None:
        raise Failure("process %d is not CPython, or does not say which version"
                      % process.pid, _FAILED)
    if version != mine:
        raise Failure("process %d runs CPython %s, and this is %s: install "
                      "this package for that one too, and use "
                      "python%s -m referrers" % (
                          process.pid, version, mine, version), _FAILED)
    if not process.may_be_read():
        raise Failure(_denial.words(process), _FAILED)


