"""Another process, seen through one descriptor of its directory in /proc.

A number is given to the next process when its owner has ended; what is looked
up through the descriptor is of this process or of none.  What stands there was
written by the process: file names and numbers are all that is taken from it.
"""

from __future__ import annotations

import io
import os
import re
import signal

from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import NoReturn

_FAILED = 1
_DIRECTORY = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_LINES = 100_000    # of maps; the kernel's own limit is below


class Process:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self.descriptor = os.open("/proc/%d" % pid, _DIRECTORY)
        except OSError:
            self.fail_gone()

    def close(self) -> None:
        os.close(self.descriptor)

    def fail_gone(self) -> NoReturn:
        raise Failure("there is no process %d" % self.pid, _FAILED) from None

    def state(self) -> str:
        """A letter as in /proc: "T" when it is stopped, "X" when there is no
        such process any more."""
        try:
            # The name in it may be anything, brackets too.
            return self._read("stat").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return "X"

    def is_alive(self) -> bool:
        return self.state() not in ("Z", "X")

    def go_on(self) -> None:
        """After SIGSTOP, also one that has not come yet."""
        try:
            if self.is_alive():
                os.kill(self.pid, signal.SIGCONT)
        except OSError:
            pass  # gone, or no longer ours to touch

    def identity(self) -> str:
        """Its user and group ids, all four of each."""
        try:
            return " ".join(re.findall(r"^[UG]id:.*", self._read("status"),
                                       re.MULTILINE))
        except OSError:
            self.fail_gone()

    def tracer(self) -> int:
        """The process that traces it, or one of its threads; 0: none."""
        try:
            tasks = os.open("task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC,
                            dir_fd=self.descriptor)
            try:
                threads = os.listdir(tasks)
            finally:
                os.close(tasks)
            for thread in threads:
                found = re.search(r"^TracerPid:\s+([1-9]\d*)$",
                                  self._read("task/%s/status" % thread),
                                  re.MULTILINE)
                if found:
                    return int(found[1])
        except OSError:
            pass  # it has ended, or does not show it
        return 0

    def may_be_read(self) -> bool:
        """Whether the kernel lets us look into its memory, as who traces it
        must."""
        try:
            os.close(os.open("mem", os.O_RDONLY | os.O_CLOEXEC,
                             dir_fd=self.descriptor))
        except PermissionError:
            return False
        except OSError:
            self.fail_gone()
        return True

    def user(self) -> tuple[int, int]:
        """The user and group that its files get.  The owner of its directory
        in /proc need not be that: root has those of processes that changed
        their user."""
        found = re.fullmatch(r"Uid:(?:\s+\d+){3}\s+(\d+) "
                             r"Gid:(?:\s+\d+){3}\s+(\d+)", self.identity())
        if found is None:
            self.fail_gone()
        return int(found[1]), int(found[2])

    def open_root(self) -> int:
        """Its root directory: in a container, another one than ours."""
        return os.open("root", _DIRECTORY, dir_fd=self.descriptor)

    def sees_what_we_see(self) -> bool:
        """Not in a container, nor in a service with a /tmp of its own, whose
        root is ours all the same."""
        root = os.stat("root", dir_fd=self.descriptor)
        return (os.path.samestat(root, os.stat("/"))
                and os.readlink("ns/mnt", dir_fd=self.descriptor)
                == os.readlink("/proc/self/ns/mnt"))

    def version(self) -> str | None:
        """"3.11", from the names of what the process has mapped."""
        found = re.search(r"/python(3\.\d{1,2})[^/]*$",
                          os.readlink("exe", dir_fd=self.descriptor))
        if found is None:
            found = self._mapped(r"/libpython(3\.\d{1,2})[^/\n]*\.so")
        return found and found[1]

    def _mapped(self, pattern: str) -> re.Match[str] | None:
        with self._open("maps") as file:
            for _ in range(_LINES):
                line = file.readline(2 * 4096)
                if not line:
                    break
                if found := re.search(pattern, line):
                    return found
        return None

    def _open(self, name: str) -> io.TextIOWrapper:
        return open(os.open(name, os.O_RDONLY | os.O_CLOEXEC,
                            dir_fd=self.descriptor),
                    encoding="utf-8", errors="replace")

    def _read(self, name: str) -> str:
        with self._open(name) as file:
            return file.read(1 << 16)
