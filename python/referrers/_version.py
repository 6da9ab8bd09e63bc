"""What --version says: everything on which a picture depends."""

from __future__ import annotations

import subprocess
import sys

from referrers import __version__, _render


def text() -> str:
    return "referrers %s\nCPython %s, %s\n%s\n" % (
        __version__, sys.version.split()[0], sys.executable, graphviz())


def graphviz() -> str:
    """The drawing program's own answer: it alone knows Graphviz."""
    try:
        process = subprocess.run(
            [_render.PROGRAM, "--version"], stdin=subprocess.DEVNULL,
            capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "no Graphviz: the drawing program does not run: %s" % error
    if process.returncode != 0:
        return "no Graphviz: the drawing program fails: %s" % (
            process.stderr.decode("utf-8", "backslashreplace").strip())
    return process.stdout.decode("utf-8", "backslashreplace").strip()
