"""Getting a line of code to run in another process.

On CPython 3.14 and later that is sys.remote_exec.  Before, gdb calls
Py_AddPendingCall(PyRun_SimpleString): the code runs in the main thread, at the
next instruction of Python code, and not while that thread waits.

gdb reads what the process has mapped, and the process may be another user's:
it loads no script that lies beside that, or beside where the command was
started, and asks no server for more.
"""

from __future__ import annotations

import _imp
import os
import select
import subprocess
import sys
import time

from referrers import _output
from referrers._process import Process
from referrers._program import Failure
from referrers._signals import Deferred

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

_FAILED = 1
_ATTEMPTS = 5       # when the process is inside its allocator
_GDB_TIMEOUT = 60.0
_GDB_END = 5.0      # seconds for gdb to let go of the process
_SAID_LIMIT = 1 << 20

_PRIVILEGE = ("no permission to look into process %d: run this as its user "
              "or as root (in a container: with CAP_SYS_PTRACE; elsewhere "
              "sysctl kernel.yama.ptrace_scope may forbid it)")

# Runs in gdb's own Python.  The text for the process is put there with malloc,
# so the thread that is to call it must not be inside the allocator already.
# While gdb holds the process nobody else can get its number: that it is the
# one that was meant, and still that user's, is sure from here on.
_GDB = """\
import gdb, os, re, sys
inside = re.compile(r"malloc|calloc|realloc|free|memalign|sbrk|mmap|munmap|"
                    r"PyMem_|_Mem|obmalloc|pymalloc|arena|PyObject_Free")
def say(text):
    print("{mark} " + text)
    gdb.flush()
def is_the_one_that_was_meant():
    try:
        with open(os.open("status", os.O_RDONLY, dir_fd={process})) as file:
            ids = re.findall("^[UG]id:.*", file.read(), re.MULTILINE)
    except OSError:
        return False
    return " ".join(ids) == {identity!r}
def names():
    frame = gdb.newest_frame()
    for n in range(8):
        if frame is not None:
            yield frame.name() or ""
            frame = frame.older()
def call():
    place = int(gdb.parse_and_eval(
        "((char *(*)(unsigned long))malloc)(%d)" % len(code)))
    gdb.selected_inferior().write_memory(place, code)
    return int(gdb.parse_and_eval(
        "((int (*)(void *, void *))Py_AddPendingCall)"
        "((void *)PyRun_SimpleString, (void *)%d)" % place))
code = {code!r} + b"\\0"
if any(inside.search(name) for name in names()):
    say("busy")
elif not is_the_one_that_was_meant():
    say("other")
else:
    say("ready")
    if sys.stdin.readline() == "go\\n":
        say("result %d" % call())
"""

# It must not raise, whatever happens: the interpreter would take that for an
# error of its own.  It may run long after we have gone, when the path is free
# for anybody: what is there then does not have the hash.
_CALLED = """\
try:
 exec(compile((lambda code: code if __import__('_imp').source_hash({key}, code)
  == {hash!r} else b'')((lambda file: (file.read(), file.close())[0])
  (open({path}, 'rb'))), 'referrers', 'exec'), {{'__package__': 'referrers'}})
except BaseException: pass
"""


def run(process: Process, path: str, code: bytes, signals: Deferred,
        remedy: str = "") -> None:
    """Has the process run the file `path` soon, once, which holds `code`;
    Failure says why it cannot, and `remedy` what to do for a process that sees
    other files than we."""
    signals.check()
    if sys.version_info >= (3, 14):
        _remote_exec(process, path, remedy)
    else:
        _call_from_gdb(process, path, code, signals)
    signals.check()


def withdraw(process: Process) -> None:
    """The process has not run the file, which is going to be removed."""
    # What gdb left there passes over a file that is gone; CPython 3.14 would
    # complain of it, and in a root directory without /dev/null it does.
    if sys.version_info >= (3, 14):
        try:
            _remote_exec(process, "/dev/null", "")
        except Failure:
            pass


def no_privilege(pid: int) -> Failure:
    return Failure(_PRIVILEGE % pid, _FAILED)


def _remote_exec(process: Process, path: str, remedy: str) -> None:
    remote_exec: Any = getattr(sys, "remote_exec")  # noqa: B009
    pid = process.pid
    if not process.is_alive():
        process.fail_gone()
    try:
        remote_exec(pid, path)
    except PermissionError:
        raise no_privilege(pid) from None
    except ProcessLookupError:
        process.fail_gone()
    except (RuntimeError, OSError, ValueError) as error:
        # CPython looks for the program's file where the process has it.
        raise Failure("process %d cannot be asked: %s%s" % (
            pid, " ".join(str(error).split()), remedy), _FAILED) from None


