"""Heap: objects found without running code, and what is answered of them."""

import collections
import enum
import functools
import os
import sys

import pytest

import referrers


class Session:
    kind = "session"

    def __init__(self, user):
        self.user = user
        self.notes = [user, ["deep"]]

    @property
    def computed(self):
        raise AssertionError("a look runs no code")

    def __getattr__(self, name):
        raise AssertionError("a look runs no code")


class Base:
    shared = ["shared"]
    built_in = len

    @staticmethod
    def static():
        pass

    @classmethod
    def of_class(cls):
        pass


class Derived(Base):
    pass


class Color(enum.Enum):
    RED = 1


Point = collections.namedtuple("Point", "x y")


class Slots:
    __slots__ = ("payload",)


class Registry:
    pass


LONG = "k" * 300
registry = Registry()
registry.sessions = {"user-7": Session("ann"), 8: Session("bob")}
registry.keys = {
    (1, "a", b"b"): ["tuple"], b"x'\\y\n\xff": ["bytes"], 1.5: ["float"],
    None: ["None"], True: ["True"], -3: ["negative"], 2**70: ["large"],
    LONG: ["long"], ("only",): ["one"], "\u00fcber": ["accent"],
    (): ["empty"], tuple(range(12)): ["many"], "": ["nothing"]}
registry.by_id = {id(registry): ["by id"]}
registry.derived, registry.point = Derived(), Point([1], [2])
registry.queue = collections.deque([["first"], ["last"]])
registry.partial = functools.partial(print, ["argument"])
registry.slots = Slots()
registry.slots.payload = registry


@pytest.fixture(scope="module")
def heap():
    return referrers.snapshot()


HERE = __name__


@pytest.mark.parametrize("expression, value", [
    ("registry", lambda: registry),
    ("registry.sessions", lambda: registry.sessions),
    ("registry.sessions['user-7']", lambda: registry.sessions["user-7"]),
    ("registry.sessions[8].notes", lambda: registry.sessions[8].notes),
    ("registry.sessions[8].notes[1]", lambda: registry.sessions[8].notes[1]),
    ("registry.sessions[8].notes[-1]", lambda: registry.sessions[8].notes[1]),
    ("registry.slots.payload.slots", lambda: registry.slots),
    ("registry.keys[(1, 'a', b'b')]", lambda: registry.keys[1, "a", b"b"]),
    ("registry.keys[b'x\\'\\\\y\\n\\xff']",
     lambda: registry.keys[b"x'\\y\n\xff"]),
    ("registry.keys[1.5]", lambda: registry.keys[1.5]),
    ("registry.keys[None]", lambda: registry.keys[None]),
    ("registry.keys[True]", lambda: registry.keys[True]),
    ("registry.keys[-3]", lambda: registry.keys[-3]),
    ("registry.keys[%d]" % 2**70, lambda: registry.keys[2**70]),
    ("registry.keys[%r]" % LONG, lambda: registry.keys[LONG]),
    ("registry.keys[('only',)]", lambda: registry.keys["only",]),
    ("registry.keys['\u00fcber']", lambda: registry.keys["\u00fcber"]),
    ("registry.keys[()]", lambda: registry.keys[()]),
    ("registry.keys[%r]" % (tuple(range(12)),),
     lambda: registry.keys[tuple(range(12))]),
    ("registry.keys['']", lambda: registry.keys[""]),
    ("registry.sessions[8].kind", lambda: Session.kind),
    ("Session.computed", lambda: vars(Session)["computed"]),
    ("Session.__init__", lambda: vars(Session)["__init__"]),
    ("registry.point[0]", lambda: registry.point[0]),
    ("registry.queue[-1]", lambda: registry.queue[-1]),
    ("registry.partial.args[0]", lambda: registry.partial.args[0]),
    ("registry.derived.shared", lambda: Base.shared),
    ("registry.derived.built_in", lambda: len),
    ("registry.derived.static", lambda: Base.static),
    ("registry.derived.__class__", lambda: Derived),
    ("Derived.shared", lambda: Base.shared),
    ("Derived.static", lambda: Base.static),
    ("Derived.__name__", lambda: Derived.__name__),
    ("Derived.__mro__[1]", lambda: Base),
    ("Color.RED", lambda: Color.RED),
    ("collections.deque.append", lambda: collections.deque.append),
    ("test_a_module_is_known_by_its_name.__code__",
     lambda: test_a_module_is_known_by_its_name.__code__),
    ("sys", lambda: sys),
    ("sys.modules", lambda: sys.modules),
    ("os.path.join", lambda: os.path.join),
])
def test_at_finds_what_the_expression_means(heap, expression, value):
    found = heap.at("%s.%s" % (HERE, expression))
    assert found.id == id(value())
    assert found.type.endswith(type(value()).__name__)


def test_a_module_is_known_by_its_name(heap):
    assert heap.at("json.decoder").id == id(sys.modules["json.decoder"]) \
        if "json.decoder" in sys.modules else True
    assert heap.at("os.path").id == id(os.path)
    assert heap.at("collections.abc").id == id(sys.modules["collections.abc"])


