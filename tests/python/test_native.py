"""Objects that only native code holds: in memory the collector cannot look
into, or through a reference that nobody gives back.

What is found by comparing memory with an address is no proof, and every face
says "probably"; what is not found is never blamed on anybody.
"""

import importlib.util
import json
import pathlib
import types
import weakref

import pytest

import referrers
from conftest import compile_extension


kept = types.SimpleNamespace()


@pytest.fixture(scope="module")
def opaque(tmp_path_factory):
    """The extension of opaque.c beside this file, compiled."""
    directory = tmp_path_factory.mktemp("opaque")
    compile_extension(pathlib.Path(__file__).with_name("opaque.c"), directory)
    spec = importlib.util.spec_from_file_location("opaque",
                                                  directory / "opaque.so")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REGISTRY = []


class Node:
    pass


def boxed(opaque):
    """A box with a node in it, and a weak reference to the node."""
    node = Node()
    return opaque.Box(node), weakref.ref(node)


def holding(box):
    holder = Node()
    holder.box = box
    return holder


def forgotten(opaque):
    """A weak reference to a node that an extension took a reference to."""
    node = Node()
    opaque.look_at(node)
    return weakref.ref(node)


def test_the_box_is_the_probable_holder(opaque):
    box, node = boxed(opaque)
    lines = str(referrers.why(node())).splitlines()
    assert lines == [
        "Node is held by native code: nothing visible explains its only "
        "reference",
        "  refcount counted 1 = 1 unexplained",
        "  holder   probably opaque.Box at offset %d: its address stands in "
        "that object's memory" % opaque.OFFSET]
    del box
    assert node() is None


def test_of_many_it_is_said_as_well(opaque):
    boxes, nodes = zip(*(boxed(opaque) for _ in range(3)))
    lines = str(referrers.why_all([node() for node in nodes])).splitlines()
    assert lines[0] == "3 objects: 3 held by native code"
    assert lines[-1] == ("  holder   probably opaque.Box at offset %d, of "
                         "3 objects" % opaque.OFFSET), lines
    del boxes


def test_a_box_in_an_attribute_or_a_list_is_found_as_well(opaque):
    """Wherever the box is: the variable of a frame is one place of three."""
    for place in (lambda box: [box], lambda box: {"box": box}, holding):
        box, node = boxed(opaque)
        keep = place(box)
        del box
        assert "probably opaque.Box at offset" in str(referrers.why(node()))
        del keep


def test_data_and_pictures_say_who_and_probably(opaque):
    box, node = boxed(opaque)
    graph = referrers.get_referrer_graph(node())
    assert graph.verdict["kind"] == "native"
    assert graph.verdict["unexplained"] == 1
    data = json.loads(graph.to_json())
    assert data["natives"] == [{"object": 0, "count": 1,
                                "holder": "opaque.Box",
                                "offset": opaque.OFFSET}]
    assert "probably opaque.Box" in graph.to_dot()
    assert "probably opaque.Box" in graph.to_svg()
    assert "probably opaque.Box" in graph.to_mermaid()
    del box


def test_a_box_that_holds_another_object_is_no_suspect(opaque):
    box, node = boxed(opaque)
    other = forgotten(opaque)
    text = str(referrers.why(other()))
    assert "held by native code" in text
    assert "probably" not in text
    assert "probably" not in referrers.get_referrer_graph(other()).to_dot()
    del box


def test_a_reference_that_is_forgotten_is_native(opaque):
    node = forgotten(opaque)
    explanation = referrers.why(node())
    assert explanation.verdict["kind"] == "native"
    assert explanation.ledger == {"unexplained": 1}
    assert str(explanation).splitlines()[0] == (
        "Node is held by native code: nothing visible explains its only "
        "reference")
    graph = referrers.get_referrer_graph(node())
    assert "from C code, not visible to Python" in graph.to_dot()
    assert "held by native code" in graph.to_svg()
    assert json.loads(graph.to_json())["verdicts"][0]["kind"] == "native"


def test_a_cycle_that_native_code_refers_into_is_not_garbage(opaque):
    """The next collection will not free it, and the answer says why."""
    node = Node()
    node.me = node
    opaque.look_at(node)
    watched = weakref.ref(node)
    del node
    explanation = referrers.why(watched())
    assert explanation.verdict["kind"] == "native"
    assert {"cycle", "native_inside"} <= set(explanation.verdict["flags"])
    assert ("an unreachable cycle of 1 object holds it; no collection frees "
            "it: native code refers into the cycle") in str(explanation)


def test_an_object_that_is_alive_has_its_box_beside(opaque):
    """A root is what keeps it; the count still says that there is more."""
    node = Node()
    box = opaque.Box(node)
    REGISTRY.append(node)
    del node
    explanation = referrers.why(REGISTRY[0])
    assert explanation.verdict["kind"] == "alive"
    assert explanation.ledger["unexplained"] == 1
    assert "probably opaque.Box at offset" in str(explanation)
    REGISTRY.clear()
    del box


def test_a_type_that_keeps_silent_is_the_probable_holder(opaque):
    """It tells the collector of some references, and not of this one."""
    node = type("Node", (), {})()
    box, reference = opaque.Silent(node), weakref.ref(node)
    del node
    explanation = referrers.why(reference())
    assert explanation.verdict["kind"] == "native"
    assert "probably opaque.Silent at offset %d: " % opaque.OFFSET in str(
        explanation)
    del box
    assert reference() is None


@pytest.mark.parametrize("slots", [(), ("more",), None])
def test_a_subclass_made_in_python_is_the_probable_holder(opaque, slots):
    members = {} if slots is None else {"__slots__": slots}
    crate = type("Crate", (opaque.Box,), members)
    node = type("Node", (), {})()
    box, reference = crate(node), weakref.ref(node)
    del node
    explanation = referrers.why(reference())
    assert explanation.verdict["kind"] == "native"
    assert "Crate at offset %d: " % opaque.OFFSET in str(explanation)
    del box


def test_a_box_is_found_behind_a_chain(opaque):
    """What it holds leads to the target, which has a name as well."""
    class Page:
        def on_click(self):
            pass
    kept.page = Page()
    box, reference = opaque.Box(kept.page.on_click), weakref.ref(kept.page)
    explanation = referrers.why(reference())
    text = str(explanation)
    method = "method %s.on_click" % Page.__qualname__
    assert explanation.verdict["kind"] == "alive"
    assert "also     held by C code, through " + method in text
    assert "but      that is not enough: C code holds " + method in text
    assert ("holder   probably opaque.Box at offset %d, of %s: "
            % (opaque.OFFSET, method)) in text
    assert explanation.cut == ["test_native.kept.page"]
    del kept.page
    assert reference() is not None
    explanation = referrers.why(reference())
    assert explanation.verdict["kind"] == "native"
    assert "probably opaque.Box at offset" in str(explanation)
    del box
    assert reference() is None


def test_native_code_holds_what_a_root_leads_to_as_well(opaque):
    """The cut is above an object that stays."""
    class Page:
        pass
    kept.pages = [Page()]
    kept.pages[0].tuple = (Page(),)
    reference = weakref.ref(kept.pages[0].tuple[0])
    box = opaque.Box(kept.pages[0].tuple)
    explanation = referrers.why(reference())
    assert explanation.verdict["kind"] == "alive"
    assert len(explanation.cut) == 1
    assert "but      that is not enough: C code holds tuple" in str(explanation)
    del kept.pages[:]
    assert reference() is not None
    del box
    assert reference() is None
