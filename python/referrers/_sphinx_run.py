"""The code of a directive is run in a process of its own, once.

What it gave is kept in a directory, and found again there for as long as the
code, its options, this package, Python and the files that the code imported
are what they were.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from typing import IO, Any, NamedTuple

from referrers import _files, _json, _picture, _render, _version

_FORMAT = 1  # of what is kept
DRAW_TIMEOUT = 60.0
_MOST_OUTPUT = 100_000
# Only sys, which is built in, is imported before sys.path is what it is to be;
# no name of it stays.
_BOOT = ("import sys; sys.path[:] = sys.argv.pop(1).split('\\n'); del sys; "
         "from referrers._sphinx_child import main; main()")


class Failure(Exception):
    """There is no graph; the text is one line.  `files` are those that had
    been imported, `output` what the code printed as errors."""

    def __init__(self, text: str, files: list[str] | None = None,
                 output: str = "") -> None:
        super().__init__(text)
        self.files = files or []
        self.output = output


class Request(NamedTuple):
    """What is run, and what it is asked."""

    directory: str          # where it runs
    path: list[str]         # sys.path
    setup: list[str]        # pieces of code that run first
    expression: str
    script: str | None      # a program to run then
    options: list[str]      # of the command
    explain: bool

    def words(self) -> list[str]:
        """The command line."""
        words = ["--setup=" + code for code in self.setup]
        words += ["--expr=" + self.expression, *self.options]
        return words + (["--", self.script] if self.script else [])


class Answer(NamedTuple):
    graph: str              # as JSON text
    files: list[str]        # that the code imported


class Cache:
    """Files whose names are a hash of all that they depend on."""

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def load(self, name: str) -> bytes | None:
        try:
            with open(os.path.join(self.directory, name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def store(self, name: str, data: bytes) -> str:
        """The path of the file, which is complete as soon as it is there:
        several processes may do the same at a time."""
        os.makedirs(self.directory, exist_ok=True)
        path = os.path.join(self.directory, name)
        _files.replace(path, data)
        return path


def graph(request: Request, timeout: float, cache: Cache) -> Answer:
    """The answer, from the cache where it is still true; or Failure."""
    name = "graph-%s.json" % _hash([tool(), *request])
    kept = _still_true(cache.load(name))
    if kept is not None:
        return kept
    answer = _run(request, timeout)
    digests = {path: _digest_of(path) for path in answer.files}
    cache.store(name, json.dumps([answer.graph, digests]).encode())
    return answer


def _still_true(data: bytes | None) -> Answer | None:
    if data is None:
        return None
    try:
        text, digests = json.loads(data)
        if all(_digest_of(path) == digest
               for path, digest in digests.items()):
            return Answer(text, list(digests))
    except (ValueError, TypeError, AttributeError):
        pass  # written by someone else
    return None


def picture(graph: str, format: str, options: _picture.Options,
            cache: Cache) -> tuple[str, bytes]:
    """The path of a file with the picture, and what is in it.  RenderError
    when it cannot be drawn."""
    name = "referrers-%s.%s" % (
        _hash([tool(), graph, format, options.words()]), format)
    data = cache.load(name)
    if data is not None:
        return os.path.join(cache.directory, name), data
    data = _render.encode(_json.loads(graph), format, DRAW_TIMEOUT, options)
    return cache.store(name, data), data


@functools.cache
def tool() -> str:
    """A word that changes with this package, its Graphviz and Python."""
    package = os.path.dirname(os.path.abspath(__file__))
    files = sorted(entry.path for entry in os.scandir(package)
                   if entry.is_file())
    return _hash([_FORMAT, sys.version, _version.graphviz(),
                  [_digest_of(path) for path in files]])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def _digest_of(path: str) -> str:
    """Of what is in the file; "" when it is gone."""
    try:
        status = os.stat(path)
        return _digest(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return ""


@functools.cache
def _digest(path: str, time: int, size: int) -> str:
    """The file is read again when one of the numbers has changed."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:32]


def _run(request: Request, timeout: float) -> Answer:
    with tempfile.TemporaryDirectory(prefix="referrers-") as directory:
        answer_path = os.path.join(directory, "answer")
        with open(os.path.join(directory, "errors"), "w+b") as errors:
            status = _child(request, answer_path, errors, timeout)
            errors.seek(0)
            output = errors.read(_MOST_OUTPUT).decode("utf-8", "replace")
        try:
            with open(answer_path, "rb") as file:
                answer = json.load(file)
        except FileNotFoundError:
            raise Failure(_ending(status, timeout), [], output) from None
    if "error" in answer:
        raise Failure(answer["error"], answer["files"], output)
    return Answer(json.dumps(answer["graph"]), answer["files"])


def _child(request: Request, answer_path: str, errors: IO[bytes],
           timeout: float) -> int | None:
    """The status with which the code's process ended; None when it had to be
    ended.  What it started goes with it."""
    words = [sys.executable, "-c", _BOOT, "\n".join(request.path), answer_path,
             "explain" if request.explain else "plain", *request.words()]
    # The same order of sets on every run.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=errors, cwd=request.directory, env=environment,
            start_new_session=True)
    except (OSError, ValueError) as error:
        raise Failure("cannot start Python: %s" % error) from None
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def _ending(status: int | None, timeout: float) -> str:
    if status is None:
        return ("the code took more than %g seconds; raise :timeout: or "
                "referrers_timeout" % timeout)
    if status < 0:
        return "%s ended the code's process" % signal.Signals(-status).name
    return "the code ended its process with status %d" % status
