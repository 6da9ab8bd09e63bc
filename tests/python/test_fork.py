"""fork=True: the same answers from a forked child, and the program does not
notice."""

import fcntl
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import kinds
import referrers
from conftest import short_and_long
from forks import (
    PROGRAMS, children, meanwhile, no_niceness,
    nothing_is_left, run_show, waiting)
from random_heaps import Made

__all__ = ["no_niceness", "nothing_is_left", "waiting"]  # fixtures

HERE = pathlib.Path(__file__).parent
BOTH = (False, True)
graph = referrers.get_referrer_graph
for_list = referrers.get_referrer_graph_for_list


# The same answers

def told(made):
    """All that a graph knows, addresses too."""
    text = json.loads(made.to_json(addresses=True, max_objects=10_000))
    return text, str(made), str(made.explain()), made._graph.lines()


@short_and_long
def test_every_kind_of_reference_and_random_heaps(python, length):
    """In a small process: pytest's own heap takes three times as long."""
    result = python(HERE / "forked_answers.py", length, timeout=300)
    assert result.status == 0, result.errors
    assert result.text == "compared %d\n" % (
        len(kinds.CASES) + 40 if length == "long"
        else len(kinds.CASES[::3]) + 8)


def test_why_and_why_all():
    some = [Made() for _ in range(5)]
    some[0].others = some[1:]
    found = []
    for fork in BOTH:
        found.append([str(referrers.why(some[1], sizes=True, fork=fork)),
                      str(referrers.why_all(some, fork=fork)),
                      referrers.why(some[1], fork=fork).verdict,
                      referrers.why(some[1], fork=fork).ledger])
    assert found[0] == found[1]
    assert "test_why_and_why_all()" in found[1][0]


def test_numbers_have_their_names():
    """Written by our own hand: as repr() does, and in numeric order."""
    generator = random.Random(1)
    target = Made()
    numbers = [0.1, 1e16, 1e-5, 5e-324, 1.7976931348623157e308, float("inf"),
               -2.5, 100.0, 2**53 + 1, 2**53, -2**63, 2**64 - 1]
    numbers += [generator.uniform(-1, 1) * 10.0**generator.randrange(-300, 300)
                for _ in range(2000)]
    holder = {number: target for number in numbers}
    for fork in BOTH:
        made = graph(target, 1, single_object_referrer_limit=None, object_limit=None, fork=fork)
        names = [line.split("dict[")[1].split("]")[0]
                 for line in made.to_text(None).splitlines()
                 if "dict[" in line]
        assert names == [repr(number) for number in sorted(holder)]


def test_options_and_their_errors():
    target = Made()
    holder = {"key": target, "other": [target]}
    for wrong in ({"max_depth": -1}, {"timeout": 0}, {"module_prefixes": "x"},
                  {"exclude_object_ids": 3}):
        said = []
        for fork in BOTH:
            with pytest.raises((TypeError, ValueError)) as caught:
                graph(target, fork=fork, **wrong)
            said.append((caught.type, str(caught.value)))
        assert said[0] == said[1]
    with pytest.raises(ValueError, match="search_for_untracked_objects"):
        graph("text", fork=True)
    with pytest.raises(ValueError, match="index|\\[1\\]"):
        for_list([target, "text"], fork=True)
    with pytest.raises(ValueError, match="must be a list"):
        for_list((target,), fork=True)
    assert for_list([], fork=True).to_json() == for_list([]).to_json()
    found = []
    for fork in BOTH:
        found.append(told(graph(
            target, 1, [id(holder["other"])], ["nobody"], True, 1, timeout=600,
            single_object_referrer_limit=1, fork=fork)))
    assert found[0] == found[1]


def test_deep_and_wide():
    """More than a pipe holds at once."""
    target = Made()
    chain = target
    for _ in range(3000):
        chain = [chain]
    many = [[target] for _ in range(3000)]
    found = []
    for fork in BOTH:
        made = graph(target, None, single_object_referrer_limit=None, object_limit=None, fork=fork)
        found.append((str(made), made._graph.lines()))
    assert found[0] == found[1]
    assert len(found[1][1]) > 200_000 and len(many) == 3000


def test_signal_handlers_are_roots_still():
    target = Made()

    def handler(number, frame, kept=target):
        pass
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        found = []
        for fork in BOTH:
            found.append(str(graph(target, fork=fork)))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert found[0] == found[1]
    assert "SIGUSR1 handler" in found[1]


