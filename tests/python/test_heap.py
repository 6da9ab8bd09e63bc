"""Heap: objects found without running code, answers, files that are none."""

import collections
import enum
import functools
import gzip
import os
import signal
import stat
import sys
import zlib

import pytest

import referrers
from conftest import run_python
from interrupting import check_interrupts, drill


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


# --- files -----------------------------------------------------------------

@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small heap: that of a program that has hardly begun."""
    directory = tmp_path_factory.mktemp("heap")
    (directory / "app.py").write_text(PROGRAM)
    result = run_python("-m", "referrers", "dump", "-o", "app.heapsnapshot",
                        "app.py", cwd=directory)
    assert result.status == 0, result.errors
    return directory / "app.heapsnapshot"


PROGRAM = """\
class Session: pass
class Registry: pass
registry = Registry()
registry.sessions = {"user-%d" % i: Session() for i in range(20)}
import types
shop = types.ModuleType("shop")
exec("class Visit: pass", shop.__dict__)
class Visit: pass
visits = [Visit(), shop.Visit(), shop.Visit()]
"""


def test_load_reads_what_save_wrote(saved, tmp_path):
    plain = referrers.load(saved)
    packed = tmp_path / "x.heapsnapshot.gz"
    plain.save(packed)
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    again = referrers.load(packed)
    expression = "registry.sessions['user-7']"
    assert str(again.why(expression)) == str(plain.why(expression))
    assert plain.at(expression).id == again.at(expression).id
    assert isinstance(plain, referrers.Heap)
    with pytest.raises(TypeError):
        referrers.load(3.5)
    with pytest.raises(FileNotFoundError):
        referrers.load(tmp_path / "nothing.heapsnapshot")


def refused(path):
    with pytest.raises(ValueError) as caught:
        referrers.load(path)
    text = str(caught.value)
    assert text.startswith(str(path)) and "\n" not in text
    return text


def test_a_file_that_is_not_whole_is_refused(saved, tmp_path):
    data = saved.read_bytes().rstrip()
    path = tmp_path / "x.heapsnapshot"
    for size in (20, 300, 5000, len(data) // 3, len(data) // 2,
                 len(data) - 10, len(data) - 1):
        path.write_bytes(data[:size])
        assert "part of it is missing" in refused(path), size


def test_compressed_files_that_are_damaged_are_refused(saved, tmp_path):
    packed = gzip.compress(saved.read_bytes())
    path = tmp_path / "x.heapsnapshot.gz"
    path.write_bytes(packed[:-200])
    assert "part of it is missing" in refused(path)
    path.write_bytes(packed[:100] + b"\x00" * 50 + packed[150:])
    refused(path)
    path.write_bytes(gzip.compress(b"{" + b" " * 50_000_000))
    assert "too large" in refused(path)
    path.write_bytes(b"\x1f\x8b")
    refused(path)


def test_heaps_of_others_are_refused(tmp_path):
    path = tmp_path / "node.heapsnapshot"
    path.write_text(
        '{"snapshot":{"meta":{"node_fields":["type","name","id","self_size",'
        '"edge_count","trace_node_id"],"node_types":[["hidden"]],'
        '"edge_fields":["type","name_or_index","to_node"],"edge_types":[[]]},'
        '"node_count":1,"edge_count":0},"nodes":[9,0,1,0,0,0],"edges":[],'
        '"strings":[""]}')
    assert "JavaScript" in refused(path)
    path.write_text('{"snapshot":[]}')
    assert "not a heap" in refused(path)
    path.write_text("")
    refused(path)


def test_changed_bytes_are_refused_or_read(saved, tmp_path):
    """Some of both; what is read answers."""
    data = bytearray(saved.read_bytes())
    path = tmp_path / "x.heapsnapshot"
    outcomes = set()
    step = len(data) // 40
    for at in range(0, len(data), step):
        changed = bytearray(data)
        changed[at] = ord("7") if changed[at] != ord("7") else ord("1")
        path.write_bytes(changed)
        try:
            heap = referrers.load(path)
        except ValueError as error:
            assert "\n" not in str(error)
            outcomes.add("refused")
            continue
        for one in heap.find("dict", 3):
            str(heap.why(one))
        outcomes.add("read")
    assert outcomes == {"refused", "read"}


def test_nothing_is_kept_open(saved, tmp_path):
    packed = tmp_path / "x.heapsnapshot.gz"
    packed.write_bytes(gzip.compress(saved.read_bytes()))
    broken = tmp_path / "y.heapsnapshot"
    broken.write_bytes(saved.read_bytes()[:1000])
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        referrers.load(packed).find("list", 1)
        refused(broken)
    assert len(os.listdir("/proc/self/fd")) == before


def test_ctrl_c_ends_reading_and_searching(saved):
    check_interrupts(lambda: referrers.load(saved), 20, 8)
    read = referrers.load(saved)
    one = read.at("registry.sessions")
    check_interrupts(lambda: read.why(one, sizes=True), 4, 8)
    assert str(read.why(one)).startswith("dict is alive: ")


def test_what_a_handler_raises_while_a_heap_is_read_comes_out(saved):
    def handler(number, frame):
        raise LookupError("from the handler")

    before = signal.signal(signal.SIGINT, handler)
    try:
        with drill(10, "interrupt"):
            with pytest.raises(LookupError, match="from the handler"):
                referrers.load(saved)
    finally:
        signal.signal(signal.SIGINT, before)


# --- the commands on files -------------------------------------------------

def ask(saved, command, *arguments):
    return run_python("-m", "referrers", command, *arguments,
                      cwd=saved.parent)


def test_why_answers_from_a_file(saved):
    result = ask(saved, "why", "-e", "registry.sessions['user-7']", saved.name)
    assert (result.status, result.errors) == (0, "")
    assert result.text.startswith(
        "Session is alive: __main__.registry.sessions['user-7'] leads to it")


def test_dot_draws_from_a_file(saved):
    words = ("-e", "registry.sessions['user-7']")
    result = ask(saved, "dot", *words, "-o", "x.svg", saved.name)
    assert (result.status, result.errors) == (0, "")
    assert (saved.parent / "x.svg").read_text().startswith("<svg ")
    text = ask(saved, "dot", *words, "-T", "txt", saved.name).text
    assert "dict[user-7]" in text
    same = run_python("-m", "referrers.dot", *words, "-T", "txt", saved.name,
                      cwd=saved.parent)
    assert same.text == text
    said = ask(saved, "dot", *words, "-T", "why", saved.name).text
    assert said == ask(saved, "why", *words, saved.name).text


def test_type_and_id(saved):
    result = ask(saved, "why", "--type", "__main__.Session", "--most", "3",
                 saved.name)
    assert result.status == 0
    assert result.said == ["referrers: these are the newest 3 of 20 objects of "
                           "__main__.Session; --most N shows more"]
    address = referrers.load(saved).at("registry").id
    result = ask(saved, "why", "--id", str(address), saved.name)
    assert result.text.startswith("Registry is alive: __main__.registry")
    assert ask(saved, "why", "--id", hex(address), saved.name).text \
        == result.text


def test_redact_on_a_file(saved):
    result = ask(saved, "dot", "-e", "registry.sessions['user-7']", "-T", "txt",
                 "--redact", saved.name)
    assert "user-7" not in result.text
    assert "<str, 6 characters>" in result.text


def test_values_that_were_not_asked_for_are_said_to_be_missing(saved):
    result = ask(saved, "dot", "-e", "registry.sessions", "-T", "txt",
                 "--values", saved.name)
    assert result.status == 0
    assert result.said == ["referrers: app.heapsnapshot was written without "
                           "--values: it has none to show"]


@pytest.mark.parametrize("arguments, status, words", [
    (("-e", "registry.nope"), 1, "registry has no attribute 'nope'"),
    (("-e", "f()"), 1, "cannot be looked up"),
    (("--type", "Nope"), 1, "no object in the heap has a type of this name"),
    (("--id", "5"), 1, "no object of the heap has the address 5"),
    (("--id", "x"), 2, "is not an id()"),
    ((), 2, "which object?"),
    (("-s", "x", "-e", "registry"), 2, "-s needs a running program"),
    (("--each", "-e", "registry"), 2, "--each needs a running program"),
    (("--exclude", "x", "-e", "registry"), 2, "--exclude needs a running program"),
    (("--at", "f", "-e", "registry"), 2, "--at needs a running program"),
])
def test_what_a_file_cannot_do_is_said(saved, arguments, status, words):
    result = ask(saved, "why", *arguments, saved.name)
    assert result.status == status
    line, = result.said
    assert words in line


def test_an_ambiguous_type_is_told_with_counts(saved):
    result = ask(saved, "why", "--type", "Visit", saved.name)
    assert result.status == 1
    assert result.said == ["referrers: --type Visit is ambiguous: "
                           "__main__.Visit (1), shop.Visit (2)"]


def test_files_that_are_none(saved, tmp_path):
    result = ask(saved, "why", "-e", "x", "nothing.heapsnapshot")
    assert result.status == 1
    assert "No such file" in result.errors
    (saved.parent / "bad.heapsnapshot").write_text("{")
    result = ask(saved, "why", "-e", "x", "bad.heapsnapshot")
    assert result.status == 1
    line, = result.said
    assert line.startswith("referrers: bad.heapsnapshot: the heap file")
    result = ask(saved, "why", "-e", "registry", saved.name, "more")
    assert result.status == 2
    result = ask(saved, "dump", "-o", "y.heapsnapshot", saved.name)
    assert result.status == 2 and "already a heap" in result.errors
    result = ask(saved, "why", "--id", "5", "app.py")
    assert result.status == 2 and "--id needs" in result.errors


def test_why_runs_programs_too(saved):
    result = ask(saved, "why", "-e", "registry.sessions['user-7']", "app.py")
    assert result.status == 0
    assert result.text.startswith("Session is alive: __main__.registry.")


def test_zlib_is_only_imported_for_compressed_files():
    assert zlib  # of this file; the package imports it when it is needed
    result = run_python("-c", "import sys, referrers; "
                        "referrers.snapshot(); print('zlib' in sys.modules)")
    assert result.text.split() in (["False"], ["True"])
