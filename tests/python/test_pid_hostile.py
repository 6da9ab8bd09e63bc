"""--pid, and a process that is not honest or belongs to somebody else.

Protects that whatever it answers is one line that a terminal can show, that
nothing is made where it could not make it itself, that gdb runs none of its
files, and that a user's own process is asked as ever."""

import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

from conftest import run_python
from live_processes import (  # noqa: F401, the fixtures
    BY_FILE, gdb_is_there, nothing_is_left_behind, start, with_patience)
from referrers import _core, _graph, _process, _render

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="takes two users: only root can become another; "
    "CI runs as root")

IDLE = "import time\nprint('up', flush=True)\nwhile True: time.sleep(0.05)\n"

# The command, with something that answers at once in place of the attaching.
ANSWERED = """\
import os, sys
from referrers import _attach, _command, _inject, _loader
answer = sys.stdin.buffer.read()
def write(process, path, *rest, **how):
    folder = os.path.dirname(path)
    name, = [name for name in os.listdir(folder)
             if not name.endswith((".py", ".heap"))]
    with open(os.path.join(folder, name), "wb") as file:
        file.write(answer)
        if sys.argv[2] == "large":
            file.truncate(1 << 30)
    if sys.argv[2] == "linked":
        os.link(os.path.join(folder, name), "link")
_loader.is_there = lambda: False
_inject.run = write
_attach._PATIENCE = 0.1
sys.exit(_command.main(["--pid", sys.argv[1], "-T", "txt", "-e", "1"]))
"""


@pytest.mark.parametrize("answer, how, line", [
    (b"no      \x1b[2Jgone\x1b]0;title\x07\r\nreferrers: all is well", "",
     r"in process \d+: \\x1b\[2Jgone\\x1b\]0;title\\x07 referrers: all is "),
    (b"no      \xff\xe2\x80\xae" + b"long" * 10000, "", r"in process \d+: "),
    (b"failed  \x1b[31m", "", r"in process \d+: \\x1b\[31m"),
    (b"failed  No module named 'referrers'\x1b", "",
     r"process \d+ cannot import referrers"),
    (b"done    ", "", r"the answer of process \d+ is not a heap"),
    (b"done    \x1b[31m\n", "", r"the answer of process \d+ is not a heap"),
    (b"what?", "", r"process \d+ gave an answer that makes no sense"),
    (b"\x1b\xff", "", r"process \d+ gave an answer that makes no sense"),
    (b"done    ", "large", r"the answer of process \d+ is refused: it has mo"),
    (b"done    ", "linked", r"the answer of process \d+ is refused: its file"),
    (b"", "", r"process \d+ is blocked"),
])
def test_answers(start, tmp_path, answer, how, line):
    process = subprocess.run(
        [sys.executable, "-c", ANSWERED, start(IDLE).pid, how], input=answer,
        capture_output=True, timeout=300, cwd=tmp_path)
    errors = process.stderr.decode()
    assert (process.returncode, process.stdout) == (1, b"")
    assert re.match("referrers: " + line, errors), errors
    assert all(c.isprintable() for line in errors.splitlines() for c in line)
    assert len(errors) < 2500
    assert errors.count("\n") == 1


def test_graphs():
    """Every field of one, with what a terminal would obey."""
    class Holder:
        pass
    holder = Holder()
    holder.users = {"user": [1]}
    graph = _graph.get_referrer_graph_for_list(
        [holder.users["user"]], explain=True, sizes=True, values=True)
    rows = [line.split(b"\t") for line in graph._graph.lines().split(b"\n")]
    hostile = b"\\x1b]0;x\\x07\xc2\x9b\\x0d\\x08\xe2\x80\xae\xff"
    names = []
    for row in rows:
        for number, field in enumerate(row):
            for text in (hostile, field + hostile, b"'%s'" % hostile):
                row[number] = text
                try:
                    shown = _core.read(b"\n".join(map(b"\t".join, rows)))
                    names.append((row, number))
                except ValueError as error:
                    assert str(error).isprintable()
                    continue
                finally:
                    row[number] = field
                for text in (shown.text(0), shown.explanation(),
                             shown.mermaid(), shown.json()):
                    assert all(map(str.isprintable, text.split("\n"))), text
    assert len(names) > 50
    for row, number in names:
        row[number] = hostile
    shown = _core.read(b"\n".join(map(b"\t".join, rows)))
    for format in ("txt", "dot", "svg"):
        text = _render.encode(shown, format, 60).decode()
        assert "x1b]0;x" in text
        assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_number_that_another_process_gets():
    """The descriptor is of the one that was there first."""
    child = subprocess.Popen([sys.executable, "-c", "input()"],
                             stdin=subprocess.PIPE)
    process = _process.Process(child.pid)
    assert process.is_alive()
    child.communicate(b"\n")
    assert not process.is_alive()
    with pytest.raises(Exception, match="there is no process"):
        process.identity()
    process.close()