def test_what_is_not_laid_out_as_expected(python):
    """Then less is known, and the same; where objects could not be listed
    without making one, the fork is refused."""
    result = python("-W", "ignore", "-c", textwrap.dedent("""
        import sys, referrers
        class K: pass
        def look():
            k = K()
            k.own, kept = [k], {"a": k}
            for layouts in (["attributes"], ["frames"], ["lists"],
                            ["lists", "attributes", "frames"]):
                referrers._core._misfit(*layouts)
                found = []
                for fork in (False, True):
                    try:
                        found.append(str(referrers.get_referrer_graph(
                            k, fork=fork)))
                    except OSError as error:
                        assert "lists" in layouts, error
                        assert sys.version_info < (3, 12), error
                        print(error)
                        continue
                assert found[-1] == found[0]
            print("done")
        look()
    """))
    assert result.status == 0, result.errors
    lines = result.text.splitlines()
    assert lines[-1] == "done"
    assert len(lines) == (3 if sys.version_info < (3, 12) else 1)
    assert all("the fork was refused" in line for line in lines[:-1])


# The program does not notice

def test_no_handler_runs(waiting):
    """at-fork handlers of C and of Python, SIGCHLD, the wakeup descriptor."""
    calls = []
    os.register_at_fork(before=lambda: calls.append("before"),
                        after_in_parent=lambda: calls.append("parent"),
                        after_in_child=lambda: calls.append("child"))
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    before = signal.signal(signal.SIGCHLD, lambda *_: calls.append("SIGCHLD"))
    wakeup = signal.set_wakeup_fd(theirs.fileno())
    counted = waiting.count_forks()
    try:
        for _ in range(5):
            graph(calls, fork=True)
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGCHLD, before)
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    ours.close()
    theirs.close()
    assert calls == []
    assert waiting.count_forks() == counted


def test_wait_never_sees_it(waiting):
    def wait(pid):
        assert pid in children()
        for options in (0, os.WNOHANG):
            with pytest.raises(ChildProcessError):
                os.waitpid(-1, options)
        with pytest.raises(ChildProcessError):
            os.wait()
        with pytest.raises(ChildProcessError):
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG)
        return True
    with meanwhile(waiting, wait) as doing:
        graph(doing, fork=True)
    assert doing.result


def test_children_of_the_program_are_its_own(waiting):
    """One of its own ends while ours lives: only it is seen."""
    def wait(pid):
        own = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
        return os.wait() == (own.pid, 7 << 8)
    with meanwhile(waiting, wait) as doing:
        graph(doing, fork=True)
    assert doing.result


@pytest.mark.parametrize("how", ["SIG_IGN", "SA_NOCLDWAIT"])
def test_a_host_that_does_not_wait(how):
    """Where the kernel reaps the program's children, ours still answers."""
    target = Made()
    before = signal.getsignal(signal.SIGCHLD)
    if how == "SIG_IGN":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    else:
        import ctypes
        action = (ctypes.c_ulong * 20)(0, *[0] * 19)
        # struct sigaction of the C library: handler, mask of 128 bytes, flags
        ctypes.cast(ctypes.addressof(action) + 136,
                    ctypes.POINTER(ctypes.c_int))[0] = 2    # SA_NOCLDWAIT
        assert ctypes.CDLL(None).sigaction(signal.SIGCHLD, action, None) == 0
    try:
        for _ in range(3):
            assert "target (local)" in str(graph(target, fork=True))
    finally:
        signal.signal(signal.SIGCHLD, before or signal.SIG_DFL)


def test_peers_and_locks_see_the_program_close(waiting, tmp_path):
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    locked = open(tmp_path / "lock", "w")
    fcntl.flock(locked, fcntl.LOCK_EX)

    def close(pid):
        theirs.close()
        os.close(writing)
        locked.close()
        with open(tmp_path / "lock", "w") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return ours.recv(1), os.read(reading, 1)
    with meanwhile(waiting, close) as doing:
        graph(doing, fork=True)
    ours.close()
    os.close(reading)
    assert doing.result == (b"", b"")


def test_the_child_has_one_descriptor(waiting):
    def look(pid):
        return [os.readlink("/proc/%d/fd/%s" % (pid, name)).partition(":")[0]
                for name in os.listdir("/proc/%d/fd" % pid)]
    kept = [open(os.devnull) for _ in range(300)]
    with meanwhile(waiting, look) as doing:
        graph(doing, fork=True)
    for one in kept:
        one.close()
    assert doing.result == ["pipe"]