def _call_from_gdb(process: Process, path: str, code: bytes,
                   signals: Deferred) -> None:
    # As many bytes as a C long has: more the process cannot take.
    size = 8 if sys.maxsize > 2 ** 32 else 4
    key = int.from_bytes(os.urandom(size), sys.byteorder) >> 1
    called = _CALLED.format(path=ascii(path), key=key,
                            hash=_imp.source_hash(key, code))
    # A word that the process cannot have gdb say.
    mark = "referrers-" + os.urandom(8).hex()
    script = _GDB.format(mark=mark, process=process.descriptor,
                         identity=process.identity(), code=called.encode())
    for _ in range(_ATTEMPTS):
        said = _Gdb(process, script, mark, signals).run()
        if mark + " result 0" in said:
            return
        if mark + " busy" not in said:
            raise Failure(_why_not(process.pid, said, mark), _FAILED)
        signals.check()
        time.sleep(0.1)
    raise Failure("process %d was allocating memory at every attempt: "
                  "try again" % process.pid, _FAILED)


def _plain_environment() -> dict[str, str]:
    """Without what is loaded into our own process for reasons that are not
    gdb's (a sanitizer, another allocator)."""
    return {name: value for name, value in os.environ.items()
            if name != "LD_PRELOAD"}


class _Gdb:
    """One run of gdb.  Nothing may end it while it has the process call a
    function, since the process would end too: it is in a session of its own,
    where no Ctrl-C reaches it, and calls when it is told to, not when we are
    gone."""

    def __init__(self, process: Process, script: str, mark: str,
                 signals: Deferred) -> None:
        self._process, self._pid = process, process.pid
        self._was_stopped = process.state() == "T"
        self._ready = (mark + " ready").encode()
        self._signals = signals
        self._said = b""
        self._is_calling = False
        # The script goes through a pipe: everybody can read a command line.
        command = ["gdb", "-nx", "-batch", "-iex", "set auto-load no", "-iex",
                   "set debuginfod enabled off", "-p", str(self._pid), "-ex",
                   "python import sys; exec(sys.stdin.read(%d))" % len(script)]
        try:
            self._gdb = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env=_plain_environment(), cwd="/",
                start_new_session=True, pass_fds=(process.descriptor,))
        except OSError as error:
            raise Failure(
                "before CPython 3.14 --pid needs gdb: " + (
                    "install it" if isinstance(error, FileNotFoundError)
                    else "it cannot be started: %s" % error.strerror),
                _FAILED) from None
        self._tell(script)

    def _tell(self, text: str) -> None:
        assert self._gdb.stdin is not None
        try:
            self._gdb.stdin.write(text.encode())  # less than a pipe holds
            self._gdb.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and said why

    def run(self) -> str:
        """What it says, on both streams."""
        waiting = _output.Waiting("stopping process %d" % self._pid)
        is_over = False
        try:
            is_over = self._listen(waiting)
        finally:
            waiting.end()
            self._end(is_over)
        self._signals.check()
        if not is_over:
            raise Failure("gdb could not stop process %d within %d s"
                          % (self._pid, _GDB_TIMEOUT), _FAILED)
        return self._said.decode("utf-8", "replace")

    def _listen(self, waiting: _output.Waiting) -> bool:
        """False when it has to be ended."""
        assert self._gdb.stdout is not None
        is_ready = False
        deadline = time.monotonic() + _GDB_TIMEOUT
        descriptor = self._gdb.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while time.monotonic() < deadline:
            if self._signals.came and not self._is_calling:
                # It lets go by itself when it is not told to call.
                deadline = min(deadline, time.monotonic() + _GDB_END)
                if self._signals.is_urgent:
                    return False
            if poll.poll(100):
                block = os.read(descriptor, 1 << 16)
                if not block:
                    return True
                self._said = (self._said + block)[-_SAID_LIMIT:]
            if not is_ready and self._ready in self._said:
                is_ready = True
                self._is_calling = not self._signals.came
                self._tell("go\n" if self._is_calling else "\n")
            waiting.tick()
        return False

    def _end(self, is_over: bool) -> None:
        """What ends before it has begun leaves the process stopped."""
        if not is_over:
            self._gdb.terminate()
        try:
            self._gdb.wait(_GDB_END)
        except subprocess.TimeoutExpired:
            self._gdb.kill()
            self._gdb.wait()
        if not is_over and not self._was_stopped:
            self._process.go_on()
        for stream in (self._gdb.stdin, self._gdb.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                pass


def _why_not(pid: int, said: str, mark: str) -> str:
    if mark + " other" in said:
        return "process %d ended, or changed its user, meanwhile" % pid
    if "Operation not permitted" in said or "Permission denied" in said:
        return _PRIVILEGE % pid
    if "No such process" in said:
        return "there is no process %d" % pid
    if mark + " result" in said:
        return "process %d has too many pending calls: try again" % pid
    if "No symbol" in said:
        return ("process %d does not show CPython's functions to gdb: its "
                "Python was linked without them" % pid)
    if "Python scripting is not supported" in said:
        return "this gdb was built without Python: install one that has it"
    lines = [line for line in said.splitlines() if line.strip()]
    return "gdb failed: %s" % (lines[-1].strip()[:500] if lines
                                        else "it said nothing")
