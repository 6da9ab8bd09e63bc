"""How a graph stands in a document, and what each builder makes of it.

A directive leaves one `referrers_graph` node, which holds the graph.  When the
document is about to be written it becomes what the builder knows already: an
image, a block of text, or HTML.  So a builder needs to know nothing of it.
"""

from __future__ import annotations

import functools
import html
import json
import os
import re
from typing import Any

from docutils import nodes
from sphinx.util import logging

from referrers import (
    _core, _json, _picture, _render, _sphinx_run, _terminal, _why)

_logger = logging.getLogger(__name__)

# What is shown as text by every builder, and the language to highlight.
_LANGUAGES = {"dot": "dot", "json": "json"}
TEXT_FORMATS = {name: _LANGUAGES.get(name, "text")
                for name in ("txt", "why", *_render.FORMATS)
                if name not in _render.IMAGE_FORMATS}
FORMATS = ("svg", "png", *TEXT_FORMATS)

_MIME_TYPES = {"svg": "image/svg+xml", "png": "image/png",
               "pdf": "application/pdf"}
# A wide picture is scaled down to its column, to this at the least.
_LEAST_SCALE = 0.65
# Builders of HTML whose readers use no browser.
_PNG_BUILDERS = ("epub", "htmlhelp", "qthelp")
# What a page says in its CSS or its script when it can be dark on its own.
_DARK_MODE = b"prefers-color-scheme"
_PAGE_SUFFIXES = (".css", ".js", ".html")


class referrers_graph(nodes.General, nodes.Inline, nodes.Element):
    """The place of a picture.

    `graph` is the graph as JSON text, `format` one of FORMATS, `embed`
    "inline" or "img", `options` the keywords of `_picture.Options`, `prefix`
    how ids begin; `alt`, `align`, `width` and `classes` as in an image.
    """


def draw_graphs(app: Any, document: nodes.document, docname: str) -> None:
    """Puts what the builder shows in the place of each graph: the handler of
    "doctree-resolved"."""
    for node in list(document.findall(referrers_graph)):
        try:
            shown = _shown(node, app.builder, docname)
        except (_render.RenderError, OSError, MemoryError) as error:
            text = "cannot draw: %s" % (str(error) or "not enough memory")
            _logger.warning("referrers: " + text, location=node,
                            type="referrers", subtype="draw")
            shown = stand_in(text)
        node["classes"] = []  # they are where they belong
        figure = node.parent
        node.replace_self(shown)  # which takes the ids
        if app.builder.format == "man":
            _unfold(figure)


def _shown(node: referrers_graph, builder: Any,
           docname: str) -> nodes.Element:
    way = _way(builder, node)
    if way == "inline":
        return _inline(node, builder)
    if way not in _MIME_TYPES:
        return _block(node, way, builder.format == "latex")
    image, path = _image(node, way, builder)
    builder.env.images.add_file(docname, path)
    return image


def _options(node: referrers_graph, theme: str) -> _picture.Options:
    options = dict(node["options"])
    if options.get("theme", "auto") == "auto":
        options["theme"] = theme
    return _picture.Options(**options)


def _image(node: referrers_graph, format: str,
           builder: Any) -> tuple[nodes.image, str]:
    """The image, and the file that it shows."""
    theme = "auto"
    if format == "svg" and not _follows_system(builder):
        theme = "light"
    path, _ = _sphinx_run.picture(node["graph"], format, _options(node, theme),
                                  cache(builder.env))
    image = nodes.image(uri=path, candidates={_MIME_TYPES[format]: path},
                        alt=_description(node), classes=node["classes"])
    if format == "svg":
        # The picture has dark colours of its own: the pydata theme need not
        # put it on white.
        image["classes"] = [*image["classes"], "dark-light"]
    for name in ("align", "width"):
        if name in node:
            image[name] = node[name]
    return image, path


def _inline(node: referrers_graph, builder: Any) -> nodes.raw:
    options = _options(node, "page")
    if options.theme == "page":
        # Its colours follow the page, so the page's own ground is behind them.
        options.background = "transparent"
    options.id_prefix = node["prefix"]
    _, data = _sphinx_run.picture(node["graph"], "svg", options,
                                  cache(builder.env))
    svg = in_page(data.decode(), node.get("alt"), node["classes"],
                  node.get("width"), _follows_system(builder))
    return nodes.raw("", _place(node) + svg + "</div>", format="html")


def _place(node: referrers_graph) -> str:
    """The tag <div> around the SVG.  A wide picture scrolls in it; one that
    is no figure's has the margins of a paragraph."""
    classes = ["referrers"]
    margin = ""
    if "align" in node:
        classes.append("align-" + node["align"])
    if not isinstance(node.parent, nodes.figure):
        margin = ";margin:1em 0;text-align:" + node.get("align", "left")
    tag = '<div class="%s" style="overflow-x:auto%s">' % (" ".join(classes),
                                                          margin)
    return tag + "".join('<span id="%s"></span>' % html.escape(name)
                         for name in node["ids"])


