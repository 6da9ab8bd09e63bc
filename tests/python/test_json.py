"""JSON out and in: nothing is lost, the schema is true, and a file that is no
graph is refused in one line, whatever is in it."""

import json
import os
import pathlib
import random
import subprocess
import sys

import pytest

import referrers
from referrers import _core

TOP = pathlib.Path(__file__).resolve().parents[2]
SCENES = sorted((TOP / "tests/golden").glob("**/*.lines"))


def read_lines(path):
    return referrers.ReferrerGraph(_core.read(path.read_bytes()))


class Session:
    def __init__(self, payload):
        self.payload = payload


def live_graph():
    payload = Session(None)
    holder = {"user-7": Session(payload), "\ud800 \x01\\\"": [payload]}
    assert holder
    return referrers.get_referrer_graph(payload)


# --- there and back ----------------------------------------------------------

@pytest.mark.parametrize("scene", SCENES, ids=lambda path: path.stem)
def test_every_scene_comes_back_as_it_was(scene, tmp_path):
    graph = read_lines(scene)
    graph.render(tmp_path / "graph.json", addresses=True)
    again = referrers.load(tmp_path / "graph.json")
    # JSON is text: a byte that is none (in one scene) becomes U+FFFD.
    lines = scene.read_bytes().decode("utf-8", "surrogateescape")
    lines = "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in lines)
    if "\ufffd" in lines:
        assert repr(again) == repr(graph)
    else:
        assert again._graph.lines() == graph._graph.lines()


@pytest.mark.parametrize("word, field", [
    ("object", 2), ("reference", 5), ("verdict", 3), ("entry", 3), ("step", 4)])
def test_every_flag_comes_back(word, field, tmp_path):
    """Each bit that the line format takes, named or not."""
    lines = (TOP / "tests/golden/picture/answers.lines").read_text().splitlines()
    place = next(i for i, line in enumerate(lines)
                 if line.split("\t")[0] == word)
    taken = 0
    for bit in range(32):
        fields = lines[place].split("\t")
        fields[field] = str(int(fields[field]) | 1 << bit)
        changed = lines[:place] + ["\t".join(fields)] + lines[place + 1:]
        try:
            graph = referrers.ReferrerGraph(
                _core.read("".join(line + "\n" for line in changed).encode()))
        except ValueError:
            continue
        taken += 1
        graph.render(tmp_path / "g.json", addresses=True)
        assert referrers.load(tmp_path / "g.json")._graph.lines() == (
            graph._graph.lines())
    assert taken > 0


def test_a_live_graph_comes_back(tmp_path):
    graph = live_graph()
    (tmp_path / "g.json").write_text(graph.to_json(addresses=True))
    again = referrers.load(tmp_path / "g.json")
    assert str(again) == str(graph)
    assert again.to_dot() == graph.to_dot()
    assert again.to_networkx().nodes == graph.to_networkx().nodes


def test_without_addresses_the_picture_comes_back(tmp_path):
    graph = live_graph()
    graph.render(tmp_path / "g.json")
    again = referrers.load(tmp_path / "g.json")
    assert '"id": 1' not in graph.to_json().split('"picture"')[0]
    assert again.to_svg() == graph.to_svg()
    assert again.to_json() == graph.to_json()


def test_another_process_draws_what_this_one_wrote(tmp_path):
    graph = live_graph()
    graph.render(tmp_path / "g.json")
    code = "import referrers, sys; print(referrers.load(sys.argv[1]).to_dot(), end='')"
    drawn = subprocess.run([sys.executable, "-c", code, tmp_path / "g.json"],
                           stdout=subprocess.PIPE, check=True, timeout=300)
    assert drawn.stdout.decode() == graph.to_dot()


def test_two_runs_give_the_same_bytes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import referrers, sys\n"
        "class K: pass\n"
        "k = K(); box = [{'a': k}, {k}]\n"
        "g = referrers.get_referrer_graph(k)\n"
        "print(g.to_json(), g.to_mermaid(), g.to_dot())\n")
    first, second = (
        subprocess.run([sys.executable, program], stdout=subprocess.PIPE,
                       check=True, timeout=300,
                       env=dict(os.environ, PYTHONHASHSEED=seed)).stdout
        for seed in ("1", "2"))
    assert first == second


