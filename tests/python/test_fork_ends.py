"""fork=True: how it ends, by a timeout, a signal or for lack of memory, and when
the fork is refused."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import referrers
from conftest import short_and_long
from forks import (
    children, interrupted, meanwhile, needs_namespaces, no_niceness,
    nothing_is_left, run_contained, waiting)
from random_heaps import Made

__all__ = ["no_niceness", "nothing_is_left", "waiting"]  # fixtures

graph = referrers.get_referrer_graph


# How it ends

def test_a_child_that_is_killed(waiting):
    def kill(pid):
        os.kill(pid, signal.SIGKILL)
    with meanwhile(waiting, kill) as doing:
        with pytest.raises(RuntimeError) as caught:
            graph(doing, fork=True)
    assert str(caught.value) == ("the forked child was killed by SIGKILL, "
                                 "perhaps for lack of memory")


def test_signals_for_the_whole_group_do_not_end_it(waiting):
    def send(pid):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, number)
        return True
    with meanwhile(waiting, send) as doing:
        assert "doing (local)" in str(graph(doing, fork=True))
    assert doing.result


def test_a_timeout_gives_what_there_is():
    target = Made()
    many = [[target] for _ in range(100_000)]
    text = str(graph(target, timeout=1e-9, fork=True))
    assert "timeout of 0.00 s reached" in text
    assert len(many) == 100_000


def test_a_child_that_overruns_its_timeout_is_killed(waiting):
    def watch(pid):
        while pid in children():
            time.sleep(0.001)
        return True
    timeout, doing = 0.05, None
    while doing is None or doing.result is None:    # it ended by itself
        timeout *= 2
        with meanwhile(waiting, watch) as doing:
            text = str(graph(doing, timeout=timeout, fork=True))
        assert "timeout of %.2f s reached" % timeout in text
    assert doing.result


def test_ctrl_c_kills_it_and_raises(waiting):
    with interrupted(waiting) as doing:
        with pytest.raises(KeyboardInterrupt):
            graph(doing, fork=True)
    assert doing.result


def test_what_any_handler_raises_comes_out(waiting):
    def handler(number, frame):
        raise LookupError("from the handler")
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with interrupted(waiting, signal.SIGUSR1) as doing:
            with pytest.raises(LookupError, match="from the handler"):
                referrers.why(doing, fork=True)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert doing.result


def test_a_program_that_dies_takes_it_along(waiting, tmp_path):
    """Killed without a chance to do anything: the pipe breaks."""
    code = """
        import os, sys, threading, time, signal
        sys.path[:0] = [%r]
        import referrers, waiting
        gate = waiting.Gate()
        waiting.set_closed(True)
        def die():
            while not waiting.arrived():
                time.sleep(0.001)
            print(waiting.arrived(), flush=True)
            waiting.set_closed(False)
            os.kill(os.getpid(), signal.SIGKILL)
        many = [[i] for i in range(300_000)]
        threading.Thread(target=die).start()
        referrers.get_referrer_graph(gate, fork=True)
    """ % os.path.dirname(waiting.__file__)
    process = subprocess.run([sys.executable, "-c", textwrap.dedent(code)],
                             stdout=subprocess.PIPE, timeout=300)
    assert process.returncode == -signal.SIGKILL
    child = int(process.stdout)
    ended = time.monotonic() + 60
    while os.path.exists("/proc/%d" % child):
        with contextlib.suppress(OSError):
            with open("/proc/%d/stat" % child) as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    break   # nobody reaps orphans here
        assert time.monotonic() < ended
        time.sleep(0.01)


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason=(
    "AddressSanitizer needs the address space for itself; the C unit tests "
    "cover this"))
@short_and_long
def test_memory_may_end_anywhere(python, length):
    """As an address space (ulimit -v) that is almost used up."""
    result = python("-c", textwrap.dedent("""
        import resource, referrers
        referrers._core._niceness(0)
        heap = [[i] for i in range(120_000)]
        target = object()
        holder = [[target] for i in range(1000)]
        page = resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        seen = set()
        for step in range(0, 60, %d):
            used = int(open("/proc/self/statm").read().split()[0]) * page
            resource.setrlimit(resource.RLIMIT_AS,
                               (used + step * 512 * 1024, hard))
            try:
                referrers.get_referrer_graph(target, fork=True,
                    search_for_untracked_objects=True)
                name = "success"
            except BaseException as error:
                name = type(error).__name__
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
            seen.add(name)
        print(*sorted(seen))
    """ % (1 if length == "long" else 5)))
    assert result.status == 0, result.errors
    assert result.text == "MemoryError success\n"


# A fork that is refused

@pytest.mark.parametrize("reason, words", [
    (errno.EPERM, "seccomp"), (errno.EAGAIN, "ulimit -u"),
    (errno.ENOMEM, "memory"), (errno.ENOSYS, "this system"),
    (errno.EINVAL, "this system")])
def test_a_refused_fork_is_one_line(waiting, python, reason, words):
    result = python("-c", textwrap.dedent("""
        import os, sys
        sys.path[:0] = [%r]
        import referrers, waiting
        waiting.forbid_clone(%d)
        before = os.listdir("/proc/self/fd")
        for ask in (referrers.why, referrers.get_referrer_graph):
            try:
                ask(before, fork=True)
            except OSError as error:
                print(error.errno, error.strerror)
        assert os.listdir("/proc/self/fd") == before
        if not referrers._core._needs_fork:
            assert "before" in str(referrers.why(before))
    """ % (os.path.dirname(waiting.__file__), reason)))
    assert result.status == 0, result.errors
    lines = result.text.splitlines()
    assert len(lines) == 2 and lines[0] == lines[1]
    assert lines[0].startswith("%d the fork was refused: " % reason)
    assert words in lines[0]


def test_too_many_open_files(python):
    result = python("-c", textwrap.dedent("""
        import os, resource, referrers
        target = [referrers]
        referrers.get_referrer_graph(target, fork=True)
        kept = [os.dup(0) for _ in range(20)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (kept[-1] + 1, kept[-1] + 1))
        try:
            referrers.get_referrer_graph(target, fork=True)
        except OSError as error:
            print(error)
    """))
    assert result.status == 0, result.errors
    assert "too many open files" in result.text
    assert result.text.count("\n") == 1


@needs_namespaces
@pytest.mark.parametrize("left, works", [(1_000_000, False), (10**12, True)])
def test_the_limit_of_a_container(left, works):
    text = run_contained(left, """
        import os, referrers
        heap = [[i] for i in range(20_000)]
        before = os.listdir("/proc/self/fd")
        try:
            print("heap (" in str(referrers.get_referrer_graph(heap, fork=True)))
        except OSError as error:
            print(error)
        assert os.listdir("/proc/self/fd") == before
    """)
    assert text == ("True\n" if works else (
        "[Errno 12] the fork was refused: the memory limit of the container "
        "leaves less than 150 bytes an object\n"))
