"""Signals that end the command, put off until it has cleaned up.

A handler that raised could do so between two steps that belong together, such
as making a directory and remembering that it is there.  So it only takes a
note, and whoever waits asks for it.
"""

from __future__ import annotations

import os
import signal

from referrers._program import Failure

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from typing import Any

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Deferred:
    """`with Deferred() as signals:` what has to be cleaned up.  Afterwards the
    first signal that came does what it would have done at once.  One that was
    ignored before (nohup) stays ignored."""

    def __init__(self) -> None:
        self.came = 0
        self.is_urgent = False  # another one came
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Deferred:
        for number in _ENDING:
            before = signal.getsignal(number)
            if before in (signal.SIG_IGN, None):
                continue
            try:
                signal.signal(number, self._note)
            except ValueError:
                break  # not the main thread: handlers are not ours to set
            self._before[number] = before
        return self

    def __exit__(self, *unused: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        if self.came:
            os.kill(os.getpid(), self.came)

    def check(self) -> None:
        """Failure when a signal came.  It has nothing to say, and is not seen
        where the signal ends the command."""
        if self.came:
            raise Failure("", 128 + self.came)

    def _note(self, number: int, frame: types.FrameType | None) -> None:
        self.is_urgent = self.came != 0
        self.came = self.came or number
