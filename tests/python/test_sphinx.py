"""referrers.sphinxext: small projects, built by the Sphinx that is installed.
`make check-sphinx` has other versions, themes and a browser."""

import collections
import contextlib
import io
import os
import re
import shutil
import sys
import textwrap
import time
import zipfile

import pytest
import referrers
import sphinx.cmd.build
from conftest import run_python
from referrers import _options, _render, _sphinx_nodes, sphinxext

APP = """\
class Session:
    pass

cache = {}

def start():
    cache["user-7"] = Session()
    with open("runs", "a") as file:
        file.write("x")
"""

INDEX = """\
Pictures
========

See :numref:`fig-session` and :ref:`this <fig-session>`.

.. referrers:: app.cache["user-7"]
   :setup: import app
   :caption: Why a *session* stays
   :name: fig-session
   :align: center
   :figclass: wide
   :class: mine

   app.start()

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :alt: A <session> & "more"
   :width: 50%

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :embed: img
   :align: right

.. toctree::

   more
"""

MORE = """\
More
====

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :format: why

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :format: png
"""

SENTENCE = ("Session: shortest path from a root is app: cache['user-7']. "
            "1 reference. It is alive through 1 root.")
TREE = """\
╙── Session instance (id=1)
    └─╼ dict[user-7] (id=2)
        └─╼ app.cache (module variable) (id=2)
"""


class Project:
    """A source folder, and what builds make of it."""

    def __init__(self, path, **pages):
        self.path = path
        self.write("conf.py", "extensions = ['referrers.sphinxext']\n"
                   "project = author = copyright = 'Test'\nversion = '1'\n"
                   "numfig = True\nexclude_patterns = ['out', 'doctrees*']\n")
        self.write("app.py", APP)
        for name, text in pages.items():
            self.write(name + ".rst", textwrap.dedent(text))

    def write(self, name, text):
        (self.path / name).write_text(text, "utf-8")

    def read(self, name):
        return (self.path / "out" / name).read_text("utf-8")

    def build(self, builder="html", *options):
        """What Sphinx warns of, one line each.  In this process, which takes
        a third of the time; conf.py may change sys.path."""
        doctrees = "doctrees-" + builder if builder == "gettext" else "doctrees"
        path, errors = sys.path[:], io.StringIO()
        try:
            with contextlib.redirect_stderr(errors):
                status = sphinx.cmd.build.build_main([
                    "-q", "-b", builder, "-d", str(self.path / doctrees),
                    *options, str(self.path), str(self.path / "out" / builder)])
        finally:
            sys.path[:] = path
        assert status == 0, errors.getvalue()
        lines = errors.getvalue().splitlines()
        return [re.sub("\x1b.*?m", "", line) for line in lines]

    @property
    def runs(self):
        """How often the application was started so far."""
        file = self.path / "runs"
        return len(file.read_text()) if file.exists() else 0


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


def page_with(options="", body="", expression="x"):
    """A page with one directive, whose first line is the fourth."""
    lines = ["Page", "====", "", ".. referrers:: " + expression]
    lines += ["   " + line for line in options.splitlines()]
    lines += ["", *("   " + line for line in body.splitlines())]
    return "\n".join(lines + ["", "The end.", ""])


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
        assert ':is([data-theme="dark"],[data-bs-theme="dark"],html.dark) #%s{' \
            % name in page
        assert '#%s:not([data-theme="light"] *' % name in page
    assert ".refgraph [fill=" not in page  # would reach the other picture


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


# --- what is run, and when ---------------------------------------------------

def test_the_same_bytes_on_every_build(new_project):
    project = new_project(index=INDEX, more=MORE)
    def outcome():
        for builder in ("html", "text"):
            project.build(builder, "-E")
        return {path: (project.path / "out" / path).read_bytes()
                for path in ("html/index.html", "text/index.txt")}
    first = outcome()
    shutil.rmtree(project.path / "out")
    shutil.rmtree(project.path / "doctrees")
    assert outcome() == first


