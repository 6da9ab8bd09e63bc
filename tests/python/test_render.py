"""Files and pictures: whole or not at all, and valid whatever the names are."""

import os
import re
import shutil
import stat
import subprocess
import threading
import xml.etree.ElementTree

import pytest

import referrers
from referrers import _files, _render

SVG = "{http://www.w3.org/2000/svg}"


class Thing:
    pass


@pytest.fixture
def graph():
    target = Thing()
    box = {"key": target}  # a referrer
    return referrers.get_referrer_graph(target)


# --- formats ---------------------------------------------------------------

def test_render_writes_what_the_suffix_says(graph, tmp_path):
    for name in ("g.txt", "g.dot", "g.svg", "g.png", "g.pdf", "G.SVG",
                 "g.mmd", "g.json"):
        assert graph.render(tmp_path / name) is None
    assert (tmp_path / "g.txt").read_text() == str(graph) + "\n"
    assert (tmp_path / "g.dot").read_text() == graph.to_dot()
    assert (tmp_path / "g.svg").read_text() == graph.to_svg()
    assert (tmp_path / "G.SVG").read_text() == graph.to_svg()
    assert (tmp_path / "g.png").read_bytes() == graph.to_png()
    assert graph.to_png().startswith(b"\x89PNG\r\n\x1a\n")
    assert graph.to_pdf().startswith(b"%PDF-")
    assert sorted(os.listdir(tmp_path)) == sorted(
        ["g.txt", "g.dot", "g.svg", "g.png", "g.pdf", "G.SVG", "g.mmd",
         "g.json"])
    assert (tmp_path / "g.mmd").read_text() == graph.to_mermaid()
    assert (tmp_path / "g.json").read_text() == graph.to_json()


def test_the_same_graph_gives_the_same_bytes(graph):
    assert graph.to_dot() == graph.to_dot()
    assert graph.to_svg() == graph.to_svg()


def test_a_path_may_be_str_or_pathlike(graph, tmp_path):
    graph.render(str(tmp_path / "a.txt"))
    graph.render(tmp_path / "b.txt")
    assert len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize("name", ["g", "g.gif", "g.svg.gz", ".svg", "", "g."])
def test_an_unknown_suffix_names_the_known_ones(graph, tmp_path, name):
    with pytest.raises(ValueError) as caught:
        graph.render(os.path.join(tmp_path, name))
    assert str(caught.value).endswith(
        "ends in none of the known suffixes: .txt, .dot, .svg, .png, .pdf, .mmd, .json")
    assert os.listdir(tmp_path) == []


class BytesPath:
    def __fspath__(self):
        return b"g.svg"


@pytest.mark.parametrize("path", [None, 3, b"g.svg", ["g.svg"], BytesPath()])
def test_a_path_of_another_type_is_a_type_error(graph, path):
    with pytest.raises(TypeError):
        graph.render(path)


@pytest.mark.parametrize("timeout, error", [
    (0, ValueError), (-1, ValueError), (float("nan"), ValueError),
    ("1", TypeError), (None, TypeError), (True, TypeError)])
def test_a_timeout_is_a_number_of_seconds(graph, tmp_path, timeout, error):
    with pytest.raises(error, match="timeout"):
        graph.render(tmp_path / "g.svg", timeout=timeout)
    with pytest.raises(error, match="timeout"):
        graph.to_svg(timeout=timeout)
    assert os.listdir(tmp_path) == []


# --- failures of the drawing program ---------------------------------------

def test_too_little_time_is_a_render_error_with_the_dot_text(graph):
    with pytest.raises(referrers.RenderError) as caught:
        graph.to_svg(timeout=1e-6)
    error = caught.value
    assert isinstance(error, RuntimeError)
    assert str(error) == error.reason
    assert error.reason and "\n" not in error.reason
    assert error.dot == graph.to_dot()


def program(tmp_path, script):
    path = tmp_path / "program"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("script", [
    "exit 1", "cat >/dev/null; exit 3", "kill -SEGV $$", "echo '<svg'; exit 1",
    "echo 'Error: no plugin' >&2; exit 1", "exit 0", "cat >/dev/null",
    "exec >&-; sleep 1000",
    # It fails for pictures, not for DOT: the error carries the DOT text.
    'cat >/dev/null; case "$*" in *"-T dot"*) echo "digraph {}"; '
    'echo "referrers-draw: done 11" >&2 ;; *) exit 4 ;; esac'])
