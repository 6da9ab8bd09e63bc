"""A small shop on the web, fixed.  Who leaves is forgotten.

    python shop_fixed.py [PORT]    serves http://127.0.0.1:PORT/

GET /visit/NAME opens a visit, GET /leave/NAME ends it.
"""

import http.server
import sys


class Basket:
    """What a visitor looks at, with its pictures."""

    def __init__(self):
        self.pictures = bytearray(200_000)


class Visit:
    def __init__(self, name):
        self.name = name
        self.basket = Basket()

    def refresh(self):
        self.basket = Basket()


class Prices:
    """Calls whoever asked for it when a price changes."""

    def __init__(self):
        self.listeners = []


class Shop:
    def __init__(self):
        self.visits = {}
        self.prices = Prices()

    def visit(self, name):
        visit = self.visits[name] = Visit(name)
        self.prices.listeners.append(visit.refresh)
        return "welcome, %s" % name

    def leave(self, name):
        visit = self.visits.pop(name)
        self.prices.listeners.remove(visit.refresh)
        return "good bye, %s" % name


shop = Shop()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, action, name = self.path.split("/")
        text = {"visit": shop.visit, "leave": shop.leave}[action](name)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print("http://127.0.0.1:%d/" % server.server_port)
    server.serve_forever()
