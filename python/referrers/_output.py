"""Where the command's graph goes, and where its words go."""

from __future__ import annotations

import fcntl
import os
import sys
import time

from referrers import _files, _options, _render, _terminal
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from referrers import _heap

USAGE, RENDERING, INTERRUPTED = 2, 3, 130
# What a shell reports for a program that SIGPIPE ended: the reader went away.
READER_GONE = 141


# What ends a command with one line, and a status.
REPORTED = (_options.UsageError, Failure, KeyboardInterrupt)


def report(error: BaseException) -> int:
    """Says which of these it was, and gives the status."""
    if isinstance(error, _options.UsageError):
        say("%s (see --help)" % error)
        return USAGE
    if isinstance(error, Failure):
        say(str(error))
        return error.status
    say("interrupted")
    return INTERRUPTED


class Output:
    """The file or standard output that gets the graph."""

    def __init__(self, path: str, format: str, force: bool = False) -> None:
        self._name = path
        self._descriptor: int | None = None
        self._is_standard = _options.is_standard_output(path)
        # The program may change the directory.
        self._path = os.path.abspath(path)
        if self._is_standard:
            self._name = "standard output"
            if not force:
                _refuse_binary_on_terminal(format)
        else:
            self._refuse_hopeless_path()

    def _refuse_hopeless_path(self) -> None:
        """Better now than after a program that runs for an hour."""
        directory = os.path.dirname(self._path)
        if not os.path.isdir(directory):
            raise self._failure("there is no directory %s" % directory)
        if os.path.isdir(self._path):
            raise self._failure("it is a directory")

    def dressed(self, data: bytes) -> bytes:
        """A text tree as standard output can show it; a file gets it as it
        is."""
        if not self._is_standard:
            return data
        descriptor = 1 if self._descriptor is None else self._descriptor
        colour = _terminal.wants_colour(descriptor)
        ascii = _terminal.wants_ascii()
        if colour or ascii:
            data = _terminal.dressed(data.decode(), colour, ascii).encode()
        return data

    def claim(self) -> None:
        """Keeps standard output for the graph alone: what the program prints
        goes to standard error, so that the graph can be piped on."""
        if not self._is_standard:
            return
        try:
            # 3 at least: a closed standard error must not become the graph's.
            self._descriptor = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 3)
        except OSError as error:
            raise self._failure(error.strerror) from None
        try:
            os.dup2(2, 1)
        except OSError:
            pass  # no standard error: the program keeps standard output

    def write(self, data: bytes) -> None:
        """Failure when not all of `data` could be written."""
        try:
            if self._descriptor is None:
                _files.replace(self._path, data)
            else:
                _files.write_all(self._descriptor, data)
                os.close(self._descriptor)
        except BrokenPipeError:
            raise Failure("", READER_GONE) from None
        except OSError as error:
            raise self._failure(error.strerror) from None

    def keep(self, heap: _heap.Heap) -> int:
        """Saves a heap to the file; how many bytes it has."""
        try:
            heap.save(self._path)
            return os.stat(self._path).st_size
        except OSError as error:
            raise self._failure(error.strerror) from None

    def _failure(self, reason: str | None) -> Failure:
        return Failure("cannot write %s: %s" % (self._name, reason), RENDERING)


def _refuse_binary_on_terminal(format: str) -> None:
    if format not in _render.BINARY_FORMATS:
        return
    if _terminal.is_terminal(1):
        raise _options.UsageError(
            "%s is not for a terminal: give -o FILE, a pipe, or --force"
            % format)


class Waiting:
    """One line on a terminal for what takes longer than a second; what happens
    in C has src/base/progress.c for it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._started = self._last = time.monotonic()
        self._is_shown = False

    def tick(self) -> None:
        now = time.monotonic()
        if (now - self._started < 1 or now - self._last < 0.25
                or not _terminal.is_terminal(2)):
            return
        self._last = now
        self._is_shown = True
        _write("\rreferrers: %s, %d s " % (self.what, now - self._started))

    def end(self) -> None:
        """Takes the line away."""
        if self._is_shown:
            _write("\r%60s\r" % "")
            self._is_shown = False


def _write(text: str) -> None:
    try:
        _files.write_all(2, text.encode())
    except OSError:
        pass  # a terminal that is gone


def say(text: str) -> None:
    """One line on standard error.  The program may have replaced or closed
    sys.stderr, so this goes to the descriptor."""
    if not text:
        return
    flush_streams()
    line = "referrers: " + "".join(
        c if c.isprintable() else ascii(c)[1:-1] for c in text)
    try:
        _files.write_all(2, (line + "\n").encode("utf-8", "backslashreplace"))
    except OSError:
        pass  # nobody to tell


def flush_streams() -> None:
    """What the program printed comes before what we write."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # closed, replaced or full: the interpreter says so at its end
