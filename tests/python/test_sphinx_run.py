"""The code of a directive of referrers.sphinxext: when it runs and where, what
reaches it, and what comes of its failures."""

import os
import shutil
import time

import pytest
from referrers import _render
from sphinx_projects import APP, INDEX, MORE, Project, page_with


@pytest.fixture
def new_project(tmp_path):
    return lambda **pages: Project(tmp_path, **pages)


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
        "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "child = subprocess.Popen([sys.executable, '-c', 'input()'],\n"
        "                         stdin=subprocess.PIPE)\n"
        "open('child', 'w').write(str(child.pid))\n"
        "atexit.register(lambda: open('at exit', 'w').close())\n"
        "x = []")))
    assert project.build("text") == []
    assert (project.path / "at exit").exists()
    child = (project.path / "child").read_text()
    for _ in range(1200):
        if not os.path.exists("/proc/%s/exe" % child):
            break  # gone, or not yet fetched by init
        time.sleep(0.05)
    else:
        pytest.fail("the child of the code still runs")


def test_options_reach_the_search_and_the_picture(new_project):
    project = new_project(index=page_with(
        ":each:\n:values:\n:weak:\n:sizes:\n:explain:\n:referrer-limit: 2\n"
        ":max-depth: none\n:max-objects: 5\n:rankdir: LR\n:title: Own title\n"
        ":background: transparent\n:paths:\n:timeout: 40\n"
        ":exclude: boxes\n   [boxes][0]\n"
        ":format: json", "x = ['aa', 'bb']\nboxes = [{1: x}, [x]]"))
    assert project.build("text") == []
    text = project.read("text/index.txt")
    assert '"title": "Own title"' in text and '"direction": "LR"' in text
    assert '"max_depth": null' in text and '"paths_only": true' in text
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
             ":each: the expression gave an object of type"),
    "timeout": (page_with(":timeout: 0.7", "import time; time.sleep(90)"),
                "the code took more than 0.7 seconds; raise :timeout: or "
                "referrers_timeout"),
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
    ("max-depth: many", "'many' is not a whole number, or none"),
    ("max-depth:", "argument required but none supplied"),
    ("max-objects: 0", "'0' is not a whole number above 0"),
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
