"""The folder through which another process is asked, and answers.

It is made where the process, which may be another user's, arranges the files:
its /tmp may be a link, a mount, or change from one moment to the next.  So
everything is done through descriptors.  The folder and what stands in it stay
ours; the process is given one file, empty, and may write to that.
"""

from __future__ import annotations

import errno
import os
import stat

from referrers import _core, _files
from referrers._process import Process
from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

STATE = 8           # bytes that an answer begins with, and are written last

_FAILED = 1
_LIMIT = 16 << 20   # bytes of an answer in words
_BLOCK = 1 << 20
_DIRECTORY = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Place:
    """Where a folder can be made: a directory in which the process could make
    one itself, so that ours does no harm there, and in which a third user can
    put nothing else into its place."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.user, self.group = process.user()
        try:
            self.is_apart = not process.sees_what_we_see()
        except PermissionError:
            self.is_apart = False  # asking it will say what is not allowed
        except OSError:
            process.fail_gone()
        self.is_own = not self.is_apart and self.user == os.geteuid()
        # Another user may not get into a place of ours.
        self.path = _own_place() if self.is_own else "/tmp"
        try:
            self.descriptor = self._open()
        except OSError as error:
            self._fail(error)
        if not self.is_own and not self._is_for_everybody():
            self.close()
            raise Failure(
                "/tmp, as process %d sees it, is not a directory in which all can "
                "create files and none can remove another's: give it mode 1777"
                % process.pid, _FAILED)

    def _open(self) -> int:
        if not self.is_apart:
            return os.open(self.path, _DIRECTORY)
        root = self._process.open_root()
        try:
            return _core.open_in_root(root, self.path)
        finally:
            os.close(root)

    def _fail(self, error: OSError) -> NoReturn:
        # EPERM: a filter of system calls that is older than this one.
        if self.is_apart and error.errno in (errno.ENOSYS, errno.EPERM):
            raise Failure(
                "process %d sees other files than this command, and this "
                "system cannot look at them safely (openat2, Linux 5.6)%s"
                % (self._process.pid, self.remedy()), _FAILED) from None
        raise self.failure(error) from None

    def failure(self, error: OSError) -> Failure:
        """What is said when nothing can be written there."""
        return Failure("cannot make a file for the answer in %s: %s%s" % (
            self.path, error.strerror,
            self.remedy() if self.is_apart else ""), _FAILED)

    def remedy(self) -> str:
        return (": run the command where it runs (nsenter --target %d --all)"
                % self._process.pid)

    def _is_for_everybody(self) -> bool:
        status = os.fstat(self.descriptor)
        is_open, is_sticky = status.st_mode & 0o002, status.st_mode & 0o1000
        return bool(is_sticky if is_open else status.st_uid == self.user)

    def is_here_too(self) -> bool:
        """Whether the path leads us there as well."""
        try:
            return os.path.samestat(os.stat(self.path),
                                    os.fstat(self.descriptor))
        except OSError:
            return False

    def close(self) -> None:
        os.close(self.descriptor)


def _own_place() -> str:
    place = os.environ.get("TMPDIR", "")
    return place if os.path.isabs(place) and os.path.isdir(place) else "/tmp"


class Folder:
    """A new directory `name` in the directory `parent`, a descriptor that this
    takes over.  It stays ours, and only who knows the names in it can use
    them: mode 0711, or 0700 for a process of our own user."""

    def __init__(self, parent: int, name: str, *, is_own: bool,
                 is_apart: bool) -> None:
        self._parent, self._name = parent, name
        self._names: list[str] = []
        mode = 0o700 if is_own else 0o711
        try:
            self._make(mode)
            self._descriptor = self._enter(is_apart)
        except OSError:
            os.close(parent)
            raise
        # Whoever owns the parent may have put another directory there.
        status = os.fstat(self._descriptor)
        if (status.st_uid != os.geteuid() or status.st_mode & 0o777 != mode
                or os.listdir(self._descriptor)):
            os.close(self._descriptor)
            os.close(parent)
            raise OSError(errno.ENOENT, "it was replaced at once")

    def _make(self, mode: int) -> None:
        # A change of mode afterwards might be one of another directory.
        mask = os.umask(0)
        try:
            os.mkdir(self._name, mode, dir_fd=self._parent)
        finally:
            os.umask(mask)

    def _enter(self, is_apart: bool) -> int:
        try:
            if is_apart:
                return _core.open_inside(self._parent, self._name)
            return os.open(self._name, os.O_RDONLY | os.O_DIRECTORY
                           | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._parent)
        except OSError:
            _try(os.rmdir, self._name, self._parent)
            raise

    def create(self, name: str) -> int:
        """A descriptor of a new file, which nobody else can use yet."""
        descriptor = os.open(name, _NEW, 0o600, dir_fd=self._descriptor)
        self._names.append(name)
        return descriptor

    def write(self, name: str, data: bytes) -> None:
        """A file that nobody can change any more."""
        descriptor = self.create(name)
        try:
            _files.write_all(descriptor, data)
            os.fchmod(descriptor, 0o444)
        finally:
            os.close(descriptor)

    def remove(self) -> None:
        """Of what was made no more than that: no tree is walked."""
        for name in self._names:
            _try(os.unlink, name, self._descriptor)
        # Who owns the parent may have put another empty directory there, but
        # could remove that himself.
        _try(os.rmdir, self._name, self._parent)
        os.close(self._descriptor)
        os.close(self._parent)


def _try(remove: Callable[..., None], name: str, parent: int) -> None:
    try:
        remove(name, dir_fd=parent)
    except OSError:
        pass  # gone, or moved away


class Answer:
    """A file that the process may write to.  We read it through the
    descriptor that made it; what is in it may be anything.  -1: not made."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def give(self, user: int, group: int) -> None:
        if user != os.geteuid():
            os.fchown(self._descriptor, user, group)

    def state(self) -> str:
        """"" before the process has begun, then "begun", then another."""
        state = os.pread(self._descriptor, STATE, 0)
        return state.rstrip(b" \0").decode("ascii", "replace")

    def read(self) -> bytes:
        """What follows the state; ValueError when it is no good."""
        size = self._size()
        if size > _LIMIT:
            raise ValueError("it has more than %d MiB" % (_LIMIT >> 20))
        return b"".join(self._blocks(STATE, size))

    def copy_to(self, descriptor: int) -> None:
        """Into a file that the process cannot change while it is read;
        ValueError when it is no good."""
        for block in self._blocks(0, self._size()):
            _files.write_all(descriptor, block)

    def _size(self) -> int:
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise ValueError("its file was tampered with")
        return status.st_size

    def _blocks(self, at: int, end: int) -> Iterator[bytes]:
        while at < end:
            block = os.pread(self._descriptor, min(_BLOCK, end - at), at)
            if not block:
                break
            yield block
            at += len(block)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
