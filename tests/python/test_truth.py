"""Random programs whose holders are known: the verdict is right, and doing what
the answer says, and nothing else, frees the object.

`make check-truth` runs thousands, from a seed that it prints.
"""

import pathlib
import re

from conftest import run_python, short_and_long

PROGRAMS = pathlib.Path(__file__).with_name("random_programs.py")


def programs(first, count):
    result = run_python(str(PROGRAMS), str(first), str(count), timeout=600)
    return result, re.search(
        r"(\d+) programs from seed (\d+), (\d+) failed: alive (\d+) "
        r"only-you (\d+) garbage (\d+)", result.text)


@short_and_long
def test_random_programs(length):
    result, found = programs(1, 1000 if length == "long" else 150)
    assert result.status == 0 and found, result.text + result.errors
    alive, mine, garbage = map(int, found.groups()[3:])
    assert alive > 50 and mine > 10 and garbage > 5, result.text
