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

    from referrers._core import Answers, Path, Verdict


class Explanation:
    """What keeps an object alive, and what would let it go.

    ``str(explanation)`` is the answer in plain English, at most 25 lines, the
    verdict first.  The rest is the same as data:

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
                   when there is no such list.
    `fingerprint`  the same for the same leak in another run; None without a
                   path.

    With many objects, `verdicts` has one for each of them, and `groups` the
    paths that they share, each with the number of objects that go that way.
    """

    __slots__ = ("_text", "_answers")

    def __init__(self, graph: _core.Graph) -> None:
        if not isinstance(graph, _core.Graph):
            raise TypeError("use referrers.why(obj) to make an Explanation")
        self._text = graph.explanation()
        self._answers = graph.answers()

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "<Explanation: %s>" % self._text.partition("\n")[0]

    @property
    def verdicts(self) -> list[Verdict]:
        return self._answers["verdicts"]

    @property
    def verdict(self) -> Verdict | None:
        verdicts = self._answers["verdicts"]
        return verdicts[0] if verdicts else None

    @property
    def ledger(self) -> dict[str, int]:
        return ledger(self._answers)

    @property
    def roots(self) -> list[str]:
        return roots(self._answers)

    @property
    def paths(self) -> list[Path]:
        return paths(self._answers)

    @property
    def groups(self) -> list[Path]:
        return groups(self._answers)

    @property
    def cut(self) -> list[str] | None:
        return cut(self._answers)

    @property
    def retained(self) -> dict[str, int] | None:
        """With ``sizes=True``: the bytes and objects that would go with the
        (first) object."""
        for record in self._answers["retained"]:
            if record["target"]:
                return {"bytes": record["bytes"], "objects": record["objects"]}
        return None

    @property
    def fingerprint(self) -> str | None:
        found = paths(self._answers)
        return found[0]["fingerprint"] if found else None


def ledger(answers: Answers) -> dict[str, int]:
    """How many references of which kind the first target has; those that
    nobody explains under "unexplained"."""
    result: dict[str, int] = {}
    for entry in answers["ledger"]:
        if entry["target"] == 0:
            name = entry["kind"]
            if entry["caller"]:
                name += " of the caller"
            if entry["left_out"]:
                name = "left out"
            result[name] = result.get(name, 0) + entry["count"]
    if answers["verdicts"] and answers["verdicts"][0]["unexplained"]:
        result["unexplained"] = answers["verdicts"][0]["unexplained"]
    return result


def roots(answers: Answers) -> list[str]:
    return [path["expression"] + path["place"] for path in answers["paths"]
            if path["kind"] == "root" and path["target"] == 0]


def paths(answers: Answers) -> list[Path]:
    return [path for path in answers["paths"]
            if path["kind"] in ("emphasised", "further")]


def groups(answers: Answers) -> list[Path]:
    found = [path for path in answers["paths"] if path["kind"] == "emphasised"]
    return sorted(found, key=lambda path: -path["targets"])


def _dropped(path: Path) -> str:
    """What to drop: of a thread-local also whose, when it is another
    thread's."""
    place = path["place"]
    return path["expression"] + (
        place if place.startswith(" in thread ") else "")


def cut(answers: Answers) -> list[str] | None:
    verdicts = answers["verdicts"]
    if not verdicts or "explained" not in verdicts[0]["flags"]:
        return None
    if {"cut_too_large", "cut_impossible"}.intersection(verdicts[0]["flags"]):
        return None
    found = [_dropped(path) for path in answers["paths"]
             if path["kind"] == "cut"]
    return None if not found and "timed_out" in verdicts[0]["flags"] else found


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

    Any object will do; a list is one object (`why_all` asks about what is in
    it).  Nothing is collected, and no line of the program runs meanwhile.
    With `sizes` it also says how many bytes would go with the object.
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
    them, grouped by what holds them: `2,009 of 2,011 Session go through
    app.REGISTRY.sessions`.  The list does not count where nothing but your own
    function, or module, leads to it; one of the program's own may be what
    holds them.
    """
    if not isinstance(target_objects, list):
        raise ValueError("target_objects must be a list, not %s (why() asks "
                         "about one object)" % type(target_objects).__name__)
    return Explanation(look(list(target_objects), timeout=timeout,
                            exclude_object_ids=exclude_object_ids,
                            object_limit=object_limit,
                            given=id(target_objects), fork=fork))
