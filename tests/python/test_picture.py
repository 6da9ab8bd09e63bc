"""The options of pictures: what they do, and what they refuse."""

import contextlib
import json
import re
import threading
import xml.etree.ElementTree

import pytest

import referrers


class Thing:
    pass


@pytest.fixture(scope="module")
def graph():
    target = Thing()
    boxes = [{"key%d" % i: target} for i in range(12)]
    assert boxes
    return referrers.get_referrer_graph(target)


# --- what they do ------------------------------------------------------------

def test_a_theme_is_one_set_of_colours(graph):
    auto, light, dark = (graph.to_svg(theme=theme)
                         for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme" in auto
    assert "prefers-color-scheme" not in light + dark
    assert '"#0072b2"' in light and '"#0072b2"' not in dark
    assert '"#56b4e9"' in dark and '"#0d1117"' in dark


def test_a_picture_in_a_page_follows_its_switch(graph):
    """Two reasons to be dark: the page says so, or the system does and the
    page does not say otherwise.  No rule reaches another picture."""
    svg = graph.to_svg(theme="page", id_prefix="one")
    style = re.search("<style>(.*?)</style>", svg)[1]
    dark = "{--rg0:#0d1117;"
    assert ('@media screen and (prefers-color-scheme:dark){#one:not('
            '[data-theme="light"] *,[data-bs-theme="light"] *,'
            '[data-jp-theme-light="true"] *,body.light *,.vscode-light *,'
            'html.light *)'
            + dark) in style
    assert ('@media screen{:is([data-theme="dark"],[data-bs-theme="dark"],'
            '[data-jp-theme-light="false"],body.dark,.vscode-dark,html.dark) '
            '#one' + dark.replace("#0d1117", "transparent")) in style
    assert ('html.light) #one{--rg0:transparent}}') in style
    assert '#one [fill="#ffffff"]{fill:var(--rg0,#ffffff)}' in style
    assert ".refgraph [" not in style
    plain = graph.to_svg(theme="light", id_prefix="one")
    assert re.sub("#one .*(?=</style>)", "", svg) == plain


def test_the_other_formats_have_themes_too(graph):
    assert graph.to_dot(theme="light") == graph.to_dot()
    assert "#0d1117" in graph.to_dot(theme="dark")
    assert graph.to_png(theme="dark") != graph.to_png()


def test_a_transparent_picture_has_no_canvas(graph):
    assert 'fill="#ffffff"' in graph.to_svg()
    assert 'fill="#ffffff"' not in graph.to_svg(background="transparent")
    assert "transparent" in graph.to_dot(background="transparent")


def test_ids_begin_as_asked_for(graph):
    tree = xml.etree.ElementTree.fromstring(
        graph.to_svg(id_prefix="my-graph_edge3"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) > 10 and len(ids) == len(set(ids))
    assert all(name.startswith("my-graph_edge3") for name in ids)
    titles = [element.text for element in tree.iter()
              if element.tag.endswith("}title")]
    assert not any(title.startswith("my-graph") for title in titles)
    assert "list[0] refers to dict" in titles


def test_two_pictures_in_one_page_share_no_id(graph):
    other = referrers.get_referrer_graph([graph])
    ids = [set(re.findall(r' id="([^"]+)"', g.to_svg()))
           for g in (graph, other)]
    assert ids[0] and ids[1] and not ids[0] & ids[1]


@pytest.mark.parametrize("write", ["to_dot", "to_mermaid", "to_json"])
def test_addresses_are_shown_on_demand(graph, write):
    picture = getattr(graph, write)
    shown = r"0x[0-9a-f]{8,}"
    assert not re.search(shown, picture())
    assert re.search(shown, picture(addresses=True))


@pytest.mark.parametrize("write", ["to_dot", "to_svg", "to_mermaid", "to_json"])
def test_a_title_is_any_text(graph, write):
    text = getattr(graph, write)(title="a \ud800\0\n<b>&\"\\ z")
    assert "\ud800" not in text and "\0" not in text
    assert "ud800" in text


def test_max_objects_and_direction_reach_every_format(graph):
    assert "flowchart LR" in graph.to_mermaid(rankdir="LR")
    assert "rankdir=LR" in graph.to_dot(rankdir="LR")
    few, many = (json.loads(graph.to_json(max_objects=n))["picture"]
                 for n in (2, 1000))
    assert len(few["nodes"]) < len(many["nodes"])


class Widget:
    """Known to each of its parts, as in many libraries."""

    def __init__(self, window=None):
        self.window = window
        self.parts = {}


def test_what_is_too_wide_to_read_shows_the_paths():
    window = Widget()
    for i in range(40):
        name = "a_part_with_a_rather_long_name_%d" % i
        kind = type("PartOfTheWindow%d" % i, (Widget,), {})
        window.parts[name] = kind(window)
        globals()[name] = {name: {"held_" + name: {name + "_yet": window.parts[name]}}}
    try:
        graph = referrers.get_referrer_graph(window)
        pictures = [json.loads(graph.to_json(paths_only=paths))["picture"]
                    for paths in (None, True, False)]
        text = graph.to_svg()
    finally:
        for name in window.parts:
            del globals()[name]
    assert [one["counts"]["paths_only"] for one in pictures] == [True, True, False]
    assert pictures[0] == pictures[1]
    drawn = [one["counts"]["objects_drawn"] for one in pictures]
    assert 1 < drawn[0] < drawn[2] <= 40
    assert "paths only" in text and "--no-paths shows all" in text

def picture_of(targets, **options):
    graph = referrers.get_referrer_graph_for_list(
        targets, search_for_untracked_objects=True)
    return json.loads(graph.to_json(**options))["picture"]


def nodes_above(picture, node):
    return {edge["referrer"] for edge in picture["edges"]
            if edge["referent"] == node and not edge["cycle"]}


REGISTRY = {}


@pytest.mark.parametrize("paths_only", [True, False])
def test_every_target_hangs_from_a_root(paths_only):
    """Of forty that are alike three and a stack, each at the end of the path
    that leads to it."""
    for i in range(40):
        REGISTRY[i] = Widget()
        REGISTRY[i].parts = [Widget(REGISTRY[i])]
    targets = [widget.parts[0] for widget in REGISTRY.values()]
    try:
        picture = picture_of(targets, paths_only=paths_only)
    finally:
        REGISTRY.clear()
    nodes = {node["id"]: node for node in picture["nodes"]}
    drawn = [name for name, node in nodes.items() if node["target"]]
    assert len(drawn) == 4
    for node in drawn:
        way = [node]
        for at in way:
            way.extend(nodes_above(picture, at) - set(way))
        assert any(nodes[at]["kind"] == "root" for at in way), node
    stack = next(nodes[node] for node in drawn if nodes[node]["kind"] == "stack")
    assert stack["count"] == 37
    steps = [nodes[at] for at in nodes_above(picture, stack["id"])]
    assert [(one["kind"], one["count"]) for one in steps] == [("steps", 2)]
    words = [edge["words"] for edge in picture["edges"]
             if edge["referent"] == steps[0]["id"]]
    assert words == ["[3] … [39]"]


def test_targets_that_no_root_leads_to_stand_alone():
    targets = [Widget() for _ in range(9)]
    for target in targets:
        target.window = target
    picture = picture_of(targets)
    assert sum(node["target"] for node in picture["nodes"]) == 4


def where_it_is(svg, words):
    at = re.search(r'<text[^>]* x="([-\d.]+)" y="([-\d.]+)"[^>]*>%s<'
                   % re.escape(words), svg)
    return float(at[1]), float(at[2])


def outermost(thing, draw):
    return in_between(thing, draw)


def in_between(thing, draw):
    return innermost(thing, draw)


def innermost(thing, draw):
    return draw(thing)


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_frames_stand_in_the_order_of_their_calls(direction):
    svg = outermost(Thing(), lambda thing: referrers.get_referrer_graph(
        thing).to_svg(rankdir=direction))
    places = [where_it_is(svg, name + "()")[1]
              for name in ("outermost", "in_between", "innermost")]
    assert places == sorted(places) and len(set(places)) == 3
    assert "<title>innermost.thing (local) refers to Thing</title>" in svg


@contextlib.contextmanager
def waiting_threads(numbers, held):
    """Threads `worker 7` and so on, each in two calls that hold one of these."""
    go, running = threading.Event(), threading.Semaphore(0)

    def wait(held):
        running.release()
        go.wait()

    threads = [threading.Thread(name="worker %d" % number,
                                target=lambda one: wait(one),
                                args=(held[number % len(held)],))
               for number in numbers]
    for thread in threads:
        thread.start()
    for _ in threads:
        running.acquire()
    try:
        yield
    finally:
        go.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("numbers", [(2, 10), (10, 2), (11, 4, 9), (1, 17, 2),
                                     (5, 16, 7, 10), (3, 2, 12, 17)])
@pytest.mark.parametrize("direction, axis", [("TB", 0), ("LR", 1)])
def test_threads_stand_in_the_order_of_their_names(numbers, direction, axis):
    thing = Thing()
    held = [thing, [thing], {"it": [thing]}]
    with waiting_threads(numbers, held):
        svg = referrers.get_referrer_graph(thing).to_svg(
            rankdir=direction, paths_only=False)
    places = [where_it_is(svg, "thread worker %d" % number)[axis]
              for number in sorted(numbers)]
    assert places == sorted(places)


def test_what_starts_a_thread_is_one_box():
    thing, go, running = Thing(), threading.Event(), threading.Event()
    thread = threading.Thread(args=(thing,), target=lambda held: (
        running.set(), go.wait()))
    thread.start()
    try:
        running.wait()
        words = referrers.get_referrer_graph(thing).to_mermaid()
    finally:
        go.set()
        thread.join()
    assert words.count("<b>_bootstrap()</b>") == 1
    assert "and 2 frames inside it" in words
    assert "_bootstrap_inner()" not in words and "<b>run()</b>" not in words


def test_mermaid_says_what_dot_says(graph):
    """The same ids, with the same words."""
    nodes = re.findall(r"^\s*(n\d+)[\[\(]+\"", graph.to_mermaid(), re.M)
    drawn = re.findall(r"^\s*(n\d+)\s+\[", graph.to_dot(), re.M)
    assert sorted(nodes) == sorted(drawn)
    assert "[0] … [11]" in graph.to_mermaid() or "['key0']" in graph.to_mermaid()


# --- what they refuse --------------------------------------------------------

@pytest.mark.parametrize("options, error", [
    (dict(theme="blue"), ValueError), (dict(theme=3), TypeError),
    (dict(background="red"), ValueError), (dict(rankdir="BT"), ValueError),
    (dict(max_objects=0), ValueError), (dict(max_objects=True), TypeError),
    (dict(max_objects="3"), TypeError), (dict(title=b"x"), TypeError),
    (dict(id_prefix=""), ValueError), (dict(id_prefix="1a"), ValueError),
    (dict(id_prefix="a b"), ValueError), (dict(id_prefix="a\n"), ValueError),
    (dict(id_prefix="a" * 65), ValueError), (dict(colour="red"), TypeError),
])
def test_a_wrong_option_is_named_in_one_line(graph, options, error, tmp_path):
    for write in (graph.to_svg, graph.to_json, graph.to_mermaid,
                  lambda **how: graph.render(tmp_path / "g.svg", **how)):
        with pytest.raises(error) as caught:
            write(**options)
        assert next(iter(options)) in str(caught.value)
        assert "\n" not in str(caught.value)