def test_a_failing_drawing_program_is_a_render_error(graph, tmp_path,
                                                     monkeypatch, script):
    monkeypatch.setattr(_render, "PROGRAM", program(tmp_path, script))
    target = tmp_path / "g.svg"
    target.write_text("old")
    with pytest.raises(referrers.RenderError) as caught:
        graph.render(target, timeout=1 if "sleep" in script else 60)
    assert caught.value.reason and "\n" not in caught.value.reason
    assert caught.value.dot == ("digraph {}\n" if "digraph" in script
                                else None)
    if "plugin" in script:
        assert "no plugin" in caught.value.reason
    assert target.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["g.svg", "program"]


def test_a_missing_drawing_program_is_a_render_error(graph, tmp_path,
                                                     monkeypatch):
    monkeypatch.setattr(_render, "PROGRAM", str(tmp_path / "absent"))
    with pytest.raises(referrers.RenderError) as caught:
        graph.to_dot()
    assert caught.value.dot is None
    # The text tree needs no program.
    graph.render(tmp_path / "g.txt")


def test_a_render_error_can_be_pickled():
    import pickle
    error = pickle.loads(pickle.dumps(referrers.RenderError("why", "dot")))
    assert (error.reason, error.dot) == ("why", "dot")


# --- files -----------------------------------------------------------------

def test_unwritable_paths_are_what_open_makes_of_them(graph, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "d.svg").mkdir()
    (tmp_path / "loop.svg").symlink_to("loop.svg")
    for name in ("absent/g.svg", "file/g.svg", "d.svg", "loop.svg",
                 "x" * 300 + ".svg"):
        path = str(tmp_path / name)
        with pytest.raises(OSError) as ours:
            graph.render(path)
        with pytest.raises(OSError) as theirs:
            open(path, "wb")
        assert str(ours.value) == str(theirs.value)
        assert type(ours.value) is type(theirs.value)
    with pytest.raises(ValueError):
        graph.render(str(tmp_path / "a\0b.svg"))
    assert sorted(os.listdir(tmp_path)) == ["d.svg", "file", "loop.svg"]


def test_a_read_only_file_is_not_replaced(graph, tmp_path, monkeypatch):
    path = tmp_path / "g.txt"
    path.write_text("old")
    path.chmod(0o444)
    # For root every file is writable; the answer of access(2) is what counts.
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError):
        graph.render(path)
    assert path.read_text() == "old"


def test_a_new_file_gets_the_permissions_of_any_new_file(graph, tmp_path):
    for umask in (0o022, 0o077, 0o002):
        before = os.umask(umask)
        try:
            graph.render(tmp_path / ("%o.txt" % umask))
        finally:
            os.umask(before)
        mode = stat.S_IMODE((tmp_path / ("%o.txt" % umask)).stat().st_mode)
        assert mode == 0o666 & ~umask


def test_a_replaced_file_keeps_its_permissions(graph, tmp_path):
    path = tmp_path / "g.txt"
    path.write_text("old")
    path.chmod(0o640)
    number = path.stat().st_ino
    graph.render(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == str(graph) + "\n"
    assert path.stat().st_ino != number  # a reader has the old or the new one


def test_a_symbolic_link_is_followed(graph, tmp_path):
    (tmp_path / "to").mkdir()
    for name in ("old.txt", "new.txt"):  # new.txt does not exist yet
        (tmp_path / name).symlink_to("to/" + name)
    (tmp_path / "to" / "old.txt").write_text("old")
    for name in ("old.txt", "new.txt"):
        graph.render(tmp_path / name)
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "to" / name).read_text() == str(graph) + "\n"
    assert sorted(os.listdir(tmp_path / "to")) == ["new.txt", "old.txt"]


def test_a_pipe_is_written_directly(graph, tmp_path):
    path = tmp_path / "pipe.svg"
    os.mkfifo(path)
    seen = []
    reader = threading.Thread(target=lambda: seen.append(path.read_text()))
    reader.start()
    graph.render(path)
    reader.join(60)
    assert seen == [graph.to_svg()]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"),
                                   KeyboardInterrupt(), MemoryError()])
