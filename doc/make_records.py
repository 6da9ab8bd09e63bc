#!/usr/bin/env python3
"""What is generated from the table of records (src/graph/record.h): the schema
of the JSON, and the types of the answers in python/referrers/_core.pyi.

    build/tests/in-stage python3 doc/make_records.py

writes both again; tests/python/test_records.py compares.
"""

import json
import pathlib

from referrers import _core

TOP = pathlib.Path(__file__).resolve().parents[1]
SCHEMA = TOP / "doc/graph.schema.json"
STUB = TOP / "python/referrers/_core.pyi"
BEGIN = "# --- from the table of records, by doc/make_records.py ---\n"
END = "# --- by hand again ---\n"

# The records that Graph.answers() tells, and what their types are called.
ANSWERS = {"verdict": "VerdictRecord", "entry": "LedgerEntry",
           "path": "PathRecord", "step": "Step", "hint": "HintRecord",
           "native": "NativeRecord",
           "retained": "RetainedRecord"}

NUMBER = {"type": "integer", "minimum": 0}
NUMBER_OR_NONE = {"type": ["integer", "null"], "minimum": 0}
STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
BOOLEAN = {"type": "boolean"}
TYPES = {"number": NUMBER, "signed": NUMBER_OR_NONE, "index": NUMBER,
         "link": NUMBER_OR_NONE, "text": STRING, "switch": BOOLEAN,
         "seconds": {"type": ["number", "null"], "minimum": 0},
         "address": NUMBER}
IN_VIEW = {"index": STRING, "link": {"type": ["string", "null"]}}

# What stands beside the fields: words for readers, and lists.
EXTRAS = {
    "reference": {"name": STRING, "step": STRING},
    "cluster": {"id": STRING, "words": STRING},
    "node": {"id": STRING, "rows": STRINGS, "members": {
        "description": "of a stack: its first ten, objects or roots",
        "type": "array", "items": NUMBER}},
    "arrow": {"words": STRING, "references": {"type": "array",
                                              "items": NUMBER}},
}
PICTURE = dict.fromkeys((
    "title", "description", "target", "expression", "place", "verdict",
    "ledger"), STRING)


def of_field(field, view_words):
    if field["type"] == "word":
        schema = {"enum": field["words"]}
    elif field["type"] == "flags":
        schema = dict(STRINGS, description="words: %s; a newer writer may add "
                      "others" % ", ".join(field["words"]))
    elif field["of"] in view_words:
        schema = IN_VIEW[field["type"]]
    else:
        schema = TYPES[field["type"]]
    if field["not_zero"]:
        schema = dict(schema, minimum=1)
    return described(schema, field["about"])


def described(schema, about):
    return schema if about is None else dict(schema, description=about)


def of_record(record, view_words):
    properties, required = {}, []
    for field in record["fields"]:
        if field["only_in_lines"]:
            continue
        found = (dict.fromkeys(field["words"], BOOLEAN)
                 if field["name"] is None
                 else {field["name"]: of_field(field, view_words)})
        properties.update(found)
        if field["type"] != "address" and not field["may_lack"]:
            required += found
    extras = EXTRAS.get(record["word"], {})
    properties.update(extras)
    schema = {"type": "object", "properties": properties,
              "required": required + list(extras)}
    if not record["is_single"]:
        schema = {"type": "array", "items": schema}
    return described(schema, record["about"])


def schema():
    tables = _core.records()
    view_words = {record["word"] for record in tables["view"]}
    picture = dict(PICTURE, direction={"enum": ["TB", "LR"]}, path={
        "type": "array", "items": NUMBER,
        "description": "the emphasised path: references, from its root to a "
                       "target"})
    picture.update((record["name"], of_record(record, view_words))
                   for record in tables["view"] if record["name"])
    properties = {"format": {"const": "referrers-graph"},
                  "version": {"const": 2}}
    properties.update((record["name"], of_record(record, view_words))
                      for record in tables["graph"])
    properties["picture"] = {
        "type": "object", "properties": picture, "required": list(picture),
        "description": "what a picture shows, in its words; not read back"}
    required = list(properties)
    properties["redacted"] = {
        "const": True,
        "description": "there when key texts and values were hidden"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A referrer graph",
        "description":
            "What ReferrerGraph.to_json writes and referrers.load reads. "
            "Numbers that name a record count from 0 in its array; null stands "
            "for none. A member that is not named here may come with a newer "
            "version of the same number and can be left alone.",
        "type": "object", "properties": properties, "required": required}


PYTHON = {"number": "int", "signed": "int | None", "index": "int",
          "word": "str", "text": "str", "flags": "list[str]"}


def stub():
    lines = []
    for record in _core.records()["graph"]:
        if record["word"] not in ANSWERS:
            continue
        lines.append("class %s(TypedDict):" % ANSWERS[record["word"]])
        for field in record["fields"]:
            if field["of"] not in (None, "target"):
                continue
            if field["name"] is None:
                lines += ["    %s: bool" % name for name in field["words"]]
            else:
                lines.append("    %s: %s" % (field["name"],
                                             PYTHON[field["type"]]))
        lines.append("")
    return "\n".join(lines) + "\n"


def with_block(text):
    """The stub file with the part between the two marks replaced."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + stub() + END + rest.split(END)[1]


def schema_text():
    return json.dumps(schema(), indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text())
    STUB.write_text(with_block(STUB.read_text()))
