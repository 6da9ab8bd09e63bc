"""What a picture costs, after the search: DOT, SVG, PNG, Mermaid and JSON of
graphs with 40, 200 and 2,000 drawn objects, and of one with 50,000 objects that
is reduced to 40.  Timings are printed, never asserted.

    PYTHONPATH=stage python tests/bench/bench_picture.py      (in the build directory)
"""

import time

import referrers


class Node:
    pass


def made(count, names):
    """A target that `count` objects lead to: a tree with shared referrers, in
    which no two referrers of an object are alike, so that none is stacked."""
    nodes = [Node() for _ in range(count)]
    for i in range(1, count):
        setattr(nodes[i], names[i], nodes[(i - 1) // 3])
        if i % 7 == 0:
            setattr(nodes[i], "also_" + names[i], nodes[(i - 1) // 3 - 1])
    return nodes


def search(nodes):
    """The list that keeps the nodes alive is left out: it refers to all."""
    return referrers.get_referrer_graph(
        nodes[0], max_depth=None, single_object_referrer_limit=None, object_limit=None,
        exclude_object_ids=[id(nodes)])


def best(function, repeat):
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def measure(title, graph, limit, repeat):
    formats = ("dot", "svg", "png", "mermaid", "json")
    cells = []
    for name in formats:
        if name == "png" and limit > 300:
            cells.append("%9s" % "-")
            continue
        write = getattr(graph, "to_" + name)
        cells.append("%9.1f" % best(
            lambda write=write: write(max_objects=limit), repeat))
    print("%-28s %s" % (title, " ".join(cells)), flush=True)


def main():
    print("%-28s %s" % ("milliseconds, the best", " ".join(
        "%9s" % name for name in ("DOT", "SVG", "PNG", "Mermaid", "JSON"))))
    for count, repeat in ((40, 20), (200, 10), (2000, 1)):
        names = ["a%d" % i for i in range(count)]
        roots = made(count, names)
        graph = search(roots)
        measure("%s objects" % format(count, ","), graph, count, repeat)
    names = ["a%d" % (i % 5) for i in range(50_000)]
    roots = made(50_000, names)
    graph = search(roots)
    measure("50,000 objects, 40 drawn", graph, 40, 5)


if __name__ == "__main__":
    main()
