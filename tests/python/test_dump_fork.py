"""What a dump costs a program that goes on: nothing that it could notice; and
how a dump ends that cannot be made."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import referrers
from conftest import HAS_GIL, run_python, short_and_long
from forks import (
    PROGRAMS, interrupted, meanwhile, needs_namespaces, no_niceness,
    nothing_is_left, run_contained, run_show, waiting)

__all__ = ["no_niceness", "nothing_is_left", "waiting"]  # fixtures


# --- a service under load ------------------------------------------------------

class Session:
    def __init__(self, user):
        self.user = user


CLIENTS = 4
ENOUGH = 100    # requests that are answered while a child stands still


class Service:
    """A threaded web service that never forgets, and clients that never stop
    asking.  Each request is a connection of its own, and a client waits until
    the service has closed it."""

    def __init__(self):
        import flask
        import werkzeug.serving
        app = flask.Flask("service")
        app.add_url_rule("/login/<user>", view_func=self.login)
        app.add_url_rule("/heap", view_func=self.heap)
        self.sessions, self.lock = {}, threading.Lock()
        self.answered, self.failed = 0, []
        self.is_over = False
        self.server = werkzeug.serving.make_server(
            "127.0.0.1", 0, app, threaded=True,
            request_handler=type("Handler", (
                werkzeug.serving.WSGIRequestHandler,), {
                    "log": lambda *_: None}))
        self.threads = [threading.Thread(target=self.server.serve_forever)]
        self.threads += [threading.Thread(target=self.ask_on, args=(i,))
                         for i in range(CLIENTS)]

    def login(self, user):
        with self.lock:
            self.sessions[user] = Session(user)
        return "welcome " + user

    def heap(self):
        return str(len(referrers.snapshot().find(__name__ + ".Session")))

    def ask(self, path):
        """The body of the answer."""
        with socket.create_connection(self.server.server_address) as client:
            client.sendall(b"GET %s HTTP/1.0\r\n\r\n" % path.encode())
            answer = b""
            while block := client.recv(4096):
                answer += block
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split()[1] == b"200", answer
        return body.decode()

    def ask_on(self, client):
        while not self.is_over:
            user = "user-%d-%d" % (client, self.answered)
            try:
                assert self.ask("/login/" + user) == "welcome " + user
                with self.lock:
                    self.answered += 1
            except BaseException as error:
                self.failed.append(error)
                return

    def wait_for(self, count):
        """Until so many more requests were answered."""
        count += self.answered
        while self.answered < count and not self.failed:
            time.sleep(0.001)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for(1)
        return self

    def __exit__(self, *what):
        self.is_over = True
        for thread in self.threads[1:]:
            thread.join()
        self.server.shutdown()
        self.server.server_close()
        self.threads[0].join()


@contextlib.contextmanager
def handlers(waiting, calls):
    """Whatever a program can be told of a child."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    before = signal.signal(signal.SIGCHLD, lambda *_: calls.append("SIGCHLD"))
    os.register_at_fork(before=lambda: calls.append("before"),
                        after_in_parent=lambda: calls.append("parent"),
                        after_in_child=lambda: calls.append("child"))
    wakeup = signal.set_wakeup_fd(theirs.fileno())
    counted = waiting.count_forks()
    is_over = threading.Event()

    def wait():
        while not is_over.is_set():
            with contextlib.suppress(ChildProcessError):
                calls.append(os.waitpid(-1, os.WNOHANG))
            time.sleep(0.001)

    waiter = threading.Thread(target=wait)
    waiter.start()
    try:
        yield
    finally:
        is_over.set()
        waiter.join()
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGCHLD, before)
    with contextlib.suppress(BlockingIOError):
        calls.append(ours.recv(1))
    calls.extend("C code's at-fork handler"
                 for _ in range(waiting.count_forks() - counted))
    ours.close()
    theirs.close()


