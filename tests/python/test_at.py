"""--at, --on-exception: looking in the middle of the program.

Protects that the program stops where it was told to and nowhere else, that the
answer shows the program as it was there and nothing of what stopped it, and
that no more of the program runs unless it is wanted."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """\
import atexit
atexit.register(print, "atexit")
class Session:
    def __init__(self, user):
        self.user = user

    def save(self, to):
        # no code here
        box = [self]
        to.append(box)
        return len(to)

def work(n):
    kept = []
    try:
        for i in range(n):
            s = Session(i)
            s.save(kept)
    finally:
        print("finally")
    return kept

kept = work(5)
print("end")
"""

IN_SAVE = """\
╙── Session instance (id=N)
    ├─╼ list[0] (id=N)
    │   └─╼ save.box (local) (id=N)
    ├─╼ save.self (local) (id=N)
    └─╼ work.s (local) (id=N)
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "p.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def text(command, no_ids):
    """Runs the command for a text tree on standard output."""
    def run(*arguments, **how):
        result = command("-T", "txt", *arguments, **how)
        result.tree = no_ids(result.output.decode())
        return result
    return run


@pytest.mark.parametrize("place", ["p.py:10", "./p.py:10"])
def test_a_line(text, program, place):
    """The line has not run yet; nothing of the program runs afterwards."""
    result = text("-e", "self", "--at", place, "p.py")
    assert (result.status, result.errors) == (0, "")
    assert result.tree == IN_SAVE


def test_the_line_of_a_loop_for_the_nth_time(text, program):
    result = text("-e", "s", "--at", "p.py:18", "--count", "3", "p.py")
    assert (result.status, result.errors) == (0, "")
    assert result.tree == ("╙── Session instance (id=N)\n"
                           "    └─╼ work.s (local) (id=N)\n")


def test_a_line_of_the_module(text, program):
    result = text("-e", "kept", "--at", "p.py:24", "p.py")
    assert (result.status, result.errors) == (0, "finally\n")
    assert result.tree == ("╙── list instance (id=N)\n"
                           "    └─╼ __main__.kept (global) (id=N)\n")


@pytest.mark.parametrize("name", [
    "Session.save", "p.Session.save", "__main__.Session.save"])
def test_a_function(text, program, name):
    result = text("-e", "self", "--at", name, "--count", "2", "p.py")
    assert (result.status, result.errors) == (0, "")
    assert result.tree == ("╙── Session instance (id=N)\n"
                           "    ├─╼ save.self (local) (id=N)\n"
                           "    └─╼ work.s (local) (id=N)\n")


def test_a_function_in_a_function_and_a_generator(text, tmp_path):
    """A generator that goes on is not called again."""
    (tmp_path / "p.py").write_text(
        "def outer():\n    def inner(n):\n        x = [n]\n        while x:\n"
        "            yield x\n    return inner\n"
        "a = outer()(1); next(a); next(a); b = outer()(2); next(b)\n")
    for name in ("outer.inner", "outer.<locals>.inner"):
        result = text("-e", "('first', {'second'})[n - 1]", "--at", name,
                      "--count", "2", "p.py")
        assert result.status == 0, result.errors
        assert result.tree.startswith("╙── set instance")
        result = text("-e", "x", "--at", name, "--count", "3", "p.py")
        assert result.said == ["referrers: --at was reached only 2 times, "
                               "not 3 times"]
        assert (result.status, result.tree) == (1, "")


