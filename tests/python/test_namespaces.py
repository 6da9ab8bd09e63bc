"""What a class body or executed code holds while it runs.

The C code that runs it has its namespace, and nothing refers to it there: that
is no mystery, and no holder beside the code that asks.
"""

import pytest

import referrers


class Node:
    pass


def test_a_class_body_that_asks():
    class Body:
        node = Node()
        node.me = [node]
        explanation = referrers.why(node)
    found = Body.explanation
    assert found.verdict["kind"] == "only-you"
    assert str(found).startswith("Node is held only by you: node in Body(), ")
    assert found.verdict["unexplained"] == 0


def test_a_class_body_further_up():
    class Body:
        node = Node()

        def ask(node):
            return referrers.why(node)
        explanation = ask(node)
    found = Body.explanation
    assert str(found).startswith("Node is alive: node in Body(), ")
    assert "\n  through  1 root: " in str(found)
    assert "native" not in str(found) and "C code" not in str(found)


def test_a_variable_of_an_enclosing_function_is_a_root_with_a_name():
    root = Node()
    root.kid = Node()

    def ask():
        return str(referrers.why(root.kid))
    assert "\n  through  1 root: root in test_a_variable_of_an" in ask()


CODE = """
node = Node()
node.me = node
explanation = referrers.why(node)
"""


def run_here(names, locals_too):
    """Runs the code with namespaces that have no other holder here."""
    outer = [{**names, "referrers": referrers}, {}]
    if locals_too:
        exec(CODE, outer.pop(0), Keeping(names["found"]))
    else:
        exec(CODE + "found.append(explanation)\n", outer.pop(0))


class Keeping(dict):
    """Hands out what the code finds, and is gone with it."""

    def __init__(self, found):
        self.found = found

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        if name == "explanation":
            self.found.append(value)


@pytest.mark.parametrize("locals_too", [False, True])
def test_executed_code_that_asks(locals_too):
    found = []
    run_here({"Node": Node, "found": found}, locals_too)
    verdict = found[0].verdict
    # Since 3.14 it is known that the frame that calls exec has it in use.
    assert verdict["kind"] in ("only-you", "alive"), str(found[0])
    assert verdict["unexplained"] == 0
    if verdict["kind"] == "only-you":
        assert str(found[0]).startswith(
            "Node is held only by you: node in <module>(), ")
    else:
        assert "<value in use>" in str(found[0])


def test_executed_code_in_a_namespace_that_others_have():
    names = {"Node": Node, "referrers": referrers}
    exec(CODE, names)
    assert str(names["explanation"]).startswith(
        "Node is alive: names['node'] in test_executed_code_in_a_namespace")
