"""The gallery: each scene still draws, from live objects, the picture that is
shown; and a scene whose library is missing says so."""

import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from conftest import HAS_GIL

GALLERY = pathlib.Path(__file__).resolve().parents[2] / "doc" / "gallery"
SCENES = sorted(GALLERY.glob("[a-z]_*.py"))
LIBRARY = {path: re.findall(r'scene\.needs\("(\w+)"\)', path.read_text())
           for path in SCENES}
OWN = [path for path in SCENES if not LIBRARY[path]]
OTHER = [path for path in SCENES if LIBRARY[path]]

# Scenes whose graph differs between versions of CPython, and those where it is
# as shown: asyncio has objects of its own in each, a Runner, a TaskGroup, and
# from 3.14 on a task is in one ring more.
ONLY_IN = {"b_web_leak": [(3, minor) for minor in range(10, 14)],
           "j_asyncio_server": [(3, 11)]}

# Of fifty tasks that are alike, which one leads a stack follows the order in
# which they were found, and that is another in other builds of one version.
LEADER = re.compile(r"(?<=id=)r\w+|(?<=list)\[\d+\](?= and )|"
                    r"\[\d+\](?= \u2026 )|(?<=\] \u2026 )\[\d+\]")
ANY_LEADER = {"j_asyncio_server"}
WITH_EQUALS = {"d_alike", "p_metaclass"}


def without_leader(path, dot):
    return LEADER.sub("[N]", dot) if path.stem in ANY_LEADER else dot


def run(path, *arguments, **environment):
    return subprocess.run(
        [sys.executable, path, *arguments], timeout=300,
        capture_output=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment})


def test_there_are_as_many_scenes_as_promised():
    assert len(SCENES) >= 16 and len(OWN) >= 8


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_a_scene_draws_the_picture_that_is_shown(path, tmp_path):
    """On two runs with different hashes: nothing depends on them."""
    shown = (GALLERY / (path.stem + ".dot")).read_text()
    version = sys.version_info[:2]
    if path.stem in WITH_EQUALS and not HAS_GIL:
        pytest.skip("of equals any may come first without a GIL")
    for seed in ("1", "2"):
        result = run(path, tmp_path, PYTHONHASHSEED=seed)
        assert result.stderr.decode() == ""
        drawn = (tmp_path / (path.stem + ".dot")).read_text()
        if version in ONLY_IN.get(path.stem, [version]):
            assert without_leader(path, drawn) == without_leader(path, shown)
        else:
            assert drawn.splitlines()[0] == shown.splitlines()[0]


@pytest.mark.parametrize("path", OTHER, ids=lambda path: path.stem)
def test_a_scene_without_its_library_says_so(path, tmp_path):
    for library in LIBRARY[path]:
        (tmp_path / (library + ".py")).write_text("raise ImportError('none')")
    result = run(path, tmp_path, PYTHONPATH=os.pathsep.join(
        [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert result.returncode == 77
    assert "SKIPPED %s: it needs %s" % (path.stem, LIBRARY[path][0]) in (
        result.stderr.decode())
    assert not (tmp_path / (path.stem + ".svg")).exists()


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_what_is_shown_is_whole(path):
    svg = (GALLERY / (path.stem + ".svg")).read_text()
    root = xml.etree.ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert "0x7f" not in svg and "0x5" not in svg
    png = (GALLERY / (path.stem + ".png")).read_bytes()
    assert png.startswith(b"\x89PNG") and png.rstrip().endswith(b"IEND\xaeB`\x82")
    page = (GALLERY / "README.md").read_text()
    assert page.count(path.stem + ".svg") == 2


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_what_is_shown_is_small_enough(path):
    """At most 2 KB of SVG for an object and its arrow, and 4 KB."""
    svg = (GALLERY / (path.stem + ".svg")).read_text()
    nodes = svg.count('class="node')
    edges = svg.count('class="edge')
    assert len(svg) <= 4096 + 2048 * max(nodes, edges), (len(svg), nodes, edges)


# --- geometry: nothing lies on anything else ---------------------------------

SVG = "{http://www.w3.org/2000/svg}"
LETTER = 0.6    # of the font size: what a letter takes, in mono


def box_of(points):
    xs, ys = points[0::2], points[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def shapes(group):
    """Boxes of the lines of a group."""
    for element in group.iter():
        points = element.get("points") or element.get("d")
        if points:
            yield box_of(numbers(points))


def words(group):
    """Boxes of the texts of a group, with what they say."""
    for element in group.iter(SVG + "text"):
        size = float(element.get("font-size", "9").rstrip("px"))
        x, y = float(element.get("x")), float(element.get("y"))
        width = LETTER * size * len(element.text or "")
        yield (x, y - 0.7 * size, x + width, y + 0.2 * size), element.text


def overlap(a, b, tolerance=1.5):
    return (min(a[2], b[2]) - max(a[0], b[0]) > tolerance
            and min(a[3], b[3]) - max(a[1], b[1]) > tolerance)


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_no_box_lies_over_a_label_or_another_box(path):
    root = xml.etree.ElementTree.fromstring(
        (GALLERY / (path.stem + ".svg")).read_text())
    groups = list(root.iter(SVG + "g"))
    nodes, labels = [], []
    for group in groups:
        kind = group.get("class", "").split(" ")[0]
        if kind == "node":
            boxes = list(shapes(group))
            nodes.append((min(b[0] for b in boxes), min(b[1] for b in boxes),
                          max(b[2] for b in boxes), max(b[3] for b in boxes)))
        elif kind == "edge":
            labels += words(group)
    assert len(nodes) > 2 and labels
    for i, node in enumerate(nodes):
        assert not any(overlap(node, other) for other in nodes[:i])
        for label, text in labels:
            assert not overlap(node, label), text
    for i, (label, text) in enumerate(labels):
        for other, more in labels[:i]:
            assert not overlap(label, other, 3), (text, more)
