"""A heap summed up: what is in it, and where the memory is."""

from __future__ import annotations

from referrers import _chart, _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

_SHOWN = 40


def count(number: int) -> str:
    return f"{number:,}"


size = _core.size_words


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns of numbers, and a name behind them."""
    widths = [max(len(row[i]) for row in (head, *rows))
              for i in range(len(head) - 1)]
    return "\n".join(
        "  ".join([cell.rjust(width) for cell, width in zip(row, widths)]
                  + [row[-1]]).rstrip() for row in (head, *rows))


def printable(text: str) -> str:
    """Names are whatever the program made them."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _rest(left: int, what: str) -> list[str]:
    return [f"… {left:,} more {what}"] if left > 0 else []


class Types(_chart.Told):
    """The types of a heap, and what their instances take.

    For each type: how many instances there are, the bytes they take
    themselves, and the bytes that go with them, of all objects that only they
    keep alive; each object counts once per type.
    """

    def __init__(self, heap: _core.Heap) -> None:
        self._rows = _core.survey_types(heap)

    def to_text(self, most: int | None = _SHOWN) -> str:
        """A table of the heaviest types; of all if `most` is None."""
        rows = self._rows if most is None else self._rows[:most]
        objects = sum(row[2] for row in self._rows)
        own = sum(row[3] for row in self._rows)
        lines = [f"{count(objects)} objects of {count(len(self._rows))} "
                 f"types, {size(own)}", ""]
        lines.append(table(
            ("count", "own", "with them", "type"),
            [(count(number), size(bytes), size(retained),
              printable(_full(module, name)))
             for module, name, number, bytes, retained in rows]))
        return "\n".join(lines + _rest(len(self._rows) - len(rows), "types"))

    def to_dict(self) -> dict[str, Any]:
        """All rows as plain data, as `to_json` writes them."""
        return {"types": [
            {"type": _full(module, name), "count": number, "bytes": bytes,
             "retained": retained}
            for module, name, number, bytes, retained in self._rows]}


def _full(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


class Map(_chart.Drawn):
    """Where the memory of a heap is.

    Objects that the same steps lead to from the roots are one place:
    ``app.REGISTRY.sessions[*]`` stands for all values of that dict.  A place
    has its own bytes, and bytes that go with it: what would be freed if all of
    its objects were gone.  Those may be counted at several places, one above
    the other.

    `to_svg`, `to_dot` and `render` draw the heaviest 40, or ``max_objects``.
    """

    def __init__(self, heap: _core.Heap) -> None:
        self._heap = heap
        self._known: dict[int, Any] = {}

    def _places(self, most: int | None) -> Any:
        most = -1 if most is None else most
        if most not in self._known:
            self._known[most] = _core.survey_map(self._heap, most)
        return self._known[most]

    def to_text(self, most: int | None = _SHOWN) -> str:
        """The heaviest places, as a tree; all of them if `most` is None."""
        sums, point, rows = self._places(most)
        _, objects, total, garbage, garbage_bytes = sums
        lines = []
        if point is not None:
            lines.append(f"{share(point[7], total)} hangs together at "
                         f"{printable(point[2])}: {size(point[7])} in "
                         f"{count(point[8])} objects")
        lines.append(f"{count(objects)} objects, {size(total)}")
        if garbage:
            lines[-1] += (f"; {count(garbage)} more await collection, "
                          f"{size(garbage_bytes)}")
        depths: list[int] = []
        shown: list[tuple[str, ...]] = []
        for above, step, _, kind, number, length, own, kept, _ in rows:
            depths.append(0 if above < 0 else depths[above] + 1)
            shown.append((share(kept, total), size(kept), size(own),
                          count(number),
                          "  " * depths[-1] + _named(step, kind, length)))
        lines += ["", table(("share", "with it", "own", "count", "place"),
                            shown)]
        return "\n".join(lines)

    def _chart(self, most: int) -> bytes:
        return _core.survey_map_chart(self._heap, most)

    def to_dict(self, most: int | None = None) -> dict[str, Any]:
        """The places as plain data, heaviest first below each."""
        sums, point, rows = self._places(most)
        return {
            "objects": sums[1], "bytes": sums[2],
            "garbage": {"objects": sums[3], "bytes": sums[4]},
            "accumulation": None if point is None else point[2],
            "places": [
                {"path": path, "above": None if above < 0 else above,
                 "type": kind, "count": number, "items": length, "bytes": own,
                 "retained": kept, "retained_objects": with_it}
                for above, _, path, kind, number, length, own, kept, with_it
                in rows]}


def share(part: int, whole: int) -> str:
    percent = 100 * part / whole if whole else 0
    return "<1%" if 0 < percent < 0.5 else f"{percent:.0f}%"


def _named(step: str, kind: str, length: int) -> str:
    name = printable(step)
    if kind:
        name += "  " + printable(kind)
    return name + (f" of {count(length)}" if length else "")
