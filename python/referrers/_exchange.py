"""Asking another process through files, where no library can be loaded into
it: it runs a file of Python, which needs the package there.

The process may be another user's, and need not be honest: nothing that is done
here follows a path that it can change, and what it says is looked at before it
is believed or shown.
"""

from __future__ import annotations

import os
import sys
import time

from referrers import __version__, _inject, _output
from referrers._folder import STATE, Answer, Folder, Place
from referrers._loader import shown
from referrers._process import Process
from referrers._program import Failure
from referrers._signals import Deferred

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import NoReturn

_FAILED = 1

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


def ask(process: Process, request: str, heap: int, flags: int,
        patience: float, signals: Deferred) -> str:
    """As _loader.ask."""
    exchange = _Exchange(process)
    try:
        code = exchange.offer((__version__, request, exchange.heap_path, flags))
        _inject.run(process, exchange.code_path, code, signals,
                    exchange.remedy)
        try:
            words = _wait(process, exchange.answer, patience, signals)
            exchange.heap.copy_to(heap)
            return words
        except ValueError as error:
            raise Failure("the answer of process %d is refused: %s" % (
                process.pid, error), _FAILED) from None
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
        self.answer, self.heap = Answer(-1), Answer(-1)
        # Nobody can list the folder, and so find what the process is about to
        # run or write, nor put it there again once it is gone.
        folder, name = "referrers-" + os.urandom(16).hex(), os.urandom(16).hex()
        path = os.path.join(self._place.path, folder)
        self._code_name, self._answer_name = name + ".py", name
        self.code_path = os.path.join(path, self._code_name)
        self._answer_path = os.path.join(path, name)
        self.heap_path = self._answer_path + ".heap"
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
        self.answer = self._given(self._answer_name)
        self.heap = self._given(os.path.basename(self.heap_path))

    def _given(self, name: str) -> Answer:
        """A new file for the process to write to."""
        answer = Answer(self._folders[-1].create(name))
        try:
            answer.give(self._place.user, self._place.group)
        except PermissionError:
            answer.close()
            raise _inject.no_privilege(self._pid) from None
        return answer

    def offer(self, request: tuple[str, str, str, int]) -> bytes:
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
        self.heap.close()
        self._place.close()


def _wait(process: Process, answer: Answer, patience: float,
          signals: Deferred) -> str:
    waiting = _output.Waiting("waiting for process %d" % process.pid)
    try:
        state = _wait_for_answer(process, answer, patience, signals, waiting)
    finally:
        waiting.end()
    text = answer.read().decode("utf-8", "replace")
    if state == "failed":
        _fail_inside(process.pid, shown(text))
    if state == "no":
        raise Failure("in process %d: %s" % (process.pid, shown(text)),
                      _FAILED)
    if state != "done":
        raise Failure("process %d gave an answer that makes no sense"
                      % process.pid, _FAILED)
    return text


def _wait_for_answer(process: Process, answer: Answer, patience: float,
                     signals: Deferred, waiting: _output.Waiting) -> str:
    """The state in which the process leaves it."""
    started = time.monotonic()
    pause = 0.005
    while (state := answer.state()) in ("", "begun"):
        signals.check()
        if not process.is_alive():
            raise Failure("process %d ended before it could answer"
                          % process.pid, _FAILED)
        if not state and time.monotonic() - started > patience:
            raise Failure(
                "process %d is blocked: for %g s its main thread ran no Python "
                "code (it waits, or is inside C); try again when it does"
                % (process.pid, patience), _FAILED)
        waiting.tick()
        time.sleep(pause)
        pause = min(pause * 2, 0.1)
    return state


def _fail_inside(pid: int, said: str) -> NoReturn:
    if "No module named 'referrers'" in said:
        raise Failure(
            "process %d cannot import referrers: install it for its Python, or "
            "start it with PYTHONPATH=%s" % (pid, os.path.dirname(
                os.path.dirname(os.path.abspath(__file__)))), _FAILED)
    raise Failure("in process %d: %s" % (pid, said), _FAILED)
