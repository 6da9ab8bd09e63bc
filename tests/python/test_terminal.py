"""The command on a terminal: colour, ASCII, progress.

Protects that colour and ASCII come only where they are wanted, that both leave
every character of the tree in its place, and that files never have them."""

import os
import re
import subprocess
import sys

import pytest

from conftest import run_on_terminal

from referrers import _terminal

TREE = ("-T", "txt", "-e", "x",
        "-s", "x = []; y = {'k\u00fc': x}; x.append(y)")
PLAIN = """\
╙── list instance (id=N)
    ├─╼ dict[kü] (id=N)
    │   ├─╼ list[0] (id=N) (circular ref)
    │   └─╼ __main__.y (module variable) (id=N)
    └─╼ __main__.x (module variable) (id=N)
"""
ASCII = """\
`== list instance (id=N)
    |-> dict[k\\xfc] (id=N)
    |   |-> list[0] (id=N) (circular ref)
    |   `-> __main__.y (module variable) (id=N)
    `-> __main__.x (module variable) (id=N)
"""


def environment(**variables):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("NO_COLOR", "FORCE_COLOR", "LC_ALL", "LANG",
                            "LC_CTYPE", "PYTHONUTF8", "PYTHONIOENCODING")}
    return {**kept, "TERM": "xterm", **variables}


def without_colour(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def on_terminal(*arguments, **variables):
    return run_on_terminal(*arguments, env=environment(**variables))


@pytest.mark.parametrize("variables, coloured", [
    ({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True),
    ({"TERM": "dumb"}, False), ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False)])
def test_colour_on_a_terminal(no_ids, variables, coloured):
    status, seen = on_terminal(*TREE, **variables)
    assert status == 0
    assert ("\x1b[" in seen) == coloured
    assert no_ids(without_colour(seen)) == PLAIN


@pytest.mark.parametrize("variables, coloured", [
    ({}, False), ({"FORCE_COLOR": "1"}, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False)])
def test_colour_in_a_pipe(command, no_ids, variables, coloured):
    result = command(*TREE, env=environment(**variables))
    assert (b"\x1b[" in result.output) == coloured
    assert no_ids(without_colour(result.text)) == PLAIN


@pytest.mark.parametrize("variables, tree", [
    ({}, PLAIN), ({"LANG": "C.UTF-8"}, PLAIN), ({"LC_ALL": "C.UTF-8"}, PLAIN),
    ({"LC_ALL": "C"}, ASCII), ({"LC_ALL": "POSIX"}, ASCII),
    ({"LC_ALL": "C", "PYTHONUTF8": "1"}, PLAIN),
    ({"PYTHONIOENCODING": "ascii"}, ASCII),
    ({"PYTHONIOENCODING": "latin-1"}, ASCII),
    ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, PLAIN)])
def test_ascii_where_utf8_cannot_be_read(command, no_ids, variables, tree):
    # Where the C locale is plain ASCII, an argument's ü is no ü.
    arguments = [word.replace("\u00fc", "\\u00fc") for word in TREE]
    result = command(*arguments, env=environment(**variables))
    assert result.status == 0, result.errors
    assert no_ids(result.text) == tree


def test_a_file_is_the_same_everywhere(command, tmp_path, no_ids):
    arguments = [word.replace("\u00fc", "\\u00fc") for word in TREE]
    command(*arguments, "-o", "g.txt",
            env=environment(LC_ALL="C", FORCE_COLOR="1"))
    assert no_ids((tmp_path / "g.txt").read_text("utf-8")) == PLAIN
    dot = command("-e", "[]", env=environment(FORCE_COLOR="1"))
    assert b"\x1b" not in dot.output


def test_what_is_coloured():
    """The target, roots, cycles; what is not for reading is faint."""
    line = "    ├─╼ __main__.x (module variable) (id=5)"
    assert _terminal.dressed(line, True, False) == (
        "\x1b[2m    ├─╼ \x1b[0m\x1b[33m__main__.x\x1b[0m"
        "\x1b[2m (module variable)\x1b[0m\x1b[2m (id=5)\x1b[0m")
    assert "\x1b[1;34mlist instance\x1b[0m" in _terminal.dressed(
        "╙── list instance (id=5)", True, False)
    assert "\x1b[35m (circular ref)\x1b[0m" in _terminal.dressed(
        "└─╼ list[0] (id=5) (circular ref)", True, False)


@pytest.mark.parametrize("line", [
    "", "└─╼ … 17 more list[…]", "… timeout of 2.00 s reached",
    "[205]     └─╼ list[0] (id=7)", "└─╼ dict[ (id=3) (id=4)] (id=7)",
    "└─╼ dict[╙── ] (id=7)", "└─╼ dict[\\x1b[2m] (id=7) (shown above)",
    "no line of a tree"])
def test_colour_takes_nothing_away(line):
    assert without_colour(_terminal.dressed(line, True, False)) == line


def test_a_terminal_gets_binary_only_by_force():
    status, seen = on_terminal("-e", "[]", "-T", "png")
    assert status == 2 and "--force" in seen


def test_progress_of_what_takes_longer_than_a_second(tmp_path):
    """A drawing program that waits for it to be said; on a terminal only."""
    slow, said = tmp_path / "_draw", tmp_path / "said"
    import referrers._render

    def wait(how):
        slow.write_text("#!/bin/sh\n%s\nexec '%s' \"$@\"\n"
                        % (how, referrers._render.PROGRAM))
        slow.chmod(0o755)
    code = ("import referrers._render, sys; "
            "referrers._render.PROGRAM = %r" % str(slow))
    arguments = ("-s", code, "-e", "[]", "-T", "svg", "-o",
                 str(tmp_path / "g.svg"))

    def on_output(process, seen):
        if re.search(r"\rreferrers: drawing, \d+ s ", seen):
            said.touch()
    wait("until test -e '%s'; do sleep 0.05; done" % said)
    status, seen = run_on_terminal(*arguments, env=environment(),
                                   on_output=on_output)
    assert status == 0 and said.exists()
    # Nothing of it stays on the screen.
    assert seen.rstrip("\r").endswith(" " * 40) and "\n" not in seen
    wait("sleep 2")
    process = subprocess.run(
        [sys.executable, "-m", "referrers.dot", *arguments],
        capture_output=True, env=environment())
    assert (process.returncode, process.stderr) == (0, b"")


def test_version_names_all_that_a_picture_depends_on(command):
    import referrers
    lines = command("--version").text.splitlines()
    assert lines[0] == "referrers %s" % referrers.__version__
    assert lines[1] == "CPython %s, %s" % (sys.version.split()[0],
                                           sys.executable)
    assert re.match(r"Graphviz \d+\.", lines[2])
    assert any("dot_layout" in line for line in lines[3:])