@short_and_long
def test_a_service_under_load_does_not_notice(waiting, length):
    pytest.importorskip("flask")
    calls, counts = [], []
    waiting.start_churning(2)
    try:
        with handlers(waiting, calls), Service() as service:
            for _ in range(10 if length == "long" else 1):
                counts.append(len(service.sessions))
                counts.append(int(service.ask("/heap")))
            counts.append(len(service.sessions))
            counts.append(len(referrers.snapshot().find(
                __name__ + ".Session")))
            # However long the child takes, requests are answered meanwhile.
            with meanwhile(waiting, lambda pid: service.wait_for(ENOUGH)):
                heap = referrers.snapshot()
            assert service.failed == []
    finally:
        waiting.stop_churning()
    assert calls == []
    assert counts == sorted(counts)
    assert not heap.in_place
    served = len(service.sessions)
    assert counts[-1] <= len(heap.find(__name__ + ".Session")) \
        <= served - ENOUGH


def test_what_changes_meanwhile_is_not_in_the_dump(waiting):
    class Late(Session):
        pass

    kept = [Late("before")]
    with meanwhile(waiting, lambda pid: kept.append(Late("after"))):
        heap = referrers.snapshot()
    assert len(kept) == 2
    assert len(heap.find(Late.__module__ + "." + Late.__qualname__)) == 1


def test_the_child_has_the_pipe_and_the_file(waiting):
    def look(pid):
        return sorted(os.readlink("/proc/%d/fd/%s" % (pid, name))[:4]
                      for name in os.listdir("/proc/%d/fd" % pid))

    kept = [open(os.devnull) for _ in range(100)]
    with meanwhile(waiting, look) as doing:
        referrers.snapshot()
    for one in kept:
        one.close()
    directory = os.environ.get("TMPDIR", "/tmp")
    assert doing.result == sorted([directory[:4], "pipe"])


def test_no_object_is_made_and_no_count_changed():
    result = run_python("-c", textwrap.dedent("""
        import gc, sys, referrers
        def look():
            gc.collect()
            gc.disable()
            seen = []
            objects = [gc, sys, referrers, look, None.__class__]
            before = [sys.getrefcount(one) for one in objects]
            for _ in range(5):
                referrers.snapshot()
                seen.append(sys.getallocatedblocks())
            assert before == [sys.getrefcount(one) for one in objects]
            # Each number that is kept takes a block or none.
            print(seen[-1] - seen[-2])
        look()
    """))
    assert result.status == 0, result.errors
    assert int(result.text) <= 1


