"""What a command does, step by step, and its exit status."""

from __future__ import annotations

import argparse
import os
import sys

from referrers import (
    _core, _graph, _help, _options, _output, _redact, _render, _terminal,
    _watch)
from referrers._output import INTERRUPTED, RENDERING
from referrers._program import Failure
from referrers._task import FAILED, Task

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from collections.abc import Callable
    from typing import NoReturn

    from referrers import _heap


def main(arguments: list[str] | None = None,
         command: _help.Command = _help.DOT) -> int:
    """Runs the command and gives its exit status.  Every failure is one line
    on standard error that starts with `referrers:`."""
    try:
        return _main(arguments, command)
    except _output.REPORTED as error:
        return _output.report(error)


def _main(arguments: list[str] | None, command: _help.Command) -> int:
    # The words are fetched here: CPython 3.10 would keep a list made by the
    # caller for as long as this runs.
    options, rest = _options.parse(sys.argv[1:] if arguments is None
                                   else arguments, command)
    output = _output.Output(options.output, options.format, options.force)
    if options.pid is not None:
        return _look_into_process(options, output)
    if options.heap is not None:
        output.claim()
        from referrers import _heap_task
        _show_progress()
        if options.command in (_help.TYPES, _help.MAP):
            _survey(lambda options: _heap_task.load(options.heap), options,
                    output)
            return 0
        _write(_for_others(_heap_task.graph(options), options), options,
               output)
        return 0
    task = Task(options, rest)
    # No word of the command line is kept: the target may be one of them.
    del rest, arguments
    output.claim()
    if options.at is not None:
        return _Stop(task, options, output).run()
    if options.on_exception:
        return _Examination(task, options, output).run()
    process = os.getpid()
    ending = task.run()
    if os.getpid() != process:
        return ending.status  # a child of the program, which ends like any
    _output.flush_streams()
    _draw(task, options, output, None)
    if ending.text and not ending.exited:
        _output.say("the program ended with %s; %s as it was at that moment"
                    % (ending.text, command.done))
    return ending.status


def _look_into_process(options: argparse.Namespace,
                       output: _output.Output) -> int:
    from referrers import _attach
    output.claim()
    _show_progress()
    if options.command is _help.DUMP:
        _dump(_attach.heap, options, output)
    elif options.command in (_help.TYPES, _help.MAP):
        _survey(_attach.heap, options, output)
    else:
        try:
            graph = _attach.graph(options)
        except _HEAP_ERRORS as error:
            raise _no_heap(error) from None
        _write(_for_others(graph, options), options, output)
    return 0


class _Stop:
    """--at: draws in the middle of the program."""

    def __init__(self, task: Task, options: argparse.Namespace,
                 output: _output.Output) -> None:
        self._task = task
        self._options = options
        self._output = output

    def run(self) -> int:
        options = self._options
        wanted = options.count or 1
        watch = _watch.watch(options.at, wanted, self._draw)
        watch.start()
        try:
            ending = self._task.run()
        finally:
            watch.stop()
        if watch.reached < wanted:
            raise Failure(_not_reached(options, watch.reached), FAILED)
        return ending.status

    def _draw(self, frame: types.FrameType) -> None:
        try:
            _output.flush_streams()
            _draw(self._task, self._options, self._output, frame)
        except Failure as failure:
            _end(failure.status, str(failure))
        except KeyboardInterrupt:
            _end(INTERRUPTED, "interrupted")
        if not self._options.go_on:
            _end(0)


def _end(status: int, text: str = "") -> NoReturn:
    """The program is over, in whatever thread and however deep: no more of it
    runs, be it `finally` or atexit."""
    _output.say(text)
    _output.flush_streams()
    os._exit(status)


def _not_reached(options: argparse.Namespace, reached: int) -> str:
    if reached > 0:
        return "--at was reached only %s, not %d times" % (
            "once" if reached == 1 else "%d times" % reached, options.count)
    why = options.at.not_reached()
    return "--at was not reached%s" % (": " + why if why else "")


class _Examination:
    """--on-exception: draws when the program has failed."""

    def __init__(self, task: Task, options: argparse.Namespace,
                 output: _output.Output) -> None:
        self._task = task
        self._options = options
        self._output = output
        self._is_done = False

    def run(self) -> int:
        import threading
        hook = threading.excepthook

        def examine_too(arguments: threading.ExceptHookArgs) -> None:
            hook(arguments)
            if arguments.exc_value is not None:
                self._draw(arguments.exc_value)

        threading.excepthook = examine_too
        try:
            ending = self._task.run(self._draw)
        finally:
            threading.excepthook = hook
        if not self._is_done:
            raise Failure("--on-exception: no exception ended the program",
                          FAILED)
        return ending.status

    def _draw(self, error: BaseException) -> None:
        if self._is_done:
            return
        self._is_done = True
        _output.flush_streams()
        _draw(self._task, self._options, self._output,
              self._task.frame_of(error))


