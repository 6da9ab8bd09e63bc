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
from conftest import compile_extension, run_python

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
        stdout=subprocess.PIPE, stderr=errors, timeout=300, text=True)
    assert process.returncode == 0
    return process.stdout


# Places to look from, for a function show() that run_show gets.
PROGRAMS = {
    "after os.fork()": """
        import os
        pid = os.fork()
        if pid == 0:
            show()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        show()
    """,
    "in a child's child": """
        import os
        for _ in range(3):
            pid = os.fork()
            if pid:
                assert os.waitpid(pid, 0)[1] == 0
                os._exit(0)
        show()
    """,
    "in a thread after os.fork()": """
        import os, threading
        def work():
            pid = os.fork()
            if pid == 0:
                show()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    """,
    "in a daemon thread": """
        import threading
        thread = threading.Thread(target=show, daemon=True)
        thread.start()
        thread.join()
    """,
    "in daemon threads at the exit": """
        import threading, time
        def work():
            while True:
                show()
        for _ in range(3):
            threading.Thread(target=work, daemon=True).start()
        show()
    """,
    "at exit": """
        import atexit
        atexit.register(show)
    """,
    "in a subinterpreter": """
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        def run(interpreter):
            problem = interpreters.run_string(interpreter, SOURCE + "\\nshow()")
            assert problem is None, problem
        one = interpreters.create()
        run(one)
        show()
        interpreters.destroy(one)
        show()
    """,
    "in a destructor": """
        class Dying:
            def __del__(self):
                show()
        Dying()
    """,
    "during a collection": """
        import gc
        def callback(phase, info):
            if phase == "stop":
                gc.callbacks.remove(callback)
                show()
        gc.callbacks.append(callback)
        gc.collect()
        assert callback not in gc.callbacks
    """,
    "with closed standard descriptors": """
        import os
        for number in range(3):
            os.close(number)
        show()
    """,
    "as the process of an unknown user, without /proc to write to": """
        import os
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)
        show()
    """,
}


def run_show(program, show):
    """Runs one of PROGRAMS, with what defines show()."""
    stage = str(pathlib.Path(referrers.__file__).parents[1])
    source = ("import sys\nsys.path.insert(0, %r)\nimport referrers\n"
              % stage + show)
    result = run_python("-W", "ignore::DeprecationWarning", "-c",
                        "SOURCE = %r\n" % source + source
                        + textwrap.dedent(PROGRAMS[program]))
    assert (result.status, result.errors) == (0, "")
