"""A page for developers: GET /-/why/TYPE says why objects are alive.

    app = Alive(app)

TYPE is a class's name.  Keep it out of production: it tells what is in memory.
"""

import gc

import referrers


class Alive:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        prefix, _, name = environ["PATH_INFO"].partition("/-/why/")
        if prefix or not name:
            return self.app(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [str(answer(name)).encode() + b"\n"]


def answer(name):
    gc.collect()
    found = [o for o in gc.get_objects() if type(o).__name__ == name]
    if not found:
        return "no %s is alive" % name
    return referrers.why_all(found)
