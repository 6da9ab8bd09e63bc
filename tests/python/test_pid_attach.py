"""--pid: which moments of a process are taken, and what stays in it.

Protects that a process is answered that sleeps, waits or works, that one which
does nothing but allocate memory or load libraries goes on unharmed, that
nothing of many attaches stays in it, and that neither a killed command nor two
at once nor what stands in the way does it any harm.  REFERRERS_ATTACHES=200
makes that many of each (`make check` makes ten)."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

from conftest import run_python
from live_processes import (  # noqa: F401, the fixtures
    SERVER, get, nothing_is_left_behind, settled, start)
from referrers import _attach, _loader, _process
from referrers._program import Failure
from referrers._signals import Deferred

ROUNDS = int(os.environ.get("REFERRERS_ATTACHES", "10"))

ASLEEP = {
    "sleep": "import time; print('up', flush=True); time.sleep(600)",
    "join": "import threading, time\n"
            "thread = threading.Thread(target=time.sleep, args=(600,))\n"
            "thread.start(); print('up', flush=True); thread.join()",
    "join a thread that waits":
            "import queue, threading\n"
            "thread = threading.Thread(target=queue.Queue().get)\n"
            "thread.start(); print('up', flush=True); thread.join()",
    "get": "import queue; print('up', flush=True); queue.Queue().get()",
    "get with a limit":
           "import queue; print('up', flush=True); queue.Queue().get(timeout=600)",
    "select": "import os, select; ends = os.pipe(); print('up', flush=True)\n"
              "select.select([ends[0]], [], [])",
    "poll": "import os, select; poll = select.poll()\n"
            "poll.register(os.pipe()[0], select.POLLIN); "
            "print('up', flush=True); poll.poll()",
    "epoll": "import select; print('up', flush=True)\n"
             "select.epoll().poll()",
    "asyncio": "import asyncio; print('up', flush=True)\n"
               "asyncio.run(asyncio.sleep(600))",
    "read": "import sys; print('up', flush=True); sys.stdin.read()",
    "accept": "import socket; server = socket.create_server(('', 0))\n"
              "print('up', flush=True); server.accept()",
    "a child": "import os; ends = os.pipe(); print('up', flush=True)\n"
               "child = os.fork()\n"
               "if child == 0:\n"
               "    os.close(ends[1]); os.close(1); os.read(ends[0], 1)\n"
               "    os._exit(0)\n"
               "os.waitpid(child, 0)",
}

AWAKE = {
    "malloc": "import ctypes; library = ctypes.CDLL(None)\n"
              "library.malloc.restype = ctypes.c_void_p\n"
              "library.free.argtypes = [ctypes.c_void_p]\n"
              "print('up', flush=True)\n"
              "while True: library.free(library.malloc(5000))",
    "import": "import importlib, sys; print('up', flush=True)\n"
              "while True:\n"
              "    for name in ('_decimal', '_json', '_csv', '_struct'):\n"
              "        sys.modules.pop(name, None)\n"
              "        importlib.import_module(name)",
    "compute": "print('up', flush=True)\nnumber = 0\n"
               "while True: number += 1",
    "threads": "import threading; print('up', flush=True)\n"
               "def work():\n    while True: bytearray(100)\n"
               "for _ in range(4): threading.Thread(target=work).start()",
}


def ask(process, expression="sys", patience=60):
    """What the process says of an expression: no heap is taken."""
    known = _process.Process(int(process.pid))
    asked = {"setup": [], "each": False, "exclude": [],
             "expr": [(expression, ["sys"], ["sys"])]}
    path = pathlib.Path(_loader.__file__).with_name("_request.py")
    try:
        with Deferred() as signals:
            return _loader.ask(known, "REQUEST = %r\n%s" % (
                asked, path.read_text()), None, 0, patience, signals)
    finally:
        known.close()


def seen(process):
    """Threads, descriptors and mappings of ours."""
    proc = pathlib.Path("/proc", process.pid)
    return (len(os.listdir(proc / "task")), sorted(os.listdir(proc / "fd")),
            (proc / "maps").read_text().count("referrers"))


def settles(process, expected, look=seen):
    deadline = time.monotonic() + 60
    while look(process) != expected and time.monotonic() < deadline:
        time.sleep(0.01)
    return look(process)


def mappings(process):
    return seen(process)[2]


@pytest.mark.parametrize("how", ASLEEP)
def test_asleep(start, how):
    """Whatever it waits for; and it waits on."""
    process = start(ASLEEP[how])
    time.sleep(0.1)
    before = seen(process)
    for _ in range(3):
        assert ask(process).startswith("o ")
        assert settles(process, before) == before
    result = run_python("-m", "referrers", "types", "--pid", process.pid)
    assert (result.status, result.errors) == (0, "")
    assert process.popen.poll() is None
    assert process.errors.read_bytes() == b""


@pytest.mark.parametrize("how", AWAKE)
def test_awake(start, how):
    process = start(AWAKE[how])
    for _ in range(ROUNDS):
        assert ask(process).startswith("o ")
        assert process.popen.poll() is None
    assert process.errors.read_bytes() == b""


def test_a_sleep_is_as_long_as_it_was(start):
    """The system call that was interrupted goes on to its end, not anew."""
    process = start(
        "import ctypes, os, select, time\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print('up', flush=True)\n"
        "for wait in (lambda: libc.usleep(900000),\n"
        "             lambda: libc.poll(None, 0, 900)):\n"
        "    began = time.monotonic()\n"
        "    print(wait(), ctypes.get_errno(),\n"
        "          0.9 <= time.monotonic() - began, flush=True)\n"
        "os.read(0, 1)\n")
    for _ in range(2):
        time.sleep(0.3)
        ask(process)
        assert process.popen.stdout.readline() == b"0 0 True\n"


def test_a_wait_without_end_does_not_notice(start):
    """epoll_wait would end with EINTR, which not every program expects."""
    process = start(
        "import ctypes, os, select\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "poll = select.epoll()\npoll.register(0, select.EPOLLIN)\n"
        "print('up', flush=True)\n"
        "room = ctypes.create_string_buffer(12)\n"
        "print(libc.epoll_wait(poll.fileno(), room, 1, -1),\n"
        "      ctypes.get_errno(), flush=True)\nos.read(0, 9)\n")
    time.sleep(0.1)
    for _ in range(3):
        ask(process)
    process.popen.stdin.write(b"\n")
    process.popen.stdin.flush()
    assert process.popen.stdout.readline() == b"1 0\n"


def test_fifty_attaches_leave_nothing(start):
    server = start(SERVER)
    port = int(server.first)
    before = get(port, "/state")
    for _ in range(max(ROUNDS, 50)):
        assert ask(server).startswith("o ")
    assert settled(port, before) == before  # threads and descriptors, too
    assert settles(server, 0, mappings) == 0


def test_no_garbage_and_no_memory(start):
    """Nothing waits for a collection.  (One makes CPython drop the tuples and
    lists that it keeps for later, of which each compilation leaves some.)"""
    process = start("import gc, sys\ngc.disable()\nprint('up', flush=True)\n"
                    "for line in sys.stdin:\n"
                    "    objects = len(gc.get_objects())\n"
                    "    print(objects, gc.collect(), sys.getallocatedblocks(),"
                    " flush=True)\n")

    def state():
        process.popen.stdin.write(b"\n")
        process.popen.stdin.flush()
        return process.popen.stdout.readline()
    def look():
        result = run_python("-m", "referrers", "types", "--pid", process.pid)
        assert (result.status, result.errors) == (0, "")
    # What is done for the first time has CPython make things that it keeps.
    for _ in range(3):
        ask(process)
        look()
        state()
    before = state()
    for _ in range(10):
        ask(process)
        assert state() == before
    for _ in range(3):
        look()
        assert state() == before


def test_the_command_is_killed_at_any_moment(start):
    server = start(SERVER)
    port = int(server.first)
    before = get(port, "/state")
    for number in range(ROUNDS):
        tool = subprocess.Popen(
            [sys.executable, "-m", "referrers", "types", "--pid", server.pid,
             "-o", "/dev/null"], stderr=subprocess.DEVNULL)
        time.sleep(random.Random(number).random() * 0.4)
        tool.kill()
        tool.wait()
        assert get(port) == b"hello"
    assert settled(port, before) == before  # threads and descriptors, too
    assert settles(server, 0, mappings) == 0
    assert server.errors.read_bytes() == b""


ALIVE = {
    "asleep": "import time\n"
              "print('up', flush=True)\n"
              "while True: time.sleep(0.02); print('on', flush=True)",
    "select": "import os, select\n"
              "ends = os.pipe()\n"
              "print('up', flush=True)\n"
              "while True:\n"
              "    select.select(ends[:1], [], [], 0.02)\n"
              "    print('on', flush=True)",
    "computes": "print('up', flush=True)\n"
                "whole, part = 0, 0.0\n"
                "while True:\n"
                "    for n in range(50000): whole += n; part += n / 2\n"
                "    assert part * 2 == whole\n"
                "    whole, part = 0, 0.0\n"
                "    print('on', flush=True)",
}


def is_traced(pid):
    status = pathlib.Path("/proc/%s/status" % pid).read_text()
    return "\nTracerPid:\t0\n" not in status


@pytest.mark.parametrize("how", ALIVE)
def test_the_program_that_attaches_is_killed_at_any_moment(start, how):
    """While it holds a thread, which then is anywhere: it finds back by itself,
    with its numbers and its signals as they were."""
    process = start(ALIVE[how])
    random_moment = random.Random(how)
    request = b"objects = excluded = []\n"
    core = _loader._core.__file__
    for _ in range(ROUNDS):
        directory = os.open("/proc/" + process.pid, os.O_RDONLY)
        program = subprocess.Popen(
            [_loader._PROGRAM, process.pid, str(directory), "-1", "60", "0",
             "0", core, str(len(request))], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, pass_fds=(directory,))
        program.stdin.write(request)
        program.stdin.close()
        while program.poll() is None and not is_traced(process.pid):
            pass
        until = time.perf_counter() + random_moment.random() * 0.004
        while time.perf_counter() < until:
            pass
        program.kill()
        program.wait()
        os.close(directory)
        assert process.popen.stdout.readline() == b"on\n"
    os.set_blocking(process.popen.stdout.fileno(), False)
    process.popen.stdout.read()
    os.set_blocking(process.popen.stdout.fileno(), True)
    for _ in range(2):
        assert process.popen.stdout.readline() == b"on\n"
    assert process.popen.poll() is None
    assert settles(process, "0" * 16, blocked) == "0" * 16
    assert settles(process, 1, threads) == 1
    assert process.errors.read_bytes() == b""
    assert ask(process).startswith("o ")


def blocked(process):
    status = pathlib.Path("/proc/%s/status" % process.pid).read_text()
    return status.split("SigBlk:")[1].split()[0]


def threads(process):
    return seen(process)[0]


def test_two_at_once(start):
    process = start(ASLEEP["sleep"])
    there = seen(process)
    tools = [subprocess.Popen(
        [sys.executable, "-m", "referrers", "types", "--pid", process.pid,
         "-o", "/dev/null"], stderr=subprocess.PIPE) for _ in range(4)]
    for tool in tools:
        _, errors = tool.communicate(timeout=300)
        assert (tool.returncode, errors) == (0, b"")
    assert settles(process, there) == there


# --- what stands in the way ------------------------------------------------

def refusal(process):
    with pytest.raises(Failure) as failure:
        known = _process.Process(int(process.pid))
        try:
            _attach._check(known)
            ask(process, patience=1)
        finally:
            known.close()
    return str(failure.value)


def test_a_stopped_process(start):
    process = start(ASLEEP["sleep"])
    os.kill(process.popen.pid, signal.SIGSTOP)
    state = pathlib.Path("/proc", process.pid, "stat")
    while state.read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.01)
    assert refusal(process) == (
        "process %s is stopped: kill -CONT %s wakes it up"
        % (process.pid, process.pid))
    assert state.read_text().rpartition(")")[2].split()[0] == "T"


TRACER = """\
import ctypes, sys, time
libc = ctypes.CDLL(None)
libc.ptrace.argtypes = [ctypes.c_long] * 4
assert libc.ptrace(0x4206, int(sys.argv[1]), 0, 0) == 0
print(flush=True)
time.sleep(60)
"""


def test_another_tracer(start, monkeypatch):
    process = start(ASLEEP["sleep"])
    tracer = subprocess.Popen([sys.executable, "-c", TRACER, process.pid],
                              stdout=subprocess.PIPE)
    try:
        tracer.stdout.readline()
        assert refusal(process) == (
            "process %s is traced by another program already (process %d, %s),"
            " and there can be only one: end that, or wait for it" % (
                process.pid, tracer.pid, pathlib.Path(
                    "/proc/%d/comm" % tracer.pid).read_text().strip()))
    finally:
        tracer.kill()
        tracer.communicate()
    assert ask(process).startswith("o ")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="CPython 3.14 has "
                    "sys.remote_exec; `make check-sid` runs on that")
def test_beside_another_tracer(start):
    """The interpreter itself takes the question, when Python runs."""
    process = start("import time\nprint('up', flush=True)\n"
                    "while True: time.sleep(0.01)")
    tracer = subprocess.Popen([sys.executable, "-c", TRACER, process.pid],
                              stdout=subprocess.PIPE)
    try:
        tracer.stdout.readline()
        result = run_python("-m", "referrers", "types", "--pid", process.pid)
    finally:
        tracer.kill()
        tracer.communicate()
    assert result.status == 0
    assert b" objects of " in result.output
    line, = result.errors.splitlines()
    assert line.startswith("referrers: process %s is traced by another program"
                           % process.pid)
    assert line.endswith("when its main thread runs a line of Python")
    assert process.popen.poll() is None
    assert process.errors.read_bytes() == b""


def test_a_process_that_has_no_loader(start, tmp_path):
    """A program without the C library, under the name of a Python."""
    program = tmp_path / ("python%d.%d" % sys.version_info[:2])
    (tmp_path / "wait.s").write_text(
        ".globl _start\n_start: mov $34, %eax\nsyscall\njmp _start\n")
    made = subprocess.run(
        ["cc", "-nostdlib", "-static", "-o", program, tmp_path / "wait.s"],
        capture_output=True)
    if made.returncode:
        pytest.skip("written for x86_64: " + made.stderr.decode()[-200:])
    process = subprocess.Popen([program])
    try:
        class Static:
            pid = str(process.pid)
        assert refusal(Static) == (
            "process %d cannot be asked: no library can be loaded into it: it "
            "was linked without the dynamic loader (no dlopen)" % process.pid)
    finally:
        process.kill()
        process.wait()


FILTERED = """\
import ctypes, platform, struct, time
number = {{"x86_64": 319, "aarch64": 279}}[platform.machine()]  # memfd_create
code = b"".join(struct.pack("HBBI", *line) for line in (
    (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, {answer}),
    (0x06, 0, 0, 0x7fff0000)))
