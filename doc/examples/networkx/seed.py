import matplotlib
matplotlib.use("Agg")       # no window: this page is built without a screen

import matplotlib.pyplot as plt
import networkx as nx

import referrers
from library import shelf


def my_function():
    local_variable = shelf.items["book"]
    graph = referrers.get_referrer_graph(local_variable)
    nx.draw(graph.to_networkx(), with_labels=True)
    plt.savefig("graph.png")


my_function()
