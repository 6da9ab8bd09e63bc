"""One case for each kind of reference, with the names written by hand.

A case is a function that makes an object and what refers to it, and returns
both; `names` are all the names, with node types, that the object's direct
references must have.  test_kinds.py runs them.  What cases of several files
need is here; the cases are in the files that are imported at the end.
"""

import gc
import sys
import threading


class Target:
    """What the cases ask about: tracked, weakly referable, no other use."""


class Case:
    def __init__(self, function, names):
        self.function = function
        self.names = names
        self.id = function.__name__


CASES = []


def case(*names):
    """Registers a case; a name is "name" for an object, "name [type]" else."""
    def register(function):
        CASES.append(Case(function, sorted(names)))
        return function
    return register


def found(frame):
    """The Target among a frame's variables; f_locals would leave a dict."""
    return [o for o in gc.get_referents(frame) if type(o) is Target][0]


class Forget:
    """Takes a module out of sys.modules when it goes."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        del sys.modules[self.name]


class Running:
    """A thread that stands still inside a function until this goes."""

    def __init__(self, function):
        self.ready, self.go = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=function, args=(self,),
                                       daemon=True)
        self.thread.start()
        self.ready.wait()

    def __del__(self):
        self.go.set()
        self.thread.join()


def stand(running):
    running.ready.set()
    running.go.wait()


# Each registers its cases, and takes from here what is above: so these come
# last, in the order in which the cases run.
import kinds_objects
import kinds_frames
import kinds_fields
import kinds_layouts
import kinds_library
import kinds_interpreter

# NumPy makes the heap twice as large, for all that come after it.
CASES.sort(key=lambda case: "numpy" in case.id)
