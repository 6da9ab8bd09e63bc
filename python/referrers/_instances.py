"""--type: the live objects of a type, or one line that says why not."""

from __future__ import annotations

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

_MOST = 10          # objects, unless --most says otherwise
_NAMES_SHOWN = 10   # of an ambiguous name


class NoInstances(Exception):
    """There is nothing to show; the text is one line."""


def find(name: str, most: int | None) -> tuple[list[Any], str]:
    """The first objects, and what to say when there are more."""
    found, count, names, is_listable = _core.instances(name, most or _MOST)
    if len(names) > 1:
        names.sort()
        more = len(names) - _NAMES_SHOWN
        if more > 0:
            names[_NAMES_SHOWN:] = ["%d more" % more]
        raise NoInstances("--type %s is ambiguous: %s"
                          % (name, ", ".join(names)))
    if not names:
        raise NoInstances("--type %s: there is no such type (write "
                          "module.Class, or Class)" % name)
    if not found and not is_listable:
        raise NoInstances("--type %s: the garbage collector does not know "
                          "objects of this type, so they cannot be listed; "
                          "name one with -e" % name)
    if not found:
        raise NoInstances("--type %s: no object of this type is alive"
                          % names[0])
    more_there_are = ""
    if count > len(found):
        more_there_are = (
            f"{chosen('first', len(found))} of {count:,} objects of "
            f"{names[0]}; --most N shows more")
    return found, more_there_are


def chosen(which: str, number: int) -> str:
    """How it is said that some of many were taken."""
    return (f"this is the {which}" if number == 1
            else f"these are the {which} {number}")
