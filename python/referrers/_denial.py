"""Why another process may not be looked into, as truly as can be said."""

from __future__ import annotations

import os

from referrers._process import Process

_SCOPE = "/proc/sys/kernel/yama/ptrace_scope"
_CAP_SYS_PTRACE = 19


def words(process: Process) -> str:
    """One line."""
    tracer = process.tracer()
    if tracer:
        return ("process %d is traced by another program already (process %s), "
                "and there can be only one: end that, or wait for it"
                % (process.pid, _named(tracer)))
    return "no permission to look into process %d: %s" % (
        process.pid, _reason(process))


def _reason(process: Process) -> str:
    ids = set(process.identity().split()) - {"Uid:", "Gid:"}
    is_ours = ids <= {str(os.geteuid()), str(os.getegid())}
    if _has_capability():
        return ("not even with CAP_SYS_PTRACE: a user namespace, a security "
                "module (SELinux, AppArmor) or a filter of system calls "
                "(seccomp) forbids it; run this where it runs")
    scope = _scope()
    if not is_ours:
        return ("run this as its user or as root (in a container: with "
                "CAP_SYS_PTRACE)")
    if scope >= 3:
        return ("kernel.yama.ptrace_scope is 3, which forbids it to everybody "
                "until the system restarts")
    if scope > 0:
        return ("kernel.yama.ptrace_scope is %d: run this as root (in a "
                "container: with CAP_SYS_PTRACE), or sysctl "
                "kernel.yama.ptrace_scope=0" % scope)
    return ("it protects itself (it changed its user, or has rights that this "
            "command lacks): run this as root (in a container: with "
            "CAP_SYS_PTRACE)")


def _scope() -> int:
    try:
        with open(_SCOPE) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _has_capability() -> bool:
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("CapEff:"):
                    return bool(int(line.split()[1], 16) >> _CAP_SYS_PTRACE & 1)
    except (OSError, ValueError):
        pass
    return False


def _named(pid: int) -> str:
    try:
        with open("/proc/%d/comm" % pid, errors="replace") as file:
            return "%d, %s" % (pid, file.read(64).strip())
    except OSError:
        return str(pid)
