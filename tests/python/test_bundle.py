"""The drawing program with a Graphviz and fonts of its own beside it, as in a
wheel that needs nothing (package/wheels): they are used, they alone, and what is
missing there is said in one line.  Here the directory is filled from this
machine; tests/bundle looks at real wheels."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from referrers import _render

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENE = (ROOT / "tests/golden/picture/web.lines").read_bytes()
FONTS = pathlib.Path("/usr/share/fonts")


def machine_plugins():
    text = subprocess.run([_render.PROGRAM, "--version"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    directory = re.search("^plugins in (.*):$", text, re.M)[1]
    return [pathlib.Path(directory, "libgvplugin_" + name)
            for name in re.findall(r"^  (\w+\.so\.\d+)$", text, re.M)]


@pytest.fixture
def package(tmp_path):
    """A directory with the drawing program and what a wheel puts beside it."""
    package = tmp_path / "package"
    bundle = package / "_graphviz"
    (bundle / "fonts").mkdir(parents=True)
    shutil.copy(_render.PROGRAM, package / "_draw")
    for plugin in machine_plugins():
        shutil.copy(plugin, bundle)
    for name in ("fonts.conf", "fonts-all.conf"):
        shutil.copy(ROOT / "package" / name, bundle)
    found = sorted(FONTS.rglob("Liberation*-Regular.ttf")) or sorted(FONTS.rglob("*.ttf"))
    if not found:
        pytest.skip("this machine has no font to copy")
    for font in found[:3]:
        shutil.copy(font, bundle / "fonts")
    return package


def draw(package, *arguments, lines=SCENE, **variables):
    return subprocess.run(
        [package / "_draw", *arguments], input=lines, check=False, timeout=300,
        capture_output=True, env={**os.environ, **variables})


def said(process):
    """The one line of a program that drew nothing."""
    assert process.returncode == 1 and process.stdout == b""
    (line,) = process.stderr.decode().splitlines()
    return line


def with_text(old, new):
    """The scene with another text in it."""
    assert old.encode() in SCENE
    return SCENE.replace(old.encode(), new.encode())


def test_version_names_what_came_along(package):
    text = draw(package, "--version").stdout.decode()
    assert re.search("^Graphviz .*, which came with this package$", text, re.M)
    assert "plugins in %s/_graphviz:\n" % package in text
    assert re.search("^fonts beside them: [123]$", text, re.M)


def test_svg_is_the_same(package):
    machine = subprocess.run([_render.PROGRAM, "-T", "svg"], input=SCENE,
                             check=True, stdout=subprocess.PIPE).stdout
    assert draw(package, "-T", "svg").stdout == machine


@pytest.mark.parametrize("format, start", [("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_pictures_with_fonts(package, tmp_path, format, start):
    """Wherever the environment points, and without leaving a cache of fonts."""
    home = tmp_path / "home"
    home.mkdir()
    first = draw(package, "-T", format, HOME=str(home), XDG_CACHE_HOME=str(home))
    again = draw(package, "-T", format, HOME="/nowhere", FONTCONFIG_FILE="/nowhere",
                 FONTCONFIG_PATH="/nowhere", GVBINDIR="/nowhere")
    for process in (first, again):
        assert (process.returncode, process.stderr) == (0, b"")
    assert first.stdout.startswith(start)
    assert again.stdout == first.stdout
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("text, is_far", [
    ("Sessio\u0144", False), ("\u03a9\u0439\u2026\u2192\u2264", False),
    ("\u05d0", True), ("\u65e5\u672c", True), ("\U0001f600", True)],
    ids=["latin", "greek, cyrillic, signs", "hebrew", "han", "emoji"])
def test_fonts_of_the_machine_for_far_text_only(package, text, is_far):
    """Then fonts-all.conf is read as well."""
    lines = with_text("app.models", text)
    process = draw(package, "-T", "png", lines=lines)
    assert (process.returncode, process.stderr) == (0, b"")
    (package / "_graphviz" / "fonts-all.conf").unlink()
    assert (draw(package, "-T", "png", lines=lines).returncode != 0) == is_far
    assert draw(package, "-T", "svg", lines=lines).returncode == 0


def test_a_plugin_is_missing(package):
    """The machine's own would belong to another libgvc: it is not taken."""
    for plugin in (package / "_graphviz").glob("*.so.*"):
        plugin.unlink()
    assert said(draw(package, "-T", "svg")).startswith(
        "referrers-draw: the package's own Graphviz is incomplete, install "
        "referrers again: ")


def test_a_plugin_is_broken(package):
    for plugin in (package / "_graphviz").glob("libgvplugin_pango.so.*"):
        plugin.write_bytes(b"no library")
    assert draw(package, "-T", "svg").returncode == 0
    assert "install referrers again: " in said(draw(package, "-T", "png"))


def test_a_package_for_svg_only(package):
    """Nothing of it is missing."""
    shutil.rmtree(package / "_graphviz" / "fonts")
    for plugin in (package / "_graphviz").glob("libgvplugin_pango.so.*"):
        plugin.unlink()
    assert draw(package, "-T", "svg").returncode == 0
    assert said(draw(package, "-T", "png")) == (
        "referrers-draw: this package came without fonts and cannot draw png: "
        "ask for SVG")


def test_the_fonts_are_missing(package):
    shutil.rmtree(package / "_graphviz" / "fonts")
    assert draw(package, "-T", "svg").returncode == 0
    assert said(draw(package, "-T", "pdf")) == (
        "referrers-draw: the package's own fonts are missing, install referrers "
        "again: %s/_graphviz/fonts" % package)