def test_code_runs_again_when_something_has_changed(new_project):
    page = page_with(":setup: import app", "app.start()", "app.cache")
    project = new_project(index=page, other=":orphan:\n\nText.\n")
    project.build()
    assert project.runs == 1
    project.build("html", "-E")  # everything is read again
    assert project.runs == 1
    project.write("index.rst", page + "\nMore text.\n")
    project.build()
    assert project.runs == 1
    project.write("app.py", APP + "\nadded = cache\n")  # imported by the code
    project.build()
    assert project.runs == 2 and "added" in project.read("html/index.html")
    project.write("index.rst", page.replace(":setup:", ":max-depth: 3\n   "
                                            ":setup:"))
    project.build()
    assert project.runs == 3
    project.build("html", "-D", "referrers_setup=import os")
    assert project.runs == 4


def test_a_part_of_a_cache_file_is_no_answer(new_project):
    project = new_project(index=page_with(
        ":setup: import app", "app.start()", "app.cache"))
    project.write("conf.py", (project.path / "conf.py").read_text()
                  + "referrers_cache_dir = 'kept'\n")
    project.build()
    file, = (project.path / "kept").glob("graph-*.json")
    file.write_bytes(file.read_bytes()[:40])
    assert project.build("html", "-E") == []
    assert project.runs == 2


def test_where_the_code_runs(new_project):
    """The source folder, conf.py's sys.path, a `__main__` of its own."""
    project = new_project(index=page_with(
        ":setup: import os, beside, app; assert os.path.exists('conf.py')",
        "assert __name__ == '__main__'\n"
        "import sys; assert 'sphinx' not in sys.modules\n"
        "print('this is not in the way')", "beside.things"))
    (project.path / "library").mkdir()
    project.write("library/beside.py", "things = [object()]\n")
    project.write("conf.py", "import os, sys\n"
                  "sys.path.insert(0, os.path.abspath('library'))\n"
                  + (project.path / "conf.py").read_text())
    assert project.build("text") == []
    assert "beside.things (module variable)" in project.read("text/index.txt")


def test_a_script_runs_as_a_program(new_project):
    project = new_project(index=page_with(":script: programs/one.py", "",
                                          "kept[0]"))
    (project.path / "programs").mkdir()
    project.write("programs/helper.py", "value = [[]]\n")
    project.write("programs/one.py", "import app, helper\n"
                  "if __name__ == '__main__':\n    kept = helper.value\n")
    assert project.build("text") == []
    assert "__main__.kept (module variable)" in project.read("text/index.txt")
    project.write("programs/one.py", "raise OSError('no disk')\n")
    warning, = project.build("text")
    assert "the script ended with OSError: no disk" in warning


def test_threads_and_children_of_the_code_are_not_waited_for(new_project):
    project = new_project(index=page_with("", (
        "import atexit, subprocess, sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(100,)).start()\n"
        "child = subprocess.Popen([sys.executable, '-c', 'input()'],\n"
        "                         stdin=subprocess.PIPE)\n"
        "open('child', 'w').write(str(child.pid))\n"
        "atexit.register(lambda: open('at exit', 'w').close())\n"
        "x = []")))
    started = time.monotonic()
    assert project.build("text") == []
    assert time.monotonic() - started < 20
    assert (project.path / "at exit").exists()
    child = (project.path / "child").read_text()
    for _ in range(100):
        if not os.path.exists("/proc/%s/exe" % child):
            break  # gone, or not yet fetched by init
        time.sleep(0.05)
    else:
        pytest.fail("the child of the code still runs")


def test_options_reach_the_search_and_the_picture(new_project):
    project = new_project(index=page_with(
        ":each:\n:values:\n:weak:\n:sizes:\n:explain:\n:referrer-limit: 2\n"
        ":max-depth: none\n:max-objects: 5\n:rankdir: LR\n:title: Own title\n"
        ":background: transparent\n:timeout: 40\n"
        ":exclude: boxes\n   [boxes][0]\n"
        ":format: json", "x = ['aa', 'bb']\nboxes = [{1: x}, [x]]"))
    assert project.build("text") == []
    text = project.read("text/index.txt")
    assert '"title": "Own title"' in text and '"direction": "LR"' in text
    assert '"max_depth": null' in text
    assert text.count('"flags": ["target"]') == 2
    assert '"label": "boxes"' not in text


def test_redacted_for_others_eyes(new_project):
    project = new_project(index=page_with(
        ":redact:\n:title: What holds 'secret'?", "cache = {'secret': [[]]}",
        "list(cache.values())[0][0]"))
    for builder in ("html", "text"):
        assert project.build(builder) == []
    assert "secret" not in project.read("html/index.html")
    assert "<str, 6 characters>" in project.read("text/index.txt")


