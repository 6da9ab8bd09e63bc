"""Getting a library of ours to run in another process, through the program
`_attach` beside this file (src/attach).

That program holds a thread of the process for some milliseconds, and is not to
be ended meanwhile: it is in a session of its own, where no Ctrl-C reaches it,
and ends by itself when nobody listens to it any more.
"""

from __future__ import annotations

import os
import select
import subprocess

from referrers import _core, _denial, _output
from referrers._process import Process
from referrers._program import Failure
from referrers._signals import Deferred

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import NoReturn

HEAP, VALUES, REDACT = 1, 2, 4  # flags of src/attach/control.h

_FAILED = 1
_END = 5.0          # seconds for the program to let go of the process
_LIMIT = 1 << 25    # bytes of an answer
_NICENESS = 19
_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_attach")


class Untraceable(Failure):
    """The process cannot be stopped: another one traces it, or nobody may."""


def is_there() -> bool:
    """Whether the program was built: it is written for some processors."""
    return os.path.exists(_PROGRAM)


def ask(process: Process, request: str, heap: int | None, flags: int,
        patience: float, signals: Deferred) -> str:
    """The words of the answer; all objects go into the file `heap`.  Failure
    in one line, OSError when that cannot be written."""
    signals.check()
    with _Run(process, request.encode(), heap, flags, patience) as run:
        said = run.listen(signals)
    signals.check()
    word, _, text = said.decode("utf-8", "replace").partition("\n")
    if word != "done":
        _fail(process, word, text, patience)
    return text


class _Run:
    def __init__(self, process: Process, request: bytes, heap: int | None,
                 flags: int, patience: float) -> None:
        self._process, self._request = process, request
        passed = (process.descriptor,) if heap is None else (
            process.descriptor, heap)
        # Not what is loaded into our own process for reasons of its own.
        environment = {name: value for name, value in os.environ.items()
                       if name != "LD_PRELOAD"}
        words = [_PROGRAM, process.pid, process.descriptor,
                 -1 if heap is None else heap, patience, _NICENESS, flags,
                 _core.__file__, len(request)]
        try:
            self._program = subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, env=environment, cwd="/",
                start_new_session=True, pass_fds=passed)
        except OSError as error:
            raise Failure("%s cannot be started: %s" % (
                _PROGRAM, error.strerror), _FAILED) from None

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *unused: object) -> None:
        """It hears that nobody listens, if it has not ended yet."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdout.close()
        try:
            self._program.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._program.wait(_END)
        except subprocess.TimeoutExpired:
            pass  # it has the process do what we asked for, and then ends

    def listen(self, signals: Deferred) -> bytes:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        try:
            self._program.stdin.write(self._request)
            self._program.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, and said why
        waiting = _output.Waiting("waiting for process %d" % self._process.pid)
        said, descriptor = b"", self._program.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        try:
            while not signals.came and len(said) < _LIMIT:
                if poll.poll(100):
                    block = os.read(descriptor, 1 << 16)
                    if not block:
                        break
                    said += block
                waiting.tick()
        finally:
            waiting.end()
        return said


def _fail(process: Process, word: str, text: str, patience: float) -> NoReturn:
    pid = process.pid
    if word == "unwritten":
        raise OSError(int(text), os.strerror(int(text)))
    if word in ("denied", "traced"):
        raise Untraceable(_denial.words(process), _FAILED)
    said = {
        "no": "in process %d: %s" % (pid, shown(text)),
        "failed": "process %d cannot be asked: %s" % (pid, shown(text)),
        "stopped": "process %d is stopped: kill -CONT %d wakes it up" % (
            pid, pid),
        "busy": "process %d was allocating memory or loading a library at "
                "every attempt: try again" % pid,
        "abandoned": "process %d is blocked: for %g s none of its threads "
                     "released Python's lock (it is inside C); nothing was "
                     "run, and what was loaded leaves once the lock is free"
                     % (pid, patience),
        "ended": "process %d ended before it could answer" % pid,
    }.get(word)
    raise Failure(said or "the program that asks process %d ended before it "
                  "had an answer: try again" % pid, _FAILED)


def shown(text: str) -> str:
    """What the process says, as one line of no great length; _output.say
    leaves nothing in it that a terminal would obey."""
    return " ".join(text[:4096].split())[:1000]
