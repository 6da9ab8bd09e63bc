"""The public functions and types: a thin face over the C engine.

The frames of these functions hold the target while the engine looks; it leaves
out every frame whose globals belong to this package.
"""

from __future__ import annotations

from referrers import _core, _picture, _render, _why

TYPE_CHECKING = False  # not from typing: importing that would cost 5 ms
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from types import FrameType
    from typing import Any

    import networkx

    from referrers import _heap
    from referrers._core import Path, Retained, Verdict


class ReferrerGraphNode:
    """One named reference, as `ReferrerGraph.to_networkx` shows it.

    `name`  what a person would call it: ``dict[user-7]``,
            ``my_function.d (local)``.
    `id`    ``id()`` of the referrer; for a variable of a running frame, a
            module or a thread, which is no object itself, the id of the
            object that it names.
    `type`  ``"object"`` for an object, else the kind of variable: ``"local"``,
            ``"global"``, ``"module variable"``, ``"closure"`` ...

    Nodes are equal, and hash, by these three.  There are also `is_target`
    (you asked about this object) and `is_cycle` (it is part of a cycle of
    references).  Nodes cannot be changed.
    """

    __slots__ = ("name", "id", "type", "is_target", "is_cycle")

    name: str
    id: int
    type: str
    is_target: bool
    is_cycle: bool

    def __init__(self, name: str, id: int, type: str,
                 is_target: bool = False, is_cycle: bool = False) -> None:
        values = (name, id, type, is_target, is_cycle)
        for slot, value in zip(ReferrerGraphNode.__slots__, values):
            object.__setattr__(self, slot, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a ReferrerGraphNode cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a ReferrerGraphNode cannot be changed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReferrerGraphNode):
            return NotImplemented
        return ((self.name, self.id, self.type)
                == (other.name, other.id, other.type))

    def __hash__(self) -> int:
        return hash((self.name, self.id, self.type))

    def __str__(self) -> str:
        return "%s (id=%d)" % (self.name, self.id)

    def __repr__(self) -> str:
        return "ReferrerGraphNode(name=%r, id=%d, type=%r)" % (
            self.name, self.id, self.type)

    def __reduce__(self) -> tuple[Any, ...]:
        return (ReferrerGraphNode, (self.name, self.id, self.type,
                                    self.is_target, self.is_cycle))


