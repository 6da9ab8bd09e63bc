"""Makes a wheel that needs nothing of its machine: Graphviz, what draws text,
and fonts go in.

    referrers_bundle.py --target TARGET --version 3.N --sources SOURCES
                        --root ROOT --stage STAGE DIRECTORY

STAGE is the package as `make` has left it for TARGET and for CPython 3.N, ROOT
what package/libraries has built, SOURCES what package/sources has unpacked.  What
the drawing program opens while it runs (plugins, fonts; see src/draw/bundle.h) is
put beside it, and the notices of everything that was taken.  The wheel is written
into DIRECTORY, and its name printed.  Called by package/wheels.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import tempfile
from pathlib import Path

import referrers_archive as archive

_TOP = Path(__file__).resolve().parent.parent

# The C library that is needed, as the names of wheels have it.
_C_LIBRARIES = {"gnu": "manylinux_2_28", "musl": "musllinux_1_2"}

# What a picture asks for: type names are bold, labels in Courier.
_FONTS = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf",
          "LiberationMono-Regular.ttf")
_FONT_PACKAGE = "fonts-liberation"

# Source packages: of the drawing program, and of the plugin that draws text.
_PARTS = ("graphviz", "expat", "zlib",
          "cairo", "fontconfig", "freetype", "fribidi", "glib2.0", "harfbuzz",
          "libffi", "libpng1.6", "pango1.0", "pcre2", "pixman")

_NOTICE = """\
This wheel carries what the source packages of Debian named below make: Graphviz,
the libraries that it draws text and pictures with, and fonts.  They are used by
the drawing program referrers/_draw alone, and linked into it and into its plugins
in referrers/_graphviz.  Each is under its own license, which is in the file of its
name beside this one; the texts that these refer to are in common-licenses.  Whoever
wants to change one of them and link again finds how in package/wheels of the source
archive of this version.

"""


def tag(target: str, version: str) -> str:
    """As cp311-cp311-manylinux_2_28_x86_64."""
    cpu, _, library = target.split("-")
    python = "cp" + version.replace(".", "")
    return "%s-%s-%s_%s" % (python, python, _C_LIBRARIES[library], cpu)


# --- what is opened at run time --------------------------------------------

def add_bundle(tree: Path, root: Path, sources: Path) -> None:
    """Fills referrers/_graphviz, which the drawing program looks for."""
    bundle = tree / "referrers" / "_graphviz"
    (bundle / "fonts").mkdir(parents=True)
    for plugin in sorted((root / "plugins").glob("libgvplugin_*.so.*")):
        shutil.copyfile(plugin, bundle / plugin.name)
        (bundle / plugin.name).chmod(0o755)
    fonts = sources / "fonts/usr/share/fonts/truetype/liberation"
    for name in _FONTS:
        shutil.copyfile(fonts / name, bundle / "fonts" / name)
    for name in ("fonts.conf", "fonts-all.conf"):
        shutil.copyfile(Path(__file__).with_name(name), bundle / name)


# --- notices ---------------------------------------------------------------

def _version(first_line: str) -> str:
    """Of a Debian changelog: `graphviz (2.42.2-7) bookworm; urgency=medium`."""
    return first_line.split()[1].strip("()")


def _taken(sources: Path) -> dict[str, tuple[str, bytes]]:
    """Version and notice of everything that is in the wheel."""
    taken = {}
    for name in _PARTS:
        debian = sources / name / "debian"
        with open(debian / "changelog", encoding="utf-8") as changelog:
            taken[name] = (_version(changelog.readline()),
                           (debian / "copyright").read_bytes())
    doc = sources / "fonts/usr/share/doc" / _FONT_PACKAGE
    with gzip.open(doc / "changelog.Debian.gz", "rt", encoding="utf-8") as changelog:
        taken[_FONT_PACKAGE] = (_version(changelog.readline()),
                                (doc / "copyright").read_bytes())
    return taken


def _common_license(name: str) -> Path:
    """pango's notice says GPL-2.0 where Debian has GPL-2."""
    path = Path("/usr/share/common-licenses", name)
    return path if path.exists() else path.with_name(name.removesuffix(".0"))


def add_notices(dist_info: Path, taken: dict[str, tuple[str, bytes]]) -> None:
    """dist-info/licenses/bundled: a file for each package, and NOTICE."""
    notices = dist_info / "licenses" / "bundled"
    (notices / "common-licenses").mkdir(parents=True)
    lines = []
    for name, (version, text) in sorted(taken.items()):
        (notices / (name + ".copyright")).write_bytes(text)
        lines.append("%s %s\n" % (name, version))
        for common in re.findall(rb"/usr/share/common-licenses/([\w.-]*\w)", text):
            shutil.copyfile(_common_license(common.decode()),
                            notices / "common-licenses" / common.decode())
    (notices / "NOTICE").write_text(_NOTICE + "".join(lines), "utf-8")
    _name_license_files(dist_info)


def _name_license_files(dist_info: Path) -> None:
    """One License-File line for each, as METADATA has for our own."""
    licenses = dist_info / "licenses"
    names = [path.relative_to(licenses).as_posix()
             for path in sorted((licenses / "bundled").rglob("*"))
             if path.is_file()]
    path = dist_info / "METADATA"
    head, separator, body = path.read_text("utf-8").partition("\n\n")
    head += "".join("\nLicense-File: " + name for name in names)
    path.write_text(head + separator + body, "utf-8")


# --- all of it -------------------------------------------------------------

def bundle(options: argparse.Namespace) -> Path:
    name = tag(options.target, options.version)
    with tempfile.TemporaryDirectory(prefix="referrers-") as temporary:
        tree = Path(temporary)
        shutil.copytree(options.stage / "referrers", tree / "referrers")
        add_bundle(tree, options.root, options.sources)
        dist_info = archive.write_dist_info(_TOP, tree, name)
        add_notices(tree / dist_info, _taken(options.sources))
        options.directory.mkdir(parents=True, exist_ok=True)
        wheel = options.directory / (
            "%s-%s.whl" % (dist_info.removesuffix(".dist-info"), name))
        archive.write_wheel(wheel, tree, dist_info)
        return wheel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--target", required=True)
    parser.add_argument("--version", required=True)
    for name in ("--sources", "--root", "--stage"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("directory", metavar="DIRECTORY", type=Path)
    print(bundle(parser.parse_args()))


if __name__ == "__main__":
    main()
