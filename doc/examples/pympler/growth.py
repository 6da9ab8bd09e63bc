"""muppy says what there is more of, referrers says why."""

from pympler import muppy, summary

import referrers


class Order:
    def __init__(self, number):
        self.number = number


class Desk:
    def __init__(self):
        self.done = []

    def serve(self, number):
        self.done.append(Order(number))     # nobody reads it


desk = Desk()


def main():
    before = summary.summarize(muppy.get_objects())
    for number in range(1000):
        desk.serve(number)
    after = summary.summarize(muppy.get_objects())
    for name, more, size in summary.get_diff(before, after):
        if more >= 1000 and name.startswith(__name__):
            print("%d more: %s" % (more, name))

    orders = muppy.filter(muppy.get_objects(), Type=Order)
    print(referrers.why_all(orders))


main()
