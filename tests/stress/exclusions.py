"""What a second thread disturbs whether or not it takes graphs: these tests say
nothing about us, and are not run.  Each line gives the end of a test's id and
why it is here."""

EXCLUDED = {
}


def excluded(test_id):
    return any(test_id.endswith(name) for name in EXCLUDED)
