"""Pictures of what no designer thought of: every format is whole and valid,
nothing is lost without being counted, and it takes no time to speak of."""

import json
import re
import xml.etree.ElementTree

import pytest

import referrers

SVG = "{http://www.w3.org/2000/svg}"


class Thing:
    pass


def texts():
    """Keys that mean something to a format, or should not be shown as they
    are."""
    yield "ten million", "k" * 10_000_000
    yield "right to left", "\u202e\u05d0\u05d1 abc \u200f\u2067"
    yield "zero width", "a\u200b\u200d\u2060\ufeffb"
    yield "emoji", "\U0001f40d\U0001f468\u200d\U0001f469\u200d\U0001f467"
    yield "combining", "e" + "\u0301" * 200
    yield "controls", "".join(map(chr, range(32))) + "\x7f\x80\x9f\u2028\u2029"
    yield "surrogates", "\ud800 \udfff \udcff"
    yield "non-characters", "\ufffe\uffff\U0001ffff"
    yield "html", "</TD></TR></TABLE><B>&lt;&amp;&#1;&nosuch; <IMG SRC=\"x\"/>"
    yield "record", "{a|<b> c|d}"
    yield "escapes", "\\N\\G\\E\\T\\H\\L\\l\\r\\n\\\\ \\"
    yield "xml", "]]> --> <!-- <![CDATA[ <?xml ?> </svg><script>alert(1)</script>"
    yield "css", "</style> */ @import url(//x) }"
    yield "mermaid", "\"] --> n0; end\n%%{init}%% #quot; `x` <br> ((x)) ;"
    yield "json", "\"}, {\"id\": 1 \\u0000 \\"
    yield "end", "end"
    yield "empty", ""
    yield "spaces", "  a   b  "


TEXTS = dict(texts())


def check_all(graph, **options):
    """Draws it in every format; the SVG's tree."""
    svg = graph.to_svg(**options)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\u202a-\u202e]", svg)
    root = xml.etree.ElementTree.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "g", "text", "polygon", "tspan", "polyline",
        "path", "ellipse", "a"}
    dot = graph.to_dot(**options)
    assert dot.startswith("digraph ") and dot.endswith("}\n")
    assert dot.isprintable() or "\x00" not in dot
    assert json.loads(graph.to_json(**options))["format"] == "referrers-graph"
    check_mermaid(graph.to_mermaid(**options))
    return root


def check_mermaid(text):
    """Every line is one that we write: what came from the program stands
    between quotes, where nothing of it means anything."""
    safe = r'"[^"`\\]*"'
    lines = text.split("\n")
    assert lines[0] == "---" and lines[2] == "---"
    assert json.loads(lines[1].removeprefix("title: ")) is not None
    known = re.compile(
        r"%%.*|flowchart (TB|LR)|  acc(Title|Descr): [^\"`\\]*"
        r"|\s*n\d+[\[\(]+@[\]\)]+(:::\w+)?|  subgraph [tg]\d+\[@\]|  end"
        r"|  n\d+ (-- @ (-->|--x)|== @ ==>|-\. @ \.->|-->|==>|-\.->|-\.-|--x) n\d+"
        r"|  (classDef|style) \w+ [\w:#, -]+|".replace("@", safe))
    for line in lines[3:]:
        assert known.fullmatch(line), line


@pytest.mark.parametrize("name", TEXTS)
def test_a_key_may_be_any_text(name):
    target = Thing()
    box = {TEXTS[name]: target, "other": [target]}
    assert box
    check_all(referrers.get_referrer_graph(target))


@pytest.mark.parametrize("name", TEXTS)
def test_a_class_and_an_attribute_may_have_any_name(name):
    text = TEXTS[name].replace("\0", "")[:100_000]
    try:
        made = type(text, (), {})
    except (ValueError, UnicodeEncodeError):
        made = type("K", (), {})    # this one can only be an attribute
    target, holder = made(), made()
    holder.__dict__[text] = target
    check_all(referrers.get_referrer_graph(target))


@pytest.mark.parametrize("name", TEXTS)
def test_a_title_may_be_any_text(name):
    target = Thing()
    root = check_all(referrers.get_referrer_graph(target),
                     title=TEXTS[name][:100_000])
    assert root.find(SVG + "title") is not None


def test_ten_thousand_references_are_one_arrow():
    target = Thing()
    holder = [target] * 10_000
    assert holder
    graph = referrers.get_referrer_graph(
        target, single_object_referrer_limit=None, object_limit=None)
    check_all(graph)
    edges = json.loads(graph.to_json())["picture"]["edges"]
    assert max(edge["count"] for edge in edges) == 10_000
    assert "+ 9,997 more" in graph.to_svg()


def test_an_object_that_refers_to_itself():
    target = []
    target.append(target)
    root = check_all(referrers.get_referrer_graph(target))
    words = " ".join(root.itertext())
    assert "[0] \u00b7 cycle" in words


def test_an_object_without_a_referrer(command):
    result = command("-T", "json", "-s", "import referrers",
                     "-e", "object()")
    document = json.loads(result.text)
    assert document["picture"]["counts"]["references"] == 0
    assert "no references" in document["picture"]["description"]


def test_five_hundred_targets():
    targets = [Thing() for _ in range(500)]
    box = [targets[250]]
    assert box
    graph = referrers.get_referrer_graph_for_list(targets)
    check_all(graph)
    picture = json.loads(graph.to_json())["picture"]
    drawn = [node for node in picture["nodes"] if node["target"]]
    assert sum(node["count"] or 1 for node in drawn) == 500
    assert "500 Thing objects" in graph.to_svg() or "500 objects" in graph.to_svg()


def test_every_object_is_a_root():
    """All of them variables of one function, and each refers to the next."""
    code = "def f(draw):\n"
    code += "".join("    a%d = [%s]\n" % (i, "a%d" % (i - 1) if i else "")
                    for i in range(60))
    code += "    return draw(a0)\n"
    names = {}
    exec(code, names)
    graph = names["f"](
        lambda target: referrers.get_referrer_graph(target, max_depth=None, object_limit=None))
    root = check_all(graph)
    assert "of 60 objects drawn" in " ".join(root.itertext())


def test_a_class_named_end():
    made = type("end", (), {"__module__": "end"})
    target = made()
    holder = made()
    holder.end = target
    assert 'n0(["<b>end</b>' in referrers.get_referrer_graph(target).to_mermaid()
    check_all(referrers.get_referrer_graph(target))