class ReferrerGraph:
    """The answer: who refers to the targets, and who refers to those.

    Made by `get_referrer_graph` and `get_referrer_graph_for_list`, and by
    `load` from a file.  It is a copy of what was found: it keeps no object of
    the program alive, and does not change while the program runs on.

    ``str(graph)`` is the text tree.  What needs a layout (`to_dot`, `to_svg`,
    `to_png`, `to_pdf`, and `render` to such files) runs the drawing program
    that is installed with this package; `timeout` is how many seconds it may
    take, and a failure is a `RenderError`.

    All pictures take the same options, by keyword:

    max_objects
        The most objects to draw (40); what is left out is counted.
    paths_only
        True draws only the paths from roots, and False whatever there is room
        for; None, the default, draws only the paths if the whole picture
        would be too wide to read.
    merged
        True draws all targets as one tree, from the roots down: what leads to
        many of them by the same steps, through objects of the same types, is
        one box with a count.  (Mermaid and JSON have no such picture.)
    max_lines
        The most lines of a text tree (200); None for all.
    title
        A title, in place of the question.
    rankdir
        ``"TB"`` (roots above) or ``"LR"`` (roots at the left); ``"auto"``
        chooses what fits a page.
    addresses
        True shows addresses; the picture then differs on every run.
    theme
        ``"auto"``: SVG follows the reader's system, the others are light;
        ``"light"`` or ``"dark"``; ``"page"`` is for SVG that becomes part of
        an HTML page, and follows the page's own switch as well.
    background
        ``"transparent"`` leaves the background out.
    id_prefix
        A prefix for the ids in SVG; by default a hash of the content.

    TypeError for an option that does not exist, TypeError or ValueError for a
    wrong value.
    """

    __slots__ = ("_graph",)

    def __init__(self, graph: _core.Graph) -> None:
        if not isinstance(graph, _core.Graph):
            raise TypeError("use referrers.get_referrer_graph(obj) "
                            "to make a ReferrerGraph")
        self._graph = graph

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return "<ReferrerGraph: %d objects, %d references>" % (
            self._graph.object_count, self._graph.reference_count)

    def _repr_mimebundle_(self, include: Any = None,
                          exclude: Any = None) -> dict[str, str]:
        """How a notebook shows the graph: as a picture, or as text."""
        from referrers import _notebook
        return _notebook.mime_bundle(str(self), self.to_svg, include)

    def explain(self) -> _why.Explanation:
        """Why the targets are alive: `referrers.why` for an existing graph.

        It has further paths and the references to drop if the graph was made
        with ``explain=True``.
        """
        return _why.Explanation(self._graph)

    @property
    def verdict(self) -> Verdict | None:
        """What keeps the (first) target alive; see `Explanation`."""
        return _why.verdict(self._graph)

    @property
    def ledger(self) -> dict[str, int]:
        """The (first) target's references by kind; see `Explanation`."""
        return _why.ledger(self._graph)

    @property
    def roots(self) -> list[str]:
        """Up to three roots that lead to the (first) target."""
        return _why.roots(self._graph)

    @property
    def paths(self) -> list[Path]:
        """Paths from roots to the targets, the shortest first."""
        return _why.paths(self._graph)

    @property
    def cut(self) -> list[str] | None:
        """The fewest references to drop so that the targets are freed; None
        without ``explain=True``, or if there is no such list."""
        return _why.cut(self._graph)

    @property
    def retained(self) -> list[Retained]:
        """With ``sizes=True``, for each object shown: its ``id`` and ``type``,
        and how many ``bytes`` and ``objects`` would be freed with it, itself
        included.  Bytes are worked out from CPython's structs, without calling
        any ``__sizeof__``."""
        return self._graph.answers("retained")["retained"]

    def to_networkx(self) -> networkx.DiGraph[ReferrerGraphNode]:
        """The graph as a `networkx.DiGraph` of `ReferrerGraphNode`.

        Edges run from an object to its referrer; a cycle is an edge back.
        ``graph.graph["left_out"]`` counts the objects and references that
        `object_limit` left out; there is a UserWarning when there are any.
        networkx is imported only here; ImportError when it is not installed.
        """
        from referrers import _networkx
        return _networkx.digraph(self._graph)

    def to_text(self, max_lines: int | None = _picture.MAX_LINES,
                merged: bool = False) -> str:
        """The text tree, of at most `max_lines` lines, without a newline at
        the end.

        What is left out is counted where it would have been.  The path to the
        nearest root is always there; of a long one, the first and the last
        fifty steps.  None shows every line.

        With `merged` all targets are one tree, from the roots down: what leads
        to many of them by the same steps, through objects of the same types,
        is one line with a count.
        """
        return _render.text(self._graph, _picture.Options(
            max_lines=max_lines, merged=merged))

    def to_dot(self, *, timeout: float = 60, **options: Any) -> str:
        """The picture as text in Graphviz's DOT language."""
        return self._draw("dot", timeout, options).decode()

    def to_svg(self, *, timeout: float = 60, **options: Any) -> str:
        """The picture as SVG text."""
        return self._draw("svg", timeout, options).decode()

    def to_png(self, *, timeout: float = 60, **options: Any) -> bytes:
        """The picture as the bytes of a PNG file."""
        return self._draw("png", timeout, options)

    def to_pdf(self, *, timeout: float = 60, **options: Any) -> bytes:
        """The picture as the bytes of a PDF file."""
        return self._draw("pdf", timeout, options)

    def to_mermaid(self, **options: Any) -> str:
        """The picture as a Mermaid flowchart, which GitHub draws in a fenced
        block of an issue.  Themes and ids do not matter to it."""
        return self._draw("mermaid", 60, options).decode()

    def to_json(self, **options: Any) -> str:
        """Everything the graph and its picture know, as JSON text, which
        `load` reads back.  ``addresses=True`` keeps the ids of the objects;
        without them the same program gives the same text on every run."""
        return self._draw("json", 60, options).decode()

    def render(self, path: str | os.PathLike[str], *,
               timeout: float = 60, **options: Any) -> None:
        """Writes the graph to a file, as its suffix says: ``.txt`` (the text
        tree), ``.dot``, ``.svg``, ``.png``, ``.pdf``, ``.mmd`` (Mermaid)
        or ``.json``.

        A file that exists is replaced once the new one is complete, and left
        as it was on any failure; it keeps its permissions.  A symbolic link
        is followed; a device or a pipe is written directly.

        Raises ValueError for another suffix, TypeError for a `path` that is
        not str or os.PathLike, OSError when the file cannot be written, and
        `RenderError` when the picture cannot be drawn.
        """
        _render.render(self._graph, path, timeout,
                       _picture.Options.of(options))

    def _draw(self, format: str, timeout: float,
              options: dict[str, Any]) -> bytes:
        return _render.encode(self._graph, format, timeout,
                              _picture.Options.of(options))


