"""The marks of a picture, as SVG has them, against what it is a picture of.

Each mark is of a known kind and made of what that kind is made of; each box and
arrow of the picture is there once, with its words; and each reference of the
graph is on an arrow, or counted in a box, or the header says how much is not
drawn."""

import json
import pathlib
import re
import xml.etree.ElementTree

import pytest

import referrers
from referrers import _core, _render

TOP = pathlib.Path(__file__).resolve().parents[2]
LINES = sorted((TOP / "tests/golden/picture").glob("*.lines"))
SVG = "{http://www.w3.org/2000/svg}"

# The grammar: what a mark may be called, and the elements it is made of.
KINDS = {
    "graph": {"graphroot"},
    "node": {"target", "target path", "object", "object path", "root",
             "root path", "stack", "stack path", "steps", "steps path", "more",
             "native", "native path"},
    "edge": {"strong", "path", "cut", "path cut", "weak", "weak cycle",
             "strong cycle", "more", "native"},
    "cluster": {"thread", "garbage"},
}
MADE_OF = {"graph": {"title", "polygon", "tspan", "text", "g"},
           "node": {"title", "polygon", "path", "polyline", "text", "g", "a"},
           "edge": {"title", "path", "polygon", "polyline", "text", "g", "a"},
           "cluster": {"title", "path", "polygon", "text", "g", "a"}}
LIMITS = (1, 2, 3, 8, 0)    # objects drawn at most; 0: as many as by default
OF_KIND = {"object": {"object", "target"}, "root": {"root"},
           "stack": {"stack"}, "steps": {"steps"}, "more": {"more"},
           "native": {"native"}}


def read(path):
    return _core.read(path.read_bytes())


def draw(graph):
    svg = _render.draw(graph, "svg", 60.0)
    return xml.etree.ElementTree.fromstring(svg)


def marks(root):
    """(kind, class, group) of every group that is a mark."""
    for group in root.iter(SVG + "g"):
        kind, _, rest = group.get("class", "").partition(" ")
        assert kind in KINDS, group.get("class")
        yield kind, rest, group


def of(root, wanted):
    """Those of one kind, in the order of their numbers: Graphviz writes them in
    another one."""
    found = [(int(re.search(r"\d+$", group.get("id"))[0]), name, group)
             for kind, name, group in marks(root) if kind == wanted]
    return [(name, group) for _, name, group in sorted(found, key=lambda m: m[0])]


def texts(element):
    """What is written in it; the padding of labels is none."""
    return [" ".join("".join(text.itertext()).replace("\u00a0", " ").split())
            for text in element.iter(SVG + "text") if text.text]


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_every_mark_is_of_the_grammar(path):
    root = draw(read(path))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for kind, name, group in marks(root):
        assert name in KINDS[kind], (kind, name)
        made_of = {element.tag.removeprefix(SVG) for element in group}
        assert made_of <= MADE_OF[kind], (kind, made_of)


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_every_box_and_arrow_is_there_with_its_words(path):
    graph = read(path)
    picture = json.loads(graph.json())["picture"]
    root = draw(graph)
    boxes, arrows = of(root, "node"), of(root, "edge")
    assert len(boxes) == len(picture["nodes"])
    assert len(arrows) == len(picture["edges"])
    assert len(of(root, "cluster")) == len(picture["clusters"])
    for node, (name, group) in zip(picture["nodes"], boxes):
        assert name.split()[0] in OF_KIND[node["kind"]]
        assert ("path" in name.split()) == node["on_path"] or node["target"]
        assert (name.split()[0] == "target") == (
            node["target"] and node["kind"] == "object")
        shown = texts(group)
        for row in node["rows"]:
            assert " ".join(row.split()) in shown, (row, shown)
    for edge, (_, group) in zip(picture["edges"], arrows):
        assert "".join(texts(group)) == " ".join(edge["words"].split())


