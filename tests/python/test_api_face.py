"""The public names of the package: what they are, accept and refuse."""

import copy
import inspect
import pickle
import weakref

import pytest

import referrers

SIGNATURE = (
    "(%s, max_depth=20, exclude_object_ids=None, module_prefixes=None, "
    "search_for_untracked_objects=False, max_untracked_search_depth=None, *, "
    "timeout=None, single_object_referrer_limit=100, weak=False, "
    "values=False, sizes=False, explain=False, object_limit=10000, "
    "fork=False)")


class Thing:
    pass


# --- the package -----------------------------------------------------------

def test_public_names():
    public = {name for name in vars(referrers) if not name.startswith("_")}
    assert public == set(referrers.__all__) - {"__version__"}
    assert public == {"get_referrer_graph", "get_referrer_graph_for_list",
                      "ReferrerGraph", "ReferrerGraphNode", "RenderError",
                      "Explanation", "Growth", "Heap", "HeapObject",
                      "assert_freed", "growth", "load",
                      "load_ipython_extension", "snapshot", "why",
                      "why_all"}
    assert isinstance(referrers.__version__, str)


def test_signatures_are_the_contracts():
    def of(function):
        signature = inspect.signature(function)
        bare = [parameter.replace(annotation=inspect.Parameter.empty)
                for parameter in signature.parameters.values()]
        return str(signature.replace(
            parameters=bare, return_annotation=inspect.Signature.empty))
    assert of(referrers.get_referrer_graph) == SIGNATURE % "target_object"
    assert (of(referrers.get_referrer_graph_for_list)
            == SIGNATURE % "target_objects")
    assert of(referrers.snapshot) == "(*, values=False, redact=False)"
    assert of(referrers.growth) == (
        "(work=None, *, rounds=3, loops=2, warmup=2, collect=False, "
        "strict=False)")
    assert of(referrers.ReferrerGraph.render) == (
        "(self, path, *, timeout=60, **options)")


def test_everything_public_says_what_it_is():
    for name in set(referrers.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(referrers, name)), name
    for face in (referrers.Growth, referrers.Heap,
                 referrers.ReferrerGraph):
        for name, member in vars(face).items():
            if not name.startswith("_"):
                assert inspect.getdoc(member), name


def test_import_is_silent_and_brings_little_along(python):
    """A program that is looked at must not change because it is looked at."""
    result = python("-c", """
import sys
before = set(sys.modules)
import referrers
print(*sorted(set(sys.modules) - before))
""")
    assert result.errors == ""
    assert set(result.text.split()) <= {
        "__future__", "referrers", "referrers._core", "referrers._graph",
        "referrers._chart", "referrers._growth", "referrers._heap",
        "referrers._survey",
        "referrers._picture", "referrers._render", "referrers._why",
        "referrers._assertions", "gc"}


@pytest.mark.parametrize("pretend, named", [
    ("sys.platform = 'win32'", "win32"),
    ("sys.platform = 'darwin'", "darwin"),
    ("sys.implementation.name = 'pypy'", "pypy"),
    ("sys.version_info = (3, 99, 0)", "CPython 3.99"),
])
def test_an_unsupported_python_gets_one_line(python, pretend, named):
    result = python("-c", "import sys; %s\n"
                    "try:\n    import referrers\n"
                    "except ImportError as error:\n    print(error)" % pretend)
    assert result.text == ("referrers supports CPython 3.10, 3.11, 3.12, 3.13, "
                           "3.14, 3.15 on Linux, not %s\n" % named)


# --- refusals --------------------------------------------------------------

def test_an_untracked_target_names_the_flag():
    with pytest.raises(ValueError, match="^Some target objects are not tracked "
                       "by the garbage collector: .*search_for_untracked_obj"):
        referrers.get_referrer_graph("a string")
    with pytest.raises(ValueError, match=r"\b1\b.*search_for_untracked_obj"):
        referrers.get_referrer_graph_for_list([[], "a string"])
    assert str(referrers.get_referrer_graph(
        "a string", search_for_untracked_objects=True))


@pytest.mark.parametrize("targets", [(1, 2), None, "ab", {}, iter([])])
def test_only_a_list_is_a_list(targets):
    with pytest.raises(ValueError, match="list"):
        referrers.get_referrer_graph_for_list(targets)


@pytest.mark.parametrize("options, error", [
    (dict(max_depth=-1), ValueError),
    (dict(max_depth="3"), TypeError),
    (dict(max_untracked_search_depth=-1), ValueError),
    (dict(single_object_referrer_limit=-1), ValueError),
    (dict(timeout=-1), ValueError),
    (dict(timeout=float("nan")), ValueError),
    (dict(timeout="soon"), TypeError),
    (dict(exclude_object_ids=3), TypeError),
    (dict(exclude_object_ids=["x"]), TypeError),
    (dict(module_prefixes=3), TypeError),
    (dict(module_prefixes=[3]), TypeError),
])
@pytest.mark.parametrize("function, target", [
    (referrers.get_referrer_graph, Thing()),
    (referrers.get_referrer_graph_for_list, [Thing()])])
