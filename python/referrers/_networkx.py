"""The reference view as a networkx graph; imported only when asked for."""

from __future__ import annotations

import warnings

from referrers import _core
from referrers._graph import ReferrerGraphNode

try:
    import networkx
except ModuleNotFoundError as error:
    if error.name != "networkx":
        raise
    raise ModuleNotFoundError(
        "to_networkx() needs networkx (pip install networkx)",
        name="networkx") from None


def digraph(graph: _core.Graph) -> networkx.DiGraph[ReferrerGraphNode]:
    """A DiGraph of the engine's nodes, in their order; edges from object to
    referrer."""
    rows, edges = graph.reference_view()
    nodes = [ReferrerGraphNode(*row) for row in rows]
    result: networkx.DiGraph[ReferrerGraphNode] = networkx.DiGraph()
    result.add_nodes_from(nodes)
    result.add_edges_from((nodes[i], nodes[j]) for i, j in edges)
    objects, references = graph.left_out
    result.graph["left_out"] = {"objects": objects, "references": references}
    if objects:
        warnings.warn("%d more objects refer to those in the graph and were "
                      "left out: object_limit=None takes them all" % objects,
                      UserWarning, stacklevel=3)
    return result
