"""Getting a line of code to run in another process.

On CPython 3.14 and later that is sys.remote_exec.  Before, gdb calls
Py_AddPendingCall(PyRun_SimpleString): the code runs in the main thread, at the
next instruction of Python code, and not while that thread waits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

_FAILED = 1
_ATTEMPTS = 5       # when the process is inside its allocator
_GDB_TIMEOUT = 60.0

_PRIVILEGE = ("no permission to look into process %d: run this as its user "
              "or as root (in a container: with CAP_SYS_PTRACE; elsewhere "
              "sysctl kernel.yama.ptrace_scope may forbid it)")

# Runs in gdb's own Python.  The text for the process is put there with malloc,
# so the thread that is to call it must not be inside the allocator already.
_GDB = """\
import gdb, re
inside = re.compile(r"malloc|calloc|realloc|free|memalign|sbrk|mmap|munmap|"
                    r"PyMem_|_Mem|obmalloc|pymalloc|arena|PyObject_Free")
frame = gdb.newest_frame()
names = []
while frame is not None and len(names) < 8:
    names.append(frame.name() or "")
    frame = frame.older()
if any(inside.search(name) for name in names):
    print("referrers: busy")
else:
    code = bytes.fromhex("%s") + b"\\0"
    place = int(gdb.parse_and_eval(
        "((char *(*)(unsigned long))malloc)(%%d)" %% len(code)))
    gdb.selected_inferior().write_memory(place, code)
    result = int(gdb.parse_and_eval(
        "((int (*)(void *, void *))Py_AddPendingCall)"
        "((void *)PyRun_SimpleString, (void *)%%d)" %% place))
    print("referrers: result", result)
"""


def run(pid: int, path: str, *, is_apart: bool = False) -> None:
    """Has process `pid` run the file `path` soon, once; Failure says why it
    cannot.  `is_apart`: the process sees other files than we."""
    if sys.version_info >= (3, 14):
        _remote_exec(pid, path, is_apart)
    else:
        _call_from_gdb(pid, path)


def withdraw(pid: int) -> None:
    """The process has not run the file, which is going to be removed."""
    # What gdb left there passes over a file that is gone.
    if sys.version_info >= (3, 14):
        try:
            _remote_exec(pid, "/dev/null", False)
        except Failure:
            pass


def _remote_exec(pid: int, path: str, is_apart: bool) -> None:
    remote_exec: Any = getattr(sys, "remote_exec")
    try:
        remote_exec(pid, path)
    except PermissionError:
        raise Failure(_PRIVILEGE % pid, _FAILED) from None
    except ProcessLookupError:
        raise Failure("there is no process %d" % pid, _FAILED) from None
    except (RuntimeError, OSError, ValueError) as error:
        # CPython looks for the program's file where the process has it.
        remedy = ("; it sees other files than this: run the command where it "
                  "runs (nsenter --target %d --all)" % pid) * is_apart
        raise Failure("process %d cannot be asked: %s%s" % (
            pid, " ".join(str(error).split()), remedy), _FAILED) from None


def _call_from_gdb(pid: int, path: str) -> None:
    # It must not raise, whatever happens: the interpreter would take that for
    # an error of its own.
    code = ("try:\n"
            " exec(compile((lambda file: (file.read(), file.close())[0])"
            "(open({0!r})), 'referrers', 'exec'), "
            "{{'__package__': 'referrers'}})\n"
            "except BaseException: pass\n").format(path)
    for _ in range(_ATTEMPTS):
        said = _gdb(pid, _GDB % code.encode().hex())
        if "referrers: result 0" in said:
            return
        if "referrers: busy" not in said:
            raise Failure(_why_not(pid, said), _FAILED)
        time.sleep(0.1)
    raise Failure("process %d is allocating memory whenever it is stopped: "
                  "try again" % pid, _FAILED)


def _plain_environment() -> dict[str, str]:
    """Without what is loaded into our own process for reasons that are not
    gdb's (a sanitizer, another allocator)."""
    return {name: value for name, value in os.environ.items()
            if name != "LD_PRELOAD"}


def _gdb(pid: int, script: str) -> str:
    """What gdb says about it, on both streams."""
    command = ["gdb", "-nx", "-batch", "-iex", "set auto-load no", "-iex",
               "set debuginfod enabled off", "-p", str(pid), "-ex",
               "python exec(bytes.fromhex('%s'))" % script.encode().hex()]
    try:
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=_GDB_TIMEOUT, check=False,
            env=_plain_environment())
    except FileNotFoundError:
        raise Failure("before CPython 3.14 --pid needs gdb: install it",
                      _FAILED) from None
    except subprocess.TimeoutExpired:
        raise Failure("gdb could not stop process %d within %d s"
                      % (pid, _GDB_TIMEOUT), _FAILED) from None
    return process.stdout.decode("utf-8", "replace")


def _why_not(pid: int, said: str) -> str:
    if "Operation not permitted" in said or "Permission denied" in said:
        return _PRIVILEGE % pid
    if "No such process" in said:
        return "there is no process %d" % pid
    if "referrers: result" in said:
        return "process %d has too many pending calls: try again" % pid
    if "No symbol" in said:
        return ("process %d does not show CPython's functions to gdb: its "
                "Python was linked without them" % pid)
    if "Python scripting is not supported" in said:
        return "this gdb has no Python in it: install one that has"
    lines = [line for line in said.splitlines() if line.strip()]
    return "gdb could not do it: %s" % (lines[-1].strip() if lines
                                        else "it said nothing")