# A process of another user in another root directory; what it has for a /tmp
# is given, and whether this system knows openat2.
APART = """\
import ctypes, os, pathlib, signal, struct, sys
from referrers import _folder, _process
import racing_user
mode, owner, error = (int(word, 8) for word in sys.argv[2:])
top = pathlib.Path(sys.argv[1])
(top / "tmp").mkdir()
(top / "tmp").chmod(mode)
os.chown(top / "tmp", owner, owner)
reader, writer = os.pipe()
pid = os.fork()
if pid == 0:
    racing_user.become_another("", top)
    os.write(writer, b"up")
    signal.pause()
os.read(reader, 2)
if error:
    OPENAT2 = 437
    class Program(ctypes.Structure):
        _fields_ = [("size", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    code = b"".join(struct.pack("HBBI", *row) for row in (
        (0x20, 0, 0, 0), (0x15, 0, 1, OPENAT2), (6, 0, 0, 0x50000 | error),
        (6, 0, 0, 0x7fff0000)))
    kept = ctypes.create_string_buffer(code, len(code))
    program = Program(4, ctypes.addressof(kept))
    assert racing_user.libc.prctl(38, 1, 0, 0, 0) == 0
    assert racing_user.libc.prctl(22, 2, ctypes.byref(program)) == 0
try:
    place = _folder.Place(_process.Process(pid))
    print("taken", place.is_apart, place.user)
except Exception as failure:
    print(str(failure).replace(str(pid), "N"))
finally:
    os.kill(pid, signal.SIGKILL)
"""

REFUSED = ("/tmp, as process N sees it, is not a directory in which all can "
           "create files and none can remove another's: give it mode 1777\n")
TOO_OLD = ("process N sees other files than this command, and this system "
           "cannot look at them safely (openat2, Linux 5.6): run the command "
           "where it runs (nsenter --target N --all)\n")


@needs_root
@pytest.mark.parametrize("mode, owner, error, said", [
    ("1777", "0", "0", "taken True 65534\n"),
    ("755", "177776", "0", "taken True 65534\n"),
    ("1777", "177776", "0", "taken True 65534\n"),
    ("755", "0", "0", REFUSED),     # where only root can make something
    ("777", "177776", "0", REFUSED),
    ("755", "1750", "0", REFUSED),
    ("1777", "0", "46", TOO_OLD),   # ENOSYS: an old kernel
    ("1777", "0", "1", TOO_OLD),    # EPERM: an old filter of system calls
])
def test_places(tmp_path, mode, owner, error, said):
    for directory in (tmp_path, *tmp_path.parents[:2]):
        os.chmod(directory, 0o755)
    result = run_python("-c", APART, tmp_path, mode, owner, error,
                        env=dict(os.environ, PYTHONPATH=os.pathsep.join(
                            (os.environ["PYTHONPATH"],
                             os.path.dirname(__file__)))))
    assert (result.status, result.errors, result.text) == (0, "", said)


OTHER = """\
import ctypes, os, time, referrers, referrers._core, referrers._visit
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
class Session: pass
session = Session()
print('up', flush=True)
while True: time.sleep(0.05)
"""


@needs_root
@pytest.mark.parametrize("way", ["", BY_FILE])
def test_root_asks_another_user(start, no_ids, tmp_path, way):
    """It answers, nothing of it stays, and gdb has run nothing that lies in
    the place where the command was started."""
    for directory in (tmp_path, *tmp_path.parents[:2]):
        os.chmod(directory, 0o755)
    process = start(OTHER)
    trap = "open(%r, 'w').close()" % os.fspath(tmp_path / "trapped")
    for name in (".gdbinit", ".gdbearlyinit"):
        (tmp_path / name).write_text("python %s\n" % trap)
    (tmp_path / "gdb.py").write_text(trap)
    before = set(os.listdir("/tmp"))
    result = run_python(*with_patience(60, "--pid", process.pid, "-e",
                                       "session", "-T", "txt", first=way),
                        cwd=tmp_path, env=dict(os.environ,
                                               HOME=os.fspath(tmp_path)))
    assert (result.status, result.errors) == (0, "")
    assert no_ids(result.text).startswith("╙── Session instance (id=N)\n")
    assert process.errors.read_bytes() == b""
    assert not (tmp_path / "trapped").exists()
    left = [name for name in set(os.listdir("/tmp")) - before
            if name.startswith("referrers-")]
    # Who else runs such tests on this machine takes theirs away too.
    deadline = time.monotonic() + 60
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [name for name in left if pathlib.Path("/tmp", name).exists()]
    assert left == []
