"""What the Python tests share: the command run as a user runs it, and texts
compared without the addresses in them."""

import os
import pathlib
import pty
import re
import shlex
import signal
import subprocess
import sys
import sysconfig

import elsewhere
import pytest

import referrers

TOP = pathlib.Path(__file__).resolve().parents[2]

# A shell starts its background jobs with SIGINT ignored, and some daemons leave
# other signals so; programs inherit that.  Here and in all that the tests start
# signals do what they do for a user at a terminal.  (SIGPIPE is put right in each
# child by subprocess.)
signal.signal(signal.SIGINT, signal.default_int_handler)
for _number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM,
                signal.SIGALRM, signal.SIGXCPU, signal.SIGUSR1):
    signal.signal(_number, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, [])

# Nor do the tests look like the terminal, the language or the habits of whoever
# starts them.
os.environ["LC_ALL"] = "C.UTF-8"
for _name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHON_COLORS",
              "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS", "PYTHONSTARTUP",
              "PYTEST_ADDOPTS", "GVBINDIR", "GV_FILE_PATH"):
    os.environ.pop(_name, None)
os.umask(0o022)


# `make check` tests everything that can go wrong.  What has to be done thousands
# of times to find it (every allocation fails, random programs, races) it does
# some times, and `make check-long` (pytest -m long) often.
short_and_long = pytest.mark.parametrize(
    "length", ["short", pytest.param("long", marks=pytest.mark.long)])


# Where there is none, objects are read in a forked child only.
HAS_GIL = not referrers._core._needs_fork
# Most answers list equals by their age, which the collector's lists know.
needs_order = pytest.mark.skipif(not HAS_GIL, reason=(
    "without a GIL the collector keeps no order: of equals any may come first"))


def pytest_configure(config):
    config.addinivalue_line("markers", "long: for make check-long; -m long")
    if not config.option.markexpr:
        config.option.markexpr = "not long"


def pytest_collection_modifyitems(items):
    for item in items:
        reason = elsewhere.reason_to_skip(item.nodeid)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


class Result:
    """What a finished command left: status, output as bytes, errors as text."""

    def __init__(self, process):
        self.status = process.returncode
        self.output = process.stdout
        self.errors = process.stderr.decode("utf-8", "backslashreplace")

    @property
    def text(self):
        return self.output.decode()

    @property
    def said(self):
        """The lines that the command itself said."""
        return [line for line in self.errors.splitlines()
                if line.startswith("referrers:")]


def run_python(*arguments, **how):
    """`python ARGUMENTS` with the package under test; see subprocess.run.
    What hangs is ended, long after the busiest machine would have answered."""
    how.setdefault("timeout", 300)
    return Result(subprocess.run(
        [sys.executable, *map(os.fspath, arguments)], input=b"",
        stdout=how.pop("stdout", subprocess.PIPE),
        stderr=how.pop("stderr", subprocess.PIPE), **how))


def run_on_terminal(*arguments, on_output=None, **how):
    """Status and output of the command with a terminal as standard output and
    error.  `on_output` is called with the process and all it has written so far,
    whenever that is more."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:  # a chroot without /dev/pts
        pytest.skip("this machine gives no terminal: %s" % error)
    process = subprocess.Popen(
        [sys.executable, "-m", "referrers.dot", *arguments],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, **how)
    os.close(theirs)
    seen = b""
    try:
        while block := os.read(ours, 4096):
            seen += block
            if on_output is not None:
                on_output(process, seen.decode("utf-8", "replace"))
    except OSError:
        pass  # the terminal's end of file
    os.close(ours)
    return process.wait(60), seen.decode().replace("\r\n", "\n")


def compile_extension(source, directory):
    """Compiles a C file to an extension module in `directory`."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    subprocess.run(
        [*shlex.split(compiler), "-shared", "-fPIC",
         "-I" + sysconfig.get_path("include"), os.fspath(source),
         "-o", os.fspath(directory / source.with_suffix(".so").name)],
        check=True, timeout=300)


def without_ids(text):
    """The text tree with every id replaced: (id=N)."""
    return re.sub(r"\(id=\d+\)", "(id=N)", text)


@pytest.fixture
def command(tmp_path):
    """Runs `python -m referrers.dot ARGUMENTS` in an empty directory."""
    def run(*arguments, **how):
        how.setdefault("cwd", tmp_path)
        return run_python("-m", "referrers.dot", *arguments, **how)
    return run


@pytest.fixture
def python():
    return run_python


@pytest.fixture
def no_ids():
    return without_ids


@pytest.fixture
def examples():
    """The directory of the example programs."""
    return TOP / "doc" / "examples"
