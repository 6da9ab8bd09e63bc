"""Asked while the interpreter exits: an answer or a clear error, never a
crash."""

import subprocess
import sys
import textwrap

import pytest

from conftest import short_and_long

from programs import run


def test_in_atexit_callbacks():
    output = run("""
    import atexit, threading, referrers
    class Target: pass
    target = Target()
    def last():
        mine = target
        print(referrers.get_referrer_graph(target))
    atexit.register(last)
    threading._register_atexit(last)
    """)
    assert output.count("last.mine (local)") == 2


# What is still alive at each stage of the interpreter's end: modules being
# cleared, sys and builtins being cleared, the interpreter's own tables.
STAGES = {
    "modules": "kept = Final()",
    "a cycle": "kept = Final(); kept.me = kept",
    "sys": "sys.kept = Final()",
    "builtins": "import builtins; builtins.kept = Final()",
    "a codec": "import codecs; codecs.register(Final())",
    "a codec's error handler":
        "import codecs; codecs.register_error('x', Final())",
    "an audit hook": "sys.addaudithook(Final())",
    "a thread": "import threading; threading.current_thread().kept = Final()",
    "a thread-local": "import threading\nlocal = threading.local()\n"
                      "local.kept = Final()\nsys.local = local",
    "a fork hook": "import os; os.register_at_fork(before=Final())",
    "a signal handler": "import signal; signal.signal(signal.SIGUSR1, Final())",
    "an exception hook": "sys.excepthook = Final()",
    "a class": "class Kept:\n    kept = Final()\nKept.me = Kept",
    "a class of a class": "class A: x = Final()\nclass B(A): pass",
    "a context": "import contextvars\nv = contextvars.ContextVar('v')\n"
                 "v.set(Final())\nsys.v = v",
    "a generator": "def g():\n    try:\n        yield\n    finally:\n"
                   "        look(Final())\nkept = g()\nnext(kept)\nsys.kept = kept",
    "an interpreter's atexit": "import atexit; atexit.register(Final())",
}


# Of these the modules are still there.
EARLY = {"a class", "a class of a class", "an interpreter's atexit"}


@pytest.mark.parametrize("stage", STAGES)
def test_in_finalizers_of_an_exiting_interpreter(stage):
    """What the finalizer needs it has as defaults: its globals may be gone, and
    so may those of our Python part, even the builtins; the core answers."""
    output = run("""
    import sys, os, referrers
    class Target: pass
    def look(target, get=referrers.get_referrer_graph, write=os.write,
             text=str, error=BaseException, core=referrers._core.graph):
        try:
            text(get(target, search_for_untracked_objects=True))
            write(1, b"graph, ")
        except error as problem:
            write(1, text(problem).encode() + b", ")
        try:
            core([target], search_for_untracked_objects=True).text(0)
            write(1, b"core\\n")
        except error as problem:
            write(1, text(problem).encode() + b"\\n")
    class Final:
        def __call__(self, *arguments): pass
        def __del__(self, look=look):
            look(self)
    """.replace("\n    ", "\n") + STAGES[stage] + "\n")
    lines = output.splitlines()
    # A signal handler and the like may outlive every finalizer.
    assert len(lines) <= 2
    cleared = ("the interpreter is exiting and has already cleared referrers",
               "'NoneType' object is not callable")
    for line in lines:
        face, _, core = line.rpartition(", ")
        assert core == "core"
        assert face == "graph" or face in cleared and stage not in EARLY


@short_and_long
def test_daemon_threads_that_look_while_the_interpreter_exits(length):
    """Some processes, each ended at another moment."""
    count = 40 if length == "long" else 10
    code = textwrap.dedent("""
    import sys, threading, time, referrers
    class Target: pass
    target = Target()
    def work():
        mine = [target]
        while True:
            graph = referrers.get_referrer_graph(
                target, search_for_untracked_objects=True)
            str(graph)
    for _ in range(3):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(float(sys.argv[1]))
    """)
    running, failed = [], []

    def reap(process):
        output = process.communicate(timeout=300)[0]
        if process.returncode != 0:
            failed.append((process.returncode, output[-500:]))
    for i in range(count):
        running.append(subprocess.Popen(
            [sys.executable, "-c", code, "%f" % (i / count / 40)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        if len(running) == 4:
            reap(running.pop(0))
    for process in running:
        reap(process)
    assert not failed