def test_the_child_takes_second_place(waiting, python):
    result = python("-c", textwrap.dedent("""
        import os, sys, threading, time
        sys.path[:0] = [%r]
        import referrers, waiting
        gate = waiting.Gate()
        def look():
            while not waiting.arrived():
                time.sleep(0.001)
            pid = waiting.arrived()
            print(os.getpriority(os.PRIO_PROCESS, pid),
                  open("/proc/%%d/oom_score_adj" %% pid).read().strip())
            waiting.set_closed(False)
        waiting.set_closed(True)
        threading.Thread(target=look).start()
        referrers.why(gate, fork=True)
    """ % os.path.dirname(waiting.__file__)))
    assert (result.status, result.text) == (0, "19 1000\n"), result.errors


def test_other_threads_run_meanwhile(waiting):
    """And what they change is not in the answer."""
    target = Made()
    holder = {"before": target}

    def change(pid):
        holder["after"] = [target]
        del holder["before"]
        return sorted(holder)
    with meanwhile(waiting, change) as doing:
        text = str(graph(target, fork=True))
    assert doing.result == ["after"]
    assert "dict[before]" in text and "dict[after]" not in text


def test_signal_handlers_of_the_program_run_meanwhile(waiting):
    calls = []
    before = signal.signal(signal.SIGUSR1, lambda *_: calls.append("SIGUSR1"))

    def send(pid):
        os.kill(os.getpid(), signal.SIGUSR1)
        while not calls:
            time.sleep(0.001)
        return True
    with meanwhile(waiting, send) as doing:
        text = str(graph(doing, fork=True))
    signal.signal(signal.SIGUSR1, before)
    assert doing.result and "doing (local)" in text


@short_and_long
def test_threads_inside_malloc(waiting, python, length):
    """A lock of malloc's is always held by somebody at the fork."""
    result = python("-c", textwrap.dedent("""
        import sys
        sys.path[:0] = [%r]
        import referrers, waiting
        def look():
            target = [1]
            holder = {1.5: target, "x": [target], (2, b"y"): target}
            referrers._core._niceness(0)
            waiting.start_churning(4)
            for _ in range(%d):
                found = referrers.get_referrer_graph(
                    target, explain=True, sizes=True, values=True, fork=True)
            waiting.stop_churning()
            assert "dict[1.5]" in str(found)
            assert "is held only by you" in str(found.explain())
            print(len(holder), found._graph.object_count)
        look()
    """ % (os.path.dirname(waiting.__file__), 60 if length == "long" else 12)),
        timeout=300)
    assert (result.status, result.errors) == (0, "")
    assert result.text == "3 3\n"


def test_no_thread_is_left(python):
    result = python("-c", textwrap.dedent("""
        import os, referrers
        for fork in (False, True, True):
            referrers.why(os, fork=fork)
            print(len(os.listdir("/proc/self/task")))
    """))
    assert (result.status, result.text) == (0, "1\n1\n1\n")


def test_reference_counts_are_as_before():
    target = Made()
    holder = [target]
    before = [sys.getrefcount(one) for one in (target, holder, Made, BOTH)]
    for _ in range(3):
        graph(target, fork=True)
    assert before == [sys.getrefcount(one) for one in
                      (target, holder, Made, BOTH)]


# From wherever

def test_off_the_main_thread():
    found = []

    def work():
        target = Made()
        for fork in BOTH:
            found.append(told(graph(target, explain=True, fork=fork)))
    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()
    assert found[0] == found[1]
    assert "work.target (local)" in found[1][1]


def test_from_many_threads_at_once():
    found, errors = [], []

    def work():
        try:
            target = Made()
            for _ in range(4):
                found.append("target (local)" in str(graph(target, fork=True)))
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and found == [True] * 32


SHOW = """
class Target: pass
def show():
    target = Target()
    keep = [target]
    text = str(referrers.get_referrer_graph(target, fork=True))
    assert "show.target (local)" in text, text
    assert "show.keep (local)" in text, text
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_from_everywhere(program):
    run_show(program, SHOW)


def test_progress_is_shown_by_the_parent(waiting):
    reading, writing = os.pipe()

    def watch(pid):
        seen = b""
        while b"searching" not in seen:
            seen += os.read(reading, 100)
        return seen
    referrers._core.show_progress(writing)
    try:
        with meanwhile(waiting, watch) as doing:
            graph(doing, fork=True)
    finally:
        referrers._core.show_progress(-1)
        os.close(reading)
        os.close(writing)
    assert b"referrers: searching, " in doing.result
