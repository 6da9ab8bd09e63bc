"""From a graph to the bytes of a format, and into a file.

Layout happens in a process of its own, the program `_draw` beside `_core`:
nothing of Graphviz is ever loaded into the program that is being looked at.
"""

from __future__ import annotations

import os

from referrers import _core, _picture

# What the program _draw makes; the others are text that is written here.
DRAWN_FORMATS = ("dot", "svg", "png", "pdf")
FORMATS = ("txt", *DRAWN_FORMATS, "mermaid", "json")
IMAGE_FORMATS = ("svg", "png", "pdf")
BINARY_FORMATS = ("png", "pdf")
_SUFFIXES = {"mmd" if name == "mermaid" else name: name for name in FORMATS}

_PLAIN = _picture.Options()

# Seconds for the DOT text that a RenderError carries, on top of the caller's:
# it needs no layout and takes some milliseconds.
_RESCUE_TIMEOUT = 2.0
_MESSAGE_LIMIT = 200
_PROGRAM_SAYS = "referrers-draw: "  # how the program begins its lines

PROGRAM = os.path.join(os.path.dirname(_core.__file__), "_draw")


class RenderError(RuntimeError):
    """The picture could not be drawn.

    `reason`  one line that says why.
    `dot`     the picture in the DOT language where that much could be had
              (for another Graphviz, or another day), else None.
    """

    def __init__(self, reason: str, dot: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.dot = dot

    def __reduce__(self) -> tuple[type[RenderError], tuple[str, str | None]]:
        return (RenderError, (self.reason, self.dot))


def format_of(path: str) -> str | None:
    """The format that the suffix of `path` asks for, or None."""
    return _SUFFIXES.get(os.path.splitext(path)[1][1:].lower())


def known_suffixes() -> str:
    return ", ".join("." + name for name in _SUFFIXES)


def draw(graph: _core.Graph, format: str, timeout: float,
         options: _picture.Options = _PLAIN) -> bytes:
    """The bytes of `format` ("dot", "svg", "png", "pdf"), never empty.

    RenderError when the program failed or took more than `timeout` seconds.
    """
    check_timeout(timeout)
    lines = (graph.merged_chart(
        options.max_objects or _picture.MAX_MERGED).encode()
        if options.merged else graph.view_lines(**options.content()))
    return draw_lines(lines, format, timeout, options)


def draw_lines(lines: bytes, format: str, timeout: float,
               options: _picture.Options = _PLAIN) -> bytes:
    """The same for what the program takes: a graph with its view, a chart."""
    arguments = ["-T", format, *options.words()]
    reason, picture, messages = _core.draw(PROGRAM, arguments, lines,
                                           float(timeout))
    if reason is None:
        return picture
    rescued = None
    if format != "dot":
        arguments[1] = "dot"
        failed, text, _ = _core.draw(PROGRAM, arguments, lines,
                                     _RESCUE_TIMEOUT)
        rescued = text.decode() if failed is None else None
    raise RenderError(_reason(reason, messages), rescued)


def _reason(reason: str, messages: bytes) -> str:
    """The reason, with the last thing that the program itself said: its own
    verdict comes after the warnings of Graphviz."""
    lines = messages.decode("utf-8", "backslashreplace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    if not said:
        return reason
    last = said[-1].removeprefix(_PROGRAM_SAYS)[:_MESSAGE_LIMIT]
    return reason if last in reason else "%s: %s" % (reason, last)


def check_timeout(timeout: float) -> None:
    """TypeError or ValueError unless a drawing may take so many seconds."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError("timeout must be a number of seconds, not %s"
                        % type(timeout).__name__)
    if not timeout > 0:  # also refuses nan
        raise ValueError("timeout must be more than 0 seconds")


def encode(graph: _core.Graph, format: str, timeout: float,
           options: _picture.Options = _PLAIN) -> bytes:
    """What a file of this format holds; "txt" is the tree and a newline."""
    if format == "mermaid":
        return graph.mermaid(**options.content()).encode()
    if format == "json":
        return graph.json(**options.content()).encode()
    if format != "txt":
        return draw(graph, format, timeout, options)
    tree = text(graph, options)
    return (tree + "\n").encode() if tree else b""


def text(graph: _core.Graph, options: _picture.Options = _PLAIN) -> str:
    """The text tree, without a newline at the end."""
    write = graph.merged_text if options.merged else graph.text
    return write(options.max_lines or 0)


def render(graph: _core.Graph, path: str | os.PathLike[str],
           timeout: float, options: _picture.Options = _PLAIN) -> None:
    """ReferrerGraph.render."""
    from referrers import _files
    name = _files.path(path)
    format = format_of(name)
    if format is None:
        raise ValueError("%r ends in none of the known suffixes: %s"
                         % (name, known_suffixes()))
    check_timeout(timeout)
    _files.replace(name, encode(graph, format, timeout, options))