# --- the schema --------------------------------------------------------------

TYPES = {"object": dict, "array": list, "string": str, "integer": int,
         "number": (int, float), "boolean": bool, "null": type(None)}


def complaint(value, schema, where="$"):
    """What is wrong with a value, or None: as much of JSON Schema as ours
    uses."""
    known = {"$schema", "title", "description", "type", "properties",
             "required", "items", "const", "enum", "minimum"}
    assert set(schema) <= known, set(schema) - known
    if "const" in schema and value != schema["const"]:
        return "%s is not %r" % (where, schema["const"])
    if "enum" in schema and value not in schema["enum"]:
        return "%s is %r" % (where, value)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(
            isinstance(value, TYPES[name])
            and (name == "boolean" or not isinstance(value, bool))
            for name in types):
        return "%s is no %s: %r" % (where, " or ".join(types), value)
    if "minimum" in schema and value is not None and value < schema["minimum"]:
        return "%s is too small" % where
    for name in schema.get("required", ()):
        if name not in value:
            return "%s has no %s" % (where, name)
    if isinstance(value, dict) and "properties" in schema:
        unknown = set(value) - set(schema["properties"])
        if unknown:
            return "%s has what the schema does not name: %s" % (where, unknown)
        pairs = [(value[name], inner, "%s.%s" % (where, name))
                 for name, inner in schema["properties"].items()
                 if name in value]
    elif isinstance(value, list):
        pairs = [(item, schema["items"], "%s[%d]" % (where, i))
                 for i, item in enumerate(value)]
    else:
        pairs = []
    return next(filter(None, (complaint(*pair) for pair in pairs)), None)


@pytest.fixture(scope="module")
def schema():
    return json.loads((TOP / "doc/graph.schema.json").read_text())


@pytest.mark.parametrize("scene", SCENES, ids=lambda path: path.stem)
def test_the_schema_is_true_of_every_scene(scene, schema):
    for addresses in (False, True):
        document = json.loads(read_lines(scene).to_json(addresses=addresses))
        assert complaint(document, schema) is None


def test_the_schema_notices_a_difference(schema):
    document = json.loads(live_graph().to_json())
    document["objects"][0]["depth"] = "0"
    assert "depth" in complaint(document, schema)


def test_each_reference_is_in_the_picture_or_counted_in_it():
    """Of a small graph, all of them: nothing vanishes between the records and
    the arrows."""
    for scene in ("web", "cycle", "threads", "shared", "basic", "cut"):
        graph = read_lines(TOP / "tests/golden/picture" / (scene + ".lines"))
        document = json.loads(graph.to_json())
        drawn = sum(edge["count"] for edge in document["picture"]["edges"])
        assert drawn == len(document["references"]), scene


# --- files that are none -----------------------------------------------------

HEAD = '{"format": "referrers-graph", "version": 2, "limits": ' \
       '{"max_depth": 20, "timeout": null, "timed_out": false}'
ROOT = '"kind": "module", "name": "", "thread": "", "file": ""'


