"""--pid of types, map, dump and grow: a whole process is looked at.

Protects that the four answer of a process what they answer of a program, that
several looks find what grows there, and that the master of a server is not
looked at in place of its workers."""

import json
import os
import signal
import subprocess
import sys

import pytest

from conftest import run_python
from live_processes import (  # noqa: F401, the fixtures
    gdb_is_there, get, nothing_is_left_behind, settled, start)

LEAK = """\
import sys, time
class Session: pass
registry = {}
print(flush=True)
while True:
    registry[len(registry)] = Session()
    time.sleep(0.01)
"""


def referrers(*arguments, **how):
    return run_python("-m", "referrers", *arguments, timeout=300, **how)


def test_types_and_map(start):
    process = start(LEAK)
    result = referrers("types", "--pid", process.pid, "-T", "json")
    assert (result.status, result.errors) == (0, "")
    counts = {row["type"]: row["count"]
              for row in json.loads(result.text)["types"]}
    assert counts["__main__.Session"] > 0
    result = referrers("map", "--pid", process.pid, "--most", "1000")
    assert (result.status, result.errors) == (0, "")
    assert ".registry  dict of " in result.text
    assert process.errors.read_bytes() == b""


def test_dump(start, tmp_path):
    process = start(LEAK)
    result = referrers("dump", "--pid", process.pid, "-o", "heap.heapsnapshot",
                       cwd=tmp_path)
    assert (result.status, len(result.said)) == (0, 1)
    result = referrers("why", "-e", "registry[0]", "heap.heapsnapshot",
                       cwd=tmp_path)
    assert result.status == 0
    assert "__main__.registry[0]" in result.text
    # Texts are there when they are asked for, and not otherwise.
    text = (tmp_path / "heap.heapsnapshot").read_bytes()
    referrers("dump", "--values", "--pid", process.pid, "-o",
              "values.heapsnapshot", "-s", "note = 'of ' + 'values'",
              cwd=tmp_path)
    assert b"of values" not in text
    assert os.stat(tmp_path / "values.heapsnapshot").st_mode & 0o777 == 0o600


def test_what_grows(start):
    process = start(LEAK)
    result = referrers("grow", "--pid", process.pid, "--every", "0.3", "-r",
                       "2", "-T", "json")
    assert result.status == 1, result.errors
    grown = json.loads(result.text)
    place = grown["places"][0]
    assert (grown["rounds"], place["path"]) == (2, "__main__.registry")
    assert place["sizes"] == sorted(set(place["sizes"]))
    # It says how long it takes, and how it is stopped.
    assert len(result.said) == 2
    assert all("Ctrl-C ends it" in line for line in result.said)


def test_a_process_that_does_not_grow(start):
    process = start("import time\nprint(flush=True)\n"
                    "while True: time.sleep(0.01)\n")
    result = referrers("grow", "--pid", process.pid, "--every", "0.1", "-r",
                       "1")
    assert result.status == 0, result.errors


@pytest.mark.parametrize("looks, status", [(1, 130), (2, 1)])
def test_ctrl_c_between_two_looks(start, looks, status):
    """... compares what was seen until then, if that can be compared."""
    process = start(LEAK)
    tool = subprocess.Popen(
        [sys.executable, "-m", "referrers", "grow", "--pid", process.pid,
         "--every", "0.2" if looks > 1 else "600", "-r", "600"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(looks):
        assert "Ctrl-C ends it" in tool.stderr.readline()
    tool.send_signal(signal.SIGINT)
    output, _ = tool.communicate(timeout=300)
    assert tool.returncode == status
    assert ("__main__.registry" in output) == (looks > 1)
    assert process.popen.poll() is None


def test_nothing_of_it_stays(start):
    from live_processes import SERVER
    server = start(SERVER)
    before = get(int(server.first), "/state")
    for command in ("types", "map"):
        assert referrers(command, "--pid", server.pid).status == 0
    assert settled(int(server.first), before) == before


MASTER = """\
import os, signal, sys, time
workers = []
while len(workers) < 2:
    workers.append(os.fork())
    if workers[-1] == 0:
        os.close(1)
        while os.getppid() != 1: time.sleep(0.01)
        sys.exit()
print(*workers, flush=True)
sys.stdin.readline()
for worker in workers:
    os.kill(worker, signal.SIGKILL)
"""


def test_the_master_of_a_server_names_its_workers(tmp_path):
    (tmp_path / "gunicorn").write_text(MASTER)
    master = subprocess.Popen([sys.executable, str(tmp_path / "gunicorn")],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        workers = master.stdout.readline().split()
        result = referrers("types", "--pid", str(master.pid))
        assert (result.status, result.output) == (1, b"")
        assert result.errors == (
            "referrers: process %d is the master of gunicorn, whose workers do "
            "the work: --pid %s\n" % (master.pid, " or ".join(
                sorted(workers, key=int))))
        result = referrers("types", "--pid", workers[0])
        assert (result.status, result.errors) == (0, "")
    finally:
        master.communicate("", timeout=300)


@pytest.mark.parametrize("arguments, line", [
    (("types", "--pid", "1", "app.py"), "--pid looks at a running process"),
    (("dump", "--pid", "1"), "where to?"),
    (("grow", "--pid", "1", "work()"), "--pid only watches the process: leave out a "),
    (("grow", "--pid", "1", "-n", "2"), "--pid only watches the process: leave out -n"),
    (("grow", "--every", "3", "work()"), "--every needs --pid"),
])
def test_words_that_make_no_sense(arguments, line):
    result = referrers(*arguments)
    assert result.status == 2
    assert result.errors.startswith("referrers: " + line)
