"""The process in which the code of one directive runs; see `_sphinx_run`.

    python -c "..., main()" ANSWER explain|plain OPTION...

The options are those of the command.  The file ANSWER gets one object of JSON:
"graph" is the graph, or "error" one line that says why there is none; "files"
are those of the modules that the code imported.
"""

from __future__ import annotations

import os
import sys

from referrers import _command, _options, _output
from referrers._program import Failure
from referrers._task import FAILED, Task

TYPE_CHECKING = False  # what is imported here, the program finds imported
if TYPE_CHECKING:
    from typing import Any, NoReturn

# Seconds that the program's exit handlers may take once the answer is written.
_MOST_FOR_EXIT = 5

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def main() -> NoReturn:
    sys.path.insert(0, "")  # the program's to set
    path = os.path.abspath(sys.argv[1])
    answer: dict[str, Any] = {}
    process = os.getpid()
    try:
        answer["graph"] = _graph()
    except (Failure, _options.UsageError) as error:
        answer["error"] = _said(str(error))
    except KeyboardInterrupt:
        answer["error"] = "interrupted"
    if os.getpid() != process:
        os._exit(0)  # a child that the code made: the answer is its parent's
    answer["files"] = sorted(_imported_files())
    _write(path, answer)
    _end()


def _said(text: str) -> str:
    """With the directive's words for the command's."""
    for flag, words in (("-e ", "the directive's argument "),
                        ("--exclude ", ":exclude: "), ("--each: ", ":each: ")):
        if text.startswith(flag):
            return words + text[len(flag):]
    return text


def _graph() -> dict[str, Any]:
    # No word of the command line is kept: the target may be one of them.
    options, rest = _options.parse(sys.argv[3:])
    options.explain = sys.argv[2] == "explain"
    task = Task(options, rest)
    del rest
    ending = task.run()
    if ending.text and not ending.exited:
        raise Failure("the script ended with " + ending.text, FAILED)
    text = _command.answer(task, options).to_json()
    import json
    graph: dict[str, Any] = json.loads(text)
    del graph["picture"]  # it is made again, with the options of a picture
    return graph


def _imported_files() -> set[str]:
    """Without Python's own, whose version is known, and this package's.  No
    module is asked for an attribute, which might run code."""
    import types
    found = set()
    for module in list(sys.modules.values()):
        if not isinstance(module, types.ModuleType):
            continue
        path = object.__getattribute__(module, "__dict__").get("__file__")
        if isinstance(path, str) and os.path.isfile(path):
            path = os.path.abspath(path)
            if not _belongs_to_python(path):
                found.add(path)
    return found


def _belongs_to_python(path: str) -> bool:
    import sysconfig
    if os.path.dirname(path) == _PACKAGE:
        return True
    for name in ("stdlib", "platstdlib"):
        directory = os.path.join(sysconfig.get_path(name), "")
        if path.startswith(directory):
            return not path.startswith((directory + "site-packages",
                                        directory + "dist-packages"))
    return False


def _write(path: str, answer: dict[str, Any]) -> None:
    import json
    from referrers import _files
    _files.replace(path, json.dumps(answer).encode())


def _end() -> NoReturn:
    """Runs what the program wants to be run at exit, and waits for none of
    its threads: there may be a server among them."""
    import atexit
    import signal
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_MOST_FOR_EXIT)
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass  # Python has printed it
    _output.flush_streams()
    os._exit(0)
