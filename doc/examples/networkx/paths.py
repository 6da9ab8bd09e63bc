"""Paths and a place to cut, on the graph of referrers."""

import networkx as nx

import referrers
from library import shelf


def main():
    graph = referrers.get_referrer_graph(shelf.items["book"]).to_networkx()
    target, = (node for node in graph if node.is_target)
    ends = [node for node in graph if graph.out_degree(node) == 0]

    def short(node):
        return node.name.partition(" (")[0]

    print(graph.number_of_nodes(), "nodes,", graph.number_of_edges(), "edges")
    for end in ends:
        for path in nx.all_simple_paths(graph, target, end):
            print(" <- ".join(map(short, path)))

    # Whatever stands on every way out is one place to cut.
    tree = nx.immediate_dominators(graph.reverse(), ends[0])
    print("all go through:", short(tree[target]))


main()
