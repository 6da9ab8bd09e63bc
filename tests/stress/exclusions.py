"""Tests that are not run: a second thread disturbs them whether or not it takes
graphs, or they break CPython by themselves; they say nothing about us.  The end
of a test's id, and why it is here."""

import sys

EXCLUDED = {
    "GCTests.test_get_count":
        "counts the allocations of the whole process",
    "GCTests.test_tuple":
        "counts the garbage of the whole process",
    "GCTests.test_collect_generations":
        "a collection that the other thread sets off moves what it looks for",
    "GCTests.test_newstyleclass":
        "the same: what it counts was collected before",
    "GCTests.test_saveall":
        "the same: garbage of the other thread is saved too",
    "GCTests.test_trashcan_threads":
        "counts what threads of its own made, and misses some under load",
}

if sys.version_info[:2] == (3, 11):
    for name in ("test_generator_gi_yieldfrom", "test_cr_await"):
        EXCLUDED[name] = ("gi_yieldfrom of a running generator is garbage once "
                          "its code is specialised: run often enough they "
                          "crash, without any second thread")


def excluded(test_id):
    return any(test_id.endswith(name) for name in EXCLUDED)
