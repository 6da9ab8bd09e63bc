"""What the tests of --pid share: processes that run, and what has to be as it
was afterwards.  The fixtures count where they are imported."""

import http.client
import os
import shutil
import subprocess
import sys
import time

import pytest

from conftest import run_python

SERVER = """\
import http.server, os, sys, threading, gc
class Registry: pass
class Session: pass
registry = Registry()
registry.sessions = {"user-%d" % n: Session() for n in range(12)}

def state():
    gc.collect()
    return repr((
        sorted(m for m in sys.modules if "referr" in m), len(sys.modules),
        threading.active_count(), len(os.listdir("/proc/self/fd")),
        sorted(set(globals()) - {"names"}), sys.path,
        sum("referrers" in (getattr(type(o), "__module__", "") or "")
            or "referrers" in (getattr(o, "__module__", "") or "")
            for o in gc.get_objects() if isinstance(o, type)),
        os.getcwd()))

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = (state() if self.path == "/state" else "hello").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


class Process:
    """A Python process of ours, ended with the test."""

    def __init__(self, directory, code, python=sys.executable, **how):
        (directory / "server.py").write_text(code)
        self.errors = directory / "errors"
        self.popen = subprocess.Popen(
            [python, "server.py"], cwd=directory, stdout=subprocess.PIPE,
            stdin=subprocess.PIPE, stderr=self.errors.open("wb"), **how)
        self.first = self.popen.stdout.readline().decode().strip()
        self.pid = str(self.popen.pid)

    def end(self):
        self.popen.kill()
        self.popen.communicate()


@pytest.fixture
def start(tmp_path):
    processes = []

    def start(code, **how):
        processes.append(Process(tmp_path, code, **how))
        return processes[-1]
    yield start
    for process in processes:
        process.end()


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path_factory, monkeypatch):
    place = tmp_path_factory.mktemp("place")
    monkeypatch.setenv("TMPDIR", str(place))
    yield
    assert os.listdir(place) == []


@pytest.fixture(scope="module", autouse=True)
def gdb_is_there():
    assert sys.version_info >= (3, 14) or shutil.which("gdb"), \
        "before CPython 3.14 --pid needs gdb: install it"


# The command has no library loaded, but asks through files.
BY_FILE = "import referrers._loader; referrers._loader.is_there = lambda: False"


def with_patience(seconds, *arguments, first=""):
    """What Python has to run so that the command waits so long for a process;
    `first` is run before."""
    return ("-c", first + "\nimport runpy, sys, referrers._attach\n"
            "referrers._attach._PATIENCE = float(sys.argv[1])\n"
            "sys.argv[1:2] = []\n"
            "runpy.run_module('referrers.dot', run_name='__main__')",
            str(seconds), *arguments)


@pytest.fixture
def command(tmp_path):
    """The command, which is patient: this machine may be busy."""
    def run(*arguments, patience=60, first=""):
        return run_python(*with_patience(patience, *arguments, first=first),
                          cwd=tmp_path, timeout=300)
    return run


def get(port, path="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def settled(port, expected):
    """What the server is like, once the threads of earlier requests ended."""
    deadline = time.monotonic() + 60
    while (state := get(port, "/state")) != expected:
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return state
