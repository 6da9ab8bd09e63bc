"""--redact: a graph that can go into a public bug report.

Protects that what a key, a value, a string in the title, a folder, a task or a
thread is called is in no output,
that what it keeps is kept, and that every output says so."""

import re
import zlib

import pytest

from referrers import _redact, _render

RULES = _redact.rules_of_records()

SECRET = "s3cret"
NUMBER = 4711815

# One secret in each place that is to be hidden; DIR is in the file's path.
PROGRAM = """\
import sys, threading
class Session:
    def __init__(self):
        self.attribute_name = ["s3cret value"]
        self.name = "s3cret name"
session = Session()
target = session.attribute_name
keys = {
    "s3cret str": target, ("s3cret tuple", 1): target, b"s3cret bytes": target,
    4711815: target, 0.4711815: target, 4711815 ** 99: target, True: target,
    None: target, frozenset(["s3cret"]): target,
    "s3cret\\n\\x1b\\ud800": target, "s3cret" * 100: target}
wide = {"s3cret %d" % n: target for n in range(300)}
def function_name(argument_name):
    local_name = argument_name
    return local_name
def thread_name(argument_name, is_there):
    is_there.set()
    threading.Event().wait()
is_there = threading.Event()
threading.Thread(target=thread_name, args=[target, is_there],
                 name="s3cret thread", daemon=True).start()
is_there.wait()
function_name(target)
"""


@pytest.fixture
def program(tmp_path):
    directory = tmp_path / "s3cret-directory"
    directory.mkdir()
    path = directory / "program.py"
    path.write_text(PROGRAM)
    return path


def arguments(program, *more):
    return ("-e", "[target, 's3cret in the expression'][0]",
            "--exclude", "'s3cret excluded'", "--at",
            "%s:%d" % (program, 1 + PROGRAM.split("\n").index(
                "    return local_name")),
            "--values", "--weak", "--title", "of 's3cret' and \"s3cret\" in 's3cret open",
            *more, str(program))


def texts_in(output):
    """All that can be read in an output: what a PDF packs as well."""
    yield output
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", output, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            pass


@pytest.mark.parametrize("format", _render.FORMATS)
def test_no_secret_is_in_any_output(command, program, format):
    plain = command("-T", format, *arguments(program))
    redacted = command("-T", format, *arguments(program, "--redact"))
    assert (plain.status, redacted.status) == (0, 0), redacted.errors
    assert plain.output != redacted.output
    for text in texts_in(redacted.output):
        assert SECRET.encode() not in text
        assert str(NUMBER).encode() not in text
    assert redacted.errors == ""
    # The test can fail: without --redact the secrets are there to be found.
    if format not in ("png", "pdf"):
        assert SECRET.encode() in plain.output
        assert str(NUMBER).encode() in plain.output or format != "txt"
    if format == "json":
        assert b"s3cret thread" in plain.output


@pytest.mark.parametrize("format", [
    name for name in _render.FORMATS if name not in ("png", "pdf")])
def test_every_output_says_so(command, program, format):
    redacted = command("-T", format, *arguments(program, "--redact"))
    said = redacted.text.replace("&#160;", " ").replace("\xa0", " ")
    assert "redacted" in said
    plain = command("-T", format, *arguments(program))
    assert "redacted" not in plain.text


def test_what_is_kept_and_what_stands_for_the_rest(command, program):
    tree = command("-T", "txt", "--max-lines", "none",
                   *arguments(program, "--redact")).text
    for kept in ("Session.attribute_name (instance attribute)",
                 "__main__.session (global)", "__main__.target (global)",
                 "function_name.local_name (local)",
                 "function_name.argument_name (local)",
                 "dict[<str, 9 characters>]",
                 "dict[<bytes, 12 bytes>]", "dict[<tuple, 2 items>]",
                 "dict[<int, 7 digits>]", "dict[<int>]", "dict[<float>]",
                 "dict[<bool>]", "dict[<None>]", "dict[<frozenset object>]",
                 "more dict[…]"):
        assert kept in tree, kept
    assert tree.endswith("\n… key texts and values are redacted\n")
    svg = command("-T", "svg", "--no-paths",
                  *arguments(program, "--redact")).text
    assert "program.py" in svg
    assert "name=&lt;str, 11 characters&gt;" in svg.replace("&#160;", " ")
    assert "of &lt;str, 6 characters&gt; and &lt;str, 6 characters&gt; in " \
           "&lt;str, 11 characters&gt;" in svg.replace("&#160;", " ")


