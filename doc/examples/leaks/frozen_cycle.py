"""gc.freeze() before a fork also keeps whatever is garbage at that moment."""

import gc
import weakref

import referrers


class Cell:
    def __init__(self):
        self.itself = self


def main():
    return weakref.ref(Cell())


gc.collect()
watched = main()
gc.freeze()
print(referrers.why(watched()))

# why says: Cell is garbage: only an unreachable cycle of 1 object holds it:
#     <Cell>.itself
