"""Ctrl-C and the end of a time limit at moments that are counted.

Whoever works long asks again and again whether to go on.  `_core._drill` counts
those questions, and lets an interrupt or a timeout happen at the n-th of them:
so every phase is hit, on any machine however busy, and that the work ends there
shows in how often it asks afterwards.  (How much time passes between two
questions is measured by tests/bench/bench_interrupt.py.)
"""

import contextlib

import pytest

from conftest import HAS_GIL
from referrers import _core


def questions(call):
    """How often `call` asks whether to go on."""
    if not HAS_GIL:
        pytest.skip("without a GIL a child works, and asks where no test can "
                    "count: see test_fork_ends")
    _core._drill()
    call()
    return _core._drill()


def moments(total, count):
    """Questions at which to end it: early ones, since the first phases ask less
    often than the later, and others spread over all of them."""
    early = {2 ** i for i in range(0, total.bit_length(), 2)}
    spread = {round(total * (i + 0.5) / count) for i in range(count)}
    # Not the very last: other objects of this process come and go, and one
    # question more or less with them.
    return sorted(at for at in early | spread if 0 < at < total * 0.98)


@contextlib.contextmanager
def drill(at, what):
    _core._drill(at, what)
    try:
        yield
    finally:
        _core._drill()


def check_interrupts(call, least, count):
    """A Ctrl-C at any question ends the call, which asks no more; there are at
    least so many questions."""
    total = questions(call)
    assert total >= least
    for at in moments(total, count):
        with drill(at, "interrupt"):
            with pytest.raises(KeyboardInterrupt):
                call()
            assert _core._drill() == at
