"""referrers.sphinxext: small projects, built by the Sphinx that is installed.
`make check-sphinx` has other versions, themes and a browser."""

import collections
import re
import zipfile

import pytest
import referrers
from conftest import run_python
from referrers import _options, _sphinx_nodes, sphinxext
from sphinx_projects import INDEX, MORE, Project, page_with

SENTENCE = ("Session: shortest path from a root is app: cache['user-7']. "
            "1 reference. It is alive through 1 root.")
TREE = """\
╙── Session instance (id=1)
    └─╼ dict[user-7] (id=2)
        └─╼ app.cache (module variable) (id=2)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Built once for each builder that some tests look at."""
    project = Project(tmp_path_factory.mktemp("project"), index=INDEX,
                      more=MORE)
    project.warnings = {
        builder: project.build(builder, "-j", "2")
        for builder in ("html", "singlehtml", "latex", "epub", "text", "man")}
    return project


@pytest.fixture
def new_project(tmp_path):
    return lambda **pages: Project(tmp_path, **pages)


# --- what each builder gets --------------------------------------------------

def test_nothing_is_warned_of(project):
    assert project.warnings == dict.fromkeys(project.warnings, [])


def test_html_has_the_picture_in_the_page(project):
    page = project.read("html/index.html")
    assert page.count("<svg ") == 2
    assert '<figure class="wide align-center" id="fig-session">' in page
    assert re.search(r'<svg [^>]*class="refgraph mine"[^>]*role="img"', page)
    assert re.search(r'<svg [^>]* style="width:50%"', page)
    assert '<div class="referrers" style="overflow-x:auto">' in page
    assert ">['user-7']</text>" in page.replace("&#39;", "'").replace(
        "&#45;", "-")


def test_a_figure_has_a_number_and_references(project):
    page = project.read("html/index.html")
    assert 'href="#fig-session"><span class="std std-numref">Fig. 1' in page
    assert 'href="#fig-session"><span class="std std-ref">this' in page
    assert "Why a <em>session</em> stays" in page


def test_the_alternative_text_is_the_graph_s_own_or_the_author_s(project):
    page = project.read("html/index.html").replace("&#x27;", "'").replace(
        "&#39;", "'")
    descriptions = re.findall(r'<desc id="[^"]*-desc">(.*?)</desc>', page)
    assert descriptions == [SENTENCE, "A &lt;session&gt; &amp; &quot;more&quot;"]
    assert 'alt="%s"' % SENTENCE in page  # of the <img>


def test_an_image_that_is_not_inline_is_a_file(project):
    page = project.read("html/index.html")
    image, = re.findall(r'<img [^>]*>', page)
    assert 'class="align-right dark-light"' in image or \
        'class="dark-light align-right"' in image
    name, = re.findall(r'src="_images/(referrers-\w+\.svg)"', image)
    assert project.read("html/_images/" + name).startswith("<svg ")


@pytest.mark.parametrize("page", ["html/index.html", "singlehtml/index.html"])
def test_no_two_elements_share_an_id(project, page):
    ids = collections.Counter(re.findall(r'\sid="([^"]+)"', project.read(page)))
    assert len(ids) > 15
    assert [name for name, count in ids.items() if count > 1] == []


def test_latex_gets_pdf(project):
    text = project.read("latex/test.tex")
    names = re.findall(r"sphinxincludegraphics.*?\{(referrers-\w+)\}\.(\w+)",
                       text)
    assert [kind for _, kind in names] == ["pdf", "pdf", "pdf", "png"]
    for name, kind in names:
        data = (project.path / "out/latex" / (name + "." + kind)).read_bytes()
        assert data.startswith(b"%PDF-" if kind == "pdf" else b"\x89PNG")


def test_epub_gets_png(project):
    with zipfile.ZipFile(project.path / "out/epub/Test.epub") as book:
        pictures = [name for name in book.namelist() if "referrers-" in name]
        assert pictures and all(name.endswith(".png") for name in pictures)
        assert b"<svg" not in book.read("index.xhtml")


@pytest.mark.parametrize("page", ["text/index.txt", "man/test.1"])
def test_text_and_manual_pages_get_the_tree(project, page):
    text = project.read(page).replace("\\fP", "").replace("\\fI", "")
    lines = [line.strip().replace("\\", "") for line in text.splitlines()]
    for line in TREE.splitlines():
        assert lines.count(line.strip()) >= 3
    assert re.search(r"^ *Why a \*?session\*? stays$", text, re.M)


def test_the_answer_in_words(project):
    for page in ("html/more.html", "text/more.txt"):
        text = re.sub("<[^>]*>", "", project.read(page)).replace("&#39;", "'")
        assert "Session is alive: app.cache['user-7'] leads to it" in text
        assert "drop" in text


@pytest.mark.parametrize("builder", [
    "texinfo", "gettext", "linkcheck", "dummy", "xml", "json", "htmlhelp"])
