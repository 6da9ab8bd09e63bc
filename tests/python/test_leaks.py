"""A zoo of leaks (doc/examples/leaks): for each the first line of `why` names
the culprit, on every CPython, in the words written beside it."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import compile_extension

LEAKS = sorted((pathlib.Path(__file__).resolve().parents[2]
                / "doc/examples/leaks").glob("*.py"))
MOST_LINES = 25


def expected_line(leak):
    """What the comment at the end of the file says, its lines joined."""
    comment = leak.read_text().partition("\n# why says: ")[2]
    assert comment, "%s does not say what why says" % leak.name
    return re.sub(r"\n#\s+", " ", comment).strip()


@pytest.fixture(scope="session")
def extension_directory(tmp_path_factory):
    """Where the extension module of one leak is compiled to."""
    directory = tmp_path_factory.mktemp("extension")
    compile_extension(LEAKS[0].with_name("forgetful.c"), directory)
    return directory


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.stem)
def test_the_first_line_names_the_culprit(leak, extension_directory):
    search = [str(extension_directory), os.environ.get("PYTHONPATH", "")]
    run = subprocess.run(
        [sys.executable, str(leak)], capture_output=True, text=True,
        timeout=300, env={**os.environ, "PYTHONPATH": os.pathsep.join(search)})
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == expected_line(leak)
    assert len(lines) <= MOST_LINES


def test_the_zoo_is_complete():
    """A directory that is not found would pass in silence."""
    assert len(LEAKS) >= 20
