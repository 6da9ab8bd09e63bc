"""A hundred and twenty handlers share one configuration."""

import referrers
import scene

settings = scene.module("settings", """
class Config:
    env = 'prod'
CONFIG = Config()
""")
routing = scene.module("web.routing", """
class Router:
    def __init__(self, handlers):
        self.handlers = handlers
""")
handlers = scene.module("web.handlers", """
class Handler:
    def __init__(self, path, config):
        self.path, self.config = path, config
""")
site = scene.module("web.site", """
class Site:
    pass
site = Site()
""")
site.site.router = routing.Router([
    handlers.Handler("/page/%d" % i, settings.CONFIG) for i in range(120)])
scene.draw(referrers.get_referrer_graph(
    settings.CONFIG, max_depth=3, module_prefixes=["settings", "web"]))
