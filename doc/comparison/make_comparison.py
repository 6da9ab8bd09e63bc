"""The same six leaks, drawn by four tools: doc/comparison.md shows the result.

    build/tests/in-stage python3 doc/comparison/make_comparison.py [DIRECTORY]

needs objgraph, refcycle and memory_graph (pip) and `dot` (the graphviz package).
Each tool is used as its own page tells to; each picture in a process of its own.
Prints one line per picture: its width and height in pixels, its boxes, seconds.
"""

import gc
import os
import pathlib
import re
import subprocess
import sys
import time

import leaks

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("referrers", "objgraph", "refcycle", "memory_graph")


# Each is given a function that makes the leak, so that no variable of this
# program refers to the target.

def by_referrers(make, path):
    import referrers
    referrers.get_referrer_graph(
        make(), module_prefixes=["leaks"]).render(path + ".svg")


def by_objgraph(make, path):
    import objgraph
    objgraph.show_backrefs([make()], filename=path + ".dot")


def by_refcycle(make, path):
    import refcycle
    target = make()
    refcycle.snapshot().ancestors(target, generations=5).export_image(
        path + ".svg")


def by_memory_graph(make, path):
    import memory_graph
    memory_graph.render({"target": make()}, path + ".svg")


def draw(tool, name, directory):
    gc.disable()    # or the garbage would be gone
    path = os.path.join(directory, "%s-%s" % (name, tool))
    globals()["by_" + tool](getattr(leaks, name), path)
    if os.path.exists(path + ".dot"):
        subprocess.run(["dot", "-Tsvg", path + ".dot", "-o", path + ".svg"],
                       check=True)
        os.remove(path + ".dot")


def without_place(path):
    """Takes the directory of this checkout out of a picture."""
    text = path.read_text().replace(str(HERE) + "/", "")
    path.write_text(re.sub(r"\.\.\.[^ <]*/leaks\.py", ".../leaks.py", text))


def size_of(path):
    """Width and height in pixels, and boxes."""
    text = path.read_text()
    width, height = map(float, re.search(
        r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', text).groups())
    return width * 4 / 3, height * 4 / 3, len(re.findall(r'class="node', text))


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE)
    if len(sys.argv) > 3:
        draw(sys.argv[2], sys.argv[3], sys.argv[1])
        return 0
    status = 0
    for leak in leaks.LEAKS:
        for tool in TOOLS:
            name = "%s-%s" % (leak.__name__, tool)
            started = time.perf_counter()
            ended = subprocess.run(
                [sys.executable, __file__, directory, tool, leak.__name__],
                timeout=300, stderr=subprocess.PIPE).returncode
            if ended != 0:
                print("%-26s failed" % name, flush=True)
                status = 1
                continue
            without_place(directory / (name + ".svg"))
            print("%-26s %5.0f x %5.0f px %5d boxes %6.1f s" % (
                name, *size_of(directory / (name + ".svg")),
                time.perf_counter() - started), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
