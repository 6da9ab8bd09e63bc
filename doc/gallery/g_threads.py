"""A request that is being handled: two functions of one thread, a generator
that is suspended, a list for debugging and the server's table refer to it."""

import referrers
import scene

http = scene.module("web.http", "class Request: pass")
stream = scene.module("web.stream", """
def chunks(req):
    yield 1
    yield req
""")
views = scene.module("web.views", """
class Context:
    def __init__(self, request):
        self.request = request

def render(ctx, wait):
    wait()
""")
debug = scene.module("web.debug", "recent = []")
server = scene.module("web.server", """
class Server:
    def __init__(self):
        self.active = {'http-%d' % i: None for i in range(2, 18)}
""")
app = scene.module("web.app", """
from web import http, stream, views

def handle(server, debug, wait):
    request = http.Request()
    server.active['http-1'] = request
    debug.recent += [request, None]
    body = stream.chunks(request)
    next(body)
    del server, debug
    views.render(views.Context(request), wait)
""".replace("from web import http, stream, views",
            "import sys\nhttp, stream, views = (sys.modules['web.' + n] "
            "for n in ('http', 'stream', 'views'))"))
start = scene.module("web.__main__", """
def main(server, wait):
    wait()
""")
table = server.Server()
scene.in_thread("main", start.main, table)
scene.in_thread("http-1", app.handle, table, debug)
del table
scene.draw(referrers.get_referrer_graph(
    debug.recent[0], module_prefixes=["web"]))
