"""Positions for any drawing library: levels by distance from the object."""

import networkx as nx

import referrers
from library import shelf


def main():
    graph = referrers.get_referrer_graph(shelf.items["book"]).to_networkx()
    target, = (node for node in graph if node.is_target)
    for node, level in nx.shortest_path_length(graph, target).items():
        graph.nodes[node]["level"] = level
    positions = nx.multipartite_layout(graph, "level", align="horizontal")
    for node in sorted(graph, key=lambda node: positions[node][1]):
        print("%5.2f  %s" % (positions[node][1], node.name))


main()
