"""A small WSGI application that keeps what it should not."""

from wsgiref.simple_server import make_server

from alive import Alive


class Note:
    def __init__(self, text):
        self.text = text


class Cache:
    def __init__(self):
        self.notes = {}


cache = Cache()


def application(environ, start_response):
    note = Note("asked for %s" % environ["PATH_INFO"])
    cache.notes[environ["PATH_INFO"], len(cache.notes)] = note  # never dropped
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [note.text.encode() + b"\n"]


if __name__ == "__main__":
    with make_server("127.0.0.1", 8041, Alive(application)) as server:
        server.serve_forever()
