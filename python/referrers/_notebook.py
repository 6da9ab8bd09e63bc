"""IPython and Jupyter: `%load_ext referrers`, then `%referrers EXPR`.

Nothing of IPython is imported here: who loads the extension has it.
"""

from __future__ import annotations

import ast

from referrers import _graph, _render
from referrers._expression import Expression

TYPE_CHECKING = False  # not from typing: importing that would cost 5 ms
if TYPE_CHECKING:
    from typing import Any

_HELP = """\
Shows what holds a reference to an object.

%referrers EXPR       the object is the value of EXPR
%%referrers           the value of the last expression of the cell
%%referrers EXPR      the value of EXPR when the cell has run
%referrers --help     this; referrers.why(EXPR) answers in words
"""
_USAGE = ("%referrers EXPR: what object is it about?  Or %%referrers in the "
          "first line of a cell: what its last expression gives")


def mime_bundle(graph: _graph.ReferrerGraph,
                include: Any = None) -> dict[str, str]:
    """The forms in which a notebook or a prompt shows a graph: it takes the
    one that it can show.  Without a picture the text is still an answer."""
    bundle = {"text/plain": str(graph)}
    if include is None or "image/svg+xml" in include:
        try:
            bundle["image/svg+xml"] = graph.to_svg()
        except _render.RenderError:
            pass
    return bundle


def load(shell: Any) -> None:
    """Gives the shell its magic, for lines and for cells."""
    def referrers(line: str, cell: str | None = None) -> Any:
        return _magic(shell, line.strip(), cell)

    referrers.__doc__ = _HELP       # what `%referrers?` shows
    shell.register_magic_function(referrers, "line_cell", "referrers")


def _magic(shell: Any, line: str,
           cell: str | None) -> _graph.ReferrerGraph | None:
    namespace: dict[str, Any] = shell.user_ns
    if line in ("-h", "--help"):
        print(_HELP, end="")
        return None
    if cell is not None:
        line = _run_cell(shell.transform_cell(cell), line, namespace)
    if not line:
        raise ValueError(_USAGE)
    return _graph.get_referrer_graph(Expression(line).evaluate(namespace),
                                     search_for_untracked_objects=True)


def _run_cell(cell: str, line: str, namespace: dict[str, Any]) -> str:
    """Runs all of the cell but what the question is about, which is returned:
    the expression at its end when the line names none."""
    tree = ast.parse(cell)
    last = tree.body[-1] if tree.body else None
    if not line and isinstance(last, ast.Expr):
        tree.body.pop()
        line = "(%s\n)" % ast.unparse(last.value)
    exec(compile(tree, "<referrers cell>", "exec"), namespace)
    return line
