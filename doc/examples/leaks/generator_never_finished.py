"""A generator that nobody runs to its end keeps its locals."""

import weakref

import referrers


class Cursor:
    pass


def rows():
    cursor = Cursor()
    yield weakref.ref(cursor)
    yield "never asked for"


unfinished = rows()
watched = next(unfinished)
print(referrers.why(watched()))

# why says: Cursor is alive: __main__.unfinished.gi_frame.f_locals['cursor']
#     leads to it
