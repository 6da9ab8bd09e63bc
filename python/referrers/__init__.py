"""What keeps this Python object alive?

    import referrers
    print(referrers.get_referrer_graph(my_object))

`get_referrer_graph` and `get_referrer_graph_for_list` look once at every
object of the running program, without running a line of it, and return a
`ReferrerGraph`: print it for a text tree, `render("graph.svg")` for a picture,
`to_networkx()` for data.  The graph keeps nothing alive.

`why(my_object)` answers in words.  If your program grows, `growth(work)` says
what grows and what keeps it alive.

`python -m referrers --help` asks the same questions from a shell.
"""

import sys as _sys

# The CPython versions whose private layouts src/heap/cpython/ knows.
_SUPPORTED_MINORS = ((3, 10), (3, 11), (3, 12), (3, 13), (3, 14), (3, 15))


def _unsupported() -> "str | None":
    """Says in one line why this interpreter is not supported, or None."""
    supported = "referrers supports CPython %s on Linux" % ", ".join(
        "%d.%d" % minor for minor in _SUPPORTED_MINORS)
    implementation = _sys.implementation.name
    if implementation != "cpython":
        return "%s, not %s" % (supported, implementation)
    if not _sys.platform.startswith("linux"):
        return "%s, not %s" % (supported, _sys.platform)
    if _sys.version_info[:2] not in _SUPPORTED_MINORS:
        return "%s, not CPython %d.%d" % ((supported,) + _sys.version_info[:2])
    return None


if _unsupported():
    raise ImportError(_unsupported())

from referrers._assertions import assert_freed  # noqa: E402
from referrers._core import __version__  # noqa: E402
from referrers._graph import (  # noqa: E402
    ReferrerGraph,
    ReferrerGraphNode,
    get_referrer_graph,
    get_referrer_graph_for_list,
    load,
)
from referrers._growth import Growth, growth  # noqa: E402
from referrers._heap import Heap, HeapObject, snapshot  # noqa: E402
from referrers._render import RenderError  # noqa: E402
from referrers._why import Explanation, why, why_all  # noqa: E402


def load_ipython_extension(shell: object) -> None:
    """Called by `%load_ext referrers` in IPython and Jupyter, which adds
    `%referrers EXPR` and `%%referrers`."""
    from referrers import _notebook
    _notebook.load(shell)


__all__ = [
    "Explanation",
    "Growth",
    "Heap",
    "HeapObject",
    "ReferrerGraph",
    "ReferrerGraphNode",
    "RenderError",
    "__version__",
    "assert_freed",
    "get_referrer_graph",
    "get_referrer_graph_for_list",
    "growth",
    "load",
    "load_ipython_extension",
    "snapshot",
    "why",
    "why_all",
]
