"""weakref.finalize with a method of the object itself: the finalizer keeps the
object alive, so it never runs."""

import weakref

import referrers


class File:
    def __init__(self):
        self.finalizer = weakref.finalize(self, self.close)
        self.finalizer.atexit = False

    def close(self):
        pass


def main():
    return weakref.ref(File())


watched = main()
print(referrers.why(watched()))

# why says: File is alive: weakref.finalize._registry[<key
#     finalize>].func.__self__ leads to it