def without_a_box(document):
    """Per object that has a box of its own: the references to it that no arrow
    shows, and the count of the box that stands for them, or None."""
    boxes = {node["id"]: node for node in document["picture"]["nodes"]}
    for node in boxes.values():
        if node["kind"] != "object":
            continue
        to_it = [reference for reference in document["references"]
                 if reference["referent"] == node["object"]]
        rests = sum(rest["count"] for rest in document["rests"]
                    if rest["referent"] == node["object"])
        arrows, more = 0, None
        for edge in document["picture"]["edges"]:
            if edge["referent"] != node["id"]:
                continue
            referrer = boxes[edge["referrer"]]
            if referrer["kind"] == "more":
                more = referrer
            elif referrer["kind"] != "native":
                arrows += edge["count"]
        yield node, len(to_it) + rests - arrows, more


def check_nothing_vanishes(graph, limit=0):
    """The graph as JSON, and how many references no arrow shows."""
    document = json.loads(graph.json(max_objects=limit))
    found = list(without_a_box(document))
    for node, missing, more in found:
        assert missing >= 0, node
        flags = document["objects"][node["object"]]["flags"]
        if missing == 0:
            assert more is None or any("limit" in flag for flag in flags), node
        else:
            # One referrer may refer many times, so fewer are counted.
            assert more is not None and 1 <= more["count"] <= missing, node
    counts = document["picture"]["counts"]
    assert counts["shown"] + counts["collapsed"] == counts["references"]
    return document, sum(missing for _, missing, _ in found)


def header_of(root):
    """The words that stand in no mark but the graph's own."""
    group = next(group for kind, _, group in marks(root) if kind == "graph")
    return " ".join(text for element in group if element.tag == SVG + "text"
                    for text in ["".join(element.itertext()).replace("\u00a0", " ")])


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_each_reference_is_in_the_picture_or_counted_in_it(path):
    graph = read(path)
    for limit in LIMITS:
        check_nothing_vanishes(graph, limit)
    document, _ = check_nothing_vanishes(graph)
    header = header_of(draw(graph))
    counts = document["picture"]["counts"]
    if counts["collapsed"]:
        assert "%s collapsed" % format(counts["collapsed"], ",") in header
    if counts["objects_drawn"] < len(document["objects"]):
        assert "%s of %s object" % (format(counts["objects_drawn"], ","),
                                    format(len(document["objects"]), ",")) in header
    if counts["weak"]:
        assert "%d weak" % counts["weak"] in header


def test_there_are_scenes_where_something_is_counted():
    """Else the test above could not fail."""
    missing = [check_nothing_vanishes(read(path), limit)[1]
               for path in LINES for limit in LIMITS]
    assert sum(count > 0 for count in missing) >= 10 and len(LINES) >= 17


def test_of_a_live_heap_too():
    """What leads to a module that everything uses."""
    graph = referrers.get_referrer_graph(re, max_depth=4)
    missing = [check_nothing_vanishes(graph._graph, limit)[1]
               for limit in (*LIMITS, 200)]
    assert missing[0] > 0


@pytest.mark.parametrize("format", ["dot", "svg"])
@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_what_is_left_out_of_the_lines_is_not_missed(path, format):
    """The drawing program is given what is drawn, and draws what it would
    draw of the whole graph."""
    graph = read(path)
    for limit in LIMITS:
        arguments = ["-T", format, *(["--max-objects=%d" % limit] if limit else [])]
        whole, part = (_core.draw(_render.PROGRAM, arguments, lines, 60.0)
                       for lines in (graph.lines(), graph.view_lines(
                           max_objects=limit, paths_only=False)))
        assert whole[0] is None and part[0] is None
        assert part[1] == whole[1]


# Pixels: the width of a page, and what is shrunk to less than 65 % of it.
PAGE, UNREADABLE = 830, 830 / 0.65


def test_a_wide_picture_says_so():
    """Drawn both ways, some scenes are; how wide is estimated before layout,
    so those in between may say so or not."""
    widths = []
    for path in LINES:
        lines = path.read_bytes()
        for direction in ("TB", "LR"):
            svg = _core.draw(_render.PROGRAM,
                             ["-T", "svg", "--rankdir=" + direction], lines,
                             60.0)[1].decode()
            width = float(re.search(r'<svg width="([\d.]+)pt"', svg)[1]) * 4 / 3
            says = "wide: zoom in, or ask for fewer objects" in svg
            assert says or width <= UNREADABLE, (path.stem, direction, width)
            assert not says or width > PAGE, (path.stem, direction, width)
            widths.append(width)
    assert min(widths) < PAGE and max(widths) > UNREADABLE
