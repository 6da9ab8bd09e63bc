"""Which process of a server is meant: the master of gunicorn or uvicorn holds
nothing of what its workers do."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Iterator

_MASTERS = ("gunicorn", "uvicorn", "hypercorn")
_SHOWN = 8
# How multiprocessing starts a process that is no fork.
_SPAWNED = ("--multiprocessing-fork",)


def of_master(pid: int) -> str:
    """Words that name the workers; empty when the process is no master."""
    own = _command_line(pid)
    server = _server(own)
    if not server:
        return ""
    children = dict(_parents())
    if _server(_command_line(children.get(pid, 0))) == server:
        return ""  # a worker, whose parent is the master
    workers = [child for child, parent in children.items() if parent == pid
               and _is_worker(_command_line(child), own, server)]
    if not workers:
        return ""
    shown = ", ".join(map(str, sorted(workers)[:_SHOWN]))
    if len(workers) > _SHOWN:
        shown += " and %d more" % (len(workers) - _SHOWN)
    return "the master of %s, whose workers do the work: --pid %s" % (
        server, shown.replace(", ", " or ", 1) if len(workers) == 2 else shown)


def _command_line(pid: int) -> list[str]:
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read(1 << 16).decode("utf-8", "replace").split("\0")
    except OSError:
        return []  # ended meanwhile


def _server(words: list[str]) -> str:
    """The name of the server that a command line starts.  gunicorn may have
    written over its own: "gunicorn: master [app]"."""
    for word in words[:3]:
        name = os.path.basename(word.split(":")[0].strip())
        if name in _MASTERS:
            return name
    return ""


def _is_worker(words: list[str], master: list[str], server: str) -> bool:
    return (words == master or _server(words) == server
            or any(word in words for word in _SPAWNED))


def _parents() -> Iterator[tuple[int, int]]:
    """The number of each process, and of its parent."""
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        try:
            with open("/proc/%s/stat" % name, "rb") as file:
                fields = file.read(4096).rpartition(b")")[2].split()
            yield int(name), int(fields[1])
        except (OSError, IndexError, ValueError):
            pass  # ended meanwhile
