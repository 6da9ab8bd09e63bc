"""A forked child that stands still in the middle of its look, for tests of what
the program can do, and see of it, meanwhile."""

import contextlib
import importlib.util
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import referrers
from conftest import compile_extension

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    directory = tmp_path_factory.mktemp("waiting")
    compile_extension(HERE / "waiting.c", directory)
    spec = importlib.util.spec_from_file_location("waiting",
                                                  directory / "waiting.so")
    module = importlib.util.module_from_spec(spec)
    sys.modules["waiting"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["waiting"]


def children():
    """Every process whose parent is this one, zombies too."""
    found = []
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            with open("/proc/%d/stat" % int(entry)) as stat:
                fields = stat.read().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.append(int(entry))
    return found


def state():
    """What a program could see of itself."""
    return {"children": children(),
            "descriptors": sorted(os.listdir("/proc/self/fd")),
            "mask": signal.pthread_sigmask(signal.SIG_BLOCK, []),
            "limits": [resource.getrlimit(limit) for limit in
                       (resource.RLIMIT_CPU, resource.RLIMIT_CORE)],
            "nice": os.getpriority(os.PRIO_PROCESS, 0)}


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = state()
    yield
    assert state() == before


@pytest.fixture(autouse=True, scope="module")
def no_niceness():
    """As it is, a child hardly works while the machine is busy."""
    referrers._core._niceness(0)
    yield
    referrers._core._niceness(19)


class Meanwhile:
    """Does something in a thread while a forked child stands still; nothing when
    none has stood still before the end."""

    def __init__(self, waiting, action):
        self.waiting, self.action = waiting, action
        self.gate = waiting.Gate()
        self.result = self.error = None
        self.is_over = False
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        try:
            while not self.waiting.arrived():
                if self.is_over:
                    return
                time.sleep(0.001)
            self.result = self.action(self.waiting.arrived())
        except BaseException as error:
            self.error = error
        finally:
            self.waiting.set_closed(False)

    def __enter__(self):
        self.waiting.set_closed(True)
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.is_over = True
        self.thread.join()
        if self.error is not None:
            raise self.error


def meanwhile(waiting, action):
    return Meanwhile(waiting, action)


def interrupted(waiting, number=signal.SIGINT):
    def send(pid):
        os.kill(os.getpid(), number)
        while pid in children():
            time.sleep(0.001)
        return True
    return meanwhile(waiting, send)


def _has_namespaces():
    return shutil.which("unshare") and subprocess.run(
        ["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0


needs_namespaces = pytest.mark.skipif(
    not _has_namespaces(),
    reason="takes a mount namespace: root, and no chroot")


def run_contained(left, code, errors=None):
    """What a program prints whose container has so many bytes left."""
    script = """
        mount -t tmpfs none /sys/fs/cgroup && cd /sys/fs/cgroup &&
        printf '0::/one\\n' >cgroup && mkdir one &&
        echo %d >one/memory.max && echo 1000 >one/memory.current || exit 9
        exec "$@"
    """ % (left + 1000)
    # Another process's file stands in front of the program's own.
    code = ("import ctypes, os\n"
            "assert ctypes.CDLL(None).mount(b'/sys/fs/cgroup/cgroup', "
            "b'/proc/%d/cgroup' % os.getpid(), None, 4096, None) == 0\n"
            + textwrap.dedent(code))
    process = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", code],
        stdout=subprocess.PIPE, stderr=errors, timeout=60, text=True)
    assert process.returncode == 0
    return process.stdout