@pytest.mark.parametrize("expression, words", [
    ("registry.seshun", "registry has no attribute 'seshun'"),
    ("registry.sessions['user-9']", "registry.sessions has no item 'user-9'"),
    ("registry.sessions[8].notes[7]", "notes has no item 7"),
    ("registry.sessions[8].computed", "computed by code"),
    ("registry.sessions[8].made_up", "has no attribute 'made_up'"),
    ("registry.sessions[8].__init__", "computed by code"),
    ("registry.point.x", "registry.point.x is computed by code"),
    ("registry.queue.maxlen", "computed by code"),
    ("registry.derived.of_class", "computed by code"),
    ("Derived.of_class", "computed by code"),
    ("Base.of_class", "computed by code"),
    ("Color.RED.value", "computed by code"),
    ("registry.derived.__name__", "has no attribute '__name__'"),
    ("registry.derived.__mro__", "has no attribute '__mro__'"),
    ("registry.derived.__dict__", "computed by code"),
])
def test_at_names_the_step_that_failed(heap, expression, words):
    with pytest.raises(LookupError) as caught:
        heap.at("%s.%s" % (HERE, expression))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_is_an_id_is_not_looked_up_by_number(heap):
    with pytest.raises(LookupError, match="registry.by_id has no item "
                       "[0-9]+ in the heap: of a key that is the id of an "
                       "object it has whose id that is"):
        heap.at("%s.registry.by_id[%d]" % (HERE, id(registry)))
    with pytest.raises(LookupError, match="no item 17 in the heap$"):
        heap.at("%s.registry.by_id[17]" % HERE)


@pytest.mark.parametrize("expression", [
    "", "f(1)", "a + b", "a[b]", "a[1:2]", "a.b[f'x']", "lambda: 0", "1",
    "a[", "(" * 10000, "a" + "[0]" * 3, "x y", "a[{}]", "a\x00"])
def test_at_looks_up_names_and_no_more(heap, expression):
    with pytest.raises(LookupError):
        heap.at(expression)


def test_find_gives_the_newest_first(heap):
    found = heap.find(HERE + ".Session")
    assert sorted(one.id for one in found) == sorted(
        id(one) for one in registry.sessions.values())
    assert heap.find(HERE + ".Session", 1) == found[:1]
    assert heap.find(HERE + ".Session", 0) == []
    assert [one.id for one in heap.find("Slots")] == [id(registry.slots)]
    assert heap.find("NoSuchType") == []
    one = found[0]
    assert (one.type, one.name) == (HERE + ".Session", HERE + ".Session")
    assert one.size > 0
    assert repr(one).startswith("HeapObject(id=")
    assert len({one, heap.at_address(one.id)}) == 1
    with pytest.raises(AttributeError):
        one.size = 0


def test_an_ambiguous_name_is_told_with_counts(heap):
    """pytest has a Session as well."""
    with pytest.raises(LookupError) as caught:
        heap.find("Session")
    assert str(caught.value) == ("Session is ambiguous: _pytest.main.Session "
                                 "(1), %s.Session (2)" % HERE)


def test_objects_are_meant_in_three_ways(heap):
    session = registry.sessions["user-7"]
    expression = "%s.registry.sessions['user-7']" % HERE
    texts = {str(heap.why(what)) for what in (
        id(session), expression, heap.at(expression))}
    del session
    assert len(texts) == 1
    several = heap.why([id(one) for one in registry.sessions.values()])
    assert len(several.verdicts) == 2
    with pytest.raises(TypeError, match="not float"):
        heap.why(1.5)
    with pytest.raises(LookupError, match="no object"):
        heap.why(12345)
    with pytest.raises(LookupError, match="no object"):
        heap.why(-1)


def test_an_object_of_another_heap_is_looked_for_by_its_address(heap):
    other = referrers.snapshot()
    one = heap.at(HERE + ".registry")
    assert str(other.why(one)) == str(other.why(HERE + ".registry"))


def test_graphs_have_all_faces(heap, tmp_path):
    graph = heap.graph("%s.registry.sessions['user-7']" % HERE, explain=True)
    assert "Registry.sessions (instance attribute)" in str(graph)
    assert graph.verdict["kind"] == "alive"
    assert graph.cut == ["%s.registry.sessions['user-7']" % HERE]
    assert graph.to_svg().startswith("<svg ")
    graph.render(tmp_path / "x.json")
    assert str(referrers.load(tmp_path / "x.json")) .count("\n") \
        == str(graph).count("\n")


def test_a_redacted_heap_says_that_keys_are_hidden():
    heap = referrers.snapshot(redact=True)
    assert "<str, 6 characters>" in str(
        heap.graph(registry.sessions["user-7"].__dict__ and
                   id(registry.sessions["user-7"])))
    with pytest.raises(LookupError, match="keys were hidden"):
        heap.at("%s.registry.sessions['user-7']" % HERE)
