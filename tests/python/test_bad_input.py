"""What should not happen to the command, and does.

Protects that every such thing ends in one line and the right status, that
nothing is half written, and that the program's own way to end is kept."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest


def start(directory, *arguments, **how):
    return subprocess.Popen(
        [sys.executable, "-m", "referrers.dot", *arguments], cwd=directory,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **how)


# --- code that does what code can do ---------------------------------------

def test_an_expression_that_forks(command, no_ids):
    """Its child says nothing and draws nothing."""
    result = command("-e", "[os.fork()]", "-T", "txt")
    assert (result.status, result.errors) == (0, "")
    assert no_ids(result.text) == "╙── list instance (id=N)\n"


def test_a_program_that_forks(command, tmp_path, no_ids):
    """Its child ends as it would, with no picture of its own."""
    (tmp_path / "p.py").write_text(
        "import os, sys\nx = []\npid = os.fork()\n"
        "if pid == 0:\n    print('child')\n    sys.exit(9)\n"
        "print('status', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n")
    result = command("-e", "x", "-T", "txt", "p.py")
    assert no_ids(result.text) == (
        "╙── list instance (id=N)\n"
        "    └─╼ __main__.x (module variable) (id=N)\n")
    assert sorted(result.errors.splitlines()) == ["child", "status 9"]


def test_a_mark_in_a_child_is_not_meant(command, tmp_path):
    (tmp_path / "p.py").write_text(
        "import os\ndef f(x):\n    return x\n"
        "pid = os.fork()\n"
        "if pid == 0:\n    f([])\n    os._exit(5)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\nf([])\n")
    result = command("-e", "x", "-T", "txt", "--at", "f", "p.py")
    assert (result.status, result.errors) == (0, "5\n")
    assert result.text.count("instance") == 1


def test_an_expression_that_starts_a_thread(command, tmp_path):
    """It is drawn at once; the interpreter waits for the thread as ever."""
    code = ("import threading, time\n"
            "def wait():\n    time.sleep(0.5)\n    print('waited')\n"
            "def go():\n    t = threading.Thread(target=wait)\n    t.start()\n"
            "    return [t]\n")
    result = command("-s", code, "-e", "go()", "-o", "g.txt")
    assert (result.status, result.text, result.errors) == (0, "waited\n", "")


@pytest.mark.parametrize("code", [
    "exit()", "quit(0)", "__import__('sys').exit()", "__import__('os').abort"])
def test_an_expression_that_exits(command, code):
    result = command("-e", code, "-T", "txt")
    if code.endswith("abort"):
        assert result.status == 0  # only named, not called
        return
    assert (result.status, result.output) == (1, b"")
    assert result.said == result.errors.splitlines()
    assert result.said[0].startswith(
        "referrers: the expression failed: SystemExit")


@pytest.mark.parametrize("how", [("--at", "p.py:2", "--continue"), ()])
@pytest.mark.parametrize("end, status", [
    ("sys.exit(3)", 3), ("1 / 0", 1), ("raise KeyboardInterrupt", 130),
    ("os.kill(os.getpid(), 9)", -9)])
def test_the_status_is_the_programs_own(command, tmp_path, how, end, status):
    (tmp_path / "p.py").write_text("import os, sys\nx = []\n%s\n" % end)
    expression = "x" if not how else "os"
    result = command("-e", expression, "-o", "g.txt", *how, "p.py")
    assert result.status == status
    assert (tmp_path / "g.txt").exists() == (bool(how) or status != -9)


# --- output that fails -----------------------------------------------------

@pytest.mark.parametrize("name", ["g.txt", "g.dot", "g.svg", "g.png"])
def test_a_disk_that_is_full_leaves_what_was_there(tmp_path, name):
    """A limit on the size of files fails where a full disk would: in the
    middle."""
    old = tmp_path / name
    old.write_bytes(b"old")
    process = start(
        tmp_path, "-s", "x = []; boxes = [[x] for n in range(99)]", "-e", "x",
        "-o", name, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (50, 50)))
    output, errors = process.communicate(timeout=300)
    assert (process.returncode, output) == (3, b"")
    assert errors == b"referrers: cannot write %s: File too large\n" \
        % name.encode()
    assert old.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


def test_a_reader_that_goes_away_in_the_middle(tmp_path):
    """As with `| head`: no line, and the status of SIGPIPE."""
    process = start(tmp_path, "-s", "x = []; boxes = [[x] for n in range("
                    "20000)]", "-e", "x", "-T", "txt", "--referrer-limit",
                    "none", "--max-lines", "none")
    assert process.stdout.read(100)
    process.stdout.close()
    errors = process.stderr.read()
    assert (process.wait(60), errors) == (141, b"")


# --- Ctrl-C ----------------------------------------------------------------

SLEEP = "print('up', flush=True); __import__('time').sleep(60)"


def interrupted(process):
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    return process.returncode, errors.decode().splitlines()


@pytest.mark.parametrize("arguments", [
    ("-s", SLEEP, "-e", "1"),
    ("-e", "(%s)" % SLEEP.replace("; ", ", ")),
    ("-e", "1", "--exclude", "(%s)" % SLEEP.replace("; ", ", ")),
], ids=["setup", "expression", "exclude"])
def test_control_c_in_code_of_the_command_line(tmp_path, arguments):
    process = start(tmp_path, *arguments, "-o", "g.svg")
    assert process.stdout.readline() == b"up\n"
    status, lines = interrupted(process)
    assert status == 130
    assert [line for line in lines if line.startswith("referrers")] == [
        "referrers: interrupted"]
    assert lines[-1] == "referrers: interrupted"
    assert os.listdir(tmp_path) == []


def test_control_c_while_drawing(tmp_path):
    slow, up = tmp_path / "_draw", tmp_path / "up"
    slow.write_text("#!/bin/sh\ntouch '%s'\nsleep 1000\n" % up)
    slow.chmod(0o755)
    code = ("import referrers._render, signal, os; "
            "referrers._render.PROGRAM = %r\n"
            "import threading, time\n"
            "def interrupt():\n"
            "    while not os.path.exists(%r): time.sleep(0.05)\n"
            "    os.kill(os.getpid(), signal.SIGINT)\n"
            "threading.Thread(target=interrupt).start()" % (str(slow), str(up)))
    process = start(tmp_path, "-s", code, "-e", "[]", "-o", "g.svg")
    output, errors = process.communicate(timeout=300)
    assert (process.returncode, output) == (130, b"")
    assert errors == b"referrers: interrupted\n"
    assert sorted(os.listdir(tmp_path)) == ["_draw", "up"]


def wait_until_it_sleeps(process):
    """In a system call that does not end by itself."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with open("/proc/%d/stat" % process.pid) as file:
            if file.read().rpartition(")")[2].split()[0] == "S":
                return
        time.sleep(0.05)
    pytest.fail("it still runs")


