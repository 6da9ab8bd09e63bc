"""A clean-up for the end of the program, registered for each object."""

import atexit
import weakref

import referrers


class TemporaryFile:
    def remove(self):
        pass


def main():
    file = TemporaryFile()
    atexit.register(file.remove)
    return weakref.ref(file)


watched = main()
print(referrers.why(watched()))

# why says: TemporaryFile is alive: <atexit callback>.__self__ leads to it
