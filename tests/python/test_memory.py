"""Memory failure is an answer, wherever it strikes: CPython's own allocations,
each allocation of _core, and the address space as a whole.  Each case runs in
a process of its own, so that a crash is a failure of one test."""

import json
import os
import pathlib

import pytest

from conftest import short_and_long

HERE = pathlib.Path(__file__).parent
CALLS = ["graph", "graph_untracked", "graph_for_list", "why", "text", "view",
         "dot", "graph_forked", "heap"]
SURVEYS = ["survey_types", "survey_map", "survey_chart", "survey_growth"]
OWN_BLOCKS = 10  # as in memory_failures.py


def is_sanitized():
    return "asan" in os.environ.get("LD_PRELOAD", "")


not_sanitized = pytest.mark.skipif(
    is_sanitized(), reason="AddressSanitizer needs malloc and the address "
                           "space for itself; the C unit tests cover this")


def run(python, *arguments, **environment):
    result = python(HERE / "memory_failures.py", *arguments, timeout=300,
                    env={**os.environ, **environment})
    assert result.status == 0, result.errors
    return json.loads(result.output)


def check(found, length):
    """Failed each time with MemoryError, and left everything as it was."""
    assert found["seen"].keys() <= {"MemoryError", "success"}
    # With less than what the call takes it fails, each time.
    assert found["n"] >= 3
    assert found["seen"]["MemoryError"] >= min(found["n"] - 1, 200 if length == "long" else 20)
    assert found["before"] == found["after"]
    assert found["blocks"] < OWN_BLOCKS
    assert found["alive"]


@short_and_long
@pytest.mark.parametrize("call", CALLS + SURVEYS)
def test_each_allocation_of_python_may_fail(python, call, length):
    """Not to_networkx: of it `view` is ours, and in what networkx does with
    it 3.13.0 itself crashes (tp_new_wrapper) and 3.11 loses references."""
    pytest.importorskip("_testcapi", reason="this CPython has no _testcapi, "
                                            "which makes its memory fail")
    check(run(python, length, "python", call), length)


@not_sanitized
@short_and_long
@pytest.mark.parametrize("call", CALLS + SURVEYS + ["networkx", "heap_forked",
                                                     "heap_read"])
def test_each_allocation_of_the_core_may_fail(python, call, length):
    library = os.environ["REFERRERS_TEST_LIBRARIES"] + "/libfailing_core.so"
    assert os.path.exists(library), "make check builds it"
    check(run(python, length, "core", call, LD_PRELOAD=library), length)


@not_sanitized
@short_and_long
@pytest.mark.parametrize("call", CALLS[:4] + ["heap"])
def test_the_address_space_may_end_anywhere(python, call, length):
    """malloc and mmap fail at ever later moments of a large walk."""
    found = run(python, length, "address-space", call)
    assert found["seen"].keys() == {"MemoryError", "success"}
    assert found["seen"]["MemoryError"] >= (5 if length == "long" else 2)
    assert found["alive"]
