"""Prompts and debuggers: what they hold themselves is told apart from what the
program holds, and a graph shows itself there.

A real notebook is executed by `make check-notebook`; here a small package of
the name IPython stands for it, so that every `make check` sees the rule."""

import subprocess
import sys

import pytest

PROGRAM = """\
import referrers
class K: pass
def f(k):
    box = [k]
    return box
def main():
    f(K())
main()
"""

IN_F = """\
╙── K instance (id=N)
    ├─╼ list[0] (id=N)
    │   └─╼ f.box (local) (id=N)
    └─╼ f.k (local) (id=N)
"""


@pytest.mark.parametrize("ask", [
    "print(referrers.get_referrer_graph(k))",
    "p print(referrers.get_referrer_graph(k))"])
def test_pdb_shows_nothing_of_itself(tmp_path, no_ids, ask):
    """Neither its frames, nor its object, nor the frame of the expression."""
    (tmp_path / "p.py").write_text(PROGRAM)
    process = subprocess.run(
        [sys.executable, "-m", "pdb", "p.py"], cwd=tmp_path, text=True,
        input="b 5\nc\n%s\nq\n" % ask, capture_output=True, timeout=300)
    seen = no_ids(process.stdout)
    assert IN_F in seen, seen + process.stderr


def test_a_breakpoint_in_the_program(tmp_path, no_ids):
    (tmp_path / "p.py").write_text(
        PROGRAM.replace("    return box", "    breakpoint()\n    return box"))
    process = subprocess.run(
        [sys.executable, "p.py"], cwd=tmp_path, text=True,
        input="print(referrers.get_referrer_graph(k))\nq\n",
        capture_output=True, timeout=300)
    assert IN_F in no_ids(process.stdout), process.stderr


def test_a_debugger_that_is_asked_about_is_shown(tmp_path, no_ids):
    (tmp_path / "p.py").write_text(
        "import pdb, referrers\nmine = pdb.Pdb()\n"
        "print(referrers.get_referrer_graph(mine))\n")
    process = subprocess.run([sys.executable, "p.py"], cwd=tmp_path, text=True,
                             capture_output=True, timeout=300)
    assert no_ids(process.stdout) == (
        "╙── Pdb instance (id=N)\n"
        "    └─╼ __main__.mine (global) (id=N)\n"), process.stderr


def test_a_shells_objects_are_shown_and_not_followed(tmp_path, no_ids):
    """They keep things alive, which is worth knowing; what refers to them is
    the shell itself, in a hundred ways."""
    (tmp_path / "IPython").mkdir()
    (tmp_path / "IPython" / "__init__.py").write_text("""\
class Hook:
    pass
def run(namespace, code):
    inside = namespace['x']
    hook = Hook()
    hook.last = inside
    exec(code, namespace)
""")
    (tmp_path / "p.py").write_text(
        "import IPython, referrers\nx = []\n"
        "IPython.run(globals(), 'print(referrers.get_referrer_graph(x))')\n")
    process = subprocess.run([sys.executable, "p.py"], cwd=tmp_path, text=True,
                             capture_output=True, timeout=300)
    assert no_ids(process.stdout) == (
        "╙── list instance (id=N)\n"
        "    ├─╼ Hook.last (instance attribute) (id=N)\n"
        "    └─╼ __main__.x (global) (id=N)\n"), process.stderr


class Shell:
    """As much of IPython's shell as the extension uses."""

    def __init__(self):
        self.user_ns = {"box": [[]]}
        self.magics = {}

    def register_magic_function(self, function, kind, name):
        self.magics[kind, name] = function

    def transform_cell(self, cell):
        return cell


@pytest.fixture
def magic():
    import referrers
    shell = Shell()
    referrers.load_ipython_extension(shell)
    function = shell.magics["line_cell", "referrers"]
    function.namespace = shell.user_ns
    return function


def test_magic_for_a_line(magic):
    assert "dict[box]" in str(magic("box"))
    assert "list[0]" in str(magic(" box[0] "))
    assert str(magic("3.25")).startswith("╙── float instance")
    assert str(magic("json.decoder")).startswith("╙── module instance")
    with pytest.raises(NameError):
        magic("nothing")
    with pytest.raises(ValueError, match=r"which object\?  %referrers EXPR"):
        magic("")


@pytest.mark.parametrize("line", ["--help", " -h "])
def test_magic_helps(magic, line, capsys):
    assert magic(line) is None
    helped = capsys.readouterr().out
    assert "%referrers EXPR " in helped and "%%referrers " in helped
    assert helped == magic.__doc__


def test_magic_for_a_cell(magic):
    assert "dict[new]" in str(magic("", "new = [1]\nnew\n"))
    assert magic.namespace["new"] == [1]
    assert "dict[new]" in str(magic("new", "new = [2]\n1 / 1\n"))
    assert magic.namespace["new"] == [2]
    with pytest.raises(ValueError):
        magic("", "new = [3]\n")
    with pytest.raises(ZeroDivisionError):
        magic("new", "1 / 0\n")


def test_a_graph_shows_itself(monkeypatch):
    import referrers
    from referrers import _render
    graph = referrers.get_referrer_graph([])
    bundle = graph._repr_mimebundle_()
    assert sorted(bundle) == ["image/svg+xml", "text/html", "text/plain"]
    assert bundle["text/plain"] == str(graph)
    assert bundle["image/svg+xml"].startswith("<svg ")
    # A prompt without pictures does not wait for one.
    monkeypatch.setattr(_render, "PROGRAM", "/nonexistent")
    assert list(graph._repr_mimebundle_(include={"text/plain"})) == [
        "text/plain"]
    # Without a picture there is still the text.
    assert list(graph._repr_mimebundle_()) == ["text/plain"]
