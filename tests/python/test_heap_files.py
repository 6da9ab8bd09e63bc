"""Heaps in files: read back whole, refused when damaged or foreign, and asked by
the commands."""

import gzip
import os
import signal
import stat

import pytest

import referrers
from conftest import run_python
from interrupting import check_interrupts, drill


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small heap: that of a program that has hardly begun."""
    directory = tmp_path_factory.mktemp("heap")
    (directory / "app.py").write_text(PROGRAM)
    result = run_python("-m", "referrers", "dump", "-o", "app.heapsnapshot",
                        "app.py", cwd=directory)
    assert result.status == 0, result.errors
    return directory / "app.heapsnapshot"


PROGRAM = """\
class Session: pass
class Registry: pass
registry = Registry()
registry.sessions = {"user-%d" % i: Session() for i in range(20)}
import types
shop = types.ModuleType("shop")
exec("class Visit: pass", shop.__dict__)
class Visit: pass
visits = [Visit(), shop.Visit(), shop.Visit()]
"""


def test_load_reads_what_save_wrote(saved, tmp_path):
    plain = referrers.load(saved)
    packed = tmp_path / "x.heapsnapshot.gz"
    plain.save(packed)
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    again = referrers.load(packed)
    expression = "registry.sessions['user-7']"
    assert str(again.why(expression)) == str(plain.why(expression))
    assert plain.at(expression).id == again.at(expression).id
    assert isinstance(plain, referrers.Heap)
    with pytest.raises(TypeError):
        referrers.load(3.5)
    with pytest.raises(FileNotFoundError):
        referrers.load(tmp_path / "nothing.heapsnapshot")


def refused(path):
    with pytest.raises(ValueError) as caught:
        referrers.load(path)
    text = str(caught.value)
    assert text.startswith(str(path)) and "\n" not in text
    return text


def test_a_file_that_is_not_whole_is_refused(saved, tmp_path):
    data = saved.read_bytes().rstrip()
    path = tmp_path / "x.heapsnapshot"
    for size in (20, 300, 5000, len(data) // 3, len(data) // 2,
                 len(data) - 10, len(data) - 1):
        path.write_bytes(data[:size])
        assert "part of it is missing" in refused(path), size


def test_compressed_files_that_are_damaged_are_refused(saved, tmp_path):
    packed = gzip.compress(saved.read_bytes())
    path = tmp_path / "x.heapsnapshot.gz"
    path.write_bytes(packed[:-200])
    assert "part of it is missing" in refused(path)
    path.write_bytes(packed[:100] + b"\x00" * 50 + packed[150:])
    refused(path)
    path.write_bytes(gzip.compress(b"{" + b" " * 50_000_000))
    assert "too large" in refused(path)
    path.write_bytes(b"\x1f\x8b")
    refused(path)


def test_heaps_of_others_are_refused(tmp_path):
    path = tmp_path / "node.heapsnapshot"
    path.write_text(
        '{"snapshot":{"meta":{"node_fields":["type","name","id","self_size",'
        '"edge_count","trace_node_id"],"node_types":[["hidden"]],'
        '"edge_fields":["type","name_or_index","to_node"],"edge_types":[[]]},'
        '"node_count":1,"edge_count":0},"nodes":[9,0,1,0,0,0],"edges":[],'
        '"strings":[""]}')
    assert "JavaScript" in refused(path)
    path.write_text('{"snapshot":[]}')
    assert "not a heap" in refused(path)
    path.write_text("")
    refused(path)


def test_changed_bytes_are_refused_or_read(saved, tmp_path):
    """Some of both; what is read answers."""
    data = bytearray(saved.read_bytes())
    path = tmp_path / "x.heapsnapshot"
    outcomes = set()
    step = len(data) // 40
    for at in range(0, len(data), step):
        changed = bytearray(data)
        changed[at] = ord("7") if changed[at] != ord("7") else ord("1")
        path.write_bytes(changed)
        try:
            heap = referrers.load(path)
        except ValueError as error:
            assert "\n" not in str(error)
            outcomes.add("refused")
            continue
        for one in heap.find("dict", 3):
            str(heap.why(one))
        outcomes.add("read")
    assert outcomes == {"refused", "read"}


def test_nothing_is_kept_open(saved, tmp_path):
    packed = tmp_path / "x.heapsnapshot.gz"
    packed.write_bytes(gzip.compress(saved.read_bytes()))
    broken = tmp_path / "y.heapsnapshot"
    broken.write_bytes(saved.read_bytes()[:1000])
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        referrers.load(packed).find("list", 1)
        refused(broken)
    assert len(os.listdir("/proc/self/fd")) == before


def test_ctrl_c_ends_reading_and_searching(saved):
    check_interrupts(lambda: referrers.load(saved), 20, 8)
    read = referrers.load(saved)
    one = read.at("registry.sessions")
    check_interrupts(lambda: read.why(one, sizes=True), 4, 8)
    assert str(read.why(one)).startswith("dict is alive: ")


def test_what_a_handler_raises_while_a_heap_is_read_comes_out(saved):
    def handler(number, frame):
        raise LookupError("from the handler")

    before = signal.signal(signal.SIGINT, handler)
    try:
        with drill(10, "interrupt"):
            with pytest.raises(LookupError, match="from the handler"):
                referrers.load(saved)
    finally:
        signal.signal(signal.SIGINT, before)


# The commands, on such a file.

def ask(saved, command, *arguments):
    return run_python("-m", "referrers", command, *arguments,
                      cwd=saved.parent)


def test_why_answers_from_a_file(saved):
    result = ask(saved, "why", "-e", "registry.sessions['user-7']", saved.name)
    assert (result.status, result.errors) == (0, "")
    assert result.text.startswith(
        "Session is alive: __main__.registry.sessions['user-7'] leads to it")


def test_dot_draws_from_a_file(saved):
    words = ("-e", "registry.sessions['user-7']")
    result = ask(saved, "dot", *words, "-o", "x.svg", saved.name)
    assert (result.status, result.errors) == (0, "")
    assert (saved.parent / "x.svg").read_text().startswith("<svg ")
    text = ask(saved, "dot", *words, "-T", "txt", saved.name).text
    assert "dict[user-7]" in text
    same = run_python("-m", "referrers.dot", *words, "-T", "txt", saved.name,
                      cwd=saved.parent)
    assert same.text == text
    said = ask(saved, "dot", *words, "-T", "why", saved.name).text
    assert said == ask(saved, "why", *words, saved.name).text


def test_type_and_id(saved):
    result = ask(saved, "why", "--type", "__main__.Session", "--most", "3",
                 saved.name)
    assert result.status == 0
    assert result.said == ["referrers: these are the newest 3 of 20 objects of "
                           "__main__.Session; --most N shows more"]
    address = referrers.load(saved).at("registry").id
    result = ask(saved, "why", "--id", str(address), saved.name)
    assert result.text.startswith("Registry is alive: __main__.registry")
    assert ask(saved, "why", "--id", hex(address), saved.name).text \
        == result.text


def test_redact_on_a_file(saved):
    result = ask(saved, "dot", "-e", "registry.sessions['user-7']", "-T", "txt",
                 "--redact", saved.name)
    assert "user-7" not in result.text
    assert "<str, 6 characters>" in result.text


def test_values_that_were_not_asked_for_are_said_to_be_missing(saved):
    result = ask(saved, "dot", "-e", "registry.sessions", "-T", "txt",
                 "--values", saved.name)
    assert result.status == 0
    assert result.said == ["referrers: app.heapsnapshot was written without "
                           "--values: it has none to show"]


@pytest.mark.parametrize("arguments, status, words", [
    (("-e", "registry.nope"), 1, "registry has no attribute 'nope'"),
    (("-e", "f()"), 1, "cannot be looked up"),
    (("--type", "Nope"), 1, "no object in the heap has a type of this name"),
    (("--id", "5"), 1, "no object of the heap has the address 5"),
    (("--id", "x"), 2, "is not an id()"),
    ((), 2, "which object?"),
    (("-s", "x", "-e", "registry"), 2, "-s needs a running program"),
    (("--each", "-e", "registry"), 2, "--each needs a running program"),
    (("--exclude", "x", "-e", "registry"), 2, "--exclude needs a running program"),
    (("--at", "f", "-e", "registry"), 2, "--at needs a running program"),
])
def test_what_a_file_cannot_do_is_said(saved, arguments, status, words):
    result = ask(saved, "why", *arguments, saved.name)
    assert result.status == status
    line, = result.said
    assert words in line


def test_an_ambiguous_type_is_told_with_counts(saved):
    result = ask(saved, "why", "--type", "Visit", saved.name)
    assert result.status == 1
    assert result.said == ["referrers: --type Visit is ambiguous: "
                           "__main__.Visit (1), shop.Visit (2)"]


def test_files_that_are_none(saved, tmp_path):
    result = ask(saved, "why", "-e", "x", "nothing.heapsnapshot")
    assert result.status == 1
    assert "No such file" in result.errors
    (saved.parent / "bad.heapsnapshot").write_text("{")
    result = ask(saved, "why", "-e", "x", "bad.heapsnapshot")
    assert result.status == 1
    line, = result.said
    assert line.startswith("referrers: bad.heapsnapshot: the heap file")
    result = ask(saved, "why", "-e", "registry", saved.name, "more")
    assert result.status == 2
    result = ask(saved, "dump", "-o", "y.heapsnapshot", saved.name)
    assert result.status == 2 and "already a heap" in result.errors
    result = ask(saved, "why", "--id", "5", "app.py")
    assert result.status == 2 and "--id needs" in result.errors


def test_why_runs_programs_too(saved):
    result = ask(saved, "why", "-e", "registry.sessions['user-7']", "app.py")
    assert result.status == 0
    assert result.text.startswith("Session is alive: __main__.registry.")


def test_zlib_is_only_imported_for_compressed_files():
    result = run_python("-c", "import sys, referrers; "
                        "referrers.snapshot(); print('zlib' in sys.modules)")
    assert result.text.split() in (["False"], ["True"])
