"""runner.py MODE MODULE SECONDS RESULTS: one module of CPython's own test suite, with a
second thread that looks.

MODE is `graphs` (the thread takes a graph of a random object every few
milliseconds), `control` (it picks the object and takes no graph) or `alone`
(no second thread).  The module runs again and again until SECONDS are over, once
at least; a test that fails in one round has failed.  RESULTS receives one JSON
object: the outcome of each test, how many graphs were taken, what went wrong with
one.
"""

import _thread
import faulthandler
import gc
import json
import random
import sys
import time
import unittest

import referrers
from exclusions import excluded

PAUSE = 0.003           # seconds between two graphs
HANGS_AFTER = 1500      # seconds: then every thread's stack is printed
MOST_TEXT = 50_000      # objects; the text of more takes too long


class Looker:
    """The second thread.  It is no threading.Thread: that would be counted."""

    def __init__(self, takes_graphs, seed):
        self.random = random.Random(seed)
        self.takes_graphs = takes_graphs
        self.goes_on = True
        self.has_ended = _thread.allocate_lock()
        self.has_ended.acquire()
        self.graphs = self.texts = 0
        self.problems = []

    def start(self):
        _thread.start_new_thread(self.run, ())

    def stop(self):
        self.goes_on = False
        self.has_ended.acquire()

    def run(self, sleep=time.sleep):
        while self.goes_on:
            sleep(PAUSE)
            try:
                self.look(self.pick())
            except BaseException as error:
                self.problems.append(repr(error))
        self.has_ended.release()

    def pick(self):
        """A random object, or a few.  Tuples are left alone: one that is still
        being made must not have a second reference."""
        objects = gc.get_objects()
        some = [objects[self.random.randrange(len(objects))] for _ in range(3)]
        del objects
        return [one for one in some if type(one) is not tuple]

    def options(self):
        choice = self.random.choice
        return {"max_depth": choice([0, 1, 3, 20, None]),
                "search_for_untracked_objects": True,
                "max_untracked_search_depth": choice([None, 2]),
                "single_object_referrer_limit": choice([1, 10, 100]),
                "timeout": choice([None, None, 0.001, 0.01]),
                "module_prefixes": choice([None, None, ["test"]])}

    def look(self, targets):
        if not self.takes_graphs or not targets:
            return
        options = self.options()
        if self.random.randrange(2):
            graph = referrers.get_referrer_graph(targets[0], **options)
        else:
            graph = referrers.get_referrer_graph_for_list(targets, **options)
        del targets[:]
        self.graphs += 1
        if (self.random.randrange(4) == 0
                and graph._graph.object_count < MOST_TEXT):
            str(graph)
            self.texts += 1


class Outcomes(unittest.TestResult):
    """Remembers the outcome of each test; a subtest that fails is its test."""

    def __init__(self):
        super().__init__()
        self.outcome = {}
        self.words = {}

    def startTest(self, test):
        super().startTest(test)
        self.outcome.setdefault(test.id(), "passed")

    def note(self, test, outcome, error=None):
        self.outcome[test.id()] = outcome
        if error is not None:
            self.words[test.id()] = self._exc_info_to_string(error, test)

    def addError(self, test, error):
        self.note(test, "failed", error)

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(test, "failed", error)

    def addSkip(self, test, reason):
        self.note(test, "skipped")

    def addExpectedFailure(self, test, error):
        self.note(test, "passed")

    def addUnexpectedSuccess(self, test):
        self.note(test, "failed")


def tests_of(suite):
    """The tests of a suite that a second thread does not disturb by itself."""
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from tests_of(one)
        elif not excluded(one.id()):
            yield one


def run_module(module, outcomes):
    tests = tests_of(unittest.defaultTestLoader.loadTestsFromName(module))
    unittest.TestSuite(tests).run(outcomes)


def main(mode, module, seconds, results):
    faulthandler.enable()
    faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
    seed = random.randrange(2**32)
    outcomes = Outcomes()
    looker = Looker(mode == "graphs", seed)
    if mode != "alone":
        looker.start()
    started = time.monotonic()
    rounds = 0
    while rounds == 0 or time.monotonic() < started + float(seconds):
        run_module("test." + module, outcomes)
        rounds += 1
    if mode != "alone":
        looker.stop()
    with open(results, "w") as file:
        json.dump({"outcome": outcomes.outcome, "words": outcomes.words,
                   "graphs": looker.graphs, "texts": looker.texts,
                   "problems": looker.problems, "seed": seed,
                   "rounds": rounds,
                   "seconds": time.monotonic() - started}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
