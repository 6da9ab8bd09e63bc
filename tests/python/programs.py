"""Programs of their own, for what cannot be tried in the tests' process."""

import subprocess
import sys
import textwrap


def run(code, *arguments, status=0):
    """A program of its own; what it printed."""
    process = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(code),
         *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=300, text=True)
    assert process.returncode == status, process.stdout
    return process.stdout
