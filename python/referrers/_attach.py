"""--pid: the question is asked in another process, the answer drawn here.

The process may be another user's, and need not be honest: nothing that is done
here follows a path that it can change, and what it says is looked at before it
is believed or shown.
"""

from __future__ import annotations

import argparse
import marshal
import os
import sys
import time

from referrers import __version__, _core, _inject, _options, _output
from referrers._folder import STATE, Answer, Folder, Place
from referrers._process import Process
from referrers._program import Failure
from referrers._signals import Deferred

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import NoReturn

_FAILED = 1
_PATIENCE = 10.0    # seconds for the process to begin

# What the process runs.  It was told the name of one file, which is there
# already and gets the answer: its state comes first and is written last.
# Whatever of the package the process had not imported is gone again
# afterwards.  No error may leave this: gdb's way would end the process.
_SCRIPT = """\
__package__ = "referrers"
def visit():
    import posix, sys
    try:
        descriptor = posix.open({path}, posix.O_WRONLY | posix.O_NOFOLLOW
                                | posix.O_CLOEXEC)
    except OSError:
        return
    def tell(state, text=b""):
        at = {state_size}
        while text:
            size = posix.pwrite(descriptor, text, at)
            text = text[size:]
            at += size
        posix.ftruncate(descriptor, at)
        posix.pwrite(descriptor, state.ljust({state_size}), 0)
    before = set(sys.modules)
    try:
        tell(b"begun")
        from referrers._visit import visit
        ours = [name for name in sys.modules if name not in before]
        visit({request!r}, tell)
        ours += [name for name in sys.modules if name not in before
                 and name.partition(".")[0] == "referrers"]
    except BaseException as error:
        ours = [name for name in sys.modules if name not in before
                and name.partition(".")[0] == "referrers"]
        try:
            tell(b"failed", ("%s: %s" % (type(error).__name__, error))
                 .encode("utf-8", "backslashreplace"))
        except OSError:
            pass
    posix.close(descriptor)
    for name in ours:
        module = sys.modules.pop(name, None)
        parent, _, last = name.rpartition(".")
        if parent in sys.modules:
            names = sys.modules[parent].__dict__
            if module is not None and names.get(last) is module:
                names.pop(last, None)
try:
    visit()
except KeyboardInterrupt:
    # It was meant for the program, which is told again.
    import _thread
    _thread.interrupt_main()
except BaseException:
    pass
"""


def graph(options: argparse.Namespace) -> _core.Graph:
    """The graph that the process gives; Failure in one line when not."""
    if options.pid == os.getpid():
        raise Failure("process %d is this one: leave --pid out" % options.pid,
                      _FAILED)
    with Deferred() as signals:
        process = Process(options.pid)
        try:
            _check(process)
            lines = _ask(process, _request(options), signals)
        finally:
            process.close()
    try:
        return _core.read(lines)
    except ValueError as error:
        raise Failure("the answer of process %d is no graph: %s" % (
            options.pid, error), _FAILED) from None


def _request(options: argparse.Namespace) -> bytes:
    return marshal.dumps({
        "version": __version__, "setup": options.setup, "expr": options.expr,
        "each": options.each, "exclude": options.exclude,
        "type": options.type, "most": options.most,
        "options": _options.for_search(options)})


def _check(process: Process) -> None:
    """Failure for a process that cannot be asked, as far as can be seen."""
    if not process.is_alive():
        process.fail_gone()
    try:
        version = process.version()
    except PermissionError:
        return  # asking it will say what is not allowed
    except OSError:
        process.fail_gone()
    mine = "%d.%d" % sys.version_info[:2]
    if version is None:
        raise Failure("process %d is not CPython, or does not say which"
                      % process.pid, _FAILED)
    if version != mine:
        raise Failure("process %d runs CPython %s, and this is %s: use "
                      "python%s -m referrers.dot" % (
                          process.pid, version, mine, version), _FAILED)


def _ask(process: Process, request: bytes, signals: Deferred) -> bytes:
    """The answer: the graph in line format."""
    exchange = _Exchange(process)
    try:
        code = exchange.offer(request)
        _inject.run(process, exchange.code_path, code, signals,
                    exchange.remedy)
        try:
            return _wait(process, exchange.answer, signals)
        finally:
            if not exchange.answer.state():
                _inject.withdraw(process)
    finally:
        exchange.remove()


