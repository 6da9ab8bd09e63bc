"""How answers show themselves at a prompt and in a notebook: words, a picture,
and a page that has the notebook's own light and dark."""

import re
import subprocess
import sys

import pytest

import referrers
from referrers import _render


class Session:
    pass


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def small_heap(tmp_path):
    """Of another process: pytest's own is large."""
    path = tmp_path / "small.heapsnapshot"
    subprocess.run([sys.executable, "-c", "import sys, referrers; "
                    "referrers.snapshot().save(sys.argv[1])", str(path)],
                   check=True)
    return referrers.load(path)


def bundle_of(answer, **how):
    return answer._repr_mimebundle_(**how)


def test_an_explanation_is_its_words(session):
    answer = referrers.why(session)
    assert repr(answer) == str(answer)
    bundle = bundle_of(answer)
    assert bundle["text/plain"] == str(answer)
    assert bundle["image/svg+xml"].startswith("<svg ")
    words, _, picture = bundle["text/html"].partition("</pre>\n")
    assert re.match("<pre style=\"[^\"]*monospace\">Session is ", words)
    assert picture.startswith('<div style="overflow-x:auto"><svg ')


def test_words_in_a_page_are_text():
    name = "<script>alert(1)</script>"
    thing = type(name, (), {})()
    page = bundle_of(referrers.why(thing))["text/html"]
    assert name not in page and "&lt;script&gt;alert(1)" in page


def test_a_page_keeps_the_size_and_scrolls_to_the_target(session):
    graph = referrers.get_referrer_graph(session)
    page = bundle_of(graph)["text/html"]
    assert "<pre" not in page  # the picture says it
    assert 'class="refgraph" style="max-width:none"' in page
    assert 'class="node target' in page and 'querySelector(".target' in page
    assert '[data-jp-theme-light="false"]' in page
    assert page.count("<script>") == page.count("</script>") == 1


def test_only_what_is_wanted_is_drawn(session, monkeypatch):
    graph = referrers.get_referrer_graph(session)
    assert set(bundle_of(graph)) == {"text/plain", "text/html",
                                     "image/svg+xml"}
    for wanted in "text/html", "image/svg+xml":
        assert set(bundle_of(graph, include=[wanted])) == {"text/plain",
                                                           wanted}
    monkeypatch.setattr(_render, "PROGRAM", "/nowhere")
    for answer in graph, referrers.why(session):
        assert bundle_of(answer) == {"text/plain": str(answer)}


def test_growth_and_a_heap_show_themselves(session):
    kept = []
    grown = referrers.growth(lambda: kept.append(Session()))
    assert "<pre" in bundle_of(grown)["text/html"]
    nothing = referrers.growth(lambda: None)
    assert bundle_of(nothing) == {"text/plain": str(nothing)}


def test_a_heap_says_what_is_in_it(small_heap):
    bundle = bundle_of(small_heap)
    assert bundle["text/plain"].startswith("<Heap: ")
    assert "dict" in bundle["text/plain"]
    assert "Where the memory is" in bundle["image/svg+xml"]
    assert re.match("<pre [^>]*>&lt;Heap: ", bundle["text/html"])
