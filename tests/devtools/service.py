"""A web service that never forgets a session, and writes its heap.

    python service.py FIRST SECOND

FIRST is written after 40 logins, SECOND after 25 more.
"""

import gc
import sys

import flask

import referrers

FIRST_LOGINS, MORE_LOGINS = 40, 25


class Session:
    def __init__(self, user):
        self.user = user
        self.basket = ["item %d of %s" % (i, user) for i in range(3)]


class Registry:
    def __init__(self):
        self.sessions = {}


app = flask.Flask("service")
registry = Registry()


@app.post("/login/<user>")
def login(user):
    registry.sessions[user] = Session(user)
    return "welcome"


def log_in(first, count):
    client = app.test_client()
    for i in range(first, first + count):
        assert client.post("/login/user-%d" % i).status_code == 200


def main():
    log_in(0, FIRST_LOGINS)
    gc.collect()  # what is garbage has no retained size of ours
    referrers.snapshot().save(sys.argv[1])
    log_in(FIRST_LOGINS, MORE_LOGINS)
    referrers.snapshot().save(sys.argv[2])


if __name__ == "__main__":
    main()