def test_a_failure_while_writing_leaves_the_old_file(graph, tmp_path,
                                                     monkeypatch, error):
    path = tmp_path / "g.txt"
    path.write_text("old")

    def fail(descriptor, data):
        os.write(descriptor, bytes(data[:10]))
        raise error

    monkeypatch.setattr(_files, "write_all", fail)
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(type(error)) as caught:
        graph.render(path)
    if isinstance(error, OSError):
        assert (caught.value.errno, caught.value.filename) == (28, str(path))
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["g.txt"]
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_a_full_disk_is_an_os_error(graph):
    with pytest.raises(OSError, match="No space left on device"):
        _files.replace("/dev/full", b"x")


# --- hostile names ---------------------------------------------------------

HOSTILE = {
    "quote": 'a"b', "single": "a'b", "backslash": "a\\", "escapes": "\\N\\G\\l",
    "newline": "a\nb\r\n", "nul": "a\0b", "html": "<html><b>&amp;</b>",
    "entity": "&lt;&#x1F600;&bogus;", "controls": "\x01\x1b[31m\x7f\x85",
    "surrogate": "a\ud800b\udfff", "bidi": "\u202eabc\u2066", "bom": "\ufeff",
    "separators": "\u2028\u2029", "non-character": "\uffff\U0001ffff",
    "astral": "😀" * 3, "tab": "\t", "empty": "", "spaces": "  a  ",
    "comment": "*/ // # -->", "cdata": "]]>", "brackets": "[]{}|<>",
    "percent": "%s%n%d", "long": "x" * 10_000_000,
    "long and wide": "é" * 10_000_000, "long and bad": "\udc80" * 10_000_000,
}


def hostile_graph(name):
    """The name as key, as attribute, as type, and as module variable."""
    target = Thing()
    plain = name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    kind = type(plain.replace("\0", ""), (), {"__slots__": ("__dict__",)})
    first, second = kind(), Thing()
    first.target = target
    setattr(second, name, target)
    keyed = {name: target, (name, 1): target, name.encode(
        "utf-8", "surrogatepass"): target}
    return referrers.get_referrer_graph(target), (first, second, keyed)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_gives_a_valid_picture(name):
    graph, _ = hostile_graph(HOSTILE[name])
    text, dot, svg = str(graph), graph.to_dot(), graph.to_svg()
    for output in (text, dot, svg):
        assert len(output) < 100_000
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
                             "\u2028-\u202e\u2066-\u2069\ufeff\uffff]", output)
    assert len(text.splitlines()) == text.count("\n") + 1
    for line in text.splitlines():
        assert re.match(r"(╙── |[ │]*[├└]─╼ )", line), line
    check_dot(dot)
    root = xml.etree.ElementTree.fromstring(svg)
    assert root.tag == SVG + "svg"
    assert graph.to_png().startswith(b"\x89PNG")


def test_several_hostile_names_at_once():
    target = Thing()
    box = {name: target for name in HOSTILE.values()}
    graph = referrers.get_referrer_graph(target)
    check_dot(graph.to_dot())
    xml.etree.ElementTree.fromstring(graph.to_svg())
    assert graph.to_text(max_lines=None).count("dict[") >= len(box)


TOKEN = re.compile(r"""
    (?P<space>\s+) | (?P<word>[A-Za-z_\x80-\U0010ffff][\w]*|-?[\d.]+)
  | (?P<string>"(?:[^"\\]|\\.)*") | (?P<mark>->|[{}\[\];,=])
""", re.VERBOSE | re.DOTALL)


def check_dot(text):
    """The text is DOT: tokens, brackets in pairs, HTML labels that are XML;
    and Graphviz agrees where it is installed."""
    position, stack = 0, []
    while position < len(text):
        if text[position] == "<":
            position = check_html(text, position)
            continue
        match = TOKEN.match(text, position)
        assert match, text[position:position + 60]
        position = match.end()
        mark = match["mark"]
        if mark in ("{", "["):
            stack.append(mark)
        elif mark in ("}", "]"):
            assert stack and stack.pop() + mark in ("{}", "[]")
    assert stack == []
    if shutil.which("dot"):
        process = subprocess.run(["dot", "-Tcanon"], input=text.encode(),
                                 capture_output=True, timeout=300)
        assert (process.returncode, process.stderr) == (0, b"")


def check_html(text, start):
    """The end of the HTML-like string that starts here."""
    depth = 0
    for match in re.compile("[<>]").finditer(text, start):
        depth += 1 if match[0] == "<" else -1
        if depth == 0:
            inside = text[start + 1:match.start()]
            xml.etree.ElementTree.fromstring("<x>%s</x>" % inside)
            return match.end()
    raise AssertionError("an HTML-like string without an end")
