"""What --help says around the list of options, and which options there are."""

from __future__ import annotations

PAGE = """\
My Python program grows: what is growing, and what keeps it alive?  There is
one command for each question:

  python -m referrers grow -s 'import app' 'app.handle()'
      repeats app.handle() and says what grows, and what keeps it alive

  python -m referrers types app.py
      runs app.py and says what is in it, by type

  python -m referrers map app.py
      the same by path: where the memory is

  python -m referrers why -e 'app.cache' app.py
      runs app.py and says, in words, why app.cache is still alive

  python -m referrers dot -e 'app.cache' -o cache.svg app.py
      draws what refers to app.cache

  python -m referrers dump -o app.heapsnapshot app.py
      writes all objects with their references to a file that Chrome opens

In place of app.py you can give `-m MODULE`, `--pid PID` for a process that is
already running, or a file that dump wrote.  --at and --on-exception look in the
middle of a program.  `python -m referrers COMMAND --help` has the rest.
"""


class Command:
    """A command; `options` are the only ones that it has, None: all; `words`
    say of some what they are to this command."""

    def __init__(self, name: str, program: str, usage: str, example: str,
                 notes: str, done: str,
                 options: frozenset[str] | None = None,
                 words: dict[str, str] | None = None) -> None:
        self.name = name
        self.program = program
        self.usage = "%(prog)s " + usage
        self.example = example
        self.notes = notes
        self.done = done
        self._options = options
        self.words = words or {}

    def has(self, option: str) -> bool:
        return self._options is None or option in self._options


_RUNNING = frozenset((
    "--setup", "--module", "--at", "--count", "--continue", "--on-exception",
    "--output", "--help", "--version"))

_EXAMPLE = """\
Draws what keeps a Python object alive.  For example:

  python -m referrers.dot -e 'app.cache' -o cache.svg app.py --port 0

runs app.py with its argument --port 0, evaluates app.cache in its namespace
once it has ended, and draws what refers to that object into cache.svg.
"""

_NOTES = """\
SCRIPT may be a file, or a directory or zip file with a __main__.py.  Without
SCRIPT and -m, the expression sees what -s made; `json.decoder.NaN` imports
json.decoder if nothing is called json yet.
If the graph goes to standard output, what the program prints goes to standard
error.

More examples:

  -e self.cache --at app.py:40 app.py        stopped at a line of a function
  -e row --at Table.save --count 3 -m shop   at the third call of a method
  -e order --on-exception app.py             where an exception was raised
  --type app.Session --most 3 app.py         the first three sessions
  -e 'app.queue' --each -T txt -m app        each item of a list
  -e app.cache -o cache.svg app.heapsnapshot from a heap in a file

Exit status: that of the program if something was drawn (0 without a program,
and after --at without --continue); 1 if its code or the expression failed, or
--at was not reached; 2 usage; 3 if the graph could not be drawn or written;
130 if interrupted.
"""

WHY = Command(
    "why", "python -m referrers why",
    "[option]... -e EXPR\n"
    "       {SCRIPT [ARG...] | -m MODULE [ARG...] | --pid PID | FILE.heapsnapshot}",
    """\
Says in words why an object is still alive.  For example:

  python -m referrers why -e 'app.cache' app.py --port 0

runs app.py with its argument --port 0, evaluates app.cache in its namespace
once it has ended, and says what keeps that object alive, and what to drop.  In
place of a program you can give a heap that `python -m referrers dump` wrote.
""", """\
Exit status: that of the program if there was an answer (0 without a program,
and after --at without --continue); 1 if its code or the expression failed, or
--at was not reached; 2 usage; 3 if the answer could not be written; 130 if
interrupted.
""", "answered", _RUNNING | {
        "--expr", "--each", "--type", "--most", "--id", "--pid", "--timeout",
        "--exclude", "--sizes", "--redact"})

