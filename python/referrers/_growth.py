"""What grows while a piece of work is repeated, and who holds it."""

from __future__ import annotations

import gc

from referrers import _chart, _core, _heap, _survey

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_beside: dict[str, Any] = {"__name__": "growth"}
exec("def growth(work, look): look()", _beside)

_MOST = 10  # places shown
_KINDS = 3  # types of new items told of each
_ATOMS = ("int", "str", "float", "bool", "bytes", "NoneType")


class GrowingPlace:
    """A place that grows.

    `path`      where: ``app.REGISTRY.sessions``
    `type`      what is there
    `sizes`     how many items it had in each look
    `items`     what is new: triples of type, how many there were in the first
                look, how many in the last
    `kept`      the bytes that it kept alive in the first look and the last;
                its share, if several places keep something together
    `newest`    one of the newest items as an expression; empty if unknown
    `weak`      ``"strong"``; ``"weak"`` where the new items are weak
                references, which keep nothing alive; ``"dead"`` where what
                these referred to is gone
    `is_slow`   it grew in every round, but by less than one for each loop
    `bound`     how many items it can have, if that can be read and is not yet
                reached; else None.  A deque that will take a megabyte or more
                until then counts as growth all the same
    `drop`      what to drop so that the newest item is freed; empty if unknown
    `leak_id`   the leak id of the newest item, as `why` prints it, or None
    """

    __slots__ = ("path", "type", "sizes", "items", "kept", "newest", "weak",
                 "is_slow", "bound", "drop", "leak_id", "_newest", "_owner",
                 "_is_bounded")

    def __init__(self, row: _core._Growing) -> None:
        (self.path, self.type, _, self.weak, self.is_slow, self.sizes,
         self.items, before, after, self.newest, self._newest,
         self._owner, bound, self._is_bounded) = row
        self.kept: tuple[int, int] = (before, after)
        self.bound: int | None = bound or None
        self.drop: list[str] = []
        self.leak_id: str | None = None

    def __repr__(self) -> str:
        return "<GrowingPlace %s: %s>" % (self.path,
                                          ", ".join(map(str, self.sizes)))

    def _explain(self, heap: _core.Heap) -> None:
        if self._newest is None or self.weak != "strong":
            return
        graph = heap.graph(
            [self._newest], max_depth=0, exclude_object_ids=None,
            module_prefixes=None, search_for_untracked_objects=True,
            max_untracked_search_depth=None, timeout=None,
            single_object_referrer_limit=1, explain=True,
            many=False)
        from referrers import _why
        self.drop = _why.cut(graph) or []
        if len(self.drop) > 1 and all(kind in _ATOMS
                                      for kind, _, _ in self.items):
            self.drop = []  # a number or word that others have too
            return
        for path in graph.answers("paths")["paths"]:
            self.leak_id = path["fingerprint"]
            break

    def _to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "type": self.type, "sizes": self.sizes,
                "items": [{"type": kind, "before": before, "after": after}
                          for kind, before, after in self.items],
                "bytes": {"before": self.kept[0], "after": self.kept[1]},
                "newest": self.newest or None, "weak": self.weak,
                "slow": self.is_slow, "bound": self.bound,
                "drop": self.drop, "leak_id": self.leak_id}

    def _line(self) -> str:
        words = "%s  %s  %s" % (
            _survey.printable(self.path), _survey.printable(self.type),
            ", ".join(map(_survey.count, self.sizes)))
        if self.bound is not None:
            words += " of at most " + _survey.count(self.bound)
        return words

    def _lines(self, rounds: int) -> list[str]:
        lines = [self._line()]
        new = [f"{_rate(after - before, rounds)} {_survey.printable(kind)}"
               for kind, before, after in self.items[:_KINDS]]
        if len(self.items) > _KINDS:
            new.append("others")
        kept = _rate(self.kept[1] - self.kept[0], rounds, _survey.size)
        if new:
            lines.append(f"    new      {', '.join(new)} a round; "
                         f"{kept} a round")
        if self.newest:
            lines.append("    newest   " + _survey.printable(self.newest))
        if self.drop:
            lines.append("    drop     " + ", ".join(
                map(_survey.printable, self.drop)))
        if self.leak_id:
            lines.append("    leak id  " + self.leak_id)
        if self.weak == "dead":
            lines.append("    what is new are weak references whose objects "
                         "are gone")
        elif self.weak == "weak":
            lines.append("    what is new are weak references: they keep "
                         "nothing alive")
        return lines


