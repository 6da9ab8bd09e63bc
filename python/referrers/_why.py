"""Why is it alive: the answers of a graph, as text and as plain data.

The frames of these functions hold the objects while the engine looks; it
knows them, and leaves their references out of every count.
"""

from __future__ import annotations

from referrers import _core

TYPE_CHECKING = False  # not from typing: importing that would cost 5 ms
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from referrers._core import Path, Verdict


class Explanation:
    """What keeps an object alive, and what to drop so that it is freed.

    ``str(explanation)`` is the answer in words, at most 25 lines, the verdict
    first.  The rest is the same as data:

    `verdict`      a dict: ``kind`` is ``"alive"``, ``"native"`` (held by
                   native code), ``"garbage"``, ``"only-you"`` or
                   ``"unknown"``; ``flags`` say what else is true; ``counted``,
                   ``unexplained``, ``root_count``, ``cycle_objects``.
    `ledger`       a dict: how many references of which kind.
    `roots`        the expressions of up to three roots that lead to it.
    `paths`        a list of dicts, the shortest first: ``expression`` can be
                   pasted into a debugger at the root, ``place`` says where
                   that is; ``steps``, ``fingerprint``.
    `cut`          the expressions of the fewest references to drop, or None
                   if there is no such list.
    `hint`         what it is, and what to do about it, if it is one of the
                   patterns that people meet again and again; else None.
    `fingerprint`  the same for the same leak in another run; None without a
                   path.

    With many objects, `verdicts` has one for each of them, and `groups` the
    paths that they share, each with the number of objects that go that way.
    """

    __slots__ = ("_text", "_graph", "_verdicts", "_paths")

    def __init__(self, graph: _core.Graph) -> None:
        if not isinstance(graph, _core.Graph):
            raise TypeError("use referrers.why(obj) to make an Explanation")
        self._text = graph.explanation()
        # The data is made when it is asked for: a path may have a million
        # steps, and there may be as many verdicts.
        self._graph = graph
        self._verdicts: list[Verdict] | None = None
        self._paths: list[Path] | None = None

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, include: Any = None,
                          exclude: Any = None) -> dict[str, str]:
        """How a notebook shows the answer: in words, and drawn."""
        from referrers import _notebook

        def draw(**options: Any) -> str:
            from referrers import _graph
            return _graph.ReferrerGraph(self._graph).to_svg(**options)

        return _notebook.mime_bundle(self._text, draw, include, in_words=True)

    @property
    def verdicts(self) -> list[Verdict]:
        if self._verdicts is None:
            self._verdicts = self._graph.answers("verdicts")["verdicts"]
        return self._verdicts

    @property
    def verdict(self) -> Verdict | None:
        if self._verdicts is None:
            return verdict(self._graph)
        return self._verdicts[0] if self._verdicts else None

    @property
    def ledger(self) -> dict[str, int]:
        return ledger(self._graph)

    @property
    def roots(self) -> list[str]:
        return roots(self._graph)

    @property
    def paths(self) -> list[Path]:
        if self._paths is None:
            self._paths = paths(self._graph)
        return self._paths[:]

    @property
    def groups(self) -> list[Path]:
        found = [path for path in self.paths if path["kind"] == "emphasised"]
        return sorted(found, key=lambda path: -path["targets"])

    @property
    def cut(self) -> list[str] | None:
        return cut(self._graph)

    @property
    def retained(self) -> dict[str, int] | None:
        """With ``sizes=True``: the bytes and objects that would be freed with
        the (first) object."""
        for record in self._graph.answers("retained")["retained"]:
            if record["target"]:
                return {"bytes": record["bytes"], "objects": record["objects"]}
        return None

    @property
    def hint(self) -> str | None:
        hints = self._graph.answers("hints")["hints"]
        return hints[0]["text"] if hints else None

    @property
    def fingerprint(self) -> str | None:
        found = paths(self._graph, steps=False)
        return found[0]["fingerprint"] if found else None


def verdict(graph: _core.Graph) -> Verdict | None:
    """Of the first target."""
    found = graph.answers("verdicts", target=0)["verdicts"]
    return found[0] if found else None


