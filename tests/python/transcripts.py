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
what must be there beside the standard library and pytest; `varies`: an
expression for what else is not compared; and `here`: the directory to run in,
from the topic's own.
A command in the background has as long as it needs to print what stands below
it.  The ports 8000 to 8099 of the pages are free ones of this machine here.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "doc" / "examples"
MARK = "=-=-= %d =-=-="
PORT = re.compile(r"\b80\d\d\b")

# Commands of a page, and what of this interpreter they are: elsewhere on PATH
# they may belong to another one, or be missing (Debian's packages).
PROGRAMS = {"python": "", "pytest": "-m pytest", "flask": "-m flask",
            "sphinx-build": "-m sphinx", "ipython": "-m IPython",
            "memray": "-m memray", "mkdocs": "-m mkdocs"}

# What differs from run to run, and what is put in its place on both sides.
VARIES = (
    (r"\(id=\d+\)", "(id=N)"),
    (r"0x[0-9a-f]{6,}", "0xN"),
    (r"\bin \d+\.\d+s\b", "in N s"),
    (r"\b\d[\d.]* MB\b", "N MB"),
    (r"(?m)^ +\^+\n", ""),     # beneath a line of a traceback, from 3.11 on
    (r"(?:/tmp/)?referrers-\w+\.svg", "referrers-N.svg"),
)


class Transcript:
    def __init__(self, path):
        self.path = path
        self.name = "%s/%s" % (path.parent.name, path.stem)
        self.needs = []
        self.varies = []
        self.here = "."
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
            elif line.startswith("# here: "):
                self.here = line[8:]
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
    ports = _free_ports(examples, transcript)
    script = ["exec 2>&1"]
    for number, (command, _) in enumerate(transcript.commands):
        script.append(_exchange(command, ports))
        if command.endswith("&"):
            script.append("until test -e '%s'; do sleep 0.05; done"
                          % _said(directory, number))
        script.append("echo '%s'" % (MARK % number))
    environment = dict(
        os.environ, PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1",
        COLUMNS="80", NO_COLOR="1", NO_MKDOCS_2_WARNING="1",
        PYTEST_ADDOPTS=_pytest_options(),
        PATH=_programs(pathlib.Path(directory) / "bin") + os.pathsep
        + os.environ["PATH"])
    # pytest says more where it takes itself to be in a CI.
    for name in ("CI", "BUILD_NUMBER"):
        environment.pop(name, None)
    process = subprocess.Popen(
        ["bash", "-c", "\n".join(script)],
        cwd=here / transcript.here, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        start_new_session=True)
    try:
        out = _until_mark(process, transcript.commands, directory)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()
    out = out.replace(str(here) + "/", "")
    out = out.replace(tempfile.gettempdir() + "/", "/tmp/")
    out = _exchange(out, {free: port for port, free in ports.items()})
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


def _free_ports(examples, transcript):
    """A free port for each that the programs of the topics or the commands name;
    the programs in the copy get it."""
    programs = {path: path.read_text() for path in examples.glob("*/*.py")}
    texts = [*programs.values(), *(one for one, _ in transcript.commands)]
    ports = sorted({port for text in texts for port in PORT.findall(text)})
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in ports]
    free = {port: str(one.getsockname()[1])
            for port, one in zip(ports, sockets)}
    for one in sockets:
        one.close()
    for path, text in programs.items():
        if PORT.search(text):
            path.write_text(_exchange(text, free))
    return free


def _exchange(text, ports):
    return re.sub(r"\b\d+\b", lambda found: ports.get(found[0], found[0]), text)


def _said(directory, number):
    """The file that is made when a command in the background has printed what
    it has to."""
    return pathlib.Path(directory) / ("said-%d" % number)


def _until_mark(process, commands, directory):
    """A server in the background holds the pipe open: the mark is the end."""
    import threading
    timer = threading.Timer(300, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    lines = []
    try:
        for number, (_, expected) in enumerate(commands):
            left = len(expected.splitlines())
            while True:
                if left <= 0:
                    _said(directory, number).touch()
                line = process.stdout.readline().decode()
                lines.append(line)
                left -= 1
                if not line or line.strip() == MARK % number:
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
    pattern = re.sub(r"\n%s\Z" % re.escape(dots), r"(?s:\\n.*)?", pattern)
    pattern = pattern.replace(dots, ".*?")
    return re.fullmatch(pattern, normal(printed, varies)) is not None