DOT = Command(
    "dot", "python -m referrers.dot",
    "[option]... -e EXPR\n"
    "       [SCRIPT [ARG...] | -m MODULE [ARG...] | --pid PID | FILE.heapsnapshot]",
    _EXAMPLE, _NOTES, "drawn")

_SURVEY_NOTES = """\
In place of a program you can give a heap that `python -m referrers dump` wrote,
or a running process with --pid.  --at looks before the program has ended.

Exit status: that of the program if there was an answer (0 without a program,
and after --at without --continue); 1 if its code failed, or --at was not
reached; 2 usage; 3 if the answer could not be written; 130 if interrupted.
"""

_SURVEY = _RUNNING | {"--most", "--format", "--pid"}
_PID = {"--pid": "look at the running process PID; -s runs there first"}
_LOOK = _PID | {
    "--at": "stop the program at FILE:LINE, or at the start of the function "
    "PLACE, look there, then end",
    "--on-exception": "look when an exception ends the program"}

TYPES = Command(
    "types", "python -m referrers types",
    "[option]...\n"
    "       {SCRIPT [ARG...] | -m MODULE [ARG...] | --pid PID | FILE.heapsnapshot}",
    """\
Says what is in a program: for each type, how many objects there are, the bytes
they take, and the bytes that only they keep alive.  For example:

  python -m referrers types app.py --port 0

runs app.py with its argument --port 0 and adds up what is there once it has
ended.
""", _SURVEY_NOTES, "added up", _SURVEY, _LOOK | {
        "--most": "show the N heaviest types (40)",
        "--format": "txt or json, if the suffix of FILE does not say it (txt)"})

MAP = Command(
    "map", "python -m referrers map",
    "[option]...\n"
    "       {SCRIPT [ARG...] | -m MODULE [ARG...] | --pid PID | FILE.heapsnapshot}",
    """\
Says where the memory of a program is, by path from its modules and running
functions: app.REGISTRY.sessions[*] stands for all values of that dict.  For
example:

  python -m referrers map app.py --port 0

runs app.py with its argument --port 0 and weighs what is there once it has
ended.  With -o map.svg it draws the heaviest places.
""", _SURVEY_NOTES, "weighed", _SURVEY | {
        "--theme", "--title", "--rankdir", "--background", "--id-prefix",
        "--layout-timeout", "--force"}, _LOOK | {
        "--most": "show the N heaviest places (40)",
        "--format": "txt, json, dot, svg, png or pdf, if the suffix of FILE "
        "does not say it (txt)"})

DUMP = Command(
    "dump", "python -m referrers dump",
    "[option]... -o FILE\n"
    "       {SCRIPT [ARG...] | -m MODULE [ARG...] | --pid PID}",
    """\
Writes all objects of a program, with their references, to a file that Chrome
opens (DevTools, Memory, Load profile).  For example:

  python -m referrers dump -o app.heapsnapshot app.py --port 0

runs app.py with its argument --port 0 and writes what is there once it has
ended, or earlier with --at.  FILE.heapsnapshot.gz is compressed.
""", """\
Exit status: that of the program if the file was written (0 after --at
without --continue); 1 if its code failed, or --at was not reached; 2 usage;
3 if the file could not be written; 130 if interrupted.
""", "written", _RUNNING | {"--values", "--redact", "--pid"}, _PID | {
        "--at": "write what there is at FILE:LINE, or at the start of the "
        "function PLACE, then end",
        "--continue": "let the program run on once the file is written",
        "--on-exception": "write what there is when an exception ends the "
        "program",
        "--output": "the file: a name that ends in .heapsnapshot, or in "
        ".heapsnapshot.gz to compress it",
        "--values": "also write the text of strings, and short values such as "
        "numbers; without it, only strings that are keys have their text",
        "--redact": "make it safe to share: hides keys, values, thread "
        "names, and all but the last part of file paths; keeps the names of "
        "types, attributes, functions and modules"})
