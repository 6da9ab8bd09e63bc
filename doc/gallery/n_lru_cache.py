"""functools.lru_cache on a method: the cache belongs to the class, so it keeps
every instance that was ever asked."""

import gc

import referrers
import scene

reports = scene.module("reports", """
import functools

class Report:
    def __init__(self, year):
        self.year = year

    @functools.lru_cache(maxsize=128)
    def total(self, month):
        return self.year * 12 + month

def build():
    for year in range(2000, 2026):
        report = Report(year)
        for month in range(3):
            report.total(month)
""")
reports.build()
scene.draw(referrers.get_referrer_graph(
    min((o for o in gc.get_objects() if type(o) is reports.Report),
        key=lambda report: report.year),
    module_prefixes=["reports"], explain=True))
