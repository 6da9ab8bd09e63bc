"""A hook of the interpreter, set to a method of an object."""

import sys
import weakref

import referrers


class Printer:
    def report(self, kind, error, traceback):
        pass


def main():
    printer = Printer()
    sys.excepthook = printer.report
    return weakref.ref(printer)


watched = main()
print(referrers.why(watched()))

# why says: Printer is alive: sys.excepthook.__self__ leads to it