def test_code_imported_later_and_threads(text, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("")
    (tmp_path / "lib" / "work.py").write_text(
        "def go(box):\n    box = [box]\n    return box\n")
    (tmp_path / "p.py").write_text(
        "import threading\ndef main():\n    from lib import work\n"
        "    work.go([])\n"
        "t = threading.Thread(target=main)\nt.start()\nt.join()\n")
    for place in ("lib/work.py:3", "work.py:3", "lib.work.go", "work.go"):
        result = text("-e", "box", "--at", place, "p.py")
        assert (result.status, result.errors) == (0, ""), place
        assert result.tree == ("╙── list instance (id=N)\n"
                               "    └─╼ go.box (local) (id=N)\n"), place


def test_continue_runs_the_rest(text, program, tmp_path):
    result = text("-e", "self", "--at", "p.py:10", "--continue", "p.py")
    assert (result.status, result.tree) == (0, IN_SAVE)
    assert result.errors == "finally\nend\natexit\n"
    program.write_text(PROGRAM + "raise SystemExit(7)\n")
    result = text("-e", "self", "--at", "p.py:10", "--continue", "p.py")
    assert (result.status, result.tree) == (7, IN_SAVE)


def test_what_was_printed_is_not_lost(command, tmp_path):
    (tmp_path / "p.py").write_text("print('before')\nx = []\nprint('after')\n")
    result = command("-e", "x", "-o", "g.txt", "--at", "p.py:3", "p.py")
    assert (result.status, result.text, result.errors) == (0, "before\n", "")
    assert (tmp_path / "g.txt").read_text().startswith("╙── list instance")


def test_a_deleted_variable_is_not_kept_by_looking(text, tmp_path):
    """Before 3.13 f_locals would keep what `del` took away."""
    (tmp_path / "p.py").write_text(
        "import weakref\nclass K: pass\n"
        "def f():\n    k = K(); r = weakref.ref(k)\n    x = []\n"
        "    del k\n    print(r() is None)\nf()\n")
    result = text("-e", "k", "--at", "p.py:6", "--continue", "p.py")
    assert (result.status, result.errors) == (0, "True\n")
    assert result.tree == ("╙── K instance (id=N)\n"
                           "    └─╼ f.k (local) (id=N)\n")


def test_variables_are_seen_inside_a_comprehension(text, program):
    """... and a cell counts as what is in it, a class body has variables."""
    result = text("-e", "[b for b in [[self], box] if self in b and b is box]",
                  "--each", "--at", "p.py:10", "p.py")
    assert (result.status, result.errors) == (0, "")
    assert "save.box (local)" in result.tree
    program.write_text("def f(a):\n    b = [a]\n    g = lambda: (a, b)\n"
                       "    return g\nf([])\n"
                       "class K:\n    inside = []\n    pass\n")
    result = text("-e", "b[0]", "--at", "p.py:4", "p.py")
    assert "list[0]" in result.tree, result.errors
    result = text("-e", "inside", "--at", "p.py:8", "p.py")
    assert "K.inside (local)" in result.tree, result.errors


def test_other_objects_at_the_mark(text, program):
    """--exclude and --type look there as well."""
    result = text("-e", "self", "--exclude", "box", "--at", "p.py:10", "p.py")
    assert "list" not in result.tree and "save.self (local)" in result.tree
    result = text("--type", "Session", "--at", "p.py:10", "--count", "2",
                  "p.py")
    assert (result.status, result.tree.count("Session instance")) == (0, 2)


@pytest.mark.parametrize("arguments, status, line", [
    (("--at", "p.py:8"), 2, "--at p.py:8: line 8 has no code, but line 9 does"),
    (("--at", "p.py:999"), 2,
     "--at p.py:999: line 999 has no code, but line 24 does"),
    (("--at", "p.py:x"), 2, "argument --at: 'p.py:x' is neither FILE:LINE"),
    (("--at", "p.py:0"), 2, "argument --at: 'p.py:0' is neither FILE:LINE"),
    (("--at", ""), 2, "argument --at: '' is neither FILE:LINE nor the name"),
    (("--at", "a b"), 2, "argument --at: 'a b' is neither FILE:LINE"),
    (("--at", "q.py:3"), 1,
     "--at was not reached: no code from a file q.py ran"),
    (("--at", "save"), 1,
     "--at was not reached: what ran is called Session.save"),
    (("--at", "nothing"), 1, "--at was not reached"),
    (("--at", "p.py:10", "--count", "6"), 1,
     "--at was reached only 5 times, not 6 times"),
    (("--at", "p.py:24", "--count", "2"), 1,
     "--at was reached only once, not 2 times"),
    (("--at", "p.py:10", "--count", "0"), 2, "argument --count: '0' is not"),
    (("--count", "2"), 2, "--count needs --at"),
    (("--continue",), 2, "--continue needs --at"),
    (("--at", "p.py:10", "--on-exception"), 2,
     "give --at or --on-exception, not both"),
    (("--on-exception",), 1,
     "--on-exception: no exception ended the program"),
])
def test_marks_that_cannot_be(text, program, arguments, status, line):
    result = text("-e", "kept", *arguments, "p.py")
    assert result.status == status
    assert len(result.said) == 1, result.errors
    assert result.said[0].startswith("referrers: " + line)
    assert result.tree == ""


def test_a_mark_needs_a_program(text):
    assert text("-e", "1", "--at", "f").status == 2
    assert text("-e", "1", "--on-exception").status == 2
    result = text("-s", "def f(x): return x", "-s", "f([])", "-e", "x", "--at",
                  "f")
    assert (result.status, result.errors) == (0, "")
    assert "f.x (local)" in result.tree


@pytest.mark.parametrize("expression, line", [
    ("nothing", "the expression failed: NameError"),
    ("exit(0)", "the expression failed: SystemExit: 0")])
def test_an_expression_that_fails_there_ends_the_program(
        text, program, expression, line):
    result = text("-e", expression, "--at", "p.py:10", "p.py")
    assert result.status == 1
    assert result.said[0].startswith("referrers: " + line)
    assert "finally" not in result.errors and "atexit" not in result.errors


def test_a_mark_in_a_program_that_catches_everything(text, tmp_path):
    (tmp_path / "p.py").write_text(
        "def f(x):\n    y = x\n    return y\n"
        "try:\n    f([])\nexcept BaseException:\n    print('caught')\n")
    result = text("-e", "x", "--at", "p.py:3", "p.py")
    assert (result.status, result.errors) == (0, "")


def test_control_c_while_looking(tmp_path):
    (tmp_path / "p.py").write_text("def f(x):\n    return x\nf([])\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "referrers.dot", "--at", "f", "-e",
         "(print('up', flush=True), __import__('time').sleep(60))", "-o",
         "g.txt", "p.py"], cwd=tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert errors.decode().splitlines()[-1] == "referrers: interrupted"
    assert os.listdir(tmp_path) == ["p.py"]


def test_the_exception_that_ends_the_program(text, tmp_path, no_ids):
    (tmp_path / "p.py").write_text(
        "import json\n"
        "def read(text):\n    mine = [text]\n    return json.loads(mine[0])\n"
        "read('{')\n")
    result = text("-e", "mine", "--on-exception", "p.py")
    assert result.status == 1
    assert result.said == []
    assert "JSONDecodeError" in result.errors
    assert result.tree.splitlines()[:2] == [
        "╙── list instance (id=N)", "    └─╼ read.mine (local) (id=N)"]
    # The innermost that knows the names: here the one that raised.
    result = text("-e", "idx", "--on-exception", "p.py")
    assert result.tree.startswith("╙── int instance")
    result = text("-e", "unknown", "--on-exception", "p.py")
    assert result.status == 1
    assert result.said == ["referrers: the expression failed: NameError: name "
                           "'unknown' is not defined"]


def test_on_exception_keeps_the_status_and_takes_an_interrupt(text, tmp_path):
    (tmp_path / "p.py").write_text(
        "def f():\n    x = []\n    raise KeyboardInterrupt\nf()\n")
    result = text("-e", "x", "--on-exception", "p.py")
    assert (result.status, result.said) == (130, [])
    assert "f.x (local)" in result.tree
    (tmp_path / "p.py").write_text("import sys\nsys.exit(3)\n")
    result = text("-e", "[]", "--on-exception", "p.py")
    assert (result.status, result.tree) == (1, "")


def test_an_exception_of_a_thread(text, tmp_path):
    """The program goes on, as it always does."""
    (tmp_path / "p.py").write_text(
        "import threading\ndef f():\n    x = []\n    1 / 0\n"
        "t = threading.Thread(target=f)\nt.start()\nt.join()\nprint('end')\n")
    result = text("-e", "x", "--on-exception", "p.py")
    assert (result.status, result.said) == (0, [])
    assert result.errors.endswith("end\n")
    assert "f.x (local)" in result.tree


@pytest.mark.skipif(sys.version_info < (3, 12),
                    reason="before 3.12 a tracer looks at every line")
def test_away_from_the_mark_nothing_is_called(tmp_path):
    """A function that is not marked is asked about once, however often it
    runs; of the marked one each line is asked about once."""
    (tmp_path / "watched.py").write_text("""\
def away():
    return 1

def marked():
    a = 1
    b = 2
    return a

def run():
    for i in range(1000):
        away()
    for i in range(100):
        marked()
""")
    sys.path.insert(0, str(tmp_path))
    try:
        import watched
    finally:
        sys.path.pop(0)
    from referrers import _mark, _watch
    seen = []
    watch = _watch.watch(_mark.parse("watched.py:7"), 10**9, None)
    hit = watch._hit
    watch._hit = lambda frame: (seen.append(frame.f_code), hit(frame))[1]
    calls = {"start": 0, "line": 0}
    start, line = watch._on_start, watch._on_line

    def on_start(code, offset):
        calls["start"] += code.co_filename == watched.__file__
        return start(code, offset)

    def on_line(code, number):
        calls["line"] += 1
        return line(code, number)

    watch._on_start, watch._on_line = on_start, on_line
    watch.start()
    try:
        watched.run()
    finally:
        watch.stop()
    assert watch.reached == 100 and len(seen) == 100
    assert calls == {"start": 3, "line": 100 + 2}
