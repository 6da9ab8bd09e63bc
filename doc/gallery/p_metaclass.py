"""A metaclass that registers every class: a plug-in that was unloaded stays,
with the class that its base class remembers."""

import sys

import referrers
import scene

plugins = scene.module("plugins", """
class Registry(type):
    classes = {}
    def __new__(meta, name, bases, namespace):
        made = super().__new__(meta, name, bases, namespace)
        if bases:
            meta.classes[name.lower()] = made
        return made

class Plugin(metaclass=Registry):
    pass
""")
scene.module("plugins.export", """
class Export(Plugin):
    def run(self):
        pass
""", Plugin=plugins.Plugin)
del sys.modules["plugins.export"]
scene.draw(referrers.get_referrer_graph(
    plugins.Registry.classes["export"], module_prefixes=["plugins"]))
