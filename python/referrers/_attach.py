"""--pid: the question is asked in another process, the answer drawn here.

The request and the answer are files in a directory that only the user of the
process can read; it is gone when this is over.
"""

from __future__ import annotations

import argparse
import marshal
import os
import re
import shutil
import stat
import sys
import time

from referrers import __version__, _core, _inject, _options, _output
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import NoReturn

_FAILED = 1
_PATIENCE = 10.0    # seconds for the process to begin

# What the process runs.  Whatever of the package it had not imported is gone
# again afterwards.  No error may leave this: gdb's way would end the process.
_SCRIPT = """\
__package__ = "referrers"
def visit():
    import sys
    directory = {directory!r}
    try:
        open(directory + "/begun", "w").close()
    except OSError:
        return
    before = set(sys.modules)
    try:
        from referrers._visit import visit
        ours = [name for name in sys.modules if name not in before]
        visit(directory)
        ours += [name for name in sys.modules if name not in before
                 and name.partition(".")[0] == "referrers"]
    except BaseException as error:
        ours = [name for name in sys.modules if name not in before
                and name.partition(".")[0] == "referrers"]
        try:
            with open(directory + "/failure", "w") as file:
                file.write("%s: %s" % (type(error).__name__, error))
        except OSError:
            pass
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
    pid: int = options.pid
    _check_process(pid)
    directory = _Directory(pid)
    try:
        directory.write("request", marshal.dumps(_request(options)))
        script = _SCRIPT.format(directory=directory.theirs)
        directory.write("visit.py", script.encode("utf-8", "surrogateescape"))
        if sys.version_info >= (3, 14):
            directory.stand_in("visit.py")
        _inject.run(pid, os.path.join(directory.theirs, "visit.py"),
                    is_apart=directory.ours != directory.theirs)
        return _core.read(_wait(pid, directory))
    finally:
        directory.remove()


def _request(options: argparse.Namespace) -> dict[str, object]:
    return {
        "version": __version__, "setup": options.setup, "expr": options.expr,
        "each": options.each, "exclude": options.exclude,
        "type": options.type, "most": options.most,
        "options": _options.for_search(options)}


class _Directory:
    """As we and as the process, which may see other files, call it."""

    def __init__(self, pid: int) -> None:
        root = "/proc/%d/root" % pid
        self._stands_in = False
        try:
            is_same = _sees_what_we_see(pid)
        except PermissionError:
            is_same = True  # asking it will say what is not allowed
        except OSError:
            _fail_gone(pid)
        try:
            status = os.stat("/proc/%d" % pid)
            self._owner = status.st_uid, status.st_gid
            # Another user may not get into a place of ours.
            is_own = is_same and status.st_uid == os.geteuid()
            self.theirs = "%s/referrers-%s" % (
                _own_place() if is_own else "/tmp", os.urandom(16).hex())
            self.ours = self.theirs if is_same else root + self.theirs
            os.mkdir(self.ours, 0o700)
            self._give(self.ours)
        except OSError as error:
            raise Failure("cannot make a directory for the answer: %s" % error,
                          _FAILED) from None

    def _give(self, path: str) -> None:
        if os.geteuid() == 0:
            os.chown(path, *self._owner)

    def write(self, name: str, data: bytes) -> None:
        path = os.path.join(self.ours, name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL
                                 | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:
                file.write(data)
            self._give(path)
        except OSError as error:
            raise Failure("cannot write a request: %s" % error,
                          _FAILED) from None

    def stand_in(self, name: str) -> None:
        """sys.remote_exec wants the file to be where it sends the process,
        for us too; only the process reads it."""
        path = os.path.join(self.theirs, name)
        if os.path.exists(path):
            return
        try:
            os.makedirs(self.theirs, 0o700)
            self._stands_in = True
            open(path, "x").close()
        except OSError as error:
            raise Failure("cannot write a request: %s" % error,
                          _FAILED) from None

    def has(self, name: str) -> bool:
        return os.path.exists(os.path.join(self.ours, name))

    def read(self, name: str) -> bytes:
        """Of a file of the process, which need not be honest."""
        path = os.path.join(self.ours, name)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
                             | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Failure("the answer is no file", _FAILED)
            return file.read()

    def remove(self) -> None:
        shutil.rmtree(self.ours, ignore_errors=True)
        if self._stands_in:
            shutil.rmtree(self.theirs, ignore_errors=True)


def _sees_what_we_see(pid: int) -> bool:
    """Not in a container, nor in a service with a /tmp of its own, whose root
    is ours all the same."""
    return (os.path.samefile("/proc/%d/root" % pid, "/")
            and os.readlink("/proc/%d/ns/mnt" % pid)
            == os.readlink("/proc/self/ns/mnt"))


def _own_place() -> str:
    place = os.environ.get("TMPDIR", "")
    return place if os.path.isabs(place) and os.path.isdir(place) else "/tmp"


def _wait(pid: int, directory: _Directory) -> bytes:
    """The answer: the graph in line format."""
    waiting = _output.Waiting("waiting for process %d" % pid)
    try:
        _wait_for_answer(pid, directory, waiting)
    finally:
        waiting.end()
    kind, _, text = directory.read("answer").partition(b"\n")
    if kind != b"graph":
        raise Failure("in process %d: %s" % (
            pid, text.decode("utf-8", "replace")), _FAILED)
    said, _, lines = text.partition(b"\n")
    _output.say(said.decode())
    return lines


def _wait_for_answer(pid: int, directory: _Directory,
                     waiting: _output.Waiting) -> None:
    started = time.monotonic()
    pause = 0.005
    while not directory.has("answer"):
        if directory.has("failure"):
            _fail_inside(pid, directory.read("failure").decode(
                "utf-8", "replace"))
        if not _is_alive(pid):
            raise Failure("process %d ended before it could answer" % pid,
                          _FAILED)
        if (time.monotonic() - started > _PATIENCE
                and not directory.has("begun")):
            _inject.withdraw(pid)
            raise Failure(
                "process %d is blocked: for %d s its main thread ran no Python "
                "code (it waits, or is inside C); try again when it does"
                % (pid, _PATIENCE), _FAILED)
        waiting.tick()
        time.sleep(pause)
        pause = min(pause * 2, 0.1)


def _fail_inside(pid: int, said: str) -> NoReturn:
    if "No module named 'referrers'" in said:
        raise Failure(
            "process %d cannot import referrers: install it for its Python, or "
            "start it with PYTHONPATH=%s" % (pid, os.path.dirname(
                os.path.dirname(os.path.abspath(__file__)))), _FAILED)
    raise Failure("in process %d: %s" % (pid, " ".join(said.split())), _FAILED)


def _fail_gone(pid: int) -> NoReturn:
    raise Failure("there is no process %d" % pid, _FAILED) from None


def _is_alive(pid: int) -> bool:
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def _check_process(pid: int) -> None:
    """Failure for a process that cannot be asked, as far as can be seen."""
    if pid == os.getpid():
        raise Failure("process %d is this one: leave --pid out" % pid, _FAILED)
    if not os.path.isdir("/proc/%d" % pid) or not _is_alive(pid):
        _fail_gone(pid)
    try:
        version = _version_of(pid)
    except PermissionError:
        return  # asking it will say what is not allowed
    except OSError:
        _fail_gone(pid)
    mine = "%d.%d" % sys.version_info[:2]
    if version is None:
        raise Failure("process %d is not CPython, or does not say which"
                      % pid, _FAILED)
    if version != mine:
        raise Failure("process %d runs CPython %s, and this is %s: use "
                      "python%s -m referrers.dot" % (pid, version, mine,
                                                     version), _FAILED)


def _version_of(pid: int) -> str | None:
    """"3.11", from the names of what the process has mapped."""
    found = re.search(r"/python(3\.\d+)[^/]*$",
                      os.readlink("/proc/%d/exe" % pid))
    if found is None:
        with open("/proc/%d/maps" % pid, errors="replace") as file:
            found = re.search(r"/libpython(3\.\d+)[^/\n]*\.so", file.read())
    return found and found[1]
