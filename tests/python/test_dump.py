"""The .heapsnapshot file: what stands in it, who may read it, the command."""

import pytest

import apart
from conftest import run_python
from dumps import File

small_process, test_in_a_small_process = apart.tests("dump_checks")


# --- the command -----------------------------------------------------------

PROGRAM = """\
class Session: pass
cache = {"user-7": Session()}
def stop(argument):
    return argument
stop([1])
print("done")
"""


def dump(directory, *arguments):
    (directory / "app.py").write_text(PROGRAM)
    return run_python("-m", "referrers", "dump", *arguments, cwd=directory)


def test_command_writes_what_the_program_left(tmp_path):
    result = dump(tmp_path, "-o", "a.heapsnapshot", "app.py")
    assert (result.status, result.text) == (0, "done\n")
    line, = result.said
    assert "a.heapsnapshot" in line and "Load profile" in line
    file = File(tmp_path / "a.heapsnapshot")
    assert ("[user-7]", "dict") in file.one("__main__.Session").holders()
    assert not file.named("frame <module>")


def test_command_at_a_place(tmp_path):
    result = dump(tmp_path, "-o", "a.heapsnapshot.gz", "--at", "stop", "app.py")
    assert (result.status, result.text) == (0, "")
    file = File(tmp_path / "a.heapsnapshot.gz")
    assert file.one("frame stop").out()["argument"].label == "list"


@pytest.mark.parametrize("arguments, words", [
    ((), "Give -o FILE"),
    (("-o", "x.heapsnapshot"), "which program?"),
    (("-o", "-", "app.py"), "Give -o FILE"),
    (("-o", "app.json", "app.py"), "must end in .heapsnapshot or"),
    (("-e", "x", "-o", "x", "app.py"), "unrecognized"),
])
def test_command_usage(tmp_path, arguments, words):
    result = dump(tmp_path, *arguments)
    assert result.status == 2
    line, = result.said
    assert words in line and "--help" in line


def test_command_that_cannot_write(tmp_path):
    result = dump(tmp_path, "-o", "no/x.heapsnapshot", "app.py")
    assert result.status == 3
    assert "there is no directory" in result.errors


def test_help_speaks_of_files_alone():
    text = run_python("-m", "referrers", "dump", "--help").text
    for word in ("EXPR", "standard output", "drawn", "drawing", "title"):
        assert word not in text, word


def test_without_a_command_there_is_help(tmp_path):
    result = run_python("-m", "referrers")
    assert result.status == 0
    for word in ("dot", "dump"):
        assert "python -m referrers %s " % word in result.text
    result = run_python("-m", "referrers", "nothing")
    assert result.status == 2
    assert "'nothing' is not a command" in result.errors