def _rate(more: int, rounds: int,
          words: Callable[[int], str] = _survey.count) -> str:
    """Of one round, with a sign where it is less."""
    if more >= 0 and (more % rounds == 0 or more >= 10 * rounds):
        return words(more // rounds)
    if more < 0:
        return "-" + _rate(-more, rounds, words)
    return f"{more / rounds:.1f}" + (" B" if words is _survey.size else "")


class Growth(_chart.Drawn):
    """What grew.

    `places`   the places that grew, the one that keeps most alive first;
               registries of weak references come last
    `slowly`   those that grew in every round by less than one for each loop
    `bounded`  those that cannot grow for ever, and are not full yet

    It is true if something grows.  `to_svg`, `to_dot` and `render` draw the
    way to the first three places, and what is new there.
    """

    def __init__(self, rounds: int = 1, loops: int = 1, collect: bool = False,
                 strict: bool = False, source: str = "block") -> None:
        self.places: list[GrowingPlace] = []
        self.slowly: list[GrowingPlace] = []
        self.bounded: list[GrowingPlace] = []
        self._rounds = rounds
        self._loops = loops
        self._collect = collect
        self._strict = strict
        self._source = source
        self._heaps: list[_core.Heap] = []
        self._begun: _heap.Begun | None = None
        self._garbage = (0, 0)
        self._lines = b""

    # --- looks ---------------------------------------------------------------

    def __enter__(self) -> Growth:
        self._look()
        return self

    def __exit__(self, *unused: object) -> None:
        self._look()
        self._compare()

    def _look_beside(self, work: Callable[[], object]) -> None:
        """Our own functions hold nothing as far as a look is concerned; what
        the work alone holds is held by one that is not ours."""
        _beside["growth"](work, self._look)

    def _look(self) -> None:
        """The heap as it is now.  It is still being written when the work goes
        on, and the one before is read while it is."""
        if self._collect:
            gc.collect()
        begun = _heap.Begun()
        self._finish()
        self._begun = begun

    def _finish(self) -> None:
        begun, self._begun = self._begun, None
        if begun is not None:
            self._heaps.append(begun.heap()._read())

    def _repeat(self, work: Callable[[], object], warmup: int) -> None:
        try:
            self._repeat_and_look(work, warmup)
        finally:
            self._begun = None  # its child ends when something was raised
        self._compare()

    def _repeat_and_look(self, work: Callable[[], object],
                         warmup: int) -> None:
        for _ in range(warmup * self._loops):
            work()
        self._look_beside(work)
        for done in range(1, self._rounds + 1):
            for _ in range(self._loops):
                work()
            self._look_beside(work)
            if self._is_asked_after(done) and not self._grew():
                self._rounds = done
                break
        self._finish()

    def _grew(self) -> bool:
        """From the look before the last one to the last."""
        self._finish()
        return bool(_core.survey_growth(self._heaps[-2:], 1)[1])

    def _is_asked_after(self, done: int) -> bool:
        """Whether it may end here: after 1, 3, 7 ... rounds, so that asking
        costs less than the answer."""
        return done < self._rounds and not done & (done + 1)

    def _compare(self) -> None:
        """Afterwards no heap is kept."""
        self._finish()
        heaps, self._heaps = self._heaps, []
        sums, rows, self._lines = _core.survey_growth(heaps, self._loops)
        self._garbage = sums[-1][3:]
        for row in rows:
            place = GrowingPlace(row)
            if place._is_bounded:
                self.bounded.append(place)
            elif place.is_slow and not self._strict:
                self.slowly.append(place)
            else:
                self.places.append(place)
        for place in self.places[:_MOST]:
            place._explain(heaps[-1])

    def _chart(self, most: int) -> bytes:
        if not self.places:
            raise ValueError("nothing grows that could be drawn")
        return self._lines

    # --- words ---------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.places)

    def to_text(self, most: int | None = _MOST) -> str:
        """The answer in words, ten places at most."""
        lines = [self._headline()]
        weak = [place for place in self.places if place.weak == "weak"]
        if len(weak) == len(self.places):
            weak = []
        full = [place for place in self.places if place not in weak]
        for place in full[:_MOST]:
            lines += [""] + place._lines(self._rounds)
        if len(full) > _MOST:
            lines += ["", f"… {len(full) - _MOST:,} more places"]
        lines += _short("weak references to it, which keep nothing alive",
                        weak)
        lines += _short("slowly, by less than one for each loop",
                        self.slowly)
        lines += _short("bounded, and not full yet", self.bounded)
        if self._garbage[0] > 0:
            lines += ["", f"{_survey.count(self._garbage[0])} objects only "
                      "await collection, and are not counted: "
                      f"{_survey.size(self._garbage[1])}"]
        return "\n".join(lines)

    def _headline(self) -> str:
        number = (sum(place.weak != "weak" for place in self.places)
                  or len(self.places))
        if self._source == "block":
            return "%s in the block" % (
                "nothing grew" if number == 0 else _counted(number, "grew"))
        if self._source == "heaps":
            if self._rounds > 1:
                return "%s from each of %d heaps to the next" % (
                    "nothing grows" if number == 0
                    else _counted(number, "grows"), self._rounds + 1)
            return ("nothing grew from one heap to the other" if number == 0
                    else _counted(number, "grew") + " from one heap to the "
                    "other, which cannot tell a cache that fills from a leak: "
                    "a third heap would")
        times = "%s of %s" % (_plural(self._rounds, "round"),
                              _plural(self._loops, "loop"))
        if number == 0:
            return "nothing grows%s (%s)" % (
                " without bound" if self.bounded else "", times)
        return "%s in %s%s" % (_counted(number, "grows"),
                               "each of " if self._rounds > 1 else "", times)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"rounds": self._rounds, "loops": self._loops,
                "grows": bool(self),
                "places": [place._to_dict() for place in self.places],
                "slowly": [place._to_dict() for place in self.slowly],
                "bounded": [place._to_dict() for place in self.bounded],
                "garbage": {"objects": self._garbage[0],
                            "bytes": self._garbage[1]}}


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _counted(number: int, verb: str) -> str:
    if number == 1:
        return "1 place " + verb
    return f"{number:,} places " + {"grows": "grow"}.get(verb, verb)


