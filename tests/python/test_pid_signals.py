"""--pid, and a signal that ends the command, at any moment.

Protects that SIGINT, SIGTERM and SIGHUP leave no file, no gdb and no stopped
or crashed process, that the command ends as the signal would have ended it,
and that one that was ignored (nohup) stays ignored."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from conftest import run_python, short_and_long
from live_processes import (  # noqa: F401, the fixtures
    BY_FILE, SERVER, gdb_is_there, get, nothing_is_left_behind, start,
    with_patience)

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
IDLE = "import time\nprint('up', flush=True)\nwhile True: time.sleep(0.05)\n"

# Every line that the command runs while it makes, reads and removes files, is
# a moment: it is run again and again, with the signal one line later.  What
# stands in for the attaching answers at once.
EVERY_MOMENT = """\
import os, signal, sys
from referrers import (
    _attach, _command, _exchange, _folder, _inject, _loader, _process, _signals)
number, step, pid, is_ignored = map(int, sys.argv[1:])
modules = (_attach, _exchange, _folder, _inject, _process)
files = {module.__file__ for module in modules}
place = os.environ["TMPDIR"]

def answer(process, path, *rest, **how):
    folder = os.path.dirname(path)
    for name in os.listdir(folder):
        if not name.endswith((".py", ".heap")):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"no      enough")

def command(moment):
    lines = 0
    def trace(frame, event, argument):
        nonlocal lines
        if frame.f_code.co_filename not in files:
            return None
        lines += event == "line"
        if lines == moment and event == "line":
            os.kill(os.getpid(), number)
        return trace
    os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
    sys.settrace(trace)
    status = _command.main(["--pid", str(pid), "-e", "1"])
    sys.settrace(None)
    os._exit(99 if lines < moment else status)

_loader.is_there = lambda: False
_inject.run = answer
if is_ignored:
    signal.signal(number, signal.SIG_IGN)
ends, moment = [], 1
while True:
    child = os.fork()
    if child == 0:
        command(moment)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if left := os.listdir(place):
        sys.exit("left behind at moment %d: %s" % (moment, left))
    if status == 99:
        break
    ends.append(status)
    moment += step
print(len(ends), *sorted(set(ends)))
"""


def every_moment(number, step, process, is_ignored=False):
    result = run_python("-c", EVERY_MOMENT, *(
        str(int(word)) for word in (number, step, process.pid, is_ignored)),
        timeout=300)
    assert (result.status, result.errors) == (0, "")
    moments, *ends = map(int, result.text.split())
    assert moments > 100 // step
    return ends


@short_and_long
@pytest.mark.parametrize("number, step", [
    (signal.SIGTERM, 1), (signal.SIGHUP, 5), (signal.SIGINT, 5)])
def test_nothing_is_left_at_any_line(start, number, step, length):
    step *= 1 if length == "long" else 4
    ends = every_moment(number, step, start(IDLE))
    assert ends == [130 if number == signal.SIGINT else -number]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_what_is_ignored_stays_so(start, number):
    assert every_moment(number, 25, start(IDLE), is_ignored=True) == [1]


def gdbs(pid):
    """The processes that are a gdb with this one in its hands."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"gdb") and pid.encode() in words:
            found.append(path.parent.name)
    return found


def ask(process, *arguments):
    return subprocess.Popen(
        [sys.executable, *with_patience(
            60, "--pid", process.pid, "-T", "txt", "-e", "1", *arguments,
            first=BY_FILE)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)


@short_and_long
@pytest.mark.parametrize("number", SIGNALS)
def test_while_the_process_is_held(start, number, length):
    """The whole way, gdb and all: whatever the moment is a part of."""
    server = start(SERVER)
    for moment in range(5) if length == "long" else (1, 2):
        asking = ask(server)
        while not os.listdir(os.environ["TMPDIR"]) and asking.poll() is None:
            time.sleep(0.001)   # Python itself may still be starting
        time.sleep(0.2 * moment)
        asking.send_signal(number)
        if moment % 2:
            asking.send_signal(number)  # somebody who cannot wait
        _, errors = asking.communicate(timeout=300)
        assert (asking.returncode, errors) in [
            (0, b""), (-number, b""), (130, b"referrers: interrupted\n")]
        assert os.listdir(os.environ["TMPDIR"]) == []
        assert gdbs(server.pid) == []
        assert get(int(server.first)) == b"hello"
    asking = ask(server)
    assert (asking.communicate(timeout=300), asking.returncode) == (
        (None, b""), 0)
    assert server.errors.read_bytes() == b""


@pytest.mark.parametrize("number", SIGNALS)
def test_while_the_process_does_not_answer(start, number):
    process = start("import sys\nprint('up', flush=True)\n"
                    "sys.stdin.readline()\nprint('on', flush=True)\n"
                    "sys.stdin.readline()\n")
    asking = ask(process)
    place = os.environ["TMPDIR"]
    deadline = time.monotonic() + 60
    while not os.listdir(place) or gdbs(process.pid) == []:
        if time.monotonic() > deadline or sys.version_info >= (3, 14):
            break
        time.sleep(0.01)
    while gdbs(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    asking.send_signal(number)
    _, errors = asking.communicate(timeout=300)
    assert (asking.returncode, errors) == (
        (130, b"referrers: interrupted\n") if number == signal.SIGINT
        else (-number, b""))
    assert os.listdir(place) == []
    # What it was to run has gone, and it does not mind.
    process.popen.stdin.write(b"\n")
    process.popen.stdin.flush()
    assert process.popen.stdout.readline() == b"on\n"
    assert process.errors.read_bytes() == b""


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="no gdb is needed from "
                    "CPython 3.14 on")
def test_killed_outright(start):
    """Its files stay, as the page says; gdb does not, nor does it harm."""
    server = start(SERVER)
    asking = ask(server)
    deadline = time.monotonic() + 60
    while not gdbs(server.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gdbs(server.pid)
    asking.kill()
    asking.communicate()
    while gdbs(server.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gdbs(server.pid) == []
    assert get(int(server.first)) == b"hello"
    place = pathlib.Path(os.environ["TMPDIR"])
    for folder in place.iterdir():
        assert folder.name.startswith("referrers-")
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
