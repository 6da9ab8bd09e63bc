"""logging: a handler that was added for one test run is still there, in the
chain of the package's loggers, and with it the records it remembers."""

import logging

import referrers
import scene

tests = scene.module("app.testing", """
import logging
import logging.handlers
import logging.handlers

class Capture(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []
    def emit(self, record):
        self.records.append(record)

class Fixture:
    pass

def run():
    capture = Capture()
    buffer = logging.handlers.MemoryHandler(100, target=capture)
    logging.getLogger('app.db').addHandler(buffer)
    logging.getLogger('app.db.pool').warning('lost %s', Fixture())
    buffer.flush()
""")
tests.run()
scene.draw(referrers.get_referrer_graph(
    logging.getLogger("app.db").handlers[0].target.records[0].args[0],
    module_prefixes=["logging", "app"]))
