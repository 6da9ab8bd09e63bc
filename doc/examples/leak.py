# A server that forgets to forget: sessions end, but what they carried stays.
# draw: -e 'watched["user-7"]()'
"""Twenty users log in and out.  No payload should be left, but all of them are.

Two things refer to each one: the registry still has the session (close() only
counts), and the audit trail has a function that remembers the payload.
"""

import weakref
from collections.abc import Callable


class Payload:
    """What a user uploaded: large, and useless once the session is over."""

    def __init__(self, user: str) -> None:
        self.rows = ["%s, row %d" % (user, number) for number in range(1000)]


class Session:
    def __init__(self, user: str) -> None:
        self.user = user
        self.payload = Payload(user)


class Registry:
    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.closed = 0

    def open(self, user: str) -> Session:
        session = self.sessions[user] = Session(user)
        return session

    def close(self, user: str) -> None:
        self.closed += 1  # and self.sessions.pop(user), had someone written it


class Trail:
    def __init__(self) -> None:
        self.entries: list[Callable[[], str]] = []

    def add(self, payload: Payload) -> None:
        def describe() -> str:
            return "%d rows" % len(payload.rows)
        self.entries.append(describe)


registry = Registry()
trail = Trail()
# user -> weak reference to the payload, to see whether it is freed
watched: dict[str, weakref.ref[Payload]] = {}


def log_in_and_out(user: str | None = None) -> None:
    user = user or "user-%d" % len(registry.sessions)
    session = registry.open(user)
    watched[user] = weakref.ref(session.payload)
    trail.add(session.payload)
    registry.close(user)


for _ in range(20):
    log_in_and_out()

alive = sum(reference() is not None for reference in watched.values())
print("%d sessions closed, %d payloads still alive" % (registry.closed, alive))