def ledger(graph: _core.Graph) -> dict[str, int]:
    """How many references of which kind the first target has; those that
    nobody explains under "unexplained"."""
    result: dict[str, int] = {}
    answers = graph.answers("verdicts", "ledger", target=0)
    for entry in answers["ledger"]:
        name = entry["kind"]
        if entry["caller"]:
            name += " of the caller"
        if entry["left_out"]:
            name = "left out"
        result[name] = result.get(name, 0) + entry["count"]
    if answers["verdicts"] and answers["verdicts"][0]["unexplained"]:
        result["unexplained"] = answers["verdicts"][0]["unexplained"]
    return result


def roots(graph: _core.Graph) -> list[str]:
    answers = graph.answers("paths", target=0, steps=False)
    return [path["expression"] + path["place"] for path in answers["paths"]
            if path["kind"] == "root"]


def paths(graph: _core.Graph, steps: bool = True) -> list[Path]:
    return [path for path in graph.answers("paths", steps=steps)["paths"]
            if path["kind"] in ("emphasised", "further")]


def _dropped(path: Path) -> str:
    """What to drop: of a thread-local also whose, when it is another
    thread's."""
    place = path["place"]
    return path["expression"] + (
        place if place.startswith(" in thread ") else "")


def cut(graph: _core.Graph) -> list[str] | None:
    first = verdict(graph)
    if first is None or "explained" not in first["flags"]:
        return None
    if {"cut_too_large", "cut_impossible"}.intersection(first["flags"]):
        return None
    answers = graph.answers("paths", target=0, steps=False)
    found = [_dropped(path) for path in answers["paths"]
             if path["kind"] == "cut"]
    return None if not found and "timed_out" in first["flags"] else found


def look(targets: list[Any], *, timeout: float | None = None,
         exclude_object_ids: Iterable[int] | None = None,
         object_limit: int | None = 10_000, sizes: bool = False,
         given: int = 0, fork: bool = False) -> _core.Graph:
    """The graph that explains: all objects, all answers."""
    return _core.graph(
        targets, max_depth=20, exclude_object_ids=exclude_object_ids,
        module_prefixes=None, search_for_untracked_objects=True,
        max_untracked_search_depth=None, timeout=timeout,
        single_object_referrer_limit=100, object_limit=object_limit,
        explain=True, sizes=sizes, many=False, given=given, fork=fork)


def why(target_object: object, *, timeout: float | None = None,
        exclude_object_ids: Iterable[int] | None = None,
        sizes: bool = False, object_limit: int | None = 10_000,
        fork: bool = False) -> Explanation:
    """Why is this object alive?  Print the answer:

        print(referrers.why(session))

    Any object will do; a list is one object (`why_all` asks about its items).
    Nothing is collected, and no line of the program runs meanwhile.  With
    `sizes` it also says how many bytes would be freed with the object.
    `timeout`, `exclude_object_ids`, `object_limit` (of the picture that the
    answer can draw) and `fork` are those of `get_referrer_graph`.
    """
    return Explanation(look([target_object], timeout=timeout,
                            exclude_object_ids=exclude_object_ids,
                            object_limit=object_limit,
                            sizes=sizes, fork=fork))


def why_all(target_objects: list[Any], *, timeout: float | None = None,
            exclude_object_ids: Iterable[int] | None = None,
            object_limit: int | None = 10_000,
            fork: bool = False) -> Explanation:
    """Why are all the objects in this list alive?  One answer for all of
    them, grouped by what keeps them alive: `2,009 of 2,011 Session go through
    app.REGISTRY.sessions`.  The list itself does not count if only your own
    function or module leads to it; a list of the program's own may be the very
    thing that keeps them alive.
    """
    if not isinstance(target_objects, list):
        raise ValueError("target_objects must be a list, not %s (why() asks "
                         "about one object)" % type(target_objects).__name__)
    return Explanation(look(list(target_objects), timeout=timeout,
                            exclude_object_ids=exclude_object_ids,
                            object_limit=object_limit,
                            given=id(target_objects), fork=fork))