SHOW = """
class Target: pass
def show():
    target = Target()
    keep = [target]
    heap = referrers.snapshot()
    assert not heap.in_place
    text = str(heap.graph(id(target)))
    assert "show.target (local)" in text, text
    assert "show.keep (local)" in text, text
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_from_everywhere(program):
    run_show(program, SHOW)


# --- how it ends ---------------------------------------------------------------

def test_a_child_that_is_killed(waiting):
    with meanwhile(waiting, lambda pid: os.kill(pid, signal.SIGKILL)):
        with pytest.raises(RuntimeError, match="killed by SIGKILL"):
            referrers.snapshot()


def test_ctrl_c(waiting):
    with interrupted(waiting) as doing:
        with pytest.raises(KeyboardInterrupt):
            referrers.snapshot()
    assert doing.result


def test_progress_is_shown_by_the_parent(waiting):
    reading, writing = os.pipe()

    def watch(pid):
        seen = b""
        while b"reading the heap" not in seen:
            seen += os.read(reading, 100)
        return seen

    referrers._core.show_progress(writing)
    try:
        with meanwhile(waiting, watch) as doing:
            referrers.snapshot()
    finally:
        referrers._core.show_progress(-1)
        os.close(reading)
        os.close(writing)
    assert b"referrers: reading the heap, " in doing.result


APP = """
kept = [[i] for i in range(2000)]
"""
OLD = b"an old file"


def dump(directory, *arguments, shell=None, program=APP, **how):
    """The command with an old file in the place of the new one; what it leaves
    behind is the old one or the new one and nothing else."""
    (directory / "app.py").write_text(program)
    (directory / "out").mkdir()
    (directory / "tmp").mkdir()
    path = directory / "out" / "app.heapsnapshot"
    path.write_bytes(OLD)
    words = [sys.executable, "-m", "referrers", "dump", "-o", path, *arguments,
             directory / "app.py"]
    process = subprocess.run(
        ["sh", "-c", shell + '\nexec "$@"', "sh", *words] if shell else words,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=300, text=True,
        env={**os.environ, "TMPDIR": str(directory / "tmp"), **how})
    assert os.listdir(directory / "out") == ["app.heapsnapshot"]
    assert os.listdir(directory / "tmp") == []
    return process, path.read_bytes()


def failed(made, status, *words):
    """One line, and the old file."""
    process, data = made
    assert process.returncode == status, process.stderr
    assert data == OLD
    line, = process.stderr.splitlines()
    assert line.startswith("referrers: ")
    for word in words:
        assert word in line, line


# A file that may have no more bytes; a disk without any is the same to us but
# for the reason that is given.
def test_a_file_that_may_not_grow(tmp_path):
    failed(dump(tmp_path, shell="ulimit -f 100"), 3,
           "cannot write the heap to a temporary file: ",
           os.strerror(errno.EFBIG), "TMPDIR")


def test_no_room_for_the_file_raises():
    result = run_python("-c", textwrap.dedent("""
        import os, resource, referrers
        before = os.listdir("/proc/self/fd")
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        for _ in range(2):
            try:
                referrers.snapshot()
            except OSError as error:
                print(error.errno)
        assert os.listdir("/proc/self/fd") == before
    """))
    assert result.status == 0, result.errors
    assert result.text.split() == [str(errno.EFBIG)] * 2


@needs_namespaces
def test_a_full_disk(tmp_path):
    """First that of the temporary file, then that of the file itself."""
    stage = os.path.dirname(os.path.dirname(referrers.__file__))
    code = textwrap.dedent("""
        import os, sys
        sys.path.insert(0, %r)
        import referrers
        small, room = sys.argv[1:]
        os.environ["TMPDIR"] = small
        try:
            referrers.snapshot()
        except OSError as error:
            print(error.errno, os.listdir(small))
        os.environ["TMPDIR"] = room
        heap = referrers.snapshot()
        path = small + "/x.heapsnapshot"
        open(path, "w").write("old")
        for name in (path, path + ".gz"):
            try:
                heap.save(name)
            except OSError as error:
                print(error.errno, error.filename == name, os.listdir(small))
        print(open(path).read())
        # What is compressed has to be unpacked somewhere.
        heap.save(room + "/x.heapsnapshot.gz")
        os.environ["TMPDIR"] = small
        try:
            referrers.load(room + "/x.heapsnapshot.gz")
        except OSError as error:
            print(error.errno, error.strerror)
    """ % stage)
    (tmp_path / "small").mkdir()
    (tmp_path / "room").mkdir()
    process = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=100k none "$1" '
         '&& exec "$0" -c "$3" "$1" "$2"', sys.executable, tmp_path / "small",
         tmp_path / "room", code],
        stdout=subprocess.PIPE, timeout=300, text=True)
    assert process.returncode == 0
    full = errno.ENOSPC
    assert process.stdout.splitlines() == [
        "%d []" % full, "%d True ['x.heapsnapshot']" % full,
        "%d True ['x.heapsnapshot']" % full, "old",
        "%d %s in %s, where it is unpacked (set TMPDIR to another directory)" % (
            full, os.strerror(full), tmp_path / "small")]


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason=(
    "AddressSanitizer needs the address space for itself; the C unit tests "
    "cover this"))
@short_and_long
def test_memory_may_end_anywhere(length):
    """As an address space (ulimit -v) that is almost used up."""
    result = run_python("-c", textwrap.dedent("""
        import os, resource, referrers
        from referrers import _core, _heap
        referrers._core._niceness(0)
        heap = [[i] for i in range(20_000)]
        referrers.snapshot().find("dict")
        before = len(os.listdir("/proc/self/fd"))
        page = resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        seen = set()
        for step in range(0, 40, %d):
            used = int(open("/proc/self/statm").read().split()[0]) * page
            resource.setrlimit(resource.RLIMIT_AS,
                               (used + step * 1024 * 1024, hard))
            try:
                referrers.snapshot().find("dict")
                name = "success"
            except BaseException as error:
                name = type(error).__name__
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
            seen.add(name)
        assert len(os.listdir("/proc/self/fd")) == before
        print(*sorted(seen))
    """ % (1 if length == "long" else 5)), timeout=300)
    assert result.status == 0, result.errors
    assert result.text == "MemoryError success\n"


# What the program leaves behind makes the fork, or its child, fail.
KILLER = """
import os, sys, threading, time
sys.path.insert(0, %r)
import waiting
gate = waiting.Gate()
waiting.set_closed(True)
def work():
    while not waiting.arrived():
        time.sleep(0.001)
    os.kill(waiting.arrived(), 9)
    waiting.set_closed(False)
