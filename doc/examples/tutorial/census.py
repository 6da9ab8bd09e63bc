"""Which types have more objects after a hundred visitors than before them?"""

import collections
import gc

from visitors import visitors


def census():
    gc.collect()
    return collections.Counter(
        "%s.%s" % (type(o).__module__, type(o).__qualname__)
        for o in gc.get_objects() if type(o).__module__ != "builtins")


before = census()
visitors(100)
for name, more in (census() - before).most_common(2):
    print("%4d more  %s" % (more, name))
