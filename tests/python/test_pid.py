"""--pid: a running process is looked at, and nothing of that stays in it.

Protects that a server under load answers every request meanwhile, that the
process afterwards has no module, thread, file, name or object more than
before, and that whatever cannot be done is one line with a remedy.  Before
CPython 3.14 these tests need gdb, and fail without it."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from conftest import run_on_terminal
from live_processes import (  # noqa: F401, the fixtures
    BY_FILE, SERVER, command, gdb_is_there, get, nothing_is_left_behind, settled, start)

SESSION = """\
╙── Session instance (id=N)
    └─╼ dict[user-3] (id=N)
        └─╼ Registry.sessions (instance attribute) (id=N)
            └─╼ __main__.registry (global) (id=N)
"""


class Load:
    """Four threads that ask and count, until it ends."""

    def __init__(self, port):
        self.port, self.is_over = port, False
        self.answers, self.failures, self.longest = 0, [], 0.0
        self.threads = [threading.Thread(target=self.ask) for n in range(4)]

    def ask(self):
        while not self.is_over:
            started = time.monotonic()
            try:
                assert get(self.port) == b"hello"
                self.answers += 1
            except Exception as error:
                self.failures.append(repr(error))
            self.longest = max(self.longest, time.monotonic() - started)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *unused):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def test_a_server_under_load(start, command, no_ids, tmp_path):
    """Three pictures of it, and no request fails or waits for long."""
    server = start(SERVER)
    port = int(server.first)
    before = get(port, "/state")
    with Load(port) as load:
        for format in ("txt", "svg", "dot"):
            result = command("--pid", server.pid, "-T", format,
                             "-e", "registry.sessions['user-3']")
            assert (result.status, result.errors) == (0, "")
            if format == "txt":
                assert no_ids(result.text) == SESSION
    assert load.failures == [] and load.answers > 0
    print("%d requests, the longest took %.2f s"
          % (load.answers, load.longest))
    assert settled(port, before) == before
    assert server.errors.read_bytes() == b""
    assert server.popen.poll() is None


def test_a_process_that_has_the_package_keeps_it(start, command):
    server = start(SERVER.replace("import http", "import referrers, http", 1))
    port = int(server.first)
    before = get(port, "/state")
    assert b"referrers._core" in before
    result = command("--pid", server.pid, "-e", "registry", "-T", "txt")
    assert (result.status, result.errors) == (0, "")
    after = settled(port, before)
    # What was there is there; what the visit alone needs is gone.
    assert after == before


def test_all_ways_to_say_what_it_is_about(start, command, no_ids):
    server = start(SERVER)

    def tree(*arguments, said=""):
        result = command("--pid", server.pid, "-T", "txt", *arguments)
        assert (result.status, result.errors) == (0, said), result.errors
        return no_ids(result.text)
    before = get(int(server.first), "/state")
    assert tree("-s", "mine = registry.sessions['user-3']", "-e",
                "mine") == SESSION
    assert tree("-e", "registry.sessions.values()",
                "--each").count("Session instance") == 12
    said = ("referrers: these are the newest 10 of 12 objects of __main__.Session; "
            "--most N shows more\n")
    assert tree("--type", "Session", "--no-merged",
                said=said).count("Session instance") == 10
    assert "dict" not in tree("-e", "registry.sessions['user-3']",
                              "--exclude", "registry.sessions")
    # A module that is imported is found by its name.
    assert "sys.modules (module variable)" in tree("-e", "sys.modules") or (
        tree("-e", "socket.socket").startswith("╙── "))
    assert settled(int(server.first), before) == before


@pytest.mark.parametrize("arguments, line", [
    (("-e", "nothing"), "the expression failed: NameError: name 'nothing'"),
    (("-e", "1 +"), "the expression is not one: SyntaxError"),
    (("-e", "exit(3)"), "the expression failed: SystemExit: 3"),
    (("-e", "1", "-s", "1 / 0"), "the setup code failed: ZeroDivisionError"),
    (("-e", "1", "--exclude", "q"), "the --exclude expression failed: Name"),
    (("-e", "1", "--each"), "--each: the expression cannot be looped over"),
])
def test_what_fails_there_is_said_here(start, command, arguments, line):
    """... and nothing there: no traceback, no exit."""
    server = start(SERVER)
    before = get(int(server.first), "/state")
    result = command("--pid", server.pid, *arguments)
    assert (result.status, result.output) == (1, b"")
    assert len(result.errors.splitlines()) == 1
    assert result.errors.startswith(
        "referrers: in process %s: %s" % (server.pid, line))
    assert settled(int(server.first), before) == before
    assert server.errors.read_bytes() == b""


def test_an_expression_that_forks(start, command, tmp_path):
    """Only the process itself answers; its child ends."""
    server = start(SERVER)
    result = command("--pid", server.pid, "-e", "os.fork() and registry", "-T",
                     "txt")
    assert (result.status, result.errors) == (0, "")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = pathlib.Path("/proc/%s/task/%s/children"
                                % (server.pid, server.pid)).read_text().split()
        states = [pathlib.Path("/proc/%s/stat" % child).read_text()
                  .rpartition(")")[2].split()[0] for child in children]
        if all(state == "Z" for state in states):
            break
        time.sleep(0.05)
    assert states == ["Z"]  # the server never waits for it
    assert get(int(server.first)) == b"hello"


# It has Python's lock, and does not let it go until a line of input comes.
BLOCKED = """\
import ctypes, sys
print('up', flush=True)
ctypes.PyDLL(None).getchar()
print([m for m in sys.modules if 'referr' in m], flush=True)
sys.stdin.readline()
"""


def test_a_blocked_process(start, command):
    """After a time it is said, and what was asked is never run."""
    process = start(BLOCKED)
    result = command("--pid", process.pid, "-e", "1", "-s", "print('run')",
                     patience=1)
    assert result.status == 1
    assert result.errors.startswith(
        "referrers: process %s is blocked: for 1 s none of its threads "
        % process.pid)
    assert len(result.errors.splitlines()) == 1
    process.popen.stdin.write(b"\n")
    process.popen.stdin.flush()
    assert process.popen.stdout.readline() == b"[]\n"
    assert process.errors.read_bytes() == b""
    # What waited there has left.
    deadline = time.monotonic() + 60
    maps = pathlib.Path("/proc/%s/maps" % process.pid)
    while ("memfd:referrers" in maps.read_text()
           or os.listdir("/proc/%s/task" % process.pid) != [process.pid]):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_main_thread_waits_in_a_file(start, command):
    """Asked by way of a file, since no library can be loaded."""
    process = start(WAITS)
    result = command("--pid", process.pid, "-e", "1", patience=1,
                     first=BY_FILE)
    assert result.status == 1
    assert result.errors.startswith(
        "referrers: process %s is blocked: for 1 s its main thread"
        % process.pid)
    process.popen.stdin.write(b"\n")
    process.popen.stdin.flush()
    assert process.errors.read_bytes() == b""


# It answers, or ends, after a line of input.
WAITS = """\
import sys, time
print('up', flush=True)
sys.stdin.readline()
while True: time.sleep(0.05)
"""


def when_it_waits(process, then):
    """For run_on_terminal: calls `then` when it is said that we wait."""
    done = []

    def on_output(asking, seen):
        if "\rreferrers: waiting for process %s, " % process.pid in seen \
                and not done:
            done.append(then(asking))
    return on_output


def test_waiting_is_shown_on_a_terminal(start):
    process = start(BLOCKED)

    def then(asking):
        process.popen.stdin.write(b"\n")
        process.popen.stdin.flush()
    status, seen = run_on_terminal(
        "--pid", process.pid, "-e", "sys", "-T", "txt", "-o", "/dev/null",
        on_output=when_it_waits(process, then))
    assert status == 0
    assert "\rreferrers: waiting for process %s, " % process.pid in seen
    assert seen.endswith(" \r") and "\n" not in seen


def test_control_c_while_waiting(start):
    process = start(BLOCKED)
    status, seen = run_on_terminal(
        "--pid", process.pid, "-e", "1", on_output=when_it_waits(
            process, lambda asking: asking.send_signal(signal.SIGINT)))
    assert status == 130
    assert seen.endswith("\rreferrers: interrupted\n")


@pytest.mark.parametrize("way", ["", BY_FILE])
def test_a_process_without_the_package(start, command, no_ids, way):
    environment = {name: value for name, value in os.environ.items()
                   if name != "PYTHONPATH"}
    process = start("import time\nclass Session: pass\nsession = Session()\n"
                    "print('up', flush=True)\nwhile True: time.sleep(0.05)\n",
                    env=environment)
    result = command("--pid", process.pid, "-e", "session", "-T", "txt",
                     first=way)
    assert process.errors.read_bytes() == b""
    if way == "":
        assert (result.status, result.errors) == (0, "")
        assert no_ids(result.text) == (
            "╙── Session instance (id=N)\n"
            "    └─╼ __main__.session (global) (id=N)\n")
        return
    assert result.status == 1
    assert result.errors.startswith(
        "referrers: process %s cannot import referrers: install it for its "
        "Python, or start it with PYTHONPATH=" % process.pid)
    assert len(result.errors.splitlines()) == 1


def test_a_temporary_object_is_gone(start, command):
    process = start(WAITS)
    result = command("--pid", process.pid, "-e", "[[]]")
    assert (result.status, result.output) == (1, b"")
    assert result.errors == (
        "referrers: the object was made by the expression, and nothing else "
        "refers to it: name an object that the process already has\n")


def test_processes_that_are_none(command, start):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    result = command("--pid", str(ended.pid), "-e", "1")
    assert (result.status, result.errors) == (
        1, "referrers: there is no process %d\n" % ended.pid)
    sleeping = subprocess.Popen(["sleep", "60"])
    try:
        result = command("--pid", str(sleeping.pid), "-e", "1")
    finally:
        sleeping.kill()
        sleeping.wait()
    assert (result.status, result.errors) == (
        1, "referrers: process %d is not CPython, or does not say which version\n"
        % sleeping.pid)


def test_another_minor_version(command, tmp_path):
    """A program of that name that only sleeps is enough."""
    other = tmp_path / "python3.9"
    shutil.copy(shutil.which("sleep"), other)
    process = subprocess.Popen([other, "60"])
    try:
        result = command("--pid", str(process.pid), "-e", "1")
    finally:
        process.kill()
        process.wait()
    assert result.status == 1
    assert result.errors == (
        "referrers: process %d runs CPython 3.9, and this is %d.%d: install "
        "this package for that one too, and use python3.9 -m referrers\n"
        % ((process.pid,) + sys.version_info[:2]))


@pytest.mark.parametrize("arguments, line", [
    (("--pid", "x", "-e", "1"), "argument --pid: 'x' is not a whole number"),
    (("--pid", "0", "-e", "1"), "argument --pid: '0' is not a whole number"),
    (("--pid", "1"), "which object?"),
    (("--pid", "1", "-e", "1", "p.py"), "--pid looks at a running process: leave"),
    (("--pid", "1", "-e", "1", "--at", "f"), "--pid looks at a running process"),
    (("--pid", "1", "-e", "1", "--on-exception"), "--pid looks at a running process"),
])
def test_wrong_use(command, arguments, line):
    result = command(*arguments)
    assert (result.status, result.output) == (2, b"")
    assert result.errors.startswith("referrers: " + line)


@pytest.mark.skipif(os.geteuid() != 0, reason="takes two users: only root can "
                    "become another; CI runs as root")
def test_a_process_of_another_user(start, tmp_path):
    """Not allowed to ask: one line.  And what root asks, only that user can
    read."""
    os.chmod(tmp_path, 0o755)
    server = start(SERVER)
    # What is needed is imported while it can be read.
    code = ("import os, sys, referrers._attach, __future__, encodings.ascii, "
            "locale, shutil; "
            "from referrers._command import main; "
            "os.setgroups([]); os.setgid(65534); os.setuid(65534); "
            "sys.argv = ['dot', '--pid', %r, '-e', '1']; sys.exit(main())"
            % server.pid)
    process = subprocess.run([sys.executable, "-c", code],
                             capture_output=True, timeout=300, cwd="/")
    assert process.returncode == 1
    assert process.stderr.startswith(
        b"referrers: no permission to look into process")
    assert process.stderr.count(b"\n") == 1


def _has_namespaces():
    """Not in a chroot: gdb enters the namespace of the process, and would be
    at the root of that."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        return False
    root = os.stat("/")
    entered = subprocess.run(
        ["unshare", "-m", "nsenter", "--mount=/proc/self/ns/mnt", "stat",
         "-c", "%d:%i", "/"], capture_output=True, text=True)
    return entered.stdout == "%d:%d\n" % (root.st_dev, root.st_ino)


