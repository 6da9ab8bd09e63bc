"""The text tree: how much of it there is, and in which order."""

import functools
import re
import unittest.mock

import pytest

import referrers


class Target:
    pass


class Node:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def tree(made, **options):
    return re.sub(r" \(id=\d+\)", "", made.to_text(**options))


def of(target, **options):
    return referrers.get_referrer_graph(target, **options)


def test_the_text_is_str():
    target = Target()
    made = of(target)
    assert made.to_text() == made.to_text(200) == str(made)


def test_alike_siblings_are_counted():
    target = Target()
    holders = [Node(target=target) for _ in range(40)]
    made = referrers.get_referrer_graph(target)
    assert tree(made) == """\
╙── Target instance
    ├─╼ Node.target (instance attribute)
    │   └─╼ list[0]
    │       └─╼ test_alike_siblings_are_counted.holders (local)
    ├─╼ Node.target (instance attribute)
    │   └─╼ list[1] (shown above)
    ├─╼ Node.target (instance attribute)
    │   └─╼ list[2] (shown above)
    ├─╼ Node.target (instance attribute)
    │   └─╼ list[3] (shown above)
    ├─╼ … 36 more Node.target (instance attribute)
    └─╼ test_alike_siblings_are_counted.target (local)"""
    assert tree(made, max_lines=None).count("Node.target") == 40
    assert holders


def test_what_only_leads_back_is_counted():
    target = Target()
    target.children = [Node(parent=target) for _ in range(9)]
    owner = Node(figure=target)
    lines = tree(of(target)).splitlines()
    assert lines[:3] == [
        "╙── Target instance",
        "    ├─╼ Node.figure (instance attribute)",
        "    │   └─╼ test_what_only_leads_back_is_counted.owner (local)"]
    assert lines[-2:] == [
        "    ├─╼ test_what_only_leads_back_is_counted.target (local)",
        "    └─╼ … 6 more referrers lead back here"]
    # What is left out keeps nothing alive: without it all the same.
    every = tree(of(target), max_lines=None)
    assert "lead back here" in every and every.count("Node.parent") == 3
    nodes = of(target).to_networkx().nodes
    assert sum(node.name.startswith("Node.parent") for node in nodes) == 9
    assert owner


def test_the_nearest_root_comes_first_and_is_always_there():
    target = Target()
    far = Node(a=target)
    for _ in range(5):
        far = [Node(x=far)]
    near = {"b": target}
    names = re.findall(r"[\w.]+ \(instance attribute\)|dict\[b\]", tree(of(target)))
    assert names[:2] == ["dict[b]", "Node.a (instance attribute)"]
    for limit in 1, 5, 10, 20:
        text = tree(of(target), max_lines=limit)
        assert ".target (local)" in text
        assert len(text.splitlines()) <= max(limit, 9)
    assert near


def test_a_long_chain_is_its_ends():
    target = made = Target()
    for _ in range(1000):
        made = [made]
    graph = of(target, max_depth=None)
    del target
    text = graph.to_text()
    assert re.search(r"… \d+ more (steps|referrer)", text)
    assert len(text.splitlines()) <= 200
    assert graph.to_text(max_lines=None).count("list[0]") == 1000
    assert made


def test_c_code_is_named_as_an_end():
    import ctypes
    target = Target()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(target))
    try:
        held = referrers.get_referrer_graph(target)
        assert "    └─╼ … held by C code" in tree(held)
    finally:
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(target))
    assert "held by C code" not in tree(referrers.get_referrer_graph(target))


def test_a_frame_that_is_kept_is_no_running_one():
    def fail():
        kept = Target()
        raise ValueError(kept)
    try:
        fail()
    except ValueError as error:
        held = error
    text = tree(of(held.args[0]))
    assert "fail.kept (kept local)" in text


def test_instances_come_after_what_holds_the_class():
    class Plugin:
        pass
    Plugin.only = Plugin()
    text = tree(of(Plugin))
    assert text.index("Plugin (local)") < text.index("Plugin (instance)")


def test_sizes_stand_behind_the_id():
    target = Target()
    target.data = bytearray(5000)
    size = of(target, sizes=True).to_text().splitlines()[0]
    found = re.fullmatch(r"╙── Target instance \(id=\d+\) ([\d,]+) B", size)
    assert int(found.group(1).replace(",", "")) > 5000


def test_a_mock_is_readable():
    mock = unittest.mock.MagicMock()
    mock.a.b.c()
    for i in range(30):
        getattr(mock, "x%d" % i)()
    lines = tree(of(mock.a.b)).splitlines()
    assert len(lines) < 120
    assert any("a_mock_is_readable.mock (local)" in line for line in lines)


@pytest.mark.parametrize("wrong, error", [
    (0, ValueError), (-1, ValueError), (True, TypeError), ("9", TypeError),
    (1.5, TypeError)])
def test_wrong_numbers(wrong, error):
    with pytest.raises(error, match="max_lines must be"):
        of(Target()).to_text(wrong)


def test_the_command(command):
    setup = "import types; t = types.SimpleNamespace(); keep = [[t] for i in range(9)]"
    shown = functools.partial(command, "-T", "txt", "-s", setup, "-e", "t")
    assert "… 5 more list[…]" in shown().text
    assert "more list" not in shown("--max-lines", "none").text
    assert len(shown("--max-lines=9").text.splitlines()) <= 9
    refused = shown("--max-lines", "0")
    assert refused.status == 2
    assert "--max-lines: '0' is not a whole number above 0" in refused.errors


def test_a_file(tmp_path):
    target = Target()
    many = [[target] for _ in range(30)]
    graph = of(target)
    for options in {}, {"max_lines": None}, {"max_lines": 9}:
        graph.render(tmp_path / "tree.txt", **options)
        text = (tmp_path / "tree.txt").read_text(encoding="utf-8")
        assert text == graph.to_text(**options) + "\n"
    assert many