@pytest.mark.parametrize("text", [
    "", "[", "[]", "{}", "null", "1e999", "\x00", "[" * 100000,
    '{"format": "referrers-graph"}',
    '{"format": "referrers-graph", "version": true}',
    '{"format": "referrers-graph", "version": 2}',
    '{"format": "referrers-graph", "version": 3}',
    '{"format": "referrers-graph", "version": 0}',
    '{"format": "referrers-graph", "version": %d}' % 10 ** 30,
    '{"format": ["referrers-graph"], "version": 2}',
    '{"format": "referrers-graph", "version": "a\\nb"}',
    '{"format": "referrers-graph", "version": 1}',
    HEAD,
    HEAD + ', "targets": [{"object": 0}]}',
    HEAD + ', "targets": {}}',
    HEAD + ', "objects": [1]}',
    HEAD + ', "objects": [{}]}',
    HEAD + ', "roots": [{"kind": "a\\tb", "name": "", "thread": "", "file": "", "line": 0}]}',
    HEAD + ', "roots": [{"kind": "moon", "name": "", "thread": "", "file": "", "line": 0}]}',
    HEAD + ', "roots": [{"kind": "module", "name": 3, "thread": "", "file": "", "line": 0}]}',
    HEAD + ', "roots": [{"kind": "module", "name": "", "thread": "", "file": "", "line": -1}]}',
    HEAD + ', "roots": [{"kind": "module", "name": "", "thread": "", "file": "", "line": 1e5}]}',
    HEAD + ', "roots": [{"kind": "module", "name": "", "thread": "", "file": "", "line": %d}]}'
    % 10 ** 30,
    HEAD.replace("null", "NaN") + "}",
    HEAD.replace("null", "-1") + "}",
])
def test_a_file_that_is_no_graph_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "g.json"
    path.write_text(text)
    with pytest.raises(ValueError) as caught:
        referrers.load(path)
    said = str(caught.value)
    assert said.startswith(str(path) + ": ")
    assert "\n" not in said and len(said) < len(str(path)) + 200


@pytest.mark.parametrize("text, words", [
    (HEAD + ', "roots": [{%s, "line": 1}, {%s}]}' % (ROOT, ROOT),
     "roots[1].line: is missing"),
    (HEAD + ', "roots": [{%s, "line": "1"}]}' % ROOT,
     "roots[0].line: must be a number from 0 up"),
    (HEAD + ', "roots": [{%s, "line": true}]}' % ROOT,
     "roots[0].line: must be a number from 0 up"),
    (HEAD + ', "roots": [{%s, "line": %d}]}' % (ROOT, 2 ** 32),
     "roots[0].line: is too large"),
    (HEAD + ', "roots": [{%s, "line": %d}]}' % (ROOT, 2 ** 64),
     "roots[0].line: is too large"),
    (HEAD + ', "roots": [{%s, "line": null}]}' % ROOT,
     "roots[0].line: must be a number from 0 up"),
    (HEAD + ', "roots": {}}', "roots: must be an array"),
    (HEAD + ', "objects": [{}]}', "objects[0].flags: is missing"),
    (HEAD + ', "objects": [3]}', "objects[0]: must be an object of JSON"),
    (HEAD + ', "targets": [{"object": 0}]}',
     "targets[0].object: names a record that is not there"),
    (HEAD + ', "steps": [{"object": null, "reference": null, '
     '"kind": "local", "cut": false, "key_type": "none", "owner": "", '
     '"label": "", "number": 0, "type": ""}]}',
     "broken rule: graph: every step belongs to a path"),
    (HEAD.replace("20", "-2") + "}",
     "limits.max_depth: must be a number from 0 up, or null"),
    (HEAD.replace("false", "true") + "}",
     "limits: only a walk with a timeout can have timed out"),
    (HEAD.replace("false", "0") + "}",
     "limits.timed_out: must be true or false"),
    ('{"format": "referrers-graph", "version": 2}', "limits: is missing"),
])
def test_an_error_says_where_in_the_json(text, words, tmp_path):
    path = tmp_path / "g.json"
    path.write_text(text)
    with pytest.raises(ValueError) as caught:
        referrers.load(path)
    assert str(caught.value) == "%s: %s" % (path, words)


def test_what_a_newer_writer_adds_is_passed_over(tmp_path):
    graph = live_graph()
    document = json.loads(graph.to_json(addresses=True))
    document["novelties"] = [{"novel": 1}]
    for name in ("objects", "references", "verdicts", "ledger", "steps"):
        for record in document[name]:
            record["novelty"] = {"novel": [name]}
            if "flags" in record:
                record["flags"].append("novel")
    (tmp_path / "g.json").write_text(json.dumps(document))
    assert referrers.load(tmp_path / "g.json")._graph.lines() == (
        graph._graph.lines())


