"""What is in a heap, and where the memory is: against what is known."""

import json
import re
import sys

import pytest

import referrers
from conftest import run_python


class Payload:
    __slots__ = ("data",)

    def __init__(self):
        self.data = bytes(1000)


class Visit:
    def __init__(self, shared):
        self.payload = Payload()
        self.shared = shared


class Registry:
    pass


SHARED = ["of all"] * 50
registry = Registry()
registry.sessions = {"user-%d" % i: Visit(SHARED) for i in range(100)}
registry.shelf_with_a_name_that_is_wider_than_its_bar = [
    bytes(100_000) for _ in range(20)]
registry.settings = {"name": ["x"], "size": (1, 2), "hosts": {"a", "b"}}
HERE = __name__


@pytest.fixture(scope="module")
def heap():
    return referrers.snapshot()


@pytest.fixture(scope="module")
def places(heap):
    return {place["path"]: place for place in heap.map().to_dict()["places"]}


def test_types_are_counted(heap):
    types = {row["type"]: row for row in heap.types().to_dict()["types"]}
    row = types[HERE + ".Payload"]
    assert row["count"] == 100
    assert row["bytes"] == 100 * sys.getsizeof(Payload())
    assert row["retained"] == 100 * (sys.getsizeof(Payload())
                                     + sys.getsizeof(bytes(1000)))
    assert types[HERE + ".Visit"]["retained"] > row["retained"]
    assert types[HERE + ".Registry"]["retained"] > (
        types[HERE + ".Visit"]["retained"])


def test_types_come_heaviest_first(heap):
    rows = heap.types().to_dict()["types"]
    assert [row["retained"] for row in rows] == sorted(
        (row["retained"] for row in rows), reverse=True)
    assert str(heap.types()).split("\n")[-1].endswith("more types")
    assert sum(row["count"] for row in rows) == heap._read().object_count


def test_places_are_merged_by_step_and_type(places):
    sessions = places[HERE + ".registry.sessions"]
    assert (sessions["count"], sessions["items"]) == (1, 100)
    assert sessions["type"] == "dict"
    each = places[HERE + ".registry.sessions[*]"]
    assert (each["count"], each["type"]) == (100, HERE + ".Visit")
    payload = places[HERE + ".registry.sessions[*].payload"]
    assert payload["count"] == 100
    assert payload["retained"] == 100 * (sys.getsizeof(Payload())
                                         + sys.getsizeof(bytes(1000)))
    # What others hold too does not go with the place.
    assert payload["retained"] < each["retained"]
    assert each["retained"] < payload["retained"] + sys.getsizeof(SHARED) * 100


def test_a_record_is_split_by_key(places):
    assert places[HERE + ".registry.settings['name']"]["type"] == "list"
    assert places[HERE + ".registry.settings['size']"]["type"] == "tuple"
    assert places[HERE + ".registry.settings['hosts']"]["items"] == 2


@pytest.mark.parametrize("path, expression", [
    (".registry", "registry"), (".registry.sessions", "registry.sessions"),
    (".SHARED", "SHARED"), (".Visit", "Visit"),
    (".registry.settings", "registry.settings")])
def test_sizes_are_those_of_the_graph(heap, places, path, expression):
    """A place with one object, against the dominators of the search."""
    target = heap.at(HERE + "." + expression)
    graph = heap.graph(target, sizes=True)
    kept = {one["id"]: one for one in graph.retained}[target.id]
    place = places[HERE + path]
    assert (place["retained"], place["retained_objects"]) == (
        kept["bytes"], kept["objects"])


def test_map_text(heap):
    lines = str(heap.map()).split("\n")
    assert " objects, " in lines[0] or " objects, " in lines[1]
    head = next(i for i, line in enumerate(lines) if "share" in line)
    assert lines[head].split() == ["share", "with", "it", "own", "count",
                                   "place"]
    assert len(lines) - head - 1 == 40
    assert len(heap.map().to_text(5).split("\n")) <= 10


def test_where_much_hangs_together(tmp_path):
    program = tmp_path / "app.py"
    program.write_text("""\
class App: pass
app = App()
app.cache = {i: [0] * 1000 for i in range(5000)}
""")
    done = run_python("-m", "referrers", "map", program)
    assert done.status == 0, done.errors
    sentence = done.text.split("\n")[0]
    assert " hangs together at __main__.app.cache: " in sentence


