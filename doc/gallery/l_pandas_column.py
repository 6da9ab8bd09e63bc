"""pandas: a column of objects keeps each of them, and so does every frame that
was cut from it."""

import scene

scene.needs("pandas")

import pandas  # noqa: E402

import referrers  # noqa: E402

jobs = scene.module("jobs", """
class Job:
    def __init__(self, number):
        self.number = number
FRAME = LATE = None
""")
jobs.FRAME = pandas.DataFrame({
    "number": range(1000),
    "job": [jobs.Job(i) for i in range(1000)]})
jobs.LATE = jobs.FRAME[jobs.FRAME.number > 990]
scene.draw(referrers.get_referrer_graph(
    jobs.LATE.job.iloc[3], search_for_untracked_objects=True,
    module_prefixes=["jobs"]))