def test_a_field_that_was_added_may_be_missing(tmp_path):
    """The table says which: a file that was written before is still read."""
    rows = {record["name"]: record for record in _core.records()["graph"]}
    whole = (TOP / "tests/golden/old/version1.json").read_text()
    added = [(name, field["name"]) for name, row in rows.items()
             for field in row["fields"] if field["may_lack"]]
    assert ("paths", "awaiting") in added
    for name, field in added:
        document = json.loads(whole)
        for record in document[name]:
            record.pop(field, None)
        (tmp_path / "g.json").write_text(json.dumps(document))
        again = json.loads(referrers.load(tmp_path / "g.json").to_json())
        assert all(record[field] in (0, "", None, [], False)
                   for record in again[name])


def test_old_names_are_read_in_old_files_only(tmp_path):
    old = json.loads((TOP / "tests/golden/old/version1.json").read_text())
    old["version"] = 2
    (tmp_path / "g.json").write_text(json.dumps(old))
    with pytest.raises(ValueError, match=r"verdicts\[0\].root_count: is missing"):
        referrers.load(tmp_path / "g.json")


class Odd:
    def __fspath__(self):
        return b"g.json"


@pytest.mark.parametrize("path", [0, 1, -1, True, 2.5, None, b"g.json", Odd(),
                                  ["g.json"]])
def test_a_path_is_text_and_no_descriptor(path, tmp_path, monkeypatch):
    """An int was taken for a descriptor, and closed."""
    monkeypatch.chdir(tmp_path)
    read_end, write_end = os.pipe()
    graph = live_graph()
    graph.render("g.json")
    for use in (referrers.load, graph.render):
        for given in (path, read_end) if isinstance(path, int) else (path,):
            with pytest.raises(TypeError) as caught:
                use(given)
            assert "path must be str or os.PathLike" in str(caught.value)
            assert "\n" not in str(caught.value)
    os.write(write_end, b"open")
    assert os.read(read_end, 4) == b"open"
    os.close(read_end)
    os.close(write_end)
    assert os.fstat(1)


def test_a_missing_file_is_an_oserror(tmp_path):
    with pytest.raises(OSError):
        referrers.load(tmp_path / "none.json")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "g.json").write_bytes(b"\xff\xfe\xfd" * 10)
    with pytest.raises(ValueError):
        referrers.load(tmp_path / "g.json")


def test_damage_is_refused_or_harmless(tmp_path):
    """Values of another file in the place of ours: a ValueError of one line,
    or a graph that can still be drawn."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    whole = json.loads(read_lines(
        TOP / "tests/golden/picture/answers.lines").to_json(addresses=True))
    path = tmp_path / "g.json"
    refused = 0
    for _ in range(400):
        document = json.loads(json.dumps(whole))
        for _ in range(chance.choice((1, 1, 2, 5))):
            damage(document, chance)
        path.write_text(json.dumps(document))
        try:
            graph = referrers.load(path)
        except ValueError as error:
            refused += 1
            assert "\n" not in str(error), seed
            continue
        assert str(graph) is not None
        assert graph.to_json() and graph.to_mermaid(), seed
    assert 50 < refused < 400, (refused, seed)


@pytest.mark.parametrize("seed", sorted((TOP / "tests/fuzz/load").iterdir()),
                         ids=lambda path: path.name)
def test_what_a_fuzzer_starts_from_and_found(seed):
    try:
        graph = referrers.load(seed)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert graph.to_json() and str(graph.explain()) is not None


def damage(document, chance):
    values = (None, -1, 0, 1, 2, 7, 2 ** 32 - 1, 2 ** 64, 1.5, True, "", "x",
              "\ud800", [], ["target"], ["bit31"], {}, "local", "index")
    names = [name for name, value in document.items()
             if isinstance(value, list) and value]
    records = document[chance.choice(names)]
    place = chance.randrange(len(records))
    if not isinstance(records[place], dict) or chance.random() < 0.1:
        records.pop(place)
    elif records[place]:
        field = chance.choice(list(records[place]))
        records[place][field] = chance.choice(values)
