"""Tests of a whole heap, in a process whose heap is small: pytest's own takes
four times as long to look at.

A file of such tests has functions check_x(), which take nothing or a directory
for files, and imports no pytest.  test_x.py says `test = apart.tests("file")`,
and each of the functions is a test there.  One process imports the file; each
function runs in a fork of it, so that none meets what another has left.
"""

import contextlib
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import traceback

HERE = pathlib.Path(__file__).parent


@contextlib.contextmanager
def raises(kind, words=""):
    """As pytest.raises, with words that the message has."""
    try:
        yield
    except kind as error:
        assert words in str(error), error
    else:
        raise AssertionError("no %s was raised" % kind.__name__)


def tests(name):
    """A test function with a case for every check_x() of the file."""
    import pytest
    names = [line.split("(")[0].removeprefix("def check_") for line in
             HERE.joinpath(name + ".py").read_text().splitlines()
             if line.startswith("def check_")]

    @pytest.fixture(scope="module")
    def small_process():
        process = subprocess.Popen(
            [sys.executable, __file__, name], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        yield process
        process.stdin.close()
        assert process.wait(60) == 0

    @pytest.mark.parametrize("case", names)
    def test(small_process, case, tmp_path):
        small_process.stdin.write(json.dumps([case, str(tmp_path)]) + "\n")
        small_process.stdin.flush()
        failure = json.loads(small_process.stdout.readline())
        if failure is not None:
            pytest.fail(failure, pytrace=False)

    return small_process, test


def _run(function, directory):
    takes = function.__code__.co_argcount - len(function.__defaults__ or ())
    try:
        function(*[pathlib.Path(directory)][:takes])
    except BaseException:
        return traceback.format_exc()
    return None


def _run_in_child(function, directory):
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        os.write(theirs, json.dumps(_run(function, directory)).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        text = told.read()
    ended = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(ended):
        return "the process was ended by " + signal.strsignal(os.WTERMSIG(ended))
    return json.loads(text)


def _main(name):
    module = importlib.import_module(name)
    for line in sys.stdin:
        case, directory = json.loads(line)
        failure = _run_in_child(getattr(module, "check_" + case), directory)
        print(json.dumps(failure), flush=True)


if __name__ == "__main__":
    _main(sys.argv[1])
