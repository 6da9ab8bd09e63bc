"""A dump says word for word what the live heap says."""

import os
import pathlib

import pytest

from conftest import (
    HAS_GIL, TOP, compile_extension, needs_order, run_python, short_and_long)

LEAKS = sorted((TOP / "doc" / "examples" / "leaks").glob("*.py"))
PROGRAM = pathlib.Path(__file__).with_name("second_witness.py")


def compared(*arguments, **how):
    """How many answers were compared; none of them may differ."""
    result = run_python(PROGRAM, *arguments, **how)
    assert result.status == 0, result.errors
    word, count = result.text.splitlines()[-1].split()
    assert word == "compared"
    return int(count)


@needs_order
@short_and_long
def test_every_kind_of_reference_and_random_heaps(length):
    least = 2000 if length == "long" else 700
    assert compared(length, "kinds", timeout=600) > least


@short_and_long
def test_what_people_ask_about(length):
    least = 500 if length == "long" else 150
    assert compared(length, "situations", timeout=600) > least


@pytest.fixture(scope="session")
def extension_directory(tmp_path_factory):
    directory = tmp_path_factory.mktemp("extension")
    compile_extension(LEAKS[0].with_name("forgetful.c"), directory)
    return directory


def test_leaks(extension_directory):
    search = [str(extension_directory), os.environ.get("PYTHONPATH", "")]
    # Without a GIL no list of the collector's has what is frozen.
    leaks = [leak for leak in LEAKS if HAS_GIL or "frozen" not in leak.name]
    compared("short", "leak", *leaks, timeout=300, env={
        **os.environ, "PYTHONPATH": os.pathsep.join(search)})
    assert len(LEAKS) > 20