class _Exchange:
    """What is made for one question, and removed after it."""

    def __init__(self, process: Process) -> None:
        self._pid = process.pid
        self._place = Place(process)
        self._folders: list[Folder] = []
        self.answer = Answer(-1)
        # Nobody can list the folder, and so find what the process is about to
        # run or write, nor put it there again once it is gone.
        folder, name = "referrers-" + os.urandom(16).hex(), os.urandom(16).hex()
        path = os.path.join(self._place.path, folder)
        self._code_name, self._answer_name = name + ".py", name
        self.code_path = os.path.join(path, self._code_name)
        self._answer_path = os.path.join(path, name)
        self.remedy = self._place.remedy() if self._place.is_apart else ""
        try:
            self._make(folder)
        except OSError as error:
            self.remove()
            raise self._place.failure(error) from None
        except BaseException:
            self.remove()
            raise

    def _make(self, name: str) -> None:
        place = self._place
        if (sys.version_info >= (3, 14) and place.is_apart
                and not place.is_here_too()):
            # sys.remote_exec wants a file to be where it sends the process,
            # for us too; nobody reads it.
            here = os.open(place.path, os.O_PATH | os.O_DIRECTORY
                           | os.O_CLOEXEC)
            self._folders.append(Folder(here, name, is_own=True,
                                        is_apart=False))
            self._folders[0].write(self._code_name, b"")
        self._folders.append(Folder(
            os.dup(place.descriptor), name, is_own=place.is_own,
            is_apart=place.is_apart))
        self.answer = Answer(self._folders[-1].create(self._answer_name))
        try:
            self.answer.give(place.user, place.group)
        except PermissionError:
            raise _inject.no_privilege(self._pid) from None

    def offer(self, request: bytes) -> bytes:
        """Writes, and gives back, what the process is to run."""
        code = _SCRIPT.format(path=ascii(self._answer_path), request=request,
                              state_size=STATE).encode()
        try:
            self._folders[-1].write(self._code_name, code)
        except OSError as error:
            raise self._place.failure(error) from None
        return code

    def remove(self) -> None:
        for folder in self._folders:
            folder.remove()
        self.answer.close()
        self._place.close()


def _wait(process: Process, answer: Answer, signals: Deferred) -> bytes:
    waiting = _output.Waiting("waiting for process %d" % process.pid)
    try:
        state = _wait_for_answer(process, answer, signals, waiting)
    finally:
        waiting.end()
    try:
        text = answer.read()
    except ValueError as error:
        raise Failure("the answer of process %d is refused: %s" % (
            process.pid, error), _FAILED) from None
    if state == "failed":
        _fail_inside(process.pid, _shown(text))
    if state == "no":
        raise Failure("in process %d: %s" % (process.pid, _shown(text)),
                      _FAILED)
    if state != "graph":
        raise Failure("process %d gave no answer that can be understood"
                      % process.pid, _FAILED)
    said, _, lines = text.partition(b"\n")
    _output.say(_shown(said))
    return lines


def _wait_for_answer(process: Process, answer: Answer, signals: Deferred,
                     waiting: _output.Waiting) -> str:
    """The state in which the process leaves it."""
    started = time.monotonic()
    pause = 0.005
    while (state := answer.state()) in ("", "begun"):
        signals.check()
        if not process.is_alive():
            raise Failure("process %d ended before it could answer"
                          % process.pid, _FAILED)
        if not state and time.monotonic() - started > _PATIENCE:
            raise Failure(
                "process %d is blocked: for %d s its main thread ran no Python "
                "code (it waits, or is inside C); try again when it does"
                % (process.pid, _PATIENCE), _FAILED)
        waiting.tick()
        time.sleep(pause)
        pause = min(pause * 2, 0.1)
    return state


def _shown(text: bytes) -> str:
    """What the process says, as one line of no great length; _output.say
    leaves nothing in it that a terminal would obey."""
    return " ".join(text[:4096].decode("utf-8", "replace").split())[:1000]


def _fail_inside(pid: int, said: str) -> NoReturn:
    if "No module named 'referrers'" in said:
        raise Failure(
            "process %d cannot import referrers: install it for its Python, or "
            "start it with PYTHONPATH=%s" % (pid, os.path.dirname(
                os.path.dirname(os.path.abspath(__file__)))), _FAILED)
    raise Failure("in process %d: %s" % (pid, said), _FAILED)
