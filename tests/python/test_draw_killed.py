"""The drawing program killed at every stage: the caller gets a RenderError that
says so and keeps the DOT text, or the whole picture; nothing is left behind."""

import os
import signal
import threading
import time
import xml.etree.ElementTree

import pytest

import referrers
from referrers import _render

KILLS = 16


class Node:
    pass


def children():
    """Process ids of the drawing programs that this process has started."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                stat = file.read()
        except OSError:
            continue
        comm, _, rest = stat.partition("(")[2].rpartition(")")
        if int(rest.split()[1]) == os.getpid() and comm.startswith("_draw"):
            found.append(int(name))
    return found


@pytest.fixture(scope="module")
def graph():
    """Large enough that its layout takes a tenth of a second."""
    nodes = [Node() for _ in range(300)]
    for i in range(1, len(nodes)):
        setattr(nodes[i], "a%d" % i, nodes[(i - 1) // 3])
    return referrers.get_referrer_graph(
        nodes[0], max_depth=None, exclude_object_ids=[id(nodes)])


@pytest.fixture
def go(tmp_path, monkeypatch):
    """A file; the drawing program waits until it is there."""
    file, waiting = tmp_path / "go", tmp_path / "_draw"
    waiting.write_text("#!/bin/sh\nuntil test -e '%s'; do sleep 0.01; done\n"
                       "exec '%s' \"$@\"\n" % (file, _render.PROGRAM))
    waiting.chmod(0o755)
    monkeypatch.setattr(_render, "PROGRAM", str(waiting))
    return file


def kill_after(go, delay, killed):
    """Kills the drawing program that appears, so long after it may begin; before
    that when there is no delay."""
    while not (found := children()):
        time.sleep(0.001)
    if delay > 0:
        go.touch()
        time.sleep(delay)
    try:
        os.kill(found[0], signal.SIGKILL)
        killed.append(found[0])
    except ProcessLookupError:
        pass    # it was done before
    go.touch()


@pytest.mark.parametrize("format", ["dot", "svg", "png"])
def test_killed_at_every_stage(graph, format, go):
    draw = getattr(graph, "to_" + format)
    options = {"max_objects": 1000 if format != "png" else 40}
    go.touch()
    started = time.perf_counter()
    whole = draw(**options)
    takes = time.perf_counter() - started
    descriptors = sorted(os.listdir("/proc/self/fd"))
    failures = 0
    for i in range(KILLS):
        killed = []
        go.unlink()
        killer = threading.Thread(
            target=kill_after, args=(go, takes * i / KILLS, killed))
        killer.start()
        try:
            picture = draw(**options)
        except referrers.RenderError as error:
            failures += 1
            assert killed, error.reason
            assert "\n" not in error.reason
            assert "signal" in error.reason or "killed" in error.reason.lower()
            if format != "dot":
                assert error.dot.startswith("digraph ")
        else:
            assert picture == whole
        killer.join()
    assert failures >= 1    # the others may be faster than their killers
    assert children() == []
    assert sorted(os.listdir("/proc/self/fd")) == descriptors
    assert draw(**options) == whole
    if format == "svg":
        xml.etree.ElementTree.fromstring(whole)
