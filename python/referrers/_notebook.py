"""IPython and Jupyter: `%load_ext referrers`, then `%referrers EXPR`.

Nothing of IPython is imported here: who loads the extension has it.
"""

from __future__ import annotations

import ast
import html

from referrers import _graph, _render
from referrers._expression import Expression

TYPE_CHECKING = False  # not from typing: importing that would cost 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_HELP = """\
Shows what keeps an object alive.

%referrers EXPR       the object that EXPR gives
%%referrers           runs the cell: the object that its last expression gives
%%referrers EXPR      runs the cell: the object that EXPR gives then
%referrers --help     this help; referrers.why(EXPR) answers in words
"""
_USAGE = ("which object?  %referrers EXPR, or %%referrers on the first line of "
          "a cell for the value of its last expression")


# A wide picture keeps its size and is scrolled, to what it is about.  A page
# that runs no script shows its left end first.
_FRAME = """\
<div style="overflow-x:auto">%s</div>
<script>(function(s){var b=s&&s.previousElementSibling,t=b&&\
b.querySelector(".target,.point");if(t)requestAnimationFrame(function(){\
var r=t.getBoundingClientRect(),q=b.getBoundingClientRect();\
b.scrollLeft+=r.left+r.width/2-q.left-q.width/2})})(document.currentScript)\
</script>"""


def mime_bundle(text: str, draw: Callable[..., str],
                include: Any = None, in_words: bool = False) -> dict[str, str]:
    """The forms in which a notebook or a prompt shows something: it takes the
    one that it can show.  `draw` gives the SVG of its picture, ValueError when
    there is none; without a picture the text is still an answer.  `in_words`:
    it is an answer in words, which stand over the picture."""
    bundle = {"text/plain": text}
    try:
        if include is None or "image/svg+xml" in include:
            bundle["image/svg+xml"] = draw()
        if include is None or "text/html" in include:
            bundle["text/html"] = _html(text if in_words else "",
                                        draw(theme="page"))
    except (_render.RenderError, ValueError):
        pass
    return bundle


def _html(words: str, svg: str) -> str:
    """The picture in a page that has its own light and dark."""
    start = svg.index("<svg ")
    svg = svg[start:].replace('class="refgraph"', 'class="refgraph" '
                              'style="max-width:none"', 1)
    # Columns need letters of one width, which not every notebook gives a <pre>.
    before = ('<pre style="font-family:ui-monospace,SFMono-Regular,Menlo,'
              'Consolas,\'DejaVu Sans Mono\',monospace">%s</pre>\n'
              % html.escape(words, quote=False))
    return (before if words else "") + _FRAME % svg


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
