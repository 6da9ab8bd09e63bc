"""What every scene of the gallery shares.

A scene is a program: it builds a situation out of live objects, and hands the
graph of one of them to `draw`.  Run by itself it prints the text tree;

    python doc/gallery/a_basic.py DIRECTORY

writes NAME.dot, NAME.svg and NAME.png into DIRECTORY as well.
"""

import os
import sys
import threading
import types


def module(name, source, **namespace):
    """A module made from text, as if it came from its own file: scenes stay
    one file each, and their frames say app/worker.py."""
    made = types.ModuleType(name)
    made.__dict__.update(namespace)
    sys.modules[name] = made
    path = os.path.join(*name.split(".")) + ".py"
    exec(compile(source, path, "exec"), made.__dict__)
    return made


def in_thread(name, function, *arguments):
    """Runs a function in a thread of that name until it waits in `wait`, its
    last argument; the thread ends with the program.  Nothing but the function
    itself is left to hold its arguments."""
    ready = threading.Event()
    values = [*arguments, _Wait(ready)]
    starts = {1: _start, 2: _start_with_one, 3: _start_with_two}
    threading.Thread(target=starts[len(values)], name=name, daemon=True,
                     args=(function, values)).start()
    ready.wait()


def _start(function, values):
    function(values.pop())


def _start_with_one(function, values):
    function(values.pop(0), values.pop())


def _start_with_two(function, values):
    function(values.pop(0), values.pop(0), values.pop())


class _Wait:
    """Called by a thread that is where the scene wants it; it never returns."""

    def __init__(self, ready):
        self._ready = ready

    def __call__(self):
        self._ready.set()
        threading.Event().wait()


def needs(*libraries):
    """Ends a scene whose library is not installed, with a line that says so
    and the status that tests call a skip."""
    for library in libraries:
        try:
            __import__(library)
        except ImportError:
            print("SKIPPED %s: it needs %s, which is not installed (pip "
                  "install %s)" % (_name(), library, library), file=sys.stderr)
            sys.exit(77)


def _name():
    return os.path.splitext(os.path.basename(sys.argv[0]))[0]


def draw(graph, **options):
    """Writes the pictures of a graph where the command line says, or prints
    the tree."""
    if len(sys.argv) < 2:
        print(graph)
    for suffix in ("dot", "svg", "png") if len(sys.argv) > 1 else ():
        graph.render(os.path.join(sys.argv[1], "%s.%s" % (_name(), suffix)),
                     **options)
    sys.stdout.flush()
    os._exit(0)     # threads that wait for ever do not hold it up