def load(path: str | os.PathLike[str]) -> ReferrerGraph | _heap.Heap:
    """Reads a file back: a graph that `ReferrerGraph.to_json` or
    ``render("graph.json")`` wrote, which prints and draws without the program
    it came from; or a heap that `Heap.save` or ``python -m referrers dump``
    wrote, compressed or not.

    Raises ValueError, in one line that says where, when the file is neither,
    TypeError for a `path` that is not str or os.PathLike, and OSError when it
    cannot be read.  Where a graph has no addresses, objects are numbered from
    1.
    """
    from referrers import _heap, _json
    if _heap.is_heap(path):
        return _heap.load(path)
    return ReferrerGraph(_json.load(path))


def get_referrer_graph(
    target_object: object,
    max_depth: int | None = 20,
    exclude_object_ids: Iterable[int] | None = None,
    module_prefixes: Iterable[str] | None = None,
    search_for_untracked_objects: bool = False,
    max_untracked_search_depth: int | None = None,
    *,
    timeout: float | None = None,
    single_object_referrer_limit: int | None = 100,
    weak: bool = False,
    values: bool = False,
    sizes: bool = False,
    explain: bool = False,
    object_limit: int | None = 10_000,
    fork: bool = False,
) -> ReferrerGraph:
    """Finds what refers to `target_object`, directly or through other objects.

    target_object
        The object in question, of any type.
    max_depth
        How many steps from the target are shown; 0 shows only the target, None
        has no limit.
    exclude_object_ids
        ``id()`` of objects that are neither shown nor followed.
    module_prefixes
        Show only variables of modules whose names start with one of these;
        None shows those of every module.
    search_for_untracked_objects
        Allow a target that the garbage collector does not track: a string, a
        number, a tuple or dict of plain values.  (Referrers that it does not
        track are always found.)
    max_untracked_search_depth
        How many untracked containers in a row one chain may pass; None has no
        limit.
    timeout
        Seconds that the call may take; after that the graph is partial, and
        says so.  None has no limit.
    single_object_referrer_limit
        How many similar references to one object are shown (same kind, type of
        referrer and form of label); the rest are counted.  Of very many names
        (attributes, of one object or of one class) a hundred are shown, of the
        variables of one module a thousand.  None shows all.
    weak
        Also show weak references; they are neither followed nor counted.
    values
        Also record short values of strings, numbers, bytes, True, False and
        None, and of an instance the first of its attributes ``name``, ``id``,
        ``key``, ``path``, ``url``, ``user``, ``title`` that is one of these;
        pictures show them.
    explain
        Also find further paths to roots, and the fewest references to drop so
        that the object is freed, for `ReferrerGraph.explain`.
    sizes
        Also find the retained size of each object shown: the bytes and objects
        that would be freed with it (`ReferrerGraph.retained`).
    object_limit
        The most objects in the graph, the nearest ones first; roots and the
        shortest path to one are always there.  What is left out is counted
        wherever the graph is shown, and verdict, reference count and cut know
        all objects.  None has no limit.
    fork
        Look in a forked child: the program pauses only for the fork, a few
        milliseconds for each million objects, and other threads run on while
        this one waits.  The graph is the same.  Use it where a pause matters;
        it takes longer in all, and memory while the child lives: for the
        search, and for what the program changes.

    Raises ValueError if the target is not tracked by the garbage collector
    and `search_for_untracked_objects` is False, or for an option out of its
    range; TypeError for an option of a wrong type; MemoryError if there is not
    enough memory; KeyboardInterrupt on Ctrl-C.  With `fork`, OSError if the
    system or a limit refuses the fork, and RuntimeError if the child dies.
    """
    if _core is None:  # modules are being cleared
        raise RuntimeError("the interpreter is exiting and has already "
                           "cleared referrers")
    return ReferrerGraph(_core.graph(
        [target_object],
        max_depth=max_depth,
        exclude_object_ids=exclude_object_ids,
        module_prefixes=module_prefixes,
        search_for_untracked_objects=search_for_untracked_objects,
        max_untracked_search_depth=max_untracked_search_depth,
        timeout=timeout,
        single_object_referrer_limit=single_object_referrer_limit,
        object_limit=object_limit,
        weak=weak,
        values=values,
        explain=explain,
        sizes=sizes,
        fork=fork,
        many=False))


