"""The body of a response: a cache, its list of recent entries, a stream and a
response that is on its way all refer to it."""

import collections

import referrers
import scene

cache = scene.module("shop.cache", """
import collections

class Entry:
    def __init__(self, body):
        self.body = body

class Cache:
    def __init__(self):
        self.entries, self.lru = {}, collections.deque()

CACHE = Cache()
""")
http = scene.module("shop.http", """
import io

class Request:
    pass

class Response:
    pass

def handle(cache, wait):
    request, response = Request(), Response()
    response.content = cache.entries['logo.png'].body
    request.cache = cache
    request.parts = [response, [response.content]]
    del cache
    wait()
""")
for i in range(1023):
    cache.CACHE.entries["page-%d" % i] = cache.Entry(None)
cache.CACHE.entries["logo.png"] = cache.Entry(bytes(48213))
for i in range(1024):
    cache.CACHE.lru.append((i, cache.CACHE.entries["logo.png"].body if i == 7
                            else None))
scene.in_thread("http-2", http.handle, cache.CACHE)
scene.draw(referrers.get_referrer_graph(
    cache.CACHE.entries["logo.png"].body, search_for_untracked_objects=True,
    module_prefixes=["shop"]))