room = ctypes.create_string_buffer(code)
class Filter(ctypes.Structure):
    _fields_ = [("size", ctypes.c_ushort), ("code", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_void_p] * 4
assert libc.prctl(38, 1, 0, 0, 0) == 0
filter = Filter(4, ctypes.addressof(room))
made = libc.prctl(22, 2, ctypes.addressof(filter), 0, 0) == 0
print("up" if made else "none", flush=True)
while True:
    time.sleep(0.01)
    print("on", flush=True)
"""


@pytest.mark.parametrize("answer", (0x50001, 0x30000))
def test_a_filter_of_system_calls(start, answer):
    """One that refuses the call, and one that sends a signal; either way the
    process goes on."""
    process = start(FILTERED.format(answer=answer))
    if process.first != "up":
        pytest.skip("this kernel has no filters of system calls")
    assert refusal(process).startswith(
        "process %s cannot be asked: " % process.pid)
    for _ in range(3):
        assert process.popen.stdout.readline() == b"on\n"
    assert process.errors.read_bytes() == b""


# --- a container ------------------------------------------------------------

def in_container(directory, code):
    """A process with numbers, files and a /tmp of its own, where referrers is
    not installed; its number here.  None: this machine makes none."""
    script = directory / "inside"
    script.write_text("#!/bin/sh\nmount -t tmpfs none '%s' && exec '%s' -c '%s'\n"
                      % (os.environ["TMPDIR"], sys.executable,
                         code.replace("'", '"')))
    script.chmod(0o755)
    process = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--fork", "--mount-proc", script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items()
             if name != "PYTHONPATH"})
    if process.stdout.readline() != b"up\n":
        process.kill()
        return process, process.communicate()[1].decode()
    children = pathlib.Path("/proc/%d/task/%d/children" % (
        process.pid, process.pid)).read_text().split()
    return process, children[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes namespaces; CI "
                    "runs as root")
def test_a_process_in_a_container(tmp_path):
    """Answered, and one whose lock nobody lets go is left alone: the thread of
    that number in the container is another one here."""
    for code in (ASLEEP["sleep"], "import ctypes; print(\"up\", flush=True)\n"
                                  "ctypes.PyDLL(None).getchar()"):
        process, number = in_container(tmp_path, code)
        try:
            if not number.isdecimal():
                pytest.skip("no namespaces here: " + number)
            result = run_python("-c", (
                "import sys, referrers._attach, referrers._umbrella\n"
                "referrers._attach._PATIENCE = 1.0\n"
                "sys.exit(referrers._umbrella.main())"), "types", "--pid",
                number)
            if "PyDLL" in code:
                assert "is blocked: for 1 s none of its threads" in result.errors
            else:
                assert (result.status, result.errors) == (0, "")
        finally:
            if number.isdecimal():
                os.kill(int(number), signal.SIGKILL)
            process.communicate()
