"""What is shown as words, as data and as a picture that is no graph of
references: `Types`, `Map`, `Growth`."""

from __future__ import annotations

import os

from referrers import _picture, _render

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

WORDS = ("txt", "json")  # formats of what is not drawn
FORMATS = (*WORDS, *_render.DRAWN_FORMATS)


def encode(what: Any, format: str, most: int | None,
           picture: _picture.Options | None = None,
           timeout: float = 60) -> bytes:
    """In one of FORMATS: the bytes of a file."""
    if format == "json":
        import json
        return (json.dumps(what.to_dict(), indent=1) + "\n").encode()
    if format == "txt":
        words: str = what.to_text(most)
        return (words + "\n").encode("utf-8", "backslashreplace")
    picture = picture or _picture.Options()
    _render.check_timeout(timeout)
    return _render.draw_lines(what._chart(picture.max_objects or most or 40),
                              format, timeout, picture)


class Told:
    """Has `to_text` and `to_dict`."""

    def to_text(self, most: int | None = None) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return str(self)


class Drawn(Told):
    """Also has a picture."""

    def _chart(self, most: int) -> bytes:
        """What the drawing program takes; ValueError when there is nothing to
        draw."""
        raise NotImplementedError

    def to_svg(self, *, timeout: float = 60, **options: Any) -> str:
        """The picture as SVG text; the options are those of
        `ReferrerGraph.to_svg`, as far as they matter to it."""
        return self._draw("svg", timeout, options).decode()

    def to_dot(self, *, timeout: float = 60, **options: Any) -> str:
        """The same in the DOT language."""
        return self._draw("dot", timeout, options).decode()

    def render(self, path: str | os.PathLike[str], *, timeout: float = 60,
               **options: Any) -> None:
        """Writes a file whose suffix says what: ``.txt`` the words, ``.json``
        the data, ``.svg``, ``.png``, ``.pdf``, ``.dot`` the picture."""
        from referrers import _files
        name = _files.path(path)
        format = _render.format_of(name)
        if format not in FORMATS:
            raise ValueError("%r ends in none of the known suffixes: %s" % (
                name, ", ".join("." + known for known in FORMATS)))
        _files.replace(name, self._draw(format, timeout, options))

    def _draw(self, format: str, timeout: float,
              options: dict[str, Any]) -> bytes:
        return encode(self, format, 40, _picture.Options.of(options),
                      timeout)

    def _repr_mimebundle_(self, include: Any = None,
                          exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: words, and a picture where there is one."""
        from referrers import _notebook
        return _notebook.mime_bundle(str(self), self.to_svg, include,
                                     in_words=True)
