"""Visitors come and go, a hundred at a time."""

import resource

from shop import shop


def visitors(count):
    for number in range(count):
        shop.visit("visitor-%d" % number)
        shop.leave("visitor-%d" % number)


for _ in range(3):
    visitors(100)
    print("%d visits open, %d MB at most" % (
        len(shop.visits),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
