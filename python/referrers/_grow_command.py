"""`python -m referrers grow`: statements that are repeated, heaps in files, or
several looks at a process."""

from __future__ import annotations

import argparse
import gc
import os
import time

from referrers import (
    _chart, _core, _output, _picture, _program, _render, _terminal)
from referrers._options import WORDS, UsageError, _count, _seconds
from referrers._output import RENDERING
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from typing import NoReturn

    from referrers._growth import Growth

GROWS, FAILED = 1, 4

_HEAPS = (".heapsnapshot", ".heapsnapshot.gz")

_TEXT = """\
Repeats statements and says what grows, and what keeps it alive.  For example:

  python -m referrers grow -s 'import app' 'app.handle(app.Request())'

runs the statement 4 times, looks at all objects, and looks again after each of
3 rounds of 2 runs.  Heaps that `python -m referrers dump` wrote are compared in
the same way, the oldest first:

  python -m referrers grow a.heapsnapshot b.heapsnapshot c.heapsnapshot

A running process is looked at again and again, here every 60 seconds:

  python -m referrers grow --pid 4711 --every 60
"""

_NOTES = """\
Several statements are the lines of one program, and so are several -s.  They
run in a fresh __main__.

Exit status: 0 if nothing grows; 1 if something does; 2 usage; 3 if the answer
could not be written; 4 if the statement, the process or a file failed; 130 if
interrupted.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def format_help(self) -> str:
        return _TEXT + "\n" + super().format_help()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m referrers grow", allow_abbrev=False, epilog=_NOTES,
        usage="%(prog)s [option]...\n"
        "       {STATEMENT... | FILE.heapsnapshot... | --pid PID}",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("-s", "--setup", action="append", default=[], metavar="CODE",
        help="run CODE first; can be repeated")
    add("-n", "--loops", type=_count, metavar="LOOPS",
        help="how often each round runs the statement (2)")
    add("-r", "--rounds", type=_count, metavar="ROUNDS",
        help="how many rounds (3)")
    add("-w", "--warmup", type=_warmup, metavar="WARMUP",
        help="how many rounds before the first look (2)")
    add("--pid", type=_count, metavar="PID",
        help="look at the running process PID; -s runs there before each look")
    add("--every", type=_seconds, metavar="SECONDS",
        help="with --pid: seconds between two looks (10)")
    add("--collect", action="store_true",
        help="collect garbage before each look")
    add("--strict", action="store_true",
        help="count what grows in every round, even by less than one for each "
        "run")
    add("-T", "--format", choices=(*_chart.FORMATS, WORDS), help="the format, "
        "if the suffix of FILE does not say it (txt); a picture shows the way "
        "to what grows, and what is new there")
    add("--theme", choices=_picture.THEMES, default="auto", help="colours of "
        "the picture")
    add("--title", metavar="TEXT", help="title of the picture")
    add("-o", "--output", default="-", metavar="FILE",
        help="write to FILE (- for standard output)")
    add("what", nargs="*", metavar="STATEMENT", help=argparse.SUPPRESS)
    return parser


def _warmup(text: str) -> int:
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError("%r is not a whole number" % text)


def main(arguments: list[str]) -> int:
    """Runs the command and gives its exit status."""
    try:
        return _main(arguments)
    except _output.REPORTED as error:
        return _output.report(error)


def _main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    files = [word for word in options.what if word.endswith(_HEAPS)]
    _check(options, files)
    format = options.format or _render.format_of(options.output) or "txt"
    if format == WORDS:
        format = "txt"  # the answer in words, here too
    output = _output.Output(options.output, format)
    output.claim()
    _core.show_progress(2 if _terminal.is_terminal(2) else -1)
    if options.pid is not None:
        grown = _watch(options)
    elif files:
        grown = _compare(files)
    else:
        gc.collect()  # what the command line left; no program runs yet
        grown = _repeat(options)
    _core.show_progress(-1)
    output.write(_encode(grown, format, options))
    return GROWS if grown else 0


def _encode(grown: Growth, format: str,
            options: argparse.Namespace) -> bytes:
    try:
        return _chart.encode(grown, format, None, _picture.Options(
            theme=options.theme, title=options.title))
    except ValueError as error:
        raise Failure(str(error), 0) from None
    except _render.RenderError as error:
        raise Failure("cannot draw: %s" % error.reason, RENDERING) from None


def _check(options: argparse.Namespace, files: list[str]) -> None:
    if options.pid is not None:
        _check_pid(options)
        return
    if options.every is not None:
        raise UsageError("--every needs --pid")
    if not options.what:
        raise UsageError("what should be repeated?  Give a statement, two or "
                         "more FILE.heapsnapshot, or --pid PID")
    if files:
        if len(files) < len(options.what):
            raise UsageError("give heaps or statements, not both")
        if len(files) == 1:
            raise UsageError("%s alone shows no growth: give a second heap"
                             % files[0])
        for flag, given in (("-s", options.setup), ("-n", options.loops),
                            ("-r", options.rounds),
                            ("-w", options.warmup is not None),
                            ("--collect", options.collect)):
            if given:
                raise UsageError("%s needs a statement, and %s is a heap"
                                 % (flag, files[0]))
    for word in options.what:
        if not files and os.path.exists(word):
            raise UsageError("%s is a file, not a statement: use -s 'import "
                             "MODULE' and a call" % word)


def _check_pid(options: argparse.Namespace) -> None:
    for what, given in (("a statement or a heap", options.what),
                        ("-n", options.loops),
                        ("-w", options.warmup is not None),
                        ("--collect", options.collect),
                        ("--strict", options.strict)):
        if given:
            raise UsageError("--pid only watches the process: leave out %s"
                             % what)


def _watch(options: argparse.Namespace) -> Growth:
    """Looks at a process until there are enough looks, or Ctrl-C comes; what
    was seen until then is compared."""
    from referrers import _attach, _growth
    options.values = options.redact = options.each = False
    options.expr, options.exclude, options.type = [], [], None
    every = 10.0 if options.every is None else options.every
    looks = (options.rounds or 3) + 1
    heaps: list[_core.Heap] = []
    try:
        while len(heaps) < looks:
            if heaps:
                _pause(every, len(heaps), looks)
            heaps.append(_attach.heap(options)._read())
    except KeyboardInterrupt:
        if len(heaps) < 2:
            raise
    except MemoryError:
        raise Failure("not enough memory for the heap", FAILED) from None
    except OSError as error:
        from referrers import _heap
        raise Failure(_heap.why_not_written(error), FAILED) from None
    except Failure as failure:
        raise Failure(str(failure), FAILED) from None
    return _growth.between(heaps)


def _pause(seconds: float, done: int, looks: int) -> None:
    _output.say("look %d of %d taken, the next in %g s%s" % (
        done, looks, seconds, "; Ctrl-C ends it and compares those taken"
        if done > 1 else "; Ctrl-C ends it"))
    time.sleep(seconds)


def _compare(files: list[str]) -> Growth:
    from referrers import _growth, _heap
    heaps = []
    for path in files:
        try:
            heaps.append(_heap.load(path)._read())
        except MemoryError:
            raise Failure("not enough memory for %s" % path, FAILED) from None
        except OSError as error:
            raise Failure("cannot read %s: %s" % (path, error.strerror),
                          FAILED) from None
        except ValueError as error:
            raise Failure(str(error), FAILED) from None
    return _growth.between(heaps)


def _repeat(options: argparse.Namespace) -> Growth:
    from referrers import _growth
    main = _program.fresh_main()
    for code in options.setup:
        _checked(_compiled(code, "<setup>"), main)
    code = _compiled("\n".join(options.what), "<statement>")
    rounds, loops = options.rounds or 3, options.loops or 2
    warmup = 2 if options.warmup is None else options.warmup
    waiting = _Rounds(rounds, loops, warmup)
    try:
        return _growth.growth(
            lambda: waiting.run(code, main), rounds=rounds, loops=loops,
            warmup=warmup, collect=options.collect, strict=options.strict)
    except MemoryError:
        raise Failure("not enough memory to look at all objects",
                      FAILED) from None
    except OSError as error:
        raise Failure("cannot look at all objects: %s" % error,
                      FAILED) from None
    finally:
        waiting.end()


class _Rounds(_output.Waiting):
    """Runs the statement, and says on a terminal how far it is."""

    _WIDTH = 20

    def __init__(self, rounds: int, loops: int, warmup: int) -> None:
        super().__init__("")
        self._first = warmup * loops
        self._all = self._first + rounds * loops
        self._rounds = rounds
        self._loops = loops
        self._done = 0

    def run(self, code: types.CodeType, main: types.ModuleType) -> None:
        _checked(code, main)
        self._done += 1
        full = self._done * self._WIDTH // self._all
        number = (self._done - self._first) // self._loops + 1
        self.what = "[%-20s] %s" % (
            "#" * full, "warming up" if self._done < self._first
            else "round %d of %d" % (min(number, self._rounds), self._rounds))
        self.tick()


def _compiled(code: str, name: str) -> types.CodeType:
    try:
        return compile(code, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise Failure("%s is not valid Python: %s" % (name, error), FAILED) from None


def _checked(code: types.CodeType, main: types.ModuleType) -> None:
    ending = _program.call(_run, code, main)
    if ending.interrupted:
        raise KeyboardInterrupt
    if ending.exited or ending.status:
        raise Failure("%s failed: %s" % (code.co_filename[1:-1], ending.text),
                      FAILED)


def _run(code: types.CodeType, main: types.ModuleType) -> None:
    exec(code, main.__dict__)