def test_bars_can_be_compared(heap):
    """Each is as long as the others, and in one piece."""
    svg = heap.map().to_svg()
    assert "shelf_with_a_" in svg
    parts = [sorted({float(x) for x in re.findall(r"([\d.]+),", points)})
             for fill, points in re.findall(
                 r'fill="(#0072b2|#d1d9e0)" stroke="none" points="([^"]*)"',
                 svg)]
    assert len(parts) > 20
    whole = 0
    while parts:
        start, end = parts.pop(0)
        if round(end - start) < 90:
            assert parts[0][0] == end
            end = parts.pop(0)[1]
        assert round(end - start) == 90
        whole += 1
    assert whole > 20


def test_picture(heap, tmp_path):
    map = heap.map()
    svg = map.to_svg()
    assert "Where the memory is" in svg
    assert " objects, " in svg and "the heaviest" in svg
    assert map.to_svg() == svg
    for suffix in ("svg", "txt", "json", "dot"):
        map.render(tmp_path / ("map." + suffix))
    assert (tmp_path / "map.txt").read_text() == str(map) + "\n"
    assert (tmp_path / "map.svg").read_text() == svg
    with pytest.raises(ValueError, match="none of the known suffixes: .txt, .json, .dot"):
        map.render(tmp_path / "map.mmd")
    bundle = map._repr_mimebundle_()
    assert bundle["image/svg+xml"] == svg


@pytest.mark.parametrize("most", [1, 7, 40])
def test_picture_has_so_many_boxes(heap, most):
    dot = heap.map().to_dot(max_objects=most)
    boxes = [line for line in dot.split("\n") if re.match(r"\tn\d+\t", line)]
    assert 0 < len(boxes) <= most
    weights = re.findall(r"<B>([\d,.]+ [KM]?B) &#183; <?\d+%", dot) or (
        re.findall(r"<B>([\d,.]+ [KM]?B) · ", dot))
    assert len(weights) == len(boxes)


# --- the commands ------------------------------------------------------------

@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "app.py"
    path.write_text("class App: pass\napps = [App() for _ in range(7)]\n")
    return path


@pytest.mark.parametrize("command, key", [("types", "types"),
                                          ("map", "places")])
def test_commands_of_a_program_and_of_a_heap(command, key, program, tmp_path):
    done = run_python("-m", "referrers", command, "--most", "2000", "-T",
                      "json", program)
    assert done.status == 0, done.errors
    live = json.loads(done.output)[key]
    heap = tmp_path / "app.heapsnapshot"
    dumped = run_python("-m", "referrers", "dump", "-o", heap, program)
    assert dumped.status == 0, dumped.errors
    out = tmp_path / "out.json"
    done = run_python("-m", "referrers", command, "--most", "2000", "-o", out,
                      heap)
    assert done.status == 0, done.errors
    filed = json.loads(out.read_text())[key]
    for rows in (live, filed):
        row, = (row for row in rows if row["type"] == "__main__.App")
        assert row["count"] == 7


@pytest.mark.parametrize("arguments, words", [
    (("types",), "which program?"), (("map",), "which program?"),
    (("types", "-T", "svg", "x.py"), "svg is not one of the formats"),
    (("map", "-T", "mermaid", "x.py"), "mermaid is not one of the formats"),
    (("types", "x.heapsnapshot", "y"), "a heap and takes no arguments"),
    (("types", "--at", "f", "x.heapsnapshot"), "--at needs a running prog")])
def test_usage(arguments, words):
    done = run_python("-m", "referrers", *arguments)
    assert done.status == 2 and done.output == b""
    assert words in done.errors and done.errors.count("\n") == 1


def test_help_has_every_command():
    page = run_python("-m", "referrers", "--help").text
    for command in ("grow", "types", "map", "why", "dot", "dump"):
        assert "python -m referrers %s" % command in page or command == "dot"
        text = run_python("-m", "referrers", command, "--help").text
        assert "For example:" in text or "example" in text


def test_a_heap_is_needed():
    with pytest.raises(TypeError, match="a heap is needed"):
        referrers._core.survey_types(1)
    with pytest.raises(ValueError, match="two heaps"):
        referrers._core.survey_growth([], 1)
