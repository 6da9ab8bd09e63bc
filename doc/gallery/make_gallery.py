"""Draws every scene of the gallery, and writes the page that shows them.

    build/tests/in-stage python3 doc/gallery/make_gallery.py [DIRECTORY]

`make gallery` calls it.  A scene whose library is missing keeps the pictures
it has, and is named at the end; the status is then 1.
"""

import ast
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77    # as scene.needs ends

HEAD = """\
# Gallery

Every picture here is drawn from live objects, by the program beside it:
`python doc/gallery/a_basic.py` prints its text tree, with a directory behind it
the picture is written there.  `make gallery` in the build directory draws all
of them again.  SVG follows the light or dark mode of the page; PNG is light.
"""


def scenes():
    """The programs, in order: a_basic.py to p_metaclass.py."""
    return sorted(HERE.glob("[a-z]_*.py"))


def says(path):
    """The text at the top of a scene, in one line."""
    return " ".join(ast.get_docstring(ast.parse(path.read_text())).split())


def draw(path, directory):
    """The status of the scene, which has written its pictures when it is 0."""
    return subprocess.run([sys.executable, path, directory],
                          cwd=HERE, timeout=120).returncode


def page():
    lines = [HEAD]
    for path in scenes():
        name = path.stem
        lines.append("## %s\n\n%s\n\n[![%s](%s.svg)](%s.svg)\n\n"
                     "[program](%s.py) \u00b7 [PNG](%s.png) \u00b7 [DOT](%s.dot)\n"
                     % (title(name), says(path), title(name), *[name] * 5))
    return "\n".join(lines)


def title(name):
    return name[2:].replace("_", " ").capitalize()


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE)
    failed = []
    for path in scenes():
        status = draw(path, directory)
        print("%s: %s" % (path.stem, {0: "drawn", SKIPPED: "skipped"}.get(
            status, "failed with status %d" % status)), flush=True)
        if status != 0:
            failed.append(path.stem)
    (directory / "README.md").write_text(page())
    if failed:
        print("not drawn: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    sys.exit(main())
