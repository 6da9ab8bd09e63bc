"""Writing files so that a reader sees the old one or the new one, complete."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Iterable


def path(given: str | os.PathLike[str]) -> str:
    """The name of a file, as the user gave it.  A number would be taken for a
    descriptor of the program, and closed: only text is a path."""
    name = given if isinstance(given, str) else None
    if name is None and isinstance(given, os.PathLike):
        name = os.fspath(given)
    if not isinstance(name, str):
        raise TypeError("path must be str or os.PathLike that gives str, "
                        "not %s" % type(given if name is None
                                        else name).__name__)
    return name


def replace(path: str, data: bytes) -> None:
    """Makes `data` the content of the file `path`.

    The bytes go into a new file in the same directory, which then takes the
    name.  Symbolic links are followed; devices, pipes and sockets are written
    directly.  OSError names `path` as it was given; whatever goes wrong, the
    new file is removed and the old one is untouched.
    """
    old = _look(path)
    if old is not None and not stat.S_ISREG(old.st_mode):
        _write_directly(path, data)
    elif _belongs_to_system(path):
        _write_directly(path, data)
    else:
        _write_beside(path, old, (data,))


def keep(path: str, pieces: Iterable[bytes]) -> None:
    """The same for what comes in pieces and only the user may read: the file
    has mode 0600, whatever was there before."""
    old = _look(path)
    if ((old is not None and not stat.S_ISREG(old.st_mode))
            or _belongs_to_system(path)):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOCTTY
        _write_and_close(path, _open(path, path, flags, 0o600), pieces)
    else:
        _write_beside(path, None, pieces, 0o600)


def write_all(descriptor: int, data: bytes) -> None:
    """All of `data`, also when a pipe takes it in pieces or makes us wait."""
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(descriptor, left):]
        except BlockingIOError:
            import select
            select.select([], [descriptor], [])


def _look(path: str) -> os.stat_result | None:
    """The status of the file that would be replaced; None when there is none.
    OSError when open(path, "wb") would fail, as far as that can be seen."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise _error(errno.EISDIR, path)
    if not os.access(path, os.W_OK):
        raise _error(errno.EACCES, path)
    return status


def _belongs_to_system(path: str) -> bool:
    # /dev/stdout may lead to a plain file, but the name is not for us to take.
    return os.path.abspath(path).startswith(("/dev/", "/proc/"))


def _write_directly(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOCTTY
    descriptor = _open(path, path, flags)
    _write_and_close(path, descriptor, (data,))


def _write_beside(path: str, old: os.stat_result | None,
                  pieces: Iterable[bytes], mode: int = 0o666) -> None:
    final = os.path.realpath(path)
    beside = os.path.join(os.path.dirname(final),
                          ".referrers-%s.tmp" % os.urandom(8).hex())
    try:
        descriptor = _open(path, beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL,
                           mode)
        if old is not None:
            _take_permissions(descriptor, old)
        _write_and_close(path, descriptor, pieces)
        try:
            os.replace(beside, final)
        except OSError as error:
            raise _error(error.errno, path) from None
    except BaseException:
        _remove(beside)
        raise


def _open(path: str, name: str, flags: int, mode: int = 0o666) -> int:
    """A descriptor for `name`; an error is reported as one of `path`."""
    try:
        return os.open(name, flags | os.O_CLOEXEC, mode)
    except OSError as error:
        raise _error(error.errno, path) from None


def _take_permissions(descriptor: int, old: os.stat_result) -> None:
    """Owner, group and mode of the file that is replaced, as far as allowed."""
    try:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    except OSError:
        pass  # not ours to give away: the new file belongs to who writes it
    try:
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    except OSError:
        pass  # a file system without permissions


def _write_and_close(path: str, descriptor: int,
                     pieces: Iterable[bytes]) -> None:
    """Writes, and closes in any case; a late failure of close counts too."""
    try:
        try:
            for piece in pieces:
                write_all(descriptor, piece)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _error(error.errno, path) from None


def _error(number: int | None, path: str) -> OSError:
    # OSError(errno, text, name) gives the subclass that the number stands for.
    number = number or errno.EIO
    return OSError(number, os.strerror(number), path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
