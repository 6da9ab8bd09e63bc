"""A handler added to a logger for one job, and never removed."""

import logging
import weakref

import referrers


class Job(logging.Handler):
    def emit(self, record):
        pass


def main():
    job = Job()
    logging.getLogger("jobs").addHandler(job)
    return weakref.ref(job)


watched = main()
print(referrers.why(watched()))

# why says: Job is alive:
#     logging.Logger.manager.loggerDict['jobs'].handlers[0] leads to it