@pytest.mark.skipif(not _has_namespaces(), reason="takes a mount namespace: "
                    "only root can make one, outside a chroot, as CI does")
@pytest.mark.parametrize("hidden", ["ours", "all"])
def test_a_process_with_a_tmp_of_its_own(start, command, no_ids, tmp_path,
                                         hidden):
    """As systemd gives its services, and containers: the files change hands
    where the process sees them."""
    hides = {"ours": 'mount -t tmpfs none "$TMPDIR"',
             "all": 'mkdir tmp; mount --bind tmp /tmp'}[hidden]
    if hidden == "all" and sys.prefix.startswith("/tmp/"):
        pytest.skip("this Python itself is in /tmp")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\ncode=$(cat server.py)\n"
                      "%s && cd / && exec '%s' -c \"$code\"\n"
                      % (hides, sys.executable))
    python.chmod(0o755)
    wrapper = tmp_path / "apart"
    wrapper.write_text("#!/bin/sh\nexec unshare -m '%s' \"$@\"\n" % python)
    wrapper.chmod(0o755)
    server = start(SERVER, python=str(wrapper))
    result = command("--pid", server.pid, "-e", "registry.sessions['user-3']",
                     "-T", "txt")
    assert (result.status, result.errors) == (0, "")
    assert no_ids(result.text) == SESSION
    if hidden == "all":
        assert os.listdir(tmp_path / "tmp") == []