threading.Thread(target=work, daemon=True).start()
"""
INTERRUPTED = KILLER.replace("waiting.arrived(), 9", "os.getpid(), 2")
REFUSED = """
import sys
sys.path.insert(0, %r)
import waiting
kept = []
waiting.forbid_clone(1)
"""


def test_command_whose_child_is_killed(waiting, tmp_path):
    failed(dump(tmp_path, program=KILLER % os.path.dirname(waiting.__file__)),
           3, "killed by SIGKILL")


def test_command_that_is_interrupted(waiting, tmp_path):
    failed(dump(tmp_path, program=INTERRUPTED
                % os.path.dirname(waiting.__file__)), 130, "interrupted")


def looked_in_place(made, *words):
    """One line that says why, one of the file.  Without a GIL there is no other
    way than the fork: then the first line is all."""
    if not HAS_GIL:
        failed(made, 3, "the fork was refused: ", *words)
        return
    process, data = made
    assert process.returncode == 0, process.stderr
    assert data.startswith(b'{"snapshot"') and data.endswith(b"]}\n")
    refused, written = process.stderr.splitlines()
    assert refused.startswith("referrers: the fork was refused: ")
    assert refused.endswith("; the program stands still instead")
    for word in words:
        assert word in refused
    assert "Load profile" in written


def test_command_without_a_fork(waiting, tmp_path):
    looked_in_place(dump(tmp_path, program=REFUSED
                         % os.path.dirname(waiting.__file__)), "seccomp")


def test_snapshot_without_a_fork(waiting):
    result = run_python("-c", textwrap.dedent("""
        import sys
        sys.path.insert(0, %r)
        import referrers, waiting
        waiting.forbid_clone(11)
        heap = referrers.snapshot()
        print(heap.in_place, heap.why("sys.modules"))
    """ % os.path.dirname(waiting.__file__)))
    if not HAS_GIL:
        assert "OSError: [Errno 11] the fork was refused: " in result.errors
        return
    assert result.status == 0, result.errors
    line, = result.errors.splitlines()
    assert line.startswith("referrers: the fork was refused: ")
    assert result.text.startswith(
        "True dict is alive: sys.modules leads to it")


@needs_namespaces
def test_the_limit_of_a_container():
    text = run_contained(1_000_000, """
        import referrers
        kept = [[i] for i in range(20_000)]
        try:
            heap = referrers.snapshot()
            print(heap.in_place, len(heap.find("list")) > 0)
        except OSError as error:
            assert referrers._core._needs_fork
            print(error.strerror + ";")
            print("True True")
    """, subprocess.STDOUT)
    refused, last = text.splitlines()
    assert ("the memory limit of the container leaves less than 250 bytes an "
            "object;") in refused
    assert last == "True True"
