"""Transcripts: files NAME.console in doc/examples/TOPIC, which the pages of the
site show, and which are run to see that it is still so.

    # needs: django, gdb
    $ python service.py &
    listening
    $ python -m referrers.dot --pid $! \\
          -e 'app.cache'
    ...

Lines that begin with ``$ `` are commands, a backslash at their end goes on;
what follows is what they print, output and errors together.  All commands of
a file run in one shell, in a copy of all topics.  Ids, addresses, times and
what three dots stand for are not compared.  The first lines may say `needs`:
what must be there beside the standard library and pytest; and `varies`: an
expression for what else is not compared.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "doc" / "examples"
MARK = "=-=-= %d =-=-="

# Commands of a page, and what of this interpreter they are: elsewhere on PATH
# they may belong to another one, or be missing (Debian's packages).
PROGRAMS = {"python": "", "pytest": "-m pytest", "flask": "-m flask",
            "sphinx-build": "-m sphinx", "ipython": "-m IPython",
            "memray": "-m memray"}

# What differs from run to run, and what is put in its place on both sides.
VARIES = (
    (r"\(id=\d+\)", "(id=N)"),
    (r"0x[0-9a-f]{6,}", "0xN"),
    (r"\bin \d+\.\d+s\b", "in N s"),
    (r"\b\d+ MB\b", "N MB"),
    (r"(?m)^ +\^+\n", ""),     # beneath a line of a traceback, from 3.11 on
    (r"(?:/tmp/)?referrers-\w+\.svg", "referrers-N.svg"),
)


class Transcript:
    def __init__(self, path):
        self.path = path
        self.name = "%s/%s" % (path.parent.name, path.stem)
        self.needs = []
        self.varies = []
        self.commands = []      # [command, what it prints]
        goes_on = False
        for line in path.read_text().splitlines():
            if goes_on:
                self.commands[-1][0] += "\n" + line
            elif line.startswith("$ "):
                self.commands.append([line[2:], ""])
            elif self.commands:
                self.commands[-1][1] += line + "\n"
            elif line.startswith("# needs: "):
                self.needs += line[9:].split(", ")
            elif line.startswith("# varies: "):
                self.varies.append((line[10:], "*"))
            elif not line.startswith("#"):
                raise ValueError("%s begins without a command" % self.name)
            goes_on = line.endswith("\\") and (
                goes_on or line.startswith("$ "))


def all_of_them():
    return [Transcript(path) for path in sorted(EXAMPLES.glob("*/*.console"))]


def run(transcript, directory):
    """What each of the commands printed, in order."""
    examples = pathlib.Path(directory) / "examples"
    here = examples / transcript.path.parent.name
    shutil.copytree(EXAMPLES, examples,
                    ignore=shutil.ignore_patterns("__pycache__"))
    script = ["exec 2>&1"]
    for number, (command, _) in enumerate(transcript.commands):
        script.append(command)
        if command.endswith("&"):
            script.append("sleep 1")    # it may have something to say
        script.append("echo '%s'" % (MARK % number))
    environment = dict(
        os.environ, PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1",
        COLUMNS="80", NO_COLOR="1", PYTEST_ADDOPTS=_pytest_options(),
        PATH=_programs(pathlib.Path(directory) / "bin") + os.pathsep
        + os.environ["PATH"])
    # pytest says more where it takes itself to be in a CI.
    for name in ("CI", "BUILD_NUMBER"):
        environment.pop(name, None)
    process = subprocess.Popen(
        ["bash", "-c", "\n".join(script)], cwd=here, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        start_new_session=True)
    try:
        out = _until_mark(process, MARK % (len(transcript.commands) - 1))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()
    out = out.replace(str(here) + "/", "")
    parts = re.split(re.escape(MARK).replace("%d", r"\d+") + "\n", out)
    return parts[:-1]


def _programs(directory):
    directory.mkdir()
    for name, arguments in PROGRAMS.items():
        path = directory / name
        path.write_text('#!/bin/sh\nexec "%s" %s "$@"\n'
                        % (sys.executable, arguments))
        path.chmod(0o755)
    return str(directory)


def _pytest_options():
    """Where no entry point says so, pytest is told of the plugin."""
    import importlib.metadata
    known = [point.value for point in
             importlib.metadata.entry_points(group="pytest11")]
    plugin = "referrers.pytest_plugin"
    return "-p no:cacheprovider -p no:tap" + (
        "" if plugin in known else " -p " + plugin)


def _until_mark(process, mark):
    """A server in the background holds the pipe open: the mark is the end."""
    import threading
    timer = threading.Timer(120, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.decode())
            if lines[-1].strip() == mark:
                break
    finally:
        timer.cancel()
    return "".join(lines)


def normal(text, varies):
    for pattern, instead in (*VARIES, *varies):
        text = re.sub(pattern, instead, text)
    return text.strip("\n")


def agrees(expected, printed, varies=()):
    """Whether what was printed is what is expected, dots included."""
    pattern = re.escape(normal(expected, varies)).replace("\\\n", "\n")
    dots = re.escape("...")
    pattern = re.sub(r"(?m)^%s\n" % re.escape(dots), r"(?:.*\\n)*?", pattern)
    pattern = re.sub(r"(?m)^%s\Z" % re.escape(dots), r"(?s:.*)", pattern)
    pattern = pattern.replace(dots, ".*?")
    return re.fullmatch(pattern, normal(printed, varies)) is not None
