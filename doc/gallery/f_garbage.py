"""An image that only a cycle of unreachable nodes keeps, and C code: the
collector would free the first, not the second."""

import ctypes
import gc

import referrers
import scene

viewer = scene.module("viewer", """
class Image:
    pass

class Node:
    def __init__(self):
        self.children = {}
""")


def build():
    root, left, image = viewer.Node(), viewer.Node(), viewer.Image()
    root.children["left"] = left
    left.parent, left.image = root, image
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(image))
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(image))
    return id(image)


gc.disable()
address = build()
scene.draw(referrers.get_referrer_graph(
    ctypes.cast(address, ctypes.py_object).value, module_prefixes=["viewer"]))
