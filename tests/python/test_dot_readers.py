"""Our DOT in other people's readers: pydot and networkx find the nodes and the
arrows that are in it, no more and no fewer, with the words they have."""

import json
import pathlib

import networkx
import pydot
import pytest

from referrers import _core

TOP = pathlib.Path(__file__).resolve().parents[2]
LINES = sorted((TOP / "tests/golden/picture").glob("*.lines"))
SHOWN = sorted((TOP / "doc/gallery").glob("*.dot"))
# pydot calls pyparsing as older ones wanted to be called.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

DEFAULTS = ("node", "edge", "graph")


def can_read():
    """Distributions have a networkx that calls pydot as it was before 4."""
    (graph,) = pydot.graph_from_dot_data("digraph { a }")
    try:
        networkx.nx_pydot.from_pydot(graph)
    except TypeError:
        return False
    return True


needs_networkx = pytest.mark.skipif(
    not can_read(), reason="this networkx cannot read any graph of this pydot")


def named(graph):
    """The nodes and the arrows of a graph and its clusters, without links that
    only keep frames in order."""
    nodes = [node.get_name() for node in graph.get_nodes()]
    arrows = [(edge.get_source(), edge.get_destination())
              for edge in graph.get_edges() if edge.get("style") != "invis"]
    for cluster in graph.get_subgraphs():
        more_nodes, more_arrows = named(cluster)
        nodes += more_nodes
        arrows += more_arrows
    return nodes, arrows


def both_ends(edge):
    """As DOT has it: what closes a cycle is written the other way round."""
    ends = edge["referrer"], edge["referent"]
    return ends[::-1] if edge["cycle"] else ends


def what_is_there(path):
    """The names of the boxes, and the arrows in order."""
    picture = json.loads(_core.read(path.read_bytes()).json(paths_only=False))["picture"]
    return ({node["id"] for node in picture["nodes"]},
            sorted(both_ends(edge) for edge in picture["edges"]))


def test_there_is_something_to_read():
    assert len(LINES) >= 17 and len(SHOWN) >= 16


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_pydot_finds_what_is_there(path):
    graphs = pydot.graph_from_dot_data(path.with_suffix(".dot").read_text())
    assert len(graphs) == 1
    nodes, arrows = named(graphs[0])
    ids, expected = what_is_there(path)
    assert set(nodes) - set(DEFAULTS) == ids
    assert sorted(arrows) == expected


@needs_networkx
@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_networkx_finds_what_is_there(path):
    graph = networkx.nx_pydot.read_dot(path.with_suffix(".dot"))
    ids, expected = what_is_there(path)
    assert set(graph.nodes) == ids
    assert sorted((tail, head) for tail, head, *_ in graph.edges) == expected


@needs_networkx
@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_the_gallery_can_be_read(path):
    """From its file, as users do."""
    graph = networkx.nx_pydot.read_dot(path)
    assert len(graph) > 2 and graph.number_of_edges() >= len(graph) - 1
    assert set(graph.nodes) == {"n%d" % i for i in range(len(graph))}


@needs_networkx
def test_words_survive():
    """In labels and tooltips, with all that has to be escaped in them."""
    graph = networkx.nx_pydot.read_dot(
        TOP / "tests/golden/picture/hostile.dot")
    labels = " ".join(str(words) for _, words in graph.nodes(data="label"))
    assert "&lt;" in labels or "&amp;" in labels
    tooltips = [words for *_, words in graph.edges(data="tooltip")]
    assert len(tooltips) == graph.number_of_edges() and all(tooltips)
