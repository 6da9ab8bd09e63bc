"""Subinterpreters: each loads a core of its own, sees its own heap only, and
leaves nothing behind."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from conftest import short_and_long

STAGE = str(pathlib.Path(__import__("referrers").__file__).parents[1])

# Three names in six versions.
PRELUDE = """
import gc, os, sys, threading
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

def create():
    try:
        return interpreters.create("isolated") if OWN_GIL else (
            interpreters.create("legacy"))
    except (TypeError, ValueError):
        # Up to 3.12 a flag says it: a GIL of its own is the default there.
        return interpreters.create(isolated=OWN_GIL)

def run(interpreter, code):
    code = "import sys; sys.path.insert(0, %r)\\n" % STAGE + code
    problem = interpreters.run_string(interpreter, code)
    assert problem is None, problem.formatted

OWN_GIL = sys.argv[1] == "own"
STAGE = sys.argv[2]
"""

GRAPH = """
import referrers
class Target: pass
def show():
    target = Target()
    keep = [target]
    text = str(referrers.get_referrer_graph(
        target, search_for_untracked_objects=True))
    assert "show.target (local)" in text, text
    assert "show.keep (local)" in text, text
    return text
show()
"""


def run(code, own_gil):
    process = subprocess.run(
        [sys.executable, "-c",
         PRELUDE + "GRAPH = %r\n" % GRAPH + textwrap.dedent(code),
         "own" if own_gil else "shared", STAGE],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, text=True,
        env=dict(os.environ))
    assert process.returncode == 0, process.stdout
    return process.stdout


both = pytest.mark.parametrize("own_gil", [False, True])


@both
def test_it_loads_and_works(own_gil):
    run("run(create(), GRAPH)", own_gil)


@both
def test_it_sees_its_own_heap_only(own_gil):
    """The object has referrers on both sides; static types are shared."""
    run("""
    import referrers
    class Outer: pass
    many = [[Outer] for _ in range(100)]
    def here():
        # A class of the language: both interpreters have instances of it.
        return str(referrers.get_referrer_graph(
            OSError, search_for_untracked_objects=True, max_depth=1,
            single_object_referrer_limit=None))
    inner = create()
    run(inner, "ours_alone = [OSError] * 3")
    assert "ours_alone" not in here()
    run(inner, '''
    import referrers
    text = str(referrers.get_referrer_graph(
        OSError, search_for_untracked_objects=True, max_depth=3,
        single_object_referrer_limit=None))
    assert "__main__.ours_alone" in text, text
    assert "Outer" not in text and "many" not in text, text
    '''.replace("\\n    ", "\\n"))
    """, own_gil)


@both
def test_several_at_once(own_gil):
    run("""
    import referrers
    failures = []
    def work():
        inner = create()
        try:
            for _ in range(5):
                run(inner, GRAPH)
        except BaseException as error:
            failures.append(error)
        finally:
            interpreters.destroy(inner)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    exec(GRAPH)
    for thread in threads:
        thread.join()
    assert not failures, failures
    """, own_gil)


@short_and_long
@both
def test_module_state_is_freed(own_gil, length):
    """What some of them leave with malloc, compared with interpreters that do
    not load us.  (The size of the process would say nothing: with a GIL of
    their own they leave megabytes of CPython's arenas each.)"""
    run("""
    import ctypes
    class Info(ctypes.Structure):
        _fields_ = [(name, ctypes.c_size_t) for name in
                    "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks"
                    " fordblks keepcost".split()]
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Info
    def size():
        info = mallinfo()
        return info.uordblks + info.hblkhd
    def cycle(code):
        inner = create()
        run(inner, code)
        interpreters.destroy(inner)
    def growth(code):
        for _ in range(COUNT // 4):
            cycle(code)
        before = size()
        for _ in range(COUNT):
            cycle(code)
        return (size() - before) / COUNT
    # The same classes, functions and modules, but for ours.  (Not datetime: an
    # interpreter with a GIL of its own frees it twice on 3.12.1.)
    empty = growth(GRAPH.partition("def show")[0].replace(
        "import referrers", "import _csv, _struct, os"))
    ours = growth(GRAPH)
    assert ours < empty + 4_000, (empty, ours)
    print("bytes left by each:", empty, ours)
    """.replace("COUNT", "80" if length == "long" else "20"), own_gil)


def test_the_package_can_be_loaded_again():
    """Each core has its own types; a graph of the first one lives on."""
    run("""
    import referrers
    class Target: pass
    target = Target()
    first, old = referrers, referrers.get_referrer_graph(target)
    text = str(old)
    for _ in range(20):
        for name in [n for n in sys.modules if n.partition(".")[0] == "referrers"]:
            del sys.modules[name]
        del referrers
        import referrers
        assert referrers is not first
        made = referrers.get_referrer_graph(target)
        assert "__main__.target" in str(made)
        gc.collect()
    del first
    gc.collect()
    assert str(old) == text
    assert "__main__.target" in str(old)
    """, False)
