"""What a second thread disturbs whether or not it takes graphs: these tests say
nothing about us, and are not run.  The end of a test's id, and why it is here."""

EXCLUDED = {
    "GCTests.test_get_count":
        "counts the allocations of the whole process",
    "GCTests.test_tuple":
        "counts the garbage of the whole process",
    "GCTests.test_collect_generations":
        "a collection that the other thread sets off moves what it looks for",
}


def excluded(test_id):
    return any(test_id.endswith(name) for name in EXCLUDED)