def get_referrer_graph_for_list(
    target_objects: list[Any],
    max_depth: int | None = 20,
    exclude_object_ids: Iterable[int] | None = None,
    module_prefixes: Iterable[str] | None = None,
    search_for_untracked_objects: bool = False,
    max_untracked_search_depth: int | None = None,
    *,
    timeout: float | None = None,
    single_object_referrer_limit: int | None = 100,
    weak: bool = False,
    values: bool = False,
    sizes: bool = False,
    explain: bool = False,
    object_limit: int | None = 10_000,
    fork: bool = False,
) -> ReferrerGraph:
    """One graph for all objects of a list, at the cost of one walk.

    `target_objects` must be a list (ValueError otherwise).  The list itself
    is not shown; an object that is in it twice is one target; an empty list
    gives an empty graph.  Options and errors are those of
    `get_referrer_graph`; an error about one object names its index.
    """
    return for_list(
        target_objects, None, max_depth=max_depth,
        exclude_object_ids=exclude_object_ids,
        module_prefixes=module_prefixes,
        search_for_untracked_objects=search_for_untracked_objects,
        max_untracked_search_depth=max_untracked_search_depth,
        timeout=timeout,
        single_object_referrer_limit=single_object_referrer_limit,
        object_limit=object_limit,
        weak=weak,
        values=values,
        explain=explain,
        sizes=sizes,
        fork=fork)


def for_list(
    target_objects: list[Any],
    asker: FrameType | bool | None,
    max_depth: int | None = 20,
    exclude_object_ids: Iterable[int] | None = None,
    module_prefixes: Iterable[str] | None = None,
    search_for_untracked_objects: bool = False,
    max_untracked_search_depth: int | None = None,
    timeout: float | None = None,
    single_object_referrer_limit: int | None = 100,
    weak: bool = False,
    values: bool = False,
    sizes: bool = False,
    explain: bool = False,
    object_limit: int | None = 10_000,
    fork: bool = False,
) -> ReferrerGraph:
    """The same, asked by the frame of an exception, or (False) by nobody of
    the program."""
    if _core is None:  # modules are being cleared
        raise RuntimeError("the interpreter is exiting and has already "
                           "cleared referrers")
    return ReferrerGraph(_core.graph(
        target_objects,
        max_depth=max_depth,
        exclude_object_ids=exclude_object_ids,
        module_prefixes=module_prefixes,
        search_for_untracked_objects=search_for_untracked_objects,
        max_untracked_search_depth=max_untracked_search_depth,
        timeout=timeout,
        single_object_referrer_limit=single_object_referrer_limit,
        object_limit=object_limit,
        weak=weak,
        values=values,
        explain=explain,
        sizes=sizes,
        fork=fork,
        asker=asker,
        many=True))
