"""Heaps of a small web service in Chromium's DevTools.

Run by `make check-devtools`; not part of `make check`, because it needs a
browser."""

import os
import pathlib
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).parents[1] / "python"))

import chrome
import referrers
import service
from dumps import File, Node

HERE = pathlib.Path(__file__).parent
SCREENSHOTS = pathlib.Path(os.environ.get("REFERRERS_SCREENSHOTS", "."))
SESSION = "__main__.Session"
COMPARED = 24   # objects whose retained sizes are compared


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    directory = tmp_path_factory.mktemp("heaps")
    paths = [str(directory / name)
             for name in ("first.heapsnapshot", "second.heapsnapshot")]
    subprocess.run([sys.executable, HERE / "service.py", *paths], check=True)
    return paths


@pytest.fixture(scope="module")
def page():
    with chrome.devtools() as opened:
        yield opened


def read(path):
    return pathlib.Path(path).read_text()


# --- the engine of DevTools ----------------------------------------------------

def test_summary_counts_what_we_count(page, files):
    found = chrome.ask(page, """
        const heap = await open_heap(given[0]);
        const all = heap.getAggregatesByClassKey(true, 'allObjects');
        return Object.values(all).map(a => [a.name, a.count, a.self]);
    """, read(files[0]))
    summary = {name: (count, own) for name, count, own in found}
    heap = referrers.load(files[0])
    for name in (SESSION, "__main__.Registry", "flask.app.Flask", "dict",
                 "list", "tuple", "str"):
        plain = "builtins." + name if "." not in name else name
        ours = heap.find(plain)
        # Namespaces of modules are dicts that go by the module's name.
        ours = [one for one in ours if one.name == name]
        assert summary[name] == (len(ours), sum(one.size for one in ours)), name


def test_comparison_sees_the_new_sessions_and_no_other(page, files):
    found = chrome.ask(page, """
        const first = await open_heap(given[0]);
        const second = await open_heap(given[1]);
        const old = first.aggregatesForDiff(JSON.stringify([]));
        const differences = second.calculateSnapshotDiff('first', old);
        return Object.entries(differences).map(
            ([key, d]) => [d.name ?? key, d.addedCount, d.removedCount]);
    """, read(files[0]), read(files[1]))
    changes = {name.rpartition(",")[2]: (added, removed)
               for name, added, removed in found}
    assert changes[SESSION] == (service.MORE_LOGINS, 0)
    assert "__main__.Registry" not in changes
    assert not any(name.startswith("(modules)") for name in changes)


def brute_force(file, numbers):
    """Retained sizes: what cannot be reached without the object."""
    graph = [[node.number for kind, _, node in Node(file, n).edges
              if kind not in ("weak", "shortcut")]
             for n in range(file.node_count)]
    sizes = [Node(file, n).self_size for n in range(file.node_count)]
    whole = sum(sizes)

    def reached_without(left_out):
        met, work = {0, left_out}, [0]
        while work:
            for other in graph[work.pop()]:
                if other not in met:
                    met.add(other)
                    work.append(other)
        return sum(sizes[n] for n in met) - sizes[left_out]

    return [whole - reached_without(number) for number in numbers]


def test_retained_sizes_are_ours_and_those_of_brute_force(page, files):
    theirs = dict(chrome.ask(page, """
        const heap = await open_heap(given[0]);
        const node = heap.createNode();
        const sizes = [];
        for (let i = 0; i < heap.nodeCount; i++) {
          node.nodeIndex = i * heap.nodeFieldCount;
          sizes.push([node.id(), node.retainedSize()]);
        }
        return sizes;
    """, read(files[0])))
    file = File(files[0])
    heap = referrers.load(files[0])
    asked = [heap.at("registry"), heap.at("registry.sessions"),
             heap.at("app"), *heap.find(SESSION, 10)]
    asked += heap.find("function", 6) + heap.find("dict", 6)
    numbers = [file.at(one.id).number for one in asked[:COMPARED]]
    assert [theirs[Node(file, n).id] for n in numbers] \
        == brute_force(file, numbers)
    for one, number in zip(asked, numbers):
        record, = [r for r in heap.graph(one, max_depth=0, sizes=True).retained
                   if r["target"]]
        assert record["bytes"] == theirs[Node(file, number).id], one


# --- the panel, as a person sees it: the pictures of the page "Chrome" --------

SHOP = HERE.parents[1] / "doc" / "examples" / "chrome" / "shop.py"
MORE_VISITORS = 25
VISITS = """
import referrers
referrers.snapshot().save(%r)
for number in range(200, 200 + %d):
    shop.visit("visitor-%%d" %% number)
referrers.snapshot().save(%r)
"""
BASKET = "__main__.Basket"


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """The program of that page, and the same after more visitors."""
    directory = tmp_path_factory.mktemp("shops")
    paths = [str(directory / name)
             for name in ("shop.heapsnapshot", "later.heapsnapshot")]
    subprocess.run([sys.executable, "-c", SHOP.read_text() + VISITS % (
        paths[0], MORE_VISITORS, paths[1])], check=True)
    return paths


def test_summary_and_retainers_have_our_names(page, shops):
    chrome.load(page, shops[0])
    chrome.filter_by_class(page, BASKET)
    page.locator("tr").filter(has_text=BASKET).filter(
        has_text="×200").first.click()
    page.keyboard.press("ArrowRight")
    page.locator("tr").filter(has_text=BASKET + "@").first.click()
    for line in ("]indict@", "basketsin__main__.Shop@",
                 "shopinmodule __main__@"):
        page.locator("tr").filter(has_text=line).first.wait_for()
    chrome.picture(page, SCREENSHOTS / "retainers.png", 520)


def test_comparison_in_the_panel(page, shops):
    chrome.load(page, shops[1])
    page.get_by_label("Perspective").first.select_option("Comparison")
    page.get_by_text("# New").first.wait_for()
    chrome.filter_by_class(page, BASKET)
    page.get_by_text(BASKET, exact=True).first.wait_for()
    page.get_by_text("+%d" % MORE_VISITORS).first.wait_for()
    chrome.picture(page, SCREENSHOTS / "comparison.png", 300)