def _unfold(figure: nodes.Element) -> None:
    """Sphinx's writer of manual pages ends no line after a caption."""
    if isinstance(figure, nodes.figure):
        figure.replace_self([
            nodes.paragraph("", "", *child.children)
            if isinstance(child, nodes.caption) else child
            for child in figure.children])


def cache(env: Any) -> _sphinx_run.Cache:
    configured = env.config.referrers_cache_dir
    return _sphinx_run.Cache(
        os.path.join(env.srcdir, configured) if configured
        else os.path.join(env.doctreedir, "referrers"))


def stand_in(text: str) -> nodes.Element:
    """What readers see where there is no picture."""
    return nodes.error("", nodes.paragraph("", "referrers: " + text))


def _way(builder: Any, node: referrers_graph) -> str:
    """How this builder shows this graph: "inline", the format of an image, or
    of a text."""
    format: str = node["format"]
    types = builder.supported_image_types
    if format in TEXT_FORMATS:
        return format
    if not types or builder.format == "texinfo":
        return "txt"
    if builder.format == "html":
        if format == "png" or builder.name in _PNG_BUILDERS:
            return "png"
        return "svg" if node["embed"] == "img" else "inline"
    wanted = ("png",) if format == "png" else ("pdf", "svg", "png")
    for candidate in wanted:
        if _MIME_TYPES[candidate] in types:
            return candidate
    return "txt"


def _follows_system(builder: Any) -> bool:
    """Whether a page without a switch is dark on a dark system."""
    configured = builder.config.referrers_follow_system
    if configured is not None:
        return bool(configured)
    theme = getattr(builder, "theme", None)
    if theme is None:
        return True  # a piece of a page that someone else makes
    # Not html_static_path: extensions add to it what styles their own things.
    return _has_dark_mode(tuple(map(str, theme.get_theme_dirs())))


@functools.cache
def _has_dark_mode(directories: tuple[str, ...]) -> bool:
    for top in directories:
        for folder, _, names in os.walk(top):
            for name in names:
                if name.endswith(_PAGE_SUFFIXES):
                    with open(os.path.join(folder, name), "rb") as file:
                        if _DARK_MODE in file.read():
                            return True
    return False


def _block(node: referrers_graph, format: str,
           is_latex: bool) -> nodes.literal_block:
    graph = _json.loads(node["graph"])
    if format == "why":
        text = str(_why.Explanation(graph))
    else:
        options = _picture.Options(**node["options"])
        text = _render.encode(graph, format, _sphinx_run.DRAW_TIMEOUT,
                              options).decode().rstrip("\n")
    if format == "txt" and is_latex:
        text = _terminal.plain_lines(text)  # its fonts lack some of them
    return nodes.literal_block(text, text, language=TEXT_FORMATS[format],
                               classes=node["classes"])


def _description(node: referrers_graph) -> str:
    """The alternative text: what was given, or the picture's own sentence."""
    if "alt" in node:
        return str(node["alt"])
    return description(_json.loads(node["graph"]),
                       _picture.Options(**node["options"]))


def description(graph: _core.Graph, options: _picture.Options) -> str:
    document = json.loads(_render.encode(graph, "json", 1, options))
    return str(document["picture"]["description"])


def in_page(svg: str, alt: str | None, classes: list[str],
            width: str | None, follows_system: bool) -> str:
    """The SVG of theme "page" as a part of a page.

    It follows the switch of its page, else the system; one that says to be in
    a light page itself follows only a page that says to be dark.  Without a
    `width` it is as wide as it is or as its column, but not too small to read.
    """
    style = "min-width:%dpt" % (_LEAST_SCALE * _natural_width(svg))
    if width is not None:
        style = "width:%s" % (width + "px" if width.isdigit() else width)
    more = ' class="%s" style="%s"' % (
        html.escape(" ".join(("refgraph", *classes))), html.escape(style))
    if not follows_system:
        more += ' data-theme="light"'
    svg = _replaced(re.compile(r' class="refgraph"'), more, svg)
    if alt is not None:
        svg = _replaced(re.compile(r'(?<=-desc">)[^<]*(?=</desc>)'),
                        html.escape(alt), svg)
    return svg.rstrip("\n")


def _natural_width(svg: str) -> float:
    found = re.match(r'<svg width="([\d.]+)pt"', svg)
    if found is None:
        raise RuntimeError("the drawing program writes no width any more")
    return float(found[1])


def _replaced(place: re.Pattern[str], text: str, svg: str) -> str:
    svg, count = place.subn(lambda found: text, svg, count=1)
    if count != 1:
        raise RuntimeError("the drawing program writes no %s any more"
                           % place.pattern)
    return svg
