"""check.py DIRECTORY MAJOR...: the project beside this file, built by each major
version of Sphinx with each theme, and looked at in headless Chromium.

Environments and what is built go into DIRECTORY, screenshots into
DIRECTORY/shots: a person should look at them.  Run by `make check-sphinx`,
which puts the package under test on PYTHONPATH.  Prints one line for each
thing that passed or failed; status 1 when one failed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

PROJECT = pathlib.Path(__file__).resolve().parent / "project"
THEMES = ("furo", "pydata_sphinx_theme", "sphinx_rtd_theme", "alabaster")
# Where those that have a switch write what it says.
SWITCHED = {"furo": "body", "pydata_sphinx_theme": "documentElement"}
PACKAGES = ("furo", "pydata-sphinx-theme", "sphinx-rtd-theme", "myst-parser")
WIDTH = 830
DARK, LIGHT = "rgb(240, 246, 252)", "rgb(31, 35, 40)"

# Puts the colour of the first picture's title where --dump-dom finds it: as
# the page comes, and with its switch on light and on dark.
SCRIPT = """<script>addEventListener("load", () => setTimeout(() => {
    const page = document.%s, seen = [];
    const title = document.querySelector("svg.refgraph text");
    for (const theme of ["", "light", "dark"]) {
        if (theme) page.dataset.theme = theme;
        seen.push(getComputedStyle(title).fill);
    }
    page.dataset.seen = JSON.stringify(seen);
}, 100))</script></body>"""
SWITCH = """<script>addEventListener("load", () => setTimeout(() => {
    document.%s.dataset.theme = "%s";
}, 100))</script></body>"""

failed = False


def say(good, what):
    global failed
    failed = failed or not good
    print("%s: %s" % ("passed" if good else "failed", what), flush=True)


def run(*words, **how):
    return subprocess.run([str(word) for word in words], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, timeout=600, **how)


def make_environment(directory, major):
    """Its Python; None when this Sphinx does not run on this Python."""
    python = directory / "bin" / "python"
    if not (directory / "complete").exists():
        shutil.rmtree(directory, ignore_errors=True)
        made = run(sys.executable, "-m", "venv", directory)
        if made.returncode == 0:
            made = run(python, "-m", "pip", "install", "--quiet",
                       "--disable-pip-version-check",
                       "sphinx>=%d,<%d" % (major, major + 1), *PACKAGES)
        if made.returncode != 0:
            print(made.stdout[-2000:])
            return None
    if run(python, "-c", "import sphinx.application").returncode != 0:
        return None
    (directory / "complete").touch()
    return python


def build(python, builder, out, *options, theme="alabaster"):
    result = run(python, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "2",
                 "-b", builder, "-d", out.parent / "doctrees", *options,
                 PROJECT, out, env=dict(os.environ, THEME=theme,
                                        PYTHONDONTWRITEBYTECODE="1"))
    if result.returncode != 0:
        print(result.stdout[-3000:])
    return result.returncode == 0


def check_builders(python, name, out):
    say(build(python, "latex", out / "latex"), name + ", LaTeX")
    text = (out / "latex" / "sessions.tex").read_text()
    pdfs = re.findall(r"\{(referrers-\w+)\}\.pdf", text)
    say(len(pdfs) == 5 and all(
        (out / "latex" / (pdf + ".pdf")).read_bytes().startswith(b"%PDF-")
        for pdf in pdfs), name + ", PDF pictures in LaTeX")
    say(build(python, "epub", out / "epub"), name + ", EPUB")
    with zipfile.ZipFile(out / "epub" / "Sessions.epub") as book:
        kinds = {pathlib.Path(file).suffix for file in book.namelist()
                 if "referrers-" in file}
    say(kinds == {".png"}, name + ", PNG pictures in EPUB")
    for builder, file in (("text", "index.txt"), ("man", "sessions.1")):
        good = build(python, builder, out / builder)
        tree = (out / builder / file).read_text()
        say(good and tree.count("Basket instance") >= 2, name + ", " + builder)


def check_html(python, name, out, theme):
    say(build(python, "html", out, theme=theme), name + ", HTML")
    page = (out / "index.html").read_text()
    ids = re.findall(r'\sid="([^"]+)"', page)
    say(page.count("<svg ") >= 2 and len(ids) == len(set(ids)),
        name + ", pictures in the page, no id twice")


def chromium(page, scheme, *options):
    return run("chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
               "--hide-scrollbars", "--virtual-time-budget=3000",
               "--blink-settings=preferredColorScheme=%d" % (scheme != "dark"),
               "--window-size=%d,1400" % WIDTH, *options,
               page.resolve().as_uri())


def variant(page, script):
    """The page with a script at its end."""
    changed = page.with_name("changed-" + page.name)
    changed.write_text(page.read_text().replace("</body>", script))
    return changed


def check_colours(name, out, theme):
    """A switch wins over the system; a theme that is always light stays so."""
    page = variant(out / "index.html", SCRIPT % SWITCHED.get(
        theme, "documentElement"))
    for scheme in ("light", "dark"):
        dom = chromium(page, scheme, "--dump-dom").stdout
        seen = re.search(r'data-seen="([^"]*)"', dom)
        follows = scheme == "dark" and theme in SWITCHED
        say(seen is not None
            and json.loads(seen[1].replace("&quot;", '"'))
            == [DARK if follows else LIGHT, LIGHT, DARK],
            "%s, colours on a %s system" % (name, scheme))


def shoot(shots, name, out, theme):
    for file in ("index", "files"):
        for scheme in ("light", "dark"):
            for theme_says in ("", "light", "dark"):
                if theme_says and theme not in SWITCHED:
                    continue
                page = out / (file + ".html")
                if theme_says:
                    page = variant(page, SWITCH % (SWITCHED[theme],
                                                   theme_says))
                chromium(page, scheme, "--screenshot=%s" % (
                    shots / ("-".join(filter(None, (
                        name, file, scheme, theme_says))) + ".png")))


def main(directory, majors):
    directory = pathlib.Path(directory).resolve()
    shots = directory / "shots"
    shots.mkdir(parents=True, exist_ok=True)
    has_browser = shutil.which("chromium") is not None
    newest = max(majors)
    for major in majors:
        name = "Sphinx %d" % major
        place = directory / ("sphinx-%d" % major)
        python = make_environment(place, major)
        if python is None:
            print("%s does not run on Python %d.%d"
                  % ((name,) + sys.version_info[:2]))
            continue
        out = place / "out"
        shutil.rmtree(out, ignore_errors=True)
        check_builders(python, name, out)
        for theme in THEMES:
            what = "%s, %s" % (name, theme)
            check_html(python, what, out / theme, theme)
            if has_browser:
                check_colours(what, out / theme, theme)
                if major == newest:
                    shoot(shots, theme, out / theme, theme)
    if has_browser:
        print("screenshots to look at: %s" % shots)
    else:
        print("no chromium: nobody has looked at the colours")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [int(word) for word in sys.argv[2:]]))