def test_a_bad_option_is_named(function, target, options, error):
    with pytest.raises(error) as caught:
        function(target, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert next(iter(options)) in text


def test_a_graph_is_made_by_the_functions_only():
    with pytest.raises(TypeError, match="get_referrer_graph"):
        referrers.ReferrerGraph([])


# --- the graph -------------------------------------------------------------

def test_the_face_is_not_in_the_answer(no_ids):
    """The wrappers hold the target in their own variables."""
    target = Thing()
    assert no_ids(str(referrers.get_referrer_graph(target))) == (
        "╙── Thing instance (id=N)\n"
        "    └─╼ test_the_face_is_not_in_the_answer.target (local) (id=N)")
    assert no_ids(str(referrers.get_referrer_graph_for_list([target]))) == (
        "╙── Thing instance (id=N)\n"
        "    └─╼ test_the_face_is_not_in_the_answer.target (local) (id=N)")


def test_a_graph_keeps_nothing_alive():
    target, list_ = Thing(), []
    list_.append(target)
    gone = weakref.ref(target)
    graph = referrers.get_referrer_graph(target)
    networkx_graph = graph.to_networkx()
    before = str(graph)
    del target, list_
    assert gone() is None
    assert str(graph) == before
    assert networkx_graph.number_of_nodes() > 1


def test_an_empty_list_gives_an_empty_graph(tmp_path):
    graph = referrers.get_referrer_graph_for_list([])
    assert str(graph) == ""
    assert graph.to_networkx().number_of_nodes() == 0
    graph.render(tmp_path / "empty.txt")
    assert (tmp_path / "empty.txt").read_bytes() == b""
    assert graph.to_dot().startswith("digraph")


def test_repr_is_short():
    text = repr(referrers.get_referrer_graph(Thing(), max_depth=0))
    assert text.startswith("<ReferrerGraph: 1 objects")


# --- networkx --------------------------------------------------------------

def test_networkx_edges_run_from_object_to_referrer():
    target = Thing()
    box = {"key": target}
    graph = referrers.get_referrer_graph(target).to_networkx()
    by_name = {node.name: node for node in graph}
    thing, item = by_name["Thing instance"], by_name["dict[key]"]
    local = by_name["test_networkx_edges_run_from_object_to_referrer.box "
                    "(local)"]
    assert graph.is_directed()
    assert graph.has_edge(thing, item) and graph.has_edge(item, local)
    assert not graph.has_edge(item, thing)
    assert (thing.id, thing.type) == (id(target), "object")
    assert (item.id, item.type) == (id(box), "object")
    assert (local.id, local.type) == (id(box), "local")
    assert [node for node in graph if node.is_target] == [thing]
    assert not any(node.is_cycle for node in graph)


def test_networkx_shows_a_cycle_as_an_edge_back():
    target = Thing()
    target.me = target
    graph = referrers.get_referrer_graph(target).to_networkx()
    assert any(node.is_cycle for node in graph)
    by_name = {node.name: node for node in graph}
    attribute = by_name["Thing.me (instance attribute)"]
    assert graph.has_edge(by_name["Thing instance"], attribute)
    assert attribute.id == id(target)


def test_networkx_is_imported_only_when_asked_for(python):
    result = python("-c", """
import sys, referrers
graph = referrers.get_referrer_graph([])
str(graph), graph.to_dot()
print('networkx' in sys.modules)
sys.modules['networkx'] = None  # as if not installed
try:
    graph.to_networkx()
except ImportError as error:
    print(error)
""")
    assert result.text.splitlines() == [
        "False", "to_networkx() needs networkx (pip install networkx)"]


# --- the node --------------------------------------------------------------

def test_node_is_equal_and_hashed_by_three():
    node = referrers.ReferrerGraphNode("dict[a]", 7, "object")
    same = referrers.ReferrerGraphNode(name="dict[a]", id=7, type="object",
                                       is_target=True, is_cycle=True)
    assert node == same and hash(node) == hash(same)
    assert (node.is_target, same.is_target) == (False, True)
    assert (node.is_cycle, same.is_cycle) == (False, True)
    for other in (("dict[b]", 7, "object"), ("dict[a]", 8, "object"),
                  ("dict[a]", 7, "local")):
        assert node != referrers.ReferrerGraphNode(*other)
    assert node != ("dict[a]", 7, "object")


def test_node_as_text():
    node = referrers.ReferrerGraphNode("f.d (local)", 4347073728, "local")
    assert str(node) == "f.d (local) (id=4347073728)"
    assert eval(repr(node), vars(referrers)) == node


def test_node_cannot_be_changed():
    node = referrers.ReferrerGraphNode("a", 1, "object")
    with pytest.raises(AttributeError):
        node.name = "b"
    with pytest.raises(AttributeError):
        del node.id
    with pytest.raises(AttributeError):
        node.other = 1


def test_node_can_be_copied_and_pickled():
    node = referrers.ReferrerGraphNode("a", 1, "object", True, True)
    for again in (copy.copy(node), copy.deepcopy(node),
                  pickle.loads(pickle.dumps(node))):
        assert again == node and again.is_target and again.is_cycle


def test_other_threads_and_a_forked_process(python):
    """The answer does not depend on which thread asks, or after a fork."""
    # A joined thread may not have left the kernel's count yet, and from 3.12
    # on CPython warns of a fork beside a thread.
    result = python("-W", "ignore:This process:DeprecationWarning", "-c", """
import os, threading, referrers
x = [[]]
def ask():
    print(str(referrers.get_referrer_graph(x[0])).splitlines()[1].split(' ')[5])
thread = threading.Thread(target=ask)
thread.start(); thread.join()
import sys; sys.stdout.flush()
child = os.fork()
if child == 0:
    ask()
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
ask()
""")
    assert (result.errors, result.text) == ("", "list[0]\n" * 3)
