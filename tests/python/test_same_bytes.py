"""The same program gives the same bytes, wherever its objects lie.

layouts.py has the scenes; each is told five times, with other hashes of
strings and other addresses.  Ids in the text are put aside: they are addresses.
"""

import os
import re
import subprocess
import sys

import pytest

import layouts
from conftest import needs_order

PROGRAM = layouts.__file__


def told(seed):
    """What one run says, by scene."""
    result = subprocess.run(
        [sys.executable, PROGRAM, str(seed)], capture_output=True, text=True,
        env=dict(os.environ, PYTHONHASHSEED=str(seed)), timeout=300)
    assert result.returncode == 0, result.stderr
    parts = re.split(r"^== (\w+)\n", result.stdout, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


@pytest.fixture(scope="module")
def runs():
    return [told(seed) for seed in range(5)]


@needs_order
@pytest.mark.parametrize("name", [f.__name__ for f in layouts.SCENES])
def test_the_same_bytes(runs, name):
    first, *others = [run[name] for run in runs]
    assert first.count("referrers-graph") == len(layouts.OPTIONS)
    for other in others:
        assert other == first


def test_the_runs_differ_in_what_they_should_not_tell():
    """Or nothing was tried: where objects lie, and in which order."""
    program = ("import layouts, sys; kept = layouts.scatter(int(sys.argv[1]));"
               "made = [layouts.Target() for _ in range(50)];"
               "order = sorted(range(50), key=lambda i: id(made[i]));"
               "print(order, list({str(i) for i in range(50)}))")
    orders = {subprocess.run(
        [sys.executable, "-c", program, str(seed)], text=True, check=True,
        cwd=os.path.dirname(PROGRAM), capture_output=True,
        env=dict(os.environ, PYTHONHASHSEED=str(seed))).stdout
        for seed in range(5)}
    assert len(orders) == 5


def test_an_id_as_a_key_says_whose_it_is():
    text = told(0)["ids_as_keys"]
    assert "dict[<id of Target object>]" in text
    assert "dict[(<id of Target object>, 'x')]" in text
    assert "dict[<id of class Node>]" in text
    assert "dict[<__main__.Target object at 0x…>]" in text
