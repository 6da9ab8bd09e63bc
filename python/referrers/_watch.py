"""Stopping at a mark of the running program.

Since CPython 3.12 sys.monitoring asks once for each code object that is run,
and costs nothing afterwards but at the mark.  Before, a tracer in C looks at
every line (src/module/tracer.c).
"""

from __future__ import annotations

import os
import sys

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    import types
    from collections.abc import Callable
    from typing import Any

    from referrers._mark import Mark

_RESUME = 151  # the instruction of 3.11 at which a generator begins or goes on


def watch(mark: Mark, count: int, action: Callable[[types.FrameType], None],
          ) -> Watch:
    """Calls action(frame), once: when the mark is reached for the count-th
    time, in any thread.  Nothing watches any more then."""
    kind = _Monitor if sys.version_info >= (3, 12) else _Tracer
    return kind(mark, count, action)


class Watch:
    def __init__(self, mark: Mark, count: int,
                 action: Callable[[types.FrameType], None]) -> None:
        self.reached = 0
        self._mark = mark
        self._count = count
        self._action = action
        self._is_over = False
        self._process = os.getpid()

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """Watches no more; may be called again."""
        raise NotImplementedError

    def _hit(self, frame: types.FrameType) -> bool | None:
        """The mark was reached; None when that was the last time."""
        if os.getpid() != self._process:
            self._is_over = True    # a child of the program: not asked for
            self.stop()
        if self._is_over:
            return None
        self.reached += 1
        if self.reached < self._count:
            return True
        self._is_over = True
        self.stop()
        self._action(frame)
        return None


class _Monitor(Watch):
    """sys.monitoring, of which mypy knows only on 3.12."""

    _monitoring: Any = getattr(sys, "monitoring", None)
    _tool = -1

    def start(self) -> None:
        monitoring = self._monitoring
        # From the last: the first ones belong to debuggers and profilers.
        for tool in (4, 3, 1, 2, 0):
            if monitoring.get_tool(tool) is None:
                break
        monitoring.use_tool_id(tool, "referrers")
        self._tool = tool
        self._codes: list[types.CodeType] = []
        events = monitoring.events
        monitoring.register_callback(tool, events.PY_START, self._on_start)
        monitoring.register_callback(tool, events.LINE, self._on_line)
        monitoring.set_events(tool, events.PY_START)

    def stop(self) -> None:
        if self._tool < 0:
            return
        monitoring, tool, self._tool = self._monitoring, self._tool, -1
        monitoring.set_events(tool, 0)
        while self._codes:
            monitoring.set_local_events(tool, self._codes.pop(), 0)
        for event in (monitoring.events.PY_START, monitoring.events.LINE):
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)

    def _on_start(self, code: types.CodeType, offset: int) -> Any:
        if self._tool < 0 or not self._mark.matches(code):
            return self._monitoring.DISABLE
        if self._mark.line == 0:
            self._hit(sys._getframe(1))
            return None
        self._codes.append(code)
        self._monitoring.set_local_events(self._tool, code,
                                          self._monitoring.events.LINE)
        return self._monitoring.DISABLE

    def _on_line(self, code: types.CodeType, line: int) -> Any:
        if line != self._mark.line:
            return self._monitoring.DISABLE
        self._hit(sys._getframe(1))
        return None


class _Tracer(Watch):
    def start(self) -> None:
        import threading
        threading.settrace(self._trace_thread)
        self._trace_this_thread()

    def stop(self) -> None:
        import threading
        _core.untrace()
        if not self._is_over:
            self._is_over = True
        threading.settrace(None)

    def _trace_this_thread(self) -> None:
        _core.trace(self._matches, self._on_hit, self._mark.line)

    def _trace_thread(self, frame: types.FrameType, event: str,
                      argument: object) -> None:
        """The trace function of a new thread, until its first call."""
        if not self._is_over:
            self._trace_this_thread()

    def _matches(self, code: types.CodeType) -> bool | None:
        return None if self._is_over else self._mark.matches(code)

    def _on_hit(self, frame: types.FrameType) -> bool | None:
        if self._mark.line == 0 and not _begins(frame):
            return True
        return self._hit(frame)


def _begins(frame: types.FrameType) -> bool:
    """A generator is also "called" when it goes on."""
    last = frame.f_lasti
    if last < 0 or sys.version_info < (3, 11):
        return last < 0
    code = frame.f_code.co_code
    return code[last] != _RESUME or code[last + 1] == 0
