"""What is to be shown: one set of options for every format."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

THEMES = ("auto", "light", "dark", "page")
DIRECTIONS = ("auto", "TB", "LR")
BACKGROUNDS = (None, "transparent")

MAX_LINES = 200  # of the text tree
MAX_MERGED = 40  # boxes of a merged picture

_MOST = 1_000_000
_MOST_ID = 64
_ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_-")


class Options:
    """The keyword options of `ReferrerGraph.render` and the `to_` methods,
    checked.  TypeError or ValueError names the one that is wrong."""

    __slots__ = ("max_objects", "paths_only", "merged", "max_lines", "rankdir",
                 "title", "addresses", "theme", "background", "id_prefix")

    def __init__(self, *, max_objects: int | None = None,
                 paths_only: bool | None = None,
                 merged: bool = False,
                 max_lines: int | None = MAX_LINES,
                 rankdir: str = "auto", title: str | None = None,
                 addresses: bool = False, theme: str = "auto",
                 background: str | None = None,
                 id_prefix: str | None = None) -> None:
        self.max_objects = _checked_count("max_objects", max_objects)
        self.paths_only = None if paths_only is None else bool(paths_only)
        self.merged = bool(merged)
        self.max_lines = _checked_count("max_lines", max_lines)
        self.rankdir = _checked_word("rankdir", rankdir, DIRECTIONS)
        self.title = _checked_title(title)
        self.addresses = bool(addresses)
        self.theme = _checked_word("theme", theme, THEMES)
        self.background = _checked_word("background", background, BACKGROUNDS)
        self.id_prefix = _checked_id(id_prefix)

    @classmethod
    def of(cls, keywords: dict[str, Any]) -> Options:
        """From the keywords of a call."""
        for name in keywords:
            if name not in cls.__slots__:
                raise TypeError("there is no option %r: there are %s"
                                % (name, ", ".join(sorted(cls.__slots__))))
        return cls(**keywords)

    def words(self) -> list[str]:
        """As arguments of the drawing program."""
        words = []
        if self.max_objects is not None:
            words.append("--max-objects=%d" % self.max_objects)
        if self.rankdir != "auto":
            words.append("--rankdir=" + self.rankdir)
        if self.title is not None:
            words.append("--title=" + self.title)
        if self.addresses:
            words.append("--addresses")
        if self.theme != "auto":
            words.append("--theme=" + self.theme)
        if self.background is not None:
            words.append("--background=" + self.background)
        if self.id_prefix is not None:
            words.append("--id-prefix=" + self.id_prefix)
        return words

    def content(self) -> dict[str, Any]:
        """What matters to a format without colours: keywords for
        `_core.Graph.mermaid` and `_core.Graph.json`."""
        return {"max_objects": self.max_objects or 0,
                "paths_only": self.paths_only, "rankdir": self.rankdir,
                "title": self.title, "addresses": self.addresses}


def _checked_count(name: str, value: int | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("%s must be a number or None, not %s"
                        % (name, type(value).__name__))
    if value < 1:
        raise ValueError("%s must be 1 or more, or None" % name)
    return min(value, _MOST)


def _checked_word(name: str, value: Any, allowed: tuple[Any, ...]) -> Any:
    if value is not None and not isinstance(value, str):
        raise TypeError("%s must be a str, not %s"
                        % (name, type(value).__name__))
    if value not in allowed:
        raise ValueError("%s must be %s" % (
            name, " or ".join(repr(word) for word in allowed)))
    return value


def _checked_title(value: str | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("title must be a str or None, not %s"
                        % type(value).__name__)
    # An argument of a program ends at a NUL; lone surrogates are no UTF-8.
    return value.replace("\0", "\\0").encode(
        "utf-8", "backslashreplace").decode()


def _checked_id(value: str | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("id_prefix must be a str or None, not %s"
                        % type(value).__name__)
    if (not value[:1].isalpha() or len(value) > _MOST_ID
            or not _ID_LETTERS.issuperset(value)):
        raise ValueError("id_prefix must be at most %d letters, digits, '_' "
                         "and '-', a letter first" % _MOST_ID)
    return value