def test_other_builders_do_what_they_can(new_project, builder):
    project = new_project(index=page_with("caption: x", "x = []"), more=MORE)
    project.write("index.rst", INDEX)
    assert project.build(builder) == []


@pytest.mark.parametrize("format", _sphinx_nodes.TEXT_FORMATS)
def test_text_formats_are_text_in_every_builder(new_project, format):
    project = new_project(index=page_with(
        ":format: %s\n:caption: words" % format, "class Thing: pass\n"
        "things = [Thing()]", "things[0]"))
    assert project.build("text") == []
    assert "Thing" in project.read("text/index.txt")


# --- colours -----------------------------------------------------------------

def test_a_page_s_own_switch_is_followed(project):
    page = project.read("html/index.html")
    ids = re.findall(r'<g id="([^"]+)" class="graph', page)
    assert len(set(ids)) == 2
    for name in ids:
        assert (':is([data-theme="dark"],[data-bs-theme="dark"],'
                '[data-jp-theme-light="false"],body.dark,.vscode-dark,'
                'html.dark) #%s{' % name) in page
        assert '#%s:not([data-theme="light"] *' % name in page
    assert ".refgraph [fill=" not in page  # would reach the other picture
    assert 'fill="#ffffff"' not in page  # the page's own ground is behind them


@pytest.mark.parametrize("conf, light", [
    ("", True), ("html_theme = 'nature'", True),
    ("referrers_follow_system = True", False),
    ("html_theme_path = ['.']; html_theme = 'mine'", False)])
def test_a_theme_that_is_always_light_gets_light_pictures(
        new_project, conf, light):
    project = new_project(index=page_with(body="x = []"))
    project.write("conf.py", (project.path / "conf.py").read_text() + conf)
    (project.path / "mine" / "static").mkdir(parents=True)
    project.write("mine/theme.conf", "[theme]\ninherit = basic\n")
    project.write("mine/static/dark.css",
                  "@media (prefers-color-scheme: dark) {}\n")
    assert project.build() == []
    page = project.read("html/index.html")
    assert bool(re.search('<svg [^>]*data-theme="light"', page)) == light


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_one_theme_on_demand(new_project, theme):
    project = new_project(index=page_with(":theme: " + theme, "x = []"))
    assert project.build() == []
    page = project.read("html/index.html")
    assert ("#0d1117" in page) == (theme == "dark")
    assert "prefers-color-scheme" not in page


def test_a_change_of_the_drawing_program_s_svg_is_noticed():
    """in_page looks for three places in it."""
    box = [[]]
    svg = referrers.get_referrer_graph(box[0]).to_svg(theme="page")
    page = _sphinx_nodes.in_page(svg, "words", ["a"], "1", False)
    assert ' class="refgraph a" style="width:1px" data-theme="light"' in page
    assert page.count("words") == 1
    page = _sphinx_nodes.in_page(svg, None, [], None, True)
    width = float(re.match(r'<svg width="(\d+)pt"', svg)[1])
    assert 'style="min-width:%dpt"' % (0.65 * width) in page
    for gone in (' class="refgraph"', "-desc", "<svg width"):
        with pytest.raises(RuntimeError, match="no .* any more"):
            _sphinx_nodes.in_page(svg.replace(gone, ""), "w", [], None, True)


def test_a_target_before_a_picture_is_found(new_project):
    """By builders that have it as an image, as HTML and as text."""
    page = page_with("%s", "x = []").replace(
        "..", "See :ref:`that <here>`.\n\n.. _here:\n\n..", 1)
    for options in (":align: right", ":embed: img", ":format: txt"):
        project = new_project(index=page % options)
        assert project.build() == []
        text = project.read("html/index.html")
        assert 'href="#here"' in text and text.count('id="here"') == 1


# --- itself ------------------------------------------------------------------

def test_the_package_does_not_need_sphinx():
    result = run_python("-c", "import referrers, sys; "
                        "print('sphinx' in sys.modules, "
                        "'docutils' in sys.modules)")
    assert result.text == "False False\n"


def test_every_option_and_value_of_conf_py_is_documented():
    for name in sphinxext.Referrers.option_spec:
        assert ":%s:" % name in sphinxext.__doc__, name
    values = set(re.findall(r'add_config_value\("(\w+)"', open(
        sphinxext.__file__, encoding="utf-8").read()))
    for name in values - {"referrers_tool"}:
        assert "``%s``" % name in sphinxext.__doc__, name


def test_the_options_of_the_command_are_options_here():
    """All but those that say what to run otherwise, or where to write."""
    flags = {flags[-1][2:] for flags, _ in _options._OPTIONS}
    elsewhere = {"expr", "type", "most", "module", "at", "count", "continue",
                 "on-exception", "pid", "output", "layout-timeout", "force",
                 "id", "id-prefix", "addresses", "help", "version",
                 "max-lines", "merged", "no-merged"}
    assert elsewhere <= flags
    assert flags - elsewhere <= set(sphinxext.Referrers.option_spec)
