"""What the pages of this site need beside Sphinx: options of the command taken
from the command itself, scenes of the gallery, docstrings as reST."""

import ast
import pathlib
import re

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.directives.code import LiteralInclude
from sphinx.util.docutils import SphinxDirective

from referrers import _help, _options

HERE = pathlib.Path(__file__).resolve().parent
SPECIAL = re.compile(r"([*`|\\_:])")
OPTION = re.compile(r"(?<![\w-])(--?[a-zA-Z][a-z-]*)")


class Transcript(LiteralInclude):
    """A file that tests/python/transcripts.py runs: without the lines at its
    top that say what it needs."""

    option_spec = {"lines": LiteralInclude.option_spec["lines"]}

    def run(self):
        relative, path = self.env.relfn2path(self.arguments[0])
        lines = pathlib.Path(path).read_text().splitlines()
        first = next(number for number, line in enumerate(lines, 1)
                     if not line.startswith("#"))
        self.options.setdefault("lines", "%d-" % first)
        self.options["language"] = "console"
        self.options["class"] = ["transcript"]
        return super().run()


class _Generated(SphinxDirective):
    """A directive whose result is reST text made by `lines`."""

    def run(self):
        node = nodes.section()
        node.document = self.state.document
        self.state.nested_parse(StringList(
            list(self.lines()), source="<%s>" % self.name), 0, node,
            match_titles=True)
        return node.children


class CommandOptions(_Generated):
    """Every option of the command, as --help has it."""

    def lines(self):
        yield from (".. program:: referrers.dot", "")
        for flags, how in _options._OPTIONS:
            yield ".. option:: " + ", ".join(
                "%s %s" % (flag, value) if value else flag
                for flag in flags for value in [self.value(how)])
            yield from ("", "   " + words(sentence(how["help"])), "")

    @staticmethod
    def value(how):
        if "choices" in how:
            return "{%s}" % ",".join(how["choices"])
        return how.get("metavar", "")


def words(text):
    """Plain text as reST, with the options in it as code."""
    return OPTION.sub(r"``\1``", SPECIAL.sub(r"\\\1", text))


def sentence(text):
    return text[0].upper() + text[1:] + "."


class CommandNotes(_Generated):
    """What --help says behind the options."""

    def lines(self):
        for part in _help.DOT.notes.rstrip().split("\n\n"):
            if part.startswith("  "):
                yield from (".. code-block:: text", "")
                yield from ("   " + line.strip() for line in part.split("\n"))
            else:
                yield from words(part).split("\n")
            yield ""


class Gallery(_Generated):
    """The scenes of doc/gallery: title, text, picture, program."""

    def lines(self):
        for path in sorted((HERE.parent / "gallery").glob("[a-z]_*.py")):
            self.env.note_dependency(str(path))
            title = path.stem[2:].replace("_", " ").capitalize()
            text = " ".join(ast.get_docstring(ast.parse(
                path.read_text())).split())
            here = "../gallery/" + path.stem
            yield from (title, "-" * len(title), "", text, "",
                        ".. only:: not html", "",
                        "   .. image:: %s.svg" % here,
                        "      :alt: %s" % text, "",
                        ".. raw:: html", "",
                        *("   " + line for line in in_page(
                            path.with_suffix(".svg").read_text())), "",
                        ":download:`Program <%s.py>`, :download:`DOT <%s.dot>`, "
                        ":download:`PNG <%s.png>`" % (here, here, here), "")


def in_page(svg):
    """The lines of a picture that follows its reader's system, changed to
    follow the switch of this page, on whose ground it stands."""
    svg, count = re.subn(r'<polygon fill="#ffffff" stroke="none"[^>]*/>\n', "",
                         svg, count=1)
    assert count == 1
    head, dark, rest = re.split(
        r"@media screen and \(prefers-color-scheme:dark\)\{(.*?\})\}", svg, maxsplit=1)
    switched = dark.replace(".refgraph", 'body[data-theme="dark"] .refgraph')
    system = dark.replace(".refgraph", 'body[data-theme="auto"] .refgraph')
    style = "@media screen{%s}@media screen and (prefers-color-scheme:dark){%s}" % (
        switched, system)
    return ('<div class="referrers">%s%s%s</div>' % (
        head, style, rest.rstrip())).split("\n")


class Zoo(_Generated):
    """doc/examples/leaks: what leaks, how `why` begins, the program."""

    def lines(self):
        for path in sorted((HERE.parent / "examples/leaks").glob("*.py")):
            self.env.note_dependency(str(path))
            text = path.read_text()
            title = path.stem.replace("_", " ").capitalize()
            said = text.partition("\n# why says: ")[2]
            about, _, more = ast.get_docstring(ast.parse(text)).partition("\n\n")
            yield from (title, "-" * len(title), "", *words(about).split("\n"), "",
                        ".. code-block:: text", "   :class: said", "",
                        "   " + re.sub(r"\n#\s+", " ", said).strip(), "",
                        ":download:`%s <../examples/leaks/%s>`"
                        % (path.name, path.name), "")


def _docstring(app, what, name, obj, options, lines):
    """Docstrings are written to be read in a terminal: lists of names and
    what they are in columns, and indented code, become reST."""
    text = "\n".join(lines)
    text = re.sub(r"^(`\w+`)  +(.*(?:\n +\S.*)*)",
                  lambda m: "%s\n    %s\n" % (m[1], " ".join(m[2].split())),
                  text, flags=re.M)
    text = re.sub(r"^(\S.*)\n\n(?=    (?:print|with|import|def|@))",
                  r"\1\n\n::\n\n", text, flags=re.M)
    text = re.sub(r"^(\w+)(?=\n    \S)", r"``\1``", text, flags=re.M)
    lines[:] = text.split("\n")


def setup(app):
    app.add_directive("transcript", Transcript)
    app.add_directive("command-options", CommandOptions)
    app.add_directive("command-notes", CommandNotes)
    app.add_directive("gallery", Gallery)
    app.add_directive("zoo", Zoo)
    app.connect("autodoc-process-docstring", _docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
