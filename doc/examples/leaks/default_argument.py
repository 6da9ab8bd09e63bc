"""A default argument is made once, and lives as long as the function."""

import weakref

import referrers


class Event:
    pass


def record(event, log=[]):
    log.append(event)


def main():
    event = Event()
    record(event)
    return weakref.ref(event)


watched = main()
print(referrers.why(watched()))

# why says: Event is alive: __main__.record.__defaults__[0][0] leads to it