def _short(head: str, places: list[GrowingPlace]) -> list[str]:
    if not places:
        return []
    lines = ["", head + ":"]
    for place in places[:_MOST]:
        lines.append("    " + place._line())
    if len(places) > _MOST:
        lines.append(f"    … {len(places) - _MOST:,} more places")
    return lines


def growth(work: Callable[[], object] | None = None, *, rounds: int = 3,
           loops: int = 2, warmup: int = 2, collect: bool = False,
           strict: bool = False) -> Growth:
    """Repeats a piece of work and says what grows, and what keeps it alive.

        print(referrers.growth(handle_request))

    It does the work ``warmup * loops`` times, because that may fill caches.
    Then it looks at the heap, and again after each of `rounds` rounds of
    `loops` times.  A place (see `Heap.map`) grows if its items, or the objects
    that it leads to by one kind of step, grew in number by at least `loops` in
    every round.  If one growing place lies below another, the upper one is
    listed.  It stops early if nothing grows.  Garbage that waits for the
    collector is not growth.

    Without `work`, use it in a ``with`` statement to see what the block leaves
    behind:

        with referrers.growth() as grown:
            handle_request()
        print(grown)

    collect
        Collect garbage before each look.
    strict
        Whatever grows in every round counts, even by less than `loops`.

    An object is the same in two looks if its address and type are; a new one
    at the address of an old one of its type counts as the old one.  What the
    work raises is passed on.
    """
    for name, number in (("rounds", rounds), ("loops", loops)):
        if number < 1:
            raise ValueError("%s must be 1 or more" % name)
    if warmup < 0:
        raise ValueError("warmup must be 0 or more")
    if work is None:
        return Growth(collect=collect, strict=strict)
    grown = Growth(rounds, loops, collect, strict, "work")
    grown._repeat(work, warmup)
    return grown


def between(heaps: list[_core.Heap]) -> Growth:
    """What grew from each heap to the next."""
    grown = Growth(len(heaps) - 1, source="heaps")
    grown._heaps = heaps
    grown._compare()
    return grown