# --- what fails --------------------------------------------------------------

FAILURES = {
    "set-up code": (page_with(":setup: 1/0", "x = 1"),
                    "the setup code failed: ZeroDivisionError: division by"),
    "syntax": (page_with("", "x = = 1"),
               "the setup code failed: SyntaxError: invalid syntax"),
    "missing module": (page_with(":setup: import nothing_like_it"),
                       "ModuleNotFoundError: No module named"),
    "no target": (page_with("", "y = 1"), "the expression failed: NameError: "
                  "name 'x' is not defined"),
    "no expression": (page_with("", "x = 1", "x y"),
                      "the directive's argument is not an expression: Syntax"),
    "exclude": (page_with(":exclude: a b", "x = 1"),
                ":exclude: is not an expression: SyntaxError"),
    "each": (page_with(":each:", "x = 1"),
             ":each: the expression gives nothing to loop over"),
    "timeout": (page_with(":timeout: 0.7", "import time; time.sleep(90)"),
                "the code took more than 0.7 seconds; :timeout: or "
                "referrers_timeout allows more"),
    "exit": (page_with("", "import os; os._exit(3)"),
             "the code ended its process with status 3"),
    "sys.exit": (page_with("", "import sys; sys.exit(3)"),
                 "the setup code failed: SystemExit: 3"),
    "crash": (page_with("", "import os, signal; os.kill(0, signal.SIGKILL)"),
              "SIGKILL ended the code's process"),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """All of them in one project, which is built once."""
    project = Project(tmp_path_factory.mktemp("failures"), index="Text.\n")
    for name, (page, _) in FAILURES.items():
        project.write(name + ".rst", ":orphan:\n\n" + page)
    project.warnings = project.build("html", "-j", "2")
    return project


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_a_warning_with_its_place(failures, name):
    text = FAILURES[name][1]
    path = failures.path / (name + ".rst")
    warning, = (line for line in failures.warnings
                if line.startswith(str(path)))
    assert warning.startswith("%s:6: WARNING: referrers: " % path)
    assert text in warning
    page = failures.read("html/%s.html" % name)
    assert '<div class="admonition error">' in page and "The end." in page


def test_an_answer_that_cannot_be_kept_is_a_warning(new_project):
    project = new_project(index=page_with("", "x = []"))
    project.write("conf.py", (project.path / "conf.py").read_text() +
                  "referrers_cache_dir = 'app.py'\n")
    warning, = project.build("text")
    assert "index.rst:4: WARNING: referrers: the answer cannot be kept: " \
        in warning


def test_what_failed_is_tried_again(new_project):
    project = new_project(index=page_with(":setup: import late", "",
                                          "late.things"))
    assert len(project.build()) == 1
    project.write("late.py", "things = []\n")
    assert project.build() == []
    assert "<svg" in project.read("html/index.html")


@pytest.mark.parametrize("option, text", [
    ("max-depth: many", "'many' is not a number from 0 up, or none"),
    ("max-depth:", "argument required but none supplied"),
    ("max-objects: 0", "'0' is not a number from 1 up"),
    ("timeout: -1", "'-1' is not a number of seconds above 0"),
    ("format: gif", "'gif' is none of: svg, png, txt, why"),
    ("theme: page", "'page' is none of: auto, light, dark"),
    ("colour: red", 'unknown option: "colour"')])
def test_a_wrong_option_is_named(new_project, option, text):
    project = new_project(index=page_with(":" + option, "x = []"))
    lines = project.build("text")
    assert lines[0].startswith("%s/index.rst:4: ERROR" % project.path)
    assert text in "\n".join(lines)
    assert "The end." in project.read("text/index.txt")


def test_a_picture_that_cannot_be_drawn_is_a_warning(new_project,
                                                     monkeypatch):
    project = new_project(index=page_with(":caption: words", "x = []"))
    monkeypatch.setattr(_render, "PROGRAM", "/nowhere/_draw")
    warning, = project.build()
    assert warning.startswith("%s/index.rst:4: WARNING: referrers: cannot "
                              "draw: " % project.path)
    page = project.read("html/index.html")
    assert '<div class="admonition error">' in page and "words" in page


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
                 "id-prefix", "addresses", "help", "version"}
    assert elsewhere <= flags
    assert flags - elsewhere <= set(sphinxext.Referrers.option_spec)
