"""What a graph in a file costs, by how much there is of one kind of record.

    PYTHONPATH=build/stage python tests/bench/bench_load.py [N]

For each kind a file with N of them and one with 4 N: processor seconds of
`load` and of whatever shows the graph, and their ratio.  4 is linear; 16 is
not.  A ratio over 10 is marked, and ends in status 1.
"""

import json
import pathlib
import sys
import tempfile
import time

import referrers

LIMIT = 10
LEAST = 0.05  # seconds; below that a ratio means nothing


def root(i):
    return {"kind": "module", "name": "m%07d" % i, "thread": "", "file": "",
            "line": 0}


def held(i, target=False, depth=1):
    return {"flags": ["target"] if target else [], "type": "dict",
            "qualname": "dict", "module": "", "detail": "", "items": 1,
            "depth": 0 if target else depth}


def reference(referent, referrer=None, root=None, label="x"):
    return {"referent": referent, "referrer": referrer, "root": root,
            "kind": "item" if root is None else "global", "flags": [],
            "key_type": "str" if root is None else "none", "owner": "dict",
            "label": label, "number": len(label)}


def verdict(i):
    return {"target": i, "kind": "alive", "flags": ["explained"],
            "counted": 1, "unexplained": 0, "root_count": 1,
            "cycle_objects": 0, "generation": None}


def step(kind="item", label="x"):
    return {"object": None, "reference": None, "kind": kind, "cut": False,
            "key_type": "none" if kind == "global" else "str", "owner": "m",
            "label": label, "number": 1, "type": "dict"}


def path(target, kind="emphasised", steps=1, root=0, targets=1):
    return {"target": target, "kind": kind, "root": root, "step_count": steps,
            "targets": targets, "shared_count": 0, "awaiting": ""}


def entry(target, kind="item"):
    return {"target": target, "kind": kind, "count": 1, "caller": False,
            "probable": False, "left_out": False}


def base(**arrays):
    document = {"format": "referrers-graph", "version": 2,
                "limits": {"max_depth": 20, "timeout": None,
                           "timed_out": False},
                "roots": [root(0)], "objects": [held(0, True)],
                "targets": [{"object": 0}],
                "references": [reference(0, root=0)],
                "verdicts": [verdict(0)], "paths": [path(0)],
                "steps": [step("global")]}
    document.update(arrays)
    return document


def fan(n):
    return base(objects=[held(0, True)] + [held(i) for i in range(n)],
                references=[reference(0, i + 1, label="key-%d" % i)
                            for i in range(n)])


def chain(n):
    return base(objects=[held(0, True)] + [held(i, depth=i + 1)
                                             for i in range(n)],
                references=[reference(i, i + 1) for i in range(n)]
                + [reference(n, root=0)])


def rests(n):
    document = fan(n)
    document["rests"] = [
        {"referent": 0, "after": i, "kind": "item", "key_type": "str",
         "owner": "dict", "first": "a", "last": "b", "count": 1}
        for i in range(n)]
    return document


def targets(n):
    return base(objects=[held(i, True) for i in range(n)],
                targets=[{"object": i} for i in range(n)],
                references=[reference(i, root=0) for i in range(n)],
                verdicts=[verdict(i) for i in range(n)],
                ledger=[entry(i) for i in range(n)],
                paths=[path(i) for i in range(n)],
                steps=[step("global") for i in range(n)])


def words_that_differ_at_their_ends(n):
    """Every eighth byte: what a hash sees last."""
    return base(objects=[held(0, True)] + [
        dict(held(i), type="".join(
            "key-000" + chr(48 + (i >> 4 * k & 15)) for k in range(6)))
        for i in range(n)])


CASES = {
    "objects in a fan": fan,
    "objects in a chain": chain,
    "rests": rests,
    "roots": lambda n: base(roots=[root(i) for i in range(n)], references=[
        reference(0, root=i) for i in range(n)]),
    "targets": targets,
    "ledger of one target": lambda n: base(ledger=[entry(0)] * n),
    "paths of one target": lambda n: base(
        paths=[path(0)] + [path(0, "further")] * n,
        steps=[step("global")] * (n + 1)),
    "roots named": lambda n: base(
        paths=[path(0)] + [path(0, "root")] * n,
        steps=[step("global")] * (n + 1)),
    "references to cut": lambda n: base(
        paths=[path(0)] + [path(0, "cut")] * n,
        steps=[step("global")] * (n + 1)),
    "steps of one path": lambda n: base(
        paths=[path(0, steps=n + 1)], steps=[step("global")] + [step()] * n),
    "natives": lambda n: base(natives=[
        {"object": 0, "count": 1, "holder": "T", "offset": i}
        for i in range(n)]),
    "words": words_that_differ_at_their_ends,
}

WAYS = {
    "lines": lambda graph: graph._graph.lines(),
    "text": str,
    "explain": lambda graph: str(graph.explain()),
    "json": lambda graph: graph.to_json(),
    "mermaid": lambda graph: graph._graph.mermaid(),
    "view": lambda graph: graph._graph.view_lines(),
    "networkx": lambda graph: graph._graph.reference_view(),
}


def measure(document, path):
    path.write_text(json.dumps(document))
    seconds = {}
    start = time.process_time()
    graph = referrers.load(path)
    seconds["load"] = time.process_time() - start
    for name, way in WAYS.items():
        start = time.process_time()
        way(graph)
        seconds[name] = time.process_time() - start
    return seconds


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    status = 0
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "graph.json"
        for name, make in CASES.items():
            few, many = measure(make(n), path), measure(make(4 * n), path)
            print("%d %s" % (n, name))
            for way in many:
                ratio = many[way] / max(few[way], LEAST / 4)
                bad = many[way] > LEAST and ratio > LIMIT
                status |= bad
                print("    %-9s %8.3f s %8.3f s  x %5.1f%s"
                      % (way, few[way], many[way], ratio,
                         "  NOT LINEAR" if bad else ""))
    return status


if __name__ == "__main__":
    sys.exit(main())
