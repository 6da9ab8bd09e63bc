"""A cache on a method keeps every instance it was called on: `self` is part of
the key, and the cache belongs to the class."""

import functools
import weakref

import referrers


class Report:
    @functools.lru_cache(maxsize=128)
    def total(self, year):
        return year * 2


def main():
    report = Report()
    report.total(2026)
    return weakref.ref(report)


watched = main()
print(referrers.why(watched()))

# why says: Report is alive: __main__.Report.total<key>[0] leads to it
