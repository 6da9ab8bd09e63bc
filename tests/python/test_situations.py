"""The cuts of situations.py, carried out."""

import json
import pathlib
import sys

import pytest

import situations
from conftest import run_python

if __name__ != "__main__":
    ALL = {case.name: case for case in situations.applicable()}


def ask(namespace):
    """Nothing of this frame names the object."""
    import referrers
    import types
    explanation = referrers.why(namespace["w"]())
    counted = sys.getrefcount(namespace["w"]()) - 1
    # Such objects have one more where there is no GIL, for those that are not
    # counted.
    if referrers._core._needs_fork and isinstance(
            namespace["w"](), (type, types.CodeType)):
        counted -= 1
    return explanation, counted


def let_go(expression, namespace):
    """Drops what the expression names."""
    import ast
    tree = ast.parse(expression, mode="eval").body
    around = dict(vars(__import__("builtins")), situation=sys.modules[
        "situation"], signal=sys.modules.get("signal"), sys=sys)

    def value(node):
        return eval(ast.unparse(node), around)
    if isinstance(tree, ast.Attribute):
        try:
            delattr(value(tree.value), tree.attr)
        except (AttributeError, TypeError):
            setattr(value(tree.value), tree.attr, None)
    elif isinstance(tree, ast.Subscript):
        del value(tree.value)[value(tree.slice)]
    else:
        value(tree)


def answer(case):
    import gc
    import types
    module = types.ModuleType("situation")
    sys.modules["situation"] = module
    namespace = vars(module)
    exec(case.source, namespace)
    explanation, counted = ask(namespace)
    found = {"verdict": explanation.verdict["kind"], "cut": explanation.cut,
             "text": str(explanation), "counted": counted,
             "ledger": dict(explanation.ledger)}
    del explanation
    if case.drop is not None and case.drop != "-":
        exec(case.drop, namespace)
    elif case.drop is None:
        for expression in sorted(found["cut"] or (), reverse=True):
            let_go(expression, namespace)
    gc.collect()
    found["is left"] = namespace["w"]() is not None
    if case.end is not None:
        exec(case.end, namespace)
        gc.collect()
    found["is there at the end"] = namespace["w"]() is not None
    namespace.clear()
    del sys.modules["situation"]
    gc.enable()
    return found


def main():
    found = {}
    for case in situations.applicable():
        try:
            found[case.name] = answer(case)
        except Exception as error:
            found[case.name] = {"error": "%s: %s" % (type(error).__name__,
                                                     error)}
    print(json.dumps(found))


@pytest.fixture(scope="module")
def answers():
    result = run_python(str(pathlib.Path(__file__)))
    assert result.status == 0, result.errors
    return json.loads(result.text.splitlines()[-1])


@pytest.mark.parametrize("name", list(ALL) if __name__ != "__main__" else [])
def test_doing_what_it_says_frees_the_object(answers, name):
    case, found = ALL[name], answers[name]
    assert "error" not in found, found
    assert found["verdict"] == case.verdict, found["text"]
    assert sum(found["ledger"].values()) == found["counted"], found["text"]
    if case.cut is not None:
        assert sorted(found["cut"]) == sorted(case.cut), found["text"]
    if case.drop == "-":
        assert found["cut"] is None and found["is left"]
    elif case.verdict != "native":
        assert found["is left"] == case.stays, found["text"]
        assert ("not enough" in found["text"]) == case.stays, found["text"]
    for words in case.says:
        assert words in found["text"]
    if case.drop != "-":
        assert not found["is there at the end"]


if __name__ == "__main__":
    main()
