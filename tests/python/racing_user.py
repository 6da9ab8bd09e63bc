"""A process of another user that fights the one that root asks.

    python racing_user.py ARENA ROUNDS DIRECTORY

Root asks it with `--pid`, again and again, but for the attaching itself: what
stands in for that tells the process all that it would learn, and more.  The
process waits for every name to appear, and replaces what it can by symbolic
links, hard links and mounts that lead to files of root's.  After every round
these have to be as they were.  Prints what happened, and exits with 1 when one
is not; with 77 where this machine has no such arena.

tmp     /tmp is everybody's, sticky
chroot  the same, in another root directory than ours
own     the process owns its /tmp, and moves it and what is in it
mounts  it has a mount namespace of its own, and mounts over what appears
"""

import ctypes
import os
import pathlib
import select
import signal
import struct
import sys

from referrers import _attach, _inject, _loader, _options
from referrers._program import Failure

USER = 65534
SECRET = b"graph   \n\na line that only root may read\n"
NAMES = ("request", "visit.py", "begun", "failure", "answer", "answer.part")
CREATED, MOVED_HERE = 0x100, 0x80
NEW_USER, NEW_MOUNTS, BIND, PRIVATE = 0x10000000, 0x20000, 0x1000, 0x44000
NO_ARENA = 77

libc = ctypes.CDLL(None, use_errno=True)


class Unable(Exception):
    """This machine does not allow what an arena needs."""


def system(function, *arguments):
    if function(*arguments) < 0:
        raise Unable("%s: %s" % (function.__name__,
                                 os.strerror(ctypes.get_errno())))


def mount(source, target, flags):
    system(libc.mount, source and os.fsencode(source), os.fsencode(target),
           None, flags, None)


def attempt(function, *arguments, **how):
    """Whether it worked."""
    try:
        function(*arguments, **how)
        return True
    except (OSError, Unable):
        return False


