"""An exception that is kept for later keeps its traceback, the traceback its
frames, and the frames everything that was local to them."""

import gc

import referrers
import scene

batch = scene.module("batch", """
ERRORS = []

class Table:
    pass

def parse(table, row):
    raise ValueError('row %d' % row)

def load():
    table = Table()
    for row in range(3):
        parse(table, row)

def run():
    try:
        load()
    except ValueError as error:
        ERRORS.append(error)
""")
batch.run()
scene.draw(referrers.get_referrer_graph(
    next(o for o in gc.get_objects() if type(o) is batch.Table),
    module_prefixes=["batch"]))