@pytest.mark.parametrize("value, shown", [
    ("'s3cret'", "<str, 6 characters>"), ("\"s3cret\"", "<str, 6 characters>"),
    ("user='s3cret'", "user=<str, 6 characters>"),
    ("b's3cret'", "<bytes, 6 bytes>"), ("4711815", "<int, 7 digits>"),
    ("-47", "<int, 2 digits>"), ("4.711815", "<float>"), ("inf", "<float>"),
    ("int of 99 bits", "<int>"), ("True", "<bool>"), ("None", "<None>"),
    ("id=4711815", "id=<int, 7 digits>"), ("('s3cret',)", "<tuple>"),
    ("'s3c\u2026et'", "<str>"), ("s3cret", "<str, 6 characters>"),
    ("", "<str, 0 characters>")])
def test_values(value, shown):
    line = _redact._redacted([b"value", b"0", value.encode()], RULES)
    assert line == b"value\t0\t" + shown.encode()


def test_steps_of_paths_and_names_of_tasks():
    step = b"step\t0\t1\titem\t0\tstr\tdict\ts3cret\t6\tx"
    assert _redact._redacted(step.split(b"\t"), RULES) == (
        b"step\t0\t1\titem\t0\tconstant\tdict\t<str, 6 characters>\t6\tx")
    task = b"object\t7\t1\tTask\tTask\t_asyncio\ts3cret\t-1\t0\t"
    assert SECRET.encode() not in _redact._redacted(task.split(b"\t"), RULES)


def test_names_of_threads():
    """The same for the same thread; what else is called so is kept."""
    threads = _redact._Threads()
    for line, shown in (
            ("root\tframe\twork\ts3cret\t\t6\t0",
             "root\tframe\twork\tthread 2\t\t6\t0"),
            ("root\tthread\tother\tother\t\t0\t0",
             "root\tthread\tthread 3\tthread 3\t\t0\t0"),
            ("root\tmodule\ts3cret\t\t\t0\t0", "root\tmodule\ts3cret\t\t\t0\t0"),
            ("root\tframe\twork\tMainThread\t\t6\t0",
             "root\tframe\twork\tthread 1\t\t6\t0"),
            ("reference\t0\t-\t0\tthread-state\t0\tobject\ts3cret\tcontext\t0",
             "reference\t0\t-\t0\tthread-state\t0\tobject\tthread 2\tcontext\t0"),
            ("step\t0\t1\tthread-state\t0\tobject\tother\tcontext\t0\tx",
             "step\t0\t1\tthread-state\t0\tobject\tthread 3\tcontext\t0\tx")):
        redacted = _redact._redacted(line.encode().split(b"\t"), RULES, threads)
        assert redacted.decode() == shown


def test_a_record_that_is_not_known_is_no_leak():
    with pytest.raises(RuntimeError, match="'novel' records cannot"):
        _redact._redacted([b"novel", b"s3cret"], RULES)


def test_json_has_all_of_it_and_comes_back(command, program, tmp_path):
    import referrers
    for name in ("g.json", "g.txt"):
        assert command("-o", name, *arguments(program, "--redact")).status == 0
    loaded = referrers.load(tmp_path / "g.json")
    again = str(loaded).replace("id=0)", "id=N)")
    tree = re.sub(r"id=\d+\)", "id=N)", (tmp_path / "g.txt").read_text())
    assert re.sub(r"id=\d+\)", "id=N)", again) + "\n" == tree
    assert "function_name.local_name (local)" in again
    assert again.endswith("key texts and values are redacted")


def test_redacted_twice_is_redacted():
    import referrers
    box = {"s3cret": []}
    graph = referrers.get_referrer_graph(box["s3cret"])
    once = _redact.graph(graph._graph)
    twice = _redact.graph(once)
    assert once.lines() == twice.lines()
    assert SECRET.encode() not in once.lines()