def _draw(task: Task, options: argparse.Namespace, output: _output.Output,
          frame: types.FrameType | None) -> None:
    """The graph of what there is now, in a frame or in `__main__`."""
    _show_progress()
    if options.command is _help.DUMP:
        _dump(_own_heap, options, output)
        return
    if options.command in (_help.TYPES, _help.MAP):
        _survey(_own_heap, options, output)
        return
    _write(answer(task, options, frame), options, output)


def _show_progress() -> None:
    _core.show_progress(2 if _terminal.is_terminal(2) else -1)


def _own_heap(options: argparse.Namespace) -> _heap.Heap:
    from referrers import _heap
    return _heap.snapshot(values=options.values, redact=options.redact)


def _dump(take: Callable[[argparse.Namespace], _heap.Heap],
          options: argparse.Namespace, output: _output.Output) -> None:
    """All objects, and how to look at them."""
    try:
        heap = take(options)
        _core.show_progress(-1)
        size = output.keep(heap)
    except _HEAP_ERRORS as error:
        raise _no_heap(error) from None
    packed = options.output.endswith(".gz")
    _output.say("wrote %s, %.1f MB: %sopen DevTools in Chrome (F12), the "
                "Memory tab, and choose Load profile"
                % (options.output, size / 1e6, "gunzip it, then " if packed
                   else ""))


def _survey(take: Callable[[argparse.Namespace], _heap.Heap],
            options: argparse.Namespace, output: _output.Output) -> None:
    """What is in a heap, or where it is."""
    from referrers import _chart
    try:
        heap = take(options)
        found = (heap.types() if options.command is _help.TYPES
                 else heap.map())
        data = _chart.encode(found, options.format, options.most or 40,
                             _options.for_picture(options),
                             options.layout_timeout)
    except _render.RenderError as error:
        raise Failure("cannot draw: %s" % error.reason, RENDERING) from None
    except _HEAP_ERRORS as error:
        raise _no_heap(error) from None
    _core.show_progress(-1)
    output.write(data)


_HEAP_ERRORS = (MemoryError, RuntimeError, OSError)


def _no_heap(error: Exception) -> Failure:
    if isinstance(error, MemoryError):
        return Failure("not enough memory for the heap", RENDERING)
    if isinstance(error, OSError):
        from referrers import _heap
        return Failure(_heap.why_not_written(error), RENDERING)
    return Failure("the heap could not be read: %s" % error, RENDERING)


def answer(task: Task, options: argparse.Namespace,
           frame: types.FrameType | None = None) -> _graph.ReferrerGraph:
    """What may be shown; Failure when there is nothing."""
    return _for_others(_search(task, options, frame), options)


def _for_others(graph: _graph.ReferrerGraph,
                options: argparse.Namespace) -> _graph.ReferrerGraph:
    if not options.redact:
        return graph
    return _graph.ReferrerGraph(_redact.graph(graph._graph))


def _write(graph: _graph.ReferrerGraph, options: argparse.Namespace,
           output: _output.Output) -> None:
    data = _encode(graph, options)
    _core.show_progress(-1)
    output.write(output.dressed(data) if options.format == "txt" else data)


def _search(task: Task, options: argparse.Namespace,
            frame: types.FrameType | None) -> _graph.ReferrerGraph:
    targets, ids = task.question(frame)
    try:
        return _graph.for_list(
            targets, frame, exclude_object_ids=ids or None,
            **_options.for_search(options))
    except MemoryError:
        raise Failure("not enough memory for the search", RENDERING) from None
    except (ValueError, TypeError, RuntimeError) as error:
        raise Failure("the search failed: %s" % error, RENDERING) from None


_MOST_APART = 3  # objects of --type that are shown one by one


def _encode(graph: _graph.ReferrerGraph, options: argparse.Namespace) -> bytes:
    if options.merged is None and options.type is not None:
        options.merged = graph._graph.target_count > _MOST_APART
    try:
        if options.format == _options.WORDS:
            return (str(graph.explain()) + "\n").encode()
        return _render.encode(graph._graph, options.format,
                              options.layout_timeout,
                              _options.for_picture(options))
    except MemoryError:
        raise Failure("not enough memory for the drawing", RENDERING) from None
    except _render.RenderError as error:
        raise Failure("cannot draw: %s" % error.reason, RENDERING) from None
