"""One table says what a record consists of (src/graph/record.h): what is
generated from it is up to date, and what Python gives has its names."""

import ast
import importlib.util
import json

import pytest

import referrers
from conftest import TOP
from referrers import _core, _redact

TABLES = _core.records()
ROWS = {record["word"]: record for record in TABLES["graph"]}


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location(
        "make_records", TOP / "doc/make_records.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def graph():
    """One of every record."""
    lines = (TOP / "tests/golden/old/version1.lines").read_bytes()
    lines = lines.replace(b"\nroot\t", b"\nleft-out\t20\t3\t7\nroot\t", 1)
    return _core.read(lines.replace(b"\nnative\t",
                                    b"\nhint\t0\tcallback\t0\t0\nnative\t", 1))


def test_the_schema_is_up_to_date(maker):
    assert maker.SCHEMA.read_text() == maker.schema_text(), (
        "run doc/make_records.py")


def test_the_types_of_the_answers_are_up_to_date(maker):
    text = maker.STUB.read_text()
    assert maker.with_block(text) == text, "run doc/make_records.py"


def members(maker, name):
    """The members of a TypedDict of _core.pyi, its bases' too."""
    classes = {node.name: node for node in ast.parse(
        maker.STUB.read_text()).body if isinstance(node, ast.ClassDef)}
    node, found = classes[name], set()
    for base in node.bases:
        if base.id != "TypedDict":
            found |= members(maker, base.id)
    return found | {item.target.id for item in node.body
                    if isinstance(item, ast.AnnAssign)}


def test_the_answers_have_these_members(maker, graph):
    answers = graph.answers()
    assert set(answers) == members(maker, "Answers")
    for name, type in (("verdicts", "Verdict"), ("ledger", "LedgerEntry"),
                       ("paths", "Path"), ("hints", "Hint"),
                       ("natives", "Native"), ("retained", "Retained")):
        assert answers[name], name
        for item in answers[name]:
            assert set(item) == members(maker, type)
    for step in answers["paths"][0]["steps"]:
        assert set(step) == members(maker, "Step")


def test_a_part_of_the_answers_is_the_same_part(graph):
    """What is asked for by name, of one target, or without steps."""
    whole = graph.answers()
    for name in whole:
        assert graph.answers(name) == {name: whole[name]}
    for target in range(len(whole["verdicts"])):
        one = graph.answers("ledger", "paths", "verdicts", target=target)
        assert set(one) == {"ledger", "paths", "verdicts"}
        assert one["verdicts"] == [whole["verdicts"][target]]
        for name in ("ledger", "paths"):
            assert one[name] == [item for item in whole[name]
                                 if item["target"] == target]
    assert graph.answers("paths", steps=False)["paths"] == [
        {name: value for name, value in path.items() if name != "steps"}
        for path in whole["paths"]]


def test_python_and_json_have_the_same_names_and_values(graph):
    """Whatever both tell, they tell under one name."""
    document = json.loads(graph.json(addresses=True))
    answers = graph.answers()
    answers["steps"] = [step for path in answers["paths"]
                        for step in path["steps"]]
    compared = 0
    for name in ("verdicts", "ledger", "paths", "steps", "hints",
                 "natives", "retained"):
        for ours, theirs in zip(answers[name], document[name], strict=True):
            for field in set(ours) & set(theirs):
                assert ours[field] == theirs[field], (name, field)
                compared += 1
    assert compared > 100


def test_every_record_is_in_the_lines_in_the_order_of_the_table(graph):
    words = [line.split(b"\t")[0].decode() for line in
             graph.lines().splitlines()]
    met = list(dict.fromkeys(words))
    assert [word for word in met if word in ROWS] == list(ROWS)


def test_redaction_knows_every_field():
    for record in TABLES["graph"] + TABLES["view"]:
        for field in record["fields"]:
            assert field["redaction"] in _redact._HIDE, (
                record["word"], field["name"])


def test_a_field_that_nobody_thought_of_is_an_error():
    rules = dict(_redact.rules_of_records(), value=[("object", "keep"), ("text", "unknown")])
    with pytest.raises(RuntimeError, match="'value' records have a field 2"):
        _redact._redacted([b"value", b"0", b"s3cret"], rules)


def test_version_1_still_loads():
    """A file that the last writer of version 1 made."""
    loaded = referrers.load(TOP / "tests/golden/old/version1.json")
    lines = (TOP / "tests/golden/old/version1.lines").read_bytes()
    assert loaded._graph.lines() == _core.read(lines).lines()