def test_control_c_while_writing(tmp_path):
    """A pipe that nobody empties."""
    process = start(tmp_path, "-s", "x = []; boxes = [[x] for n in range("
                    "20000)]", "-e", "x", "-T", "txt", "--referrer-limit",
                    "none", "--max-lines", "none")
    assert process.stdout.read(1)  # it is being written now
    wait_until_it_sleeps(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == b"referrers: interrupted\n"
    process.stdout.close()


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.15])
def test_control_c_whenever_it_comes(tmp_path, delay):
    """From the first instruction of the command on: 130, or done before."""
    code = ("import os, signal, threading, time, referrers\n"
            "def interrupt():\n    time.sleep(%r)\n"
            "    os.kill(os.getpid(), signal.SIGINT)\n"
            "threading.Thread(target=interrupt, daemon=True).start()\n"
            "import runpy, sys\n"
            "sys.argv = ['dot', '-e', '[]', '-o', 'g.svg']\n"
            "runpy.run_module('referrers.dot', run_name='__main__')" % delay)
    process = subprocess.run([sys.executable, "-c", code], cwd=tmp_path,
                             capture_output=True, timeout=300)
    lines = process.stderr.decode().splitlines()
    if process.returncode == 130 and lines == ["referrers: interrupted"]:
        assert os.listdir(tmp_path) in ([], ["g.svg"])
    else:
        # Before the command's first line or after its last: Python's own.
        assert not any("/referrers/_" in line for line in lines), lines