class Attacker:
    def __init__(self, arena, place, victims, directory):
        self.arena, self.place = arena, place
        self.victims, self.directory = victims, directory
        self.round = self.won = 0
        self.folder = None
        self.replaced = set()
        self.watch = libc.inotify_init1(os.O_NONBLOCK)
        self.add_watch(place)

    def add_watch(self, path):
        return libc.inotify_add_watch(self.watch, os.fsencode(path),
                                      CREATED | MOVED_HERE) >= 0

    def events(self):
        try:
            data = os.read(self.watch, 1 << 16)
        except BlockingIOError:
            return
        while data:
            size = struct.unpack_from("12xI", data)[0]
            yield os.fsdecode(data[16:16 + size].rstrip(b"\0"))
            data = data[16 + size:]

    def run(self, told, done):
        """For ever: on every event, and with all that root is told."""
        while True:
            ready, _, _ = select.select([self.watch, told], [], [])
            if self.watch in ready:
                for name in list(self.events()):
                    self.notice(name)
            if told in ready:
                line = os.read(told, 4096).decode()
                if not line:
                    os._exit(0)
                self.use(*line.split("\n"))
                os.write(done, b"%d\n" % self.won)

    def notice(self, name):
        if not name.startswith("referrers-"):
            return
        self.folder = os.path.join(self.place, name)
        self.round += 1
        self.replaced.clear()
        if self.arena == "mounts" and self.round % 2:
            self.won += attempt(mount, self.directory, self.folder, BIND)
        elif self.arena == "own" and self.round % 4 < 3:
            self.replace_folder()
        watched = False
        for _ in range(300):
            watched = watched or self.add_watch(self.folder)
            for name in (*NAMES[:2], *self.events()):
                self.replace(os.path.join(self.folder, name))

    def replace_folder(self):
        moved = "%s/moved-%d" % (self.place, self.round)
        if self.round % 4 == 2:
            # Its whole /tmp, which then leads out.
            if attempt(os.rename, self.place, self.place + "-moved"):
                attempt(os.symlink, self.directory, self.place)
                os.unlink(self.place)
                os.rename(self.place + "-moved", self.place)
                self.won += 1
            return
        if attempt(os.rename, self.folder, moved):
            self.won += 1
            if self.round % 4:
                attempt(os.symlink, self.directory, self.folder)
            else:
                attempt(os.mkdir, self.folder, 0o777)

    def replace(self, path):
        """What is at `path` by something of root's."""
        if path in self.replaced or not attempt(os.unlink, path):
            return
        self.replaced.add(path)
        self.won += 1
        victim = self.victims[self.round % len(self.victims)]
        if self.round % 5 == 1 and attempt(os.link, victim, path):
            return
        attempt(os.symlink, victim, path)

    def use(self, folder, *names):
        """What it could not know: the names of the files."""
        for name in (*names, *NAMES):
            path = os.path.join(folder, name)
            self.answer(path)
            if self.round % 3 == 0:
                self.replace(path)
            elif self.round % 3 == 1:
                attempt(os.link, path, "%s/linked-%d" % (self.place,
                                                         self.round))
                attempt(os.chmod, path, 0o4777)
        for name in ("answer", "failure"):
            attempt(os.symlink, self.victims[0], os.path.join(folder, name))
        attempt(os.chmod, folder, 0o777)
        attempt(os.rename, folder, folder + "-gone")

    def answer(self, path):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        except OSError:
            return
        os.pwrite(descriptor, (b"graph   \nreferrers-graph\x1b[2J\n",
                               b"no      \x1b]0;title\x07",
                               b"failed  x", b"x" * 100)[self.round // 2 % 4], 0)
        os.close(descriptor)


def become_another(arena, root):
    """In the child: from now on it is that user's process."""
    if root is not None:
        os.chroot(root)
        os.chdir("/")
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    libc.prctl(4, 1, 0, 0, 0)  # root can see it as any process of that user
    if arena == "mounts":
        system(libc.unshare, NEW_USER | NEW_MOUNTS)


class Root:
    """The side that asks, and looks after its files."""

    def __init__(self, arena, directory):
        self.prefix = self.prepare(arena, directory)
        # Where root finds it; in a chroot the attacker does not, its links do.
        self.vault = directory / "vault" if self.prefix else (
            pathlib.Path("/tmp/vault"))
        self.vault.mkdir(mode=0o755)
        self.victims = []
        for number in range(4):
            victim = self.vault / ("file%d" % number)
            victim.write_bytes(SECRET)
            victim.chmod(0o600)
            self.victims.append(str(victim))
        (self.vault / "empty").mkdir(mode=0o711)
        self.place = self.prefix + "/tmp"
        self.before = self.look()
        self.outcomes = {}

    def prepare(self, arena, directory):
        """The root directory of the attacker."""
        top = directory / "root"
        tmp = top / "tmp"
        tmp.mkdir(parents=True)
        # What a process of CPython 3.14 is sent to when it is not asked after
        # all has to be there.
        (top / "dev").mkdir()
        (top / "dev" / "null").touch()
        if arena == "own":
            os.chown(tmp, USER, USER)
            os.chown(top, USER, USER)
            return str(top)
        tmp.chmod(0o1777)
        if arena == "chroot":
            return str(top)
        # What others do in /tmp meanwhile is not ours to disturb.
        system(libc.unshare, NEW_MOUNTS)
        mount(None, "/", PRIVATE)
        mount(tmp, "/tmp", BIND)
        return ""

    def look(self):
        seen = []
        for path in (self.vault, *sorted(self.vault.rglob("*"))):
            status = path.lstat()
            seen.append((str(path), status.st_uid, status.st_gid,
                         status.st_mode, status.st_size, status.st_mtime_ns,
                         path.is_file() and path.read_bytes()))
        return seen

    def start(self, arena):
        told, tell = os.pipe()
        done, do = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(tell)
                os.close(done)
                become_another(arena, self.prefix or None)
                attacker = Attacker(arena, "/tmp", self.victims,
                                    str(self.vault))
                os.write(do, b"0\n")
                attacker.run(told, do)
            except Unable as error:
                os.write(do, b"unable: %s\n" % str(error).encode())
            finally:
                os._exit(1)
        os.close(told)
        os.close(do)
        self.tell, self.done = tell, done
        first = os.read(done, 4096).decode().strip()
        if first != "0":
            raise Unable(first or "the attacker ended")

    def attach(self, process, path, *rest, **how):
        """In place of gdb: the process knows now, and does its worst."""
        folder = os.path.dirname(path)
        try:
            names = os.listdir(self.prefix + folder)
        except OSError:
            names = []
        os.write(self.tell, "\n".join((folder, *names)).encode())
        self.won = int(os.read(self.done, 4096))
        if self.number % 2:
            raise Failure("enough", 1)

    def play(self, rounds):
        options, _ = _options.parse(["--pid", str(self.pid), "-e", "1"])
        _loader.is_there = lambda: False
        _inject.run = self.attach
        _attach._PATIENCE = 0.05
        self.won = 0
        descriptors = os.listdir("/proc/self/fd")
        for self.number in range(rounds):
            try:
                outcome = repr(_attach.graph(options))
            except Exception as error:
                outcome = "%s: %s" % (type(error).__name__, error)
            if (after := self.look()) != self.before:
                print("round %d: files of root's have changed\n  %s\n  %s" % (
                    self.number, sorted(set(self.before) - set(after)),
                    sorted(set(after) - set(self.before))))
                return 1
            if "only root may read" in outcome:
                print("round %d: read as an answer" % self.number)
                return 1
            kind = "".join(c for c in outcome if not c.isdigit())[:60]
            self.outcomes[kind] = self.outcomes.get(kind, 0) + 1
        print("%d rounds, %d times something was replaced" % (
            rounds, self.won))
        for kind, count in sorted(self.outcomes.items()):
            print("%6d  %s" % (count, ascii(kind)))
        if os.listdir("/proc/self/fd") != descriptors:
            print("descriptors stay open:", os.listdir("/proc/self/fd"))
            return 1
        return self.leftovers()

    def leftovers(self):
        """0 when none of our files is left where the process cannot move them
        away."""
        left = [path for path in pathlib.Path(self.place).rglob("*")
                if path.name.startswith("referrers-")
                and path.lstat().st_uid == 0]
        if left and os.stat(self.place).st_uid == 0:
            print("left behind:", left)
            return 1
        return 0


def main():
    arena, rounds, directory = sys.argv[1:]
    try:
        root = Root(arena, pathlib.Path(directory))
        root.start(arena)
    except Unable as error:
        print(error)
        return NO_ARENA
    try:
        return root.play(int(rounds))
    finally:
        os.kill(root.pid, signal.SIGKILL)
        os.waitpid(root.pid, 0)


if __name__ == "__main__":
    sys.exit(main())
