"""Tests that are about what some machines do not have, by name, and why.
conftest.py skips them there; none is skipped because it has failed.
"""

import importlib.util
import pathlib
import re
import sys

try:
    from greenlet import __version__ as greenlet_version
except ImportError:
    greenlet_version = "9"  # what needs it says so

# The layouts of C types in src/heap/cpython/c_layouts.c are those of 64 bits.  With
# 32 their fields are told without a name, and so is what stands in them: a task's
# name, what it awaits.  A number is never taken for an address: programs count that
# far.
OF_64_BITS = re.compile(r"""
    test_c_types\.py::(test_every_layout_finds_its_type | test_a_subclass_of_a_task
        | test_subclasses_of_what_tells_the_collector_nothing)
    | test_why_tasks\.py
    | test_names\.py::test_the_picture_tells_a_task_by_its_name
    | test_gallery\.py::test_a_scene_draws.*\[(b_web_leak|j_asyncio_server)\]
    | test_heap\.py::test_a_key_that_is_an_id
    | test_which\.py::test_(keys_say_which|ident_in_an_expression)
    | test_same_bytes\.py::test_(an_id_as_a_key
        | the_same_bytes\[(ids_as_keys|threads|containers_of_c)\])
    | test_site\.py::test_prints_what_the_page_says\[(asyncio/why|live/live)\]
    """, re.VERBOSE)

OF_GREENLETS = re.compile(r"""
    test_greenlets\.py | test_kinds\.py.*\[local_of_a_greenlet\] | test_truth\.py
    """, re.VERBOSE)


OF_ATTACHING = re.compile(r"test_pid_attach\.py")


def has_attach():
    found = importlib.util.find_spec("referrers")
    return found is None or pathlib.Path(found.origin).with_name("_attach").exists()


def conditions():
    """Pairs of a pattern and a reason, for this machine."""
    if not has_attach():
        yield OF_ATTACHING, "the program that attaches is for x86_64 and aarch64"
    if sys.maxsize < 2 ** 32:
        yield OF_64_BITS, "with 32 bits C types have fields without names"
    if tuple(map(int, re.findall(r"\d+", greenlet_version)[:3])) < (3, 1, 1):
        yield OF_GREENLETS, "greenlet before 3.1.1 has its frames elsewhere"


def reason_to_skip(name, found=tuple(conditions())):
    """Of a test, by its name; None: it has to pass."""
    for pattern, reason in found:
        if pattern.search(name):
            return reason
    return None
