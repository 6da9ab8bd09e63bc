"""Two links of a chain refer to each other, and a WeakSet knows one of them."""

import weakref

import referrers
import scene

chain = scene.module("chain", """
class Link:
    def __init__(self):
        self.next = self.prev = None

def build(all_links, wait):
    node, tail = Link(), Link()
    node.next, tail.prev = tail, node
    all_links.add(tail)
    del tail, all_links
    wait()
""")
chain.ALL_LINKS = weakref.WeakSet()
scene.in_thread("builder", chain.build, chain.ALL_LINKS)
scene.draw(referrers.get_referrer_graph(
    next(iter(chain.ALL_LINKS)), module_prefixes=["chain"], weak=True))
