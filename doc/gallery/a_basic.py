"""A list that a local variable and a dict refer to: the example of the first
page of the documentation."""

import scene

example = scene.module("example", """
import referrers

def my_function(draw):
    a = [2, 4]
    d = dict(a=a)
    draw(referrers.get_referrer_graph(a, module_prefixes=["example"]))
""")
example.my_function(scene.draw)
