"""The Sphinx directive that draws what keeps an object alive.

In conf.py::

    extensions = ["referrers.sphinxext"]

In a page (with MyST: a fenced block ``{referrers}``)::

    .. referrers:: cache["user-7"]
       :setup: import app; app.start()
       :caption: Why a session stays alive
       :name: fig-session

       cache = app.cache       # any code that makes the object

The code runs in a fresh Python process, with a time limit: first `:setup:`, then
the body, then `:script:`.  It runs in the source folder, and can import what is
there and what conf.py can import (its ``sys.path``).  Then the expression is
evaluated as ``python -m referrers.dot -e`` does it: ``app.cache`` imports app.
The answer is kept until the code, an option, a file that the code imported,
referrers or Python changes.

Each builder gets what it can show.  HTML gets the SVG picture as part of the
page; it follows the page's own switch for light and dark, and scrolls if its
column is too narrow to read it.  EPUB gets a PNG, LaTeX a PDF, and text, manual
pages, Info and whatever knows no images get the text tree.  A failure is a
warning that names file and line; the build goes on, and the page says so.

What is run:

================== ======================================================
``:setup:``        code that runs before the body
``:script:``       a program that runs after the body, as ``__main__``; a
                   path from the page's own folder, or with a leading ``/``
                   from the source folder
``:timeout:``      seconds that all of this may take
                   (``referrers_timeout``)
``:each:``         ask about the items of the expression's value
================== ======================================================

How to search, as with the options of the command: ``:max-depth:``,
``:referrer-limit:``, ``:weak:``, ``:values:``, ``:sizes:``, ``:redact:``,
``:exclude:`` (one expression a line); and ``:explain:``, which also finds the
references to drop, and marks them.

What is shown:

=================== =====================================================
``:format:``        ``svg``: the picture, as above; ``png``; or text in
                    every builder: ``txt`` the tree, ``why`` the answer in
                    words, ``dot``, ``mermaid``, ``json``
``:embed:``         ``inline`` or ``img``: whether HTML has the SVG in the
                    page, or in a file that follows the reader's system
                    only (``referrers_embed``)
``:max-objects:``   the most objects to draw
``:paths:``         only the paths from roots, which is automatic if the whole
                    picture would be too wide to read; ``:no-paths:`` draws
                    whatever there is room for
``:rankdir:``       ``TB``, ``LR`` or ``auto``
``:theme:``         ``auto``, ``light`` or ``dark``
``:background:``    ``transparent``, as a picture in an HTML page is anyway
                    unless ``:theme:`` fixes its colours
``:title:``         in place of the question
``:caption:``       makes a figure of it, with a number for ``numref``
``:name:``          a name for references
``:alt:``           for readers who cannot see it, in place of a sentence
                    with the shortest path and the counts
``:align:``         ``left``, ``center`` or ``right``
``:width:``         of the picture, as of an image
``:class:``         of the picture
``:figclass:``      of the figure
=================== =====================================================

In conf.py:

``referrers_setup`` ("")
    Code that runs before that of each directive.
``referrers_timeout`` (60)
    Seconds that the code of one directive may take.
``referrers_embed`` ("inline")
    The default of ``:embed:``.
``referrers_follow_system`` (None)
    Whether pictures are dark on a dark system if the page has no switch of
    its own, or has it on automatic.  None asks the theme: pictures stay light
    if none of its files looks at the system's preference, as in older themes.
``referrers_cache_dir`` (None)
    Where answers and pictures are kept, relative to the source folder.  None:
    with Sphinx's doctrees.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import ENUM, Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from referrers import (
    __version__, _options, _picture, _redact, _sphinx_nodes, _sphinx_run)
from referrers._sphinx_nodes import referrers_graph

_logger = logging.getLogger(__name__)

_EMBED = ("inline", "img")


def _choice(*words: str) -> Callable[[Any], str]:
    def check(text: Any) -> str:
        value: str = directives.unchanged_required(text)
        if value not in words:
            raise ValueError("%r is none of: %s" % (value, ", ".join(words)))
        return value
    return check


def _of_command(name: str) -> Callable[[Any], str]:
    """An option with a value that the command knows too, and checks."""
    def check(text: Any) -> str:
        value: str = directives.unchanged_required(text)
        try:
            _options.parse(["--expr=None", "--%s=%s" % (name, value)])
        except _options.UsageError as error:
            # "argument --NAME: " is the command's way to begin it.
            raise ValueError(str(error).partition(": ")[2]) from None
        return value
    return check


def _expressions(text: Any) -> list[str]:
    value: str = directives.unchanged_required(text)
    return [line for line in value.splitlines() if line.strip()]


class Referrers(SphinxDirective):
    """``.. referrers:: EXPRESSION``; see the module."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {
        "setup": directives.unchanged_required,
        "script": directives.unchanged_required,
        "timeout": _of_command("timeout"),
        "each": directives.flag,
        "max-depth": _of_command("max-depth"),
        "referrer-limit": _of_command("referrer-limit"),
        "weak": directives.flag,
        "values": directives.flag,
        "sizes": directives.flag,
        "redact": directives.flag,
        "exclude": _expressions,
        "explain": directives.flag,
        "format": _choice(*_sphinx_nodes.FORMATS),
        "embed": _choice(*_EMBED),
        "max-objects": _of_command("max-objects"),
        "paths": directives.flag,
        "no-paths": directives.flag,
        "rankdir": _choice(*_picture.DIRECTIONS),
        # What follows a page's switch is for the builder to say.
        "theme": _choice(*[theme for theme in _picture.THEMES
                           if theme != "page"]),
        "background": _choice(*filter(None, _picture.BACKGROUNDS)),
        "title": directives.unchanged_required,
        "caption": directives.unchanged_required,
        "name": directives.unchanged,
        "alt": directives.unchanged,
        "align": _choice("left", "center", "right"),
        "width": directives.length_or_percentage_or_unitless,
        "class": directives.class_option,
        "figclass": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        shown = self._answer()
        if not {"caption", "figclass", "name"} & self.options.keys():
            if "align" in self.options:
                shown["align"] = self.options["align"]
            return [shown]
        return [self._figure(shown)]

    def _answer(self) -> nodes.Element:
        timeout = float(self.options.get("timeout",
                                         self.config.referrers_timeout))
        try:
            answer = _sphinx_run.graph(self._request(), timeout,
                                       _sphinx_nodes.cache(self.env))
        except _sphinx_run.Failure as failure:
            return self._failed(failure)
        except OSError as error:
            return self._failed(_sphinx_run.Failure(
                "the answer cannot be kept: %s" % error))
        for path in answer.files:
            self.env.note_dependency(path)
        return self._node(answer.graph)

    def _failed(self, failure: _sphinx_run.Failure) -> nodes.Element:
        _logger.warning("referrers: %s", failure, location=self.get_location(),
                        type="referrers", subtype="run")
        if failure.output:
            _logger.verbose("%s", failure.output)
        for path in failure.files:
            self.env.note_dependency(path)
        self.env.note_reread()  # another file may have been the reason
        return _sphinx_nodes.stand_in(str(failure))

    def _request(self) -> _sphinx_run.Request:
        options = self.options
        setup = [self.config.referrers_setup, options.get("setup", ""),
                 "\n".join(self.content)]
        script = options.get("script")
        if script is not None:
            relative, script = self.env.relfn2path(script)
            self.env.note_dependency(relative)
        return _sphinx_run.Request(
            directory=str(self.env.srcdir), path=self._path(),
            setup=[code for code in setup if code.strip()],
            expression=" ".join(self.arguments[0].splitlines()),
            script=script, options=self._search_options(),
            explain="explain" in options or options.get("format") == "why")

    def _path(self) -> list[str]:
        """sys.path as conf.py left it, and the source folder."""
        folder = str(self.env.srcdir)
        path = [os.path.join(folder, entry) if entry else os.getcwd()
                for entry in sys.path]
        return [*path, folder]

    def _search_options(self) -> list[str]:
        words = []
        for name in ("max-depth", "referrer-limit"):
            if name in self.options:
                words.append("--%s=%s" % (name, self.options[name]))
        for name in ("each", "weak", "values", "sizes", "redact"):
            if name in self.options:
                words.append("--" + name)
        for expression in self.options.get("exclude", ()):
            words.append("--exclude=" + expression)
        return words

    def _node(self, graph: str) -> referrers_graph:
        options = self.options
        node = referrers_graph(
            "", graph=graph, format=options.get("format", "svg"),
            embed=options.get("embed", self.config.referrers_embed),
            options=self._picture_options(), prefix=self._prefix(),
            classes=options.get("class", []))
        for name in ("alt", "width"):
            if name in options:
                node[name] = options[name]
        self.set_source_info(node)
        return node

    def _picture_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            name: self.options[name]
            for name in ("rankdir", "theme", "background", "title")
            if name in self.options}
        if "title" in options and "redact" in self.options:
            options["title"] = _redact.title(options["title"])
        for flag in ("paths", "no-paths"):
            if flag in self.options:
                options["paths_only"] = flag == "paths"
        if "max-objects" in self.options:
            options["max_objects"] = int(self.options["max-objects"])
        return options

    def _prefix(self) -> str:
        """Of ids, which no other picture of the document has, nor one of
        another document: a builder may put all of them into one page."""
        document = hashlib.sha256(self.env.docname.encode()).hexdigest()[:8]
        return "r%s_%d" % (document, self.env.new_serialno("referrers"))

    def _figure(self, shown: nodes.Element) -> nodes.figure:
        figure = nodes.figure("", shown)
        self.set_source_info(figure)
        figure["classes"] += self.options.get("figclass", [])
        if "align" in self.options:
            figure["align"] = self.options["align"]
        if "caption" in self.options:
            text = self.options["caption"]
            children, messages = self.state.inline_text(text, self.lineno)
            caption = nodes.caption(text, "", *children, *messages)
            self.set_source_info(caption)
            figure += caption
        self.add_name(figure)
        return figure


def _note_tool(app: Sphinx, config: Config) -> None:
    """Another referrers or Python: as if conf.py had changed."""
    config.referrers_tool = _sphinx_run.tool()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("referrers_setup", "", "env", [str])
    app.add_config_value("referrers_timeout", 60, "", [int, float])
    app.add_config_value("referrers_embed", "inline", "env", ENUM(*_EMBED))
    app.add_config_value("referrers_follow_system", None, "html", [bool])
    app.add_config_value("referrers_cache_dir", None, "", [str])
    app.add_config_value("referrers_tool", "", "env")
    app.connect("config-inited", _note_tool)
    app.add_node(referrers_graph)
    app.add_directive("referrers", Referrers)
    app.connect("doctree-resolved", _sphinx_nodes.draw_graphs)
    return {"version": __version__, "env_version": 1,
            "parallel_read_safe": True, "parallel_write_safe": True}
