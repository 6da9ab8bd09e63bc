"""The command lines of `python -m referrers COMMAND`, and of
`python -m referrers.dot`.

argparse reads the options, but not the whole line: what follows SCRIPT or
`-m MODULE` belongs to the program and is taken off first, untouched.
"""

from __future__ import annotations

import argparse
import os
import sys

from referrers import _help, _mark, _picture, _redact, _render

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any, NoReturn

HEAPS = (".heapsnapshot", ".heapsnapshot.gz")  # how their names end


class UsageError(Exception):
    """The command line makes no sense; the text is one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def format_help(self) -> str:
        return self.example + "\n" + super().format_help()

    example = ""


class _Version(argparse.Action):
    def __call__(self, *unused: object) -> NoReturn:
        from referrers import _version
        sys.stdout.write(_version.text())
        raise SystemExit(0)


def parse(arguments: list[str], command: _help.Command = _help.DOT,
          ) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the words after them (SCRIPT and its arguments, or the
    arguments of the module).  UsageError, or SystemExit(0) for --help."""
    ours, rest = _split(arguments)
    options = _parser(command).parse_args(ours)
    options.heap = _heap_of(options, rest)
    _check_question(command, options, rest)
    _check_together(command, options, rest)
    if options.redact and options.title is not None:
        options.title = _redact.title(options.title)
    if command is _help.DOT:
        options.format = _format(options.format, options.output)
    elif command is _help.WHY:
        options.format = WORDS
    elif command in (_help.TYPES, _help.MAP):
        options.format = _survey_format(command, options)
    options.explain = options.format == WORDS
    options.command = command
    return options, rest


def _heap_of(options: argparse.Namespace, rest: list[str]) -> str | None:
    """The file of a heap in the place of a program, if that is one."""
    if options.module is not None or not rest or not rest[0].endswith(HEAPS):
        return None
    if len(rest) > 1:
        raise UsageError("%s takes no arguments: it is a heap" % rest[0])
    for flag, given in (("-s", options.setup), ("--each", options.each),
                        ("--exclude", options.exclude),
                        ("--at", options.at is not None),
                        ("--on-exception", options.on_exception),
                        ("--pid", options.pid is not None)):
        if given:
            raise UsageError("%s is for a program that runs, and %s is the "
                             "heap of one" % (flag, rest[0]))
    return rest[0]


def _check_question(command: _help.Command, options: argparse.Namespace,
                    rest: list[str]) -> None:
    """UsageError when it is not said what the command is about."""
    if options.id and options.heap is None:
        raise UsageError("--id needs a FILE.heapsnapshot: the address of an "
                         "object is one of a program that has ended")
    is_missing = not rest and options.module is None and options.pid is None
    if command in (_help.TYPES, _help.MAP):
        if is_missing:
            raise UsageError("what is it about?  SCRIPT, -m MODULE, --pid PID "
                             "or a FILE.heapsnapshot is needed")
    elif command is not _help.DUMP:
        if not options.expr and options.type is None and not options.id:
            raise UsageError("-e EXPR is needed: which object is it about?")
    elif options.heap is not None:
        raise UsageError("%s is a heap already" % options.heap)
    elif is_standard_output(options.output):
        raise UsageError("-o FILE is needed: where does the heap go?")
    elif not (options.output.endswith(HEAPS) or _is_special(options.output)):
        raise UsageError("-o %s: the name of a heap ends in .heapsnapshot or "
                         ".heapsnapshot.gz, by which Chrome and referrers "
                         "know it" % options.output)
    elif is_missing:
        raise UsageError("a program is needed: SCRIPT, -m MODULE or --pid PID")


def _check_together(command: _help.Command, options: argparse.Namespace,
                    rest: list[str]) -> None:
    """UsageError for options that make no sense together."""
    if options.each and not options.expr:
        raise UsageError("--each needs -e EXPR")
    if (options.most is not None and options.type is None
            and command not in (_help.TYPES, _help.MAP)):
        raise UsageError("--most needs --type NAME")
    if options.at is None and options.count is not None:
        raise UsageError("--count needs --at")
    if options.at is None and options.go_on:
        raise UsageError("--continue needs --at")
    if options.at is not None and options.on_exception:
        raise UsageError("--at and --on-exception exclude each other")
    runs = bool(rest) or options.module is not None
    if options.pid is not None and (runs or options.at is not None
                                    or options.on_exception):
        raise UsageError("--pid looks at a process: there is no program to "
                         "run, and no --at or --on-exception")
    if options.at is not None and not (runs or options.setup):
        raise UsageError("--at needs a program: SCRIPT, -m MODULE or -s CODE")
    if options.on_exception and not runs:
        raise UsageError("--on-exception needs a program: SCRIPT or -m MODULE")


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Cuts the line behind our last option.

    Our part is rewritten to --long=VALUE, so that a value that begins with a
    dash (`-e -x`) is still a value.
    """
    ours: list[str] = []
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            return ours, arguments[position + 1:]
        if word == "-" or not word.startswith("-"):
            return ours, arguments[position:]
        flag, value = _flag_and_value(word)
        position += 1
        if flag in _WITH_VALUE and value is None:
            if position == len(arguments):
                raise UsageError("%s needs a value" % word)
            value = arguments[position]
            position += 1
        ours.append(flag if value is None else "%s=%s" % (flag, value))
        if flag == "--module":
            return ours, arguments[position:]
    return ours, []


def _flag_and_value(word: str) -> tuple[str, str | None]:
    """`-eX` is ("--expr", "X"), `--expr=X` too; `-e` is ("--expr", None)."""
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        return flag, value if equals else None
    if word[:2] not in _SHORT:
        raise UsageError("unrecognized option %s" % word[:2])
    return _SHORT[word[:2]], word[2:] or None


def _format(format: str | None, output: str) -> str:
    """-T wins; else the suffix of -o; else DOT for what has no suffix because
    it is no ordinary file."""
    if format is not None:
        return format
    found = _render.format_of(output)
    if found is not None:
        return found
    if is_standard_output(output) or _is_special(output):
        return "dot"
    raise UsageError("the suffix of %r is none of %s; -T says the format"
                     % (output, _render.known_suffixes()))


def _survey_format(command: _help.Command, options: argparse.Namespace) -> str:
    """Text, unless -T or the suffix of -o says something else."""
    from referrers import _chart
    allowed = _chart.FORMATS if command is _help.MAP else _chart.WORDS
    format = options.format or _render.format_of(options.output) or "txt"
    if format == WORDS:
        format = "txt"  # the answer in words, here too
    if format not in allowed:
        raise UsageError("%s is none of the formats: %s and %s" % (
            format, ", ".join(allowed[:-1]), allowed[-1]))
    return str(format)


def for_search(options: argparse.Namespace) -> dict[str, Any]:
    """What get_referrer_graph_for_list is told."""
    wanted = {"max_depth": options.max_depth, "timeout": options.timeout,
              "single_object_referrer_limit": options.referrer_limit,
              "search_for_untracked_objects": True}
    for name in ("weak", "values", "sizes", "explain"):
        if getattr(options, name, False):
            wanted[name] = True
    return wanted


def for_picture(options: argparse.Namespace) -> _picture.Options:
    return _picture.Options(
        max_objects=options.max_objects, paths_only=options.paths_only,
        merged=bool(options.merged), max_lines=options.max_lines,
        rankdir=options.rankdir,
        title=options.title, addresses=options.addresses, theme=options.theme,
        background=options.background, id_prefix=options.id_prefix)


def _id_prefix(text: str) -> str:
    try:
        _picture.Options(id_prefix=text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


WORDS = "why"  # the format that is the answer in words


def is_standard_output(output: str) -> bool:
    return output in ("-", "/dev/stdout")


def _is_special(path: str) -> bool:
    return (os.path.exists(path) and not os.path.isfile(path)
            and not os.path.isdir(path))


def _count(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError("%r is not a number from 1 up" % text)


def _lines_or_none(text: str) -> int | None:
    return None if text == "none" else _count(text)


def _count_or_none(text: str) -> int | None:
    if text == "none":
        return None
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(
        "%r is not a number from 0 up, or none" % text)


def _place(text: str) -> _mark.Mark:
    try:
        return _mark.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError("%r is no id()" % text) from None


def _type_name(text: str) -> str:
    if all(part.isidentifier() or part == "<locals>"
           for part in text.split(".")):
        return text
    raise argparse.ArgumentTypeError("%r is not the name of a type" % text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
        _render.check_timeout(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "%r is not a number of seconds above 0" % text) from None
    return value


# Flags and what argparse is told about them; a short flag stands for the long.
_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, object]], ...] = (
    (("-s", "--setup"), dict(
        action="append", default=[], metavar="CODE",
        help="run CODE first; may be given several times")),
    (("-e", "--expr"), dict(
        action="append", default=[], metavar="EXPR",
        help="the object: an expression; several times for several objects")),
    (("--each",), dict(
        action="store_true", help="the objects are the items of what -e "
        "gives: a list, or anything to loop over")),
    (("--type",), dict(
        type=_type_name, metavar="NAME", help="the objects are those of this "
        "type that are alive: module.Class, or Class where that is clear; not "
        "those of subclasses")),
    (("--most",), dict(
        type=_count, metavar="N", help="of the objects of --type N (10): the "
        "first ones; in a FILE.heapsnapshot the last ones, which are the "
        "newest")),
    (("--id",), dict(
        action="append", default=[], type=_address, metavar="N",
        help="the object of a FILE.heapsnapshot that had this id() in the "
        "program; may be given several times")),
    (("-m", "--module"), dict(
        metavar="MODULE", help="run a module as the program; the words after "
        "it are its arguments")),
    (("--at",), dict(
        type=_place, metavar="PLACE", help="stop the program at FILE:LINE, or "
        "where the function PLACE begins, and look there, with its variables; "
        "then end")),
    (("--count",), dict(
        type=_count, metavar="N", help="stop when --at is reached for the "
        "N-th time (1)")),
    (("--continue",), dict(
        action="store_true", dest="go_on", help="go on with the program when "
        "--at was drawn")),
    (("--on-exception",), dict(
        action="store_true", help="look when an exception ends the program, in "
        "the function that raised it, or the nearest of its callers that "
        "knows the names in EXPR")),
    (("--pid",), dict(
        type=_count, metavar="PID", help="the object is one of the running "
        "process PID, of the same minor version of CPython: -e is evaluated in "
        "its __main__, and -s runs there")),
    (("-T", "--format"), dict(
        choices=(*_render.FORMATS, WORDS), help="the format; without it the "
        "suffix of FILE says it, and standard output gets dot; why is the "
        "answer in words")),
    (("-o", "--output"), dict(
        default="-", metavar="FILE",
        help="write to FILE; - is standard output")),
    (("--max-depth",), dict(
        type=_count_or_none, default=20, metavar="N",
        help="steps to follow from the object (20), or none for all")),
    (("--referrer-limit",), dict(
        type=_count_or_none, default=100, metavar="N",
        help="alike references to show for one object (100), or none for all")),
    (("--weak",), dict(
        action="store_true",
        help="also show weak references, which keep nothing alive")),
    (("--values",), dict(
        action="store_true",
        help="also show short values of strings, numbers and the like")),
    (("--sizes",), dict(
        action="store_true",
        help="also find out what would be freed with each object")),
    (("--exclude",), dict(
        action="append", default=[], metavar="EXPR",
        help="an object that is neither shown nor followed; may be given "
        "several times")),
    (("--timeout",), dict(
        type=_seconds, metavar="SECONDS",
        help="end the search after this time, with a part of the graph")),
    (("--layout-timeout",), dict(
        type=_seconds, default=60.0, metavar="SECONDS",
        help="give up the drawing after this time (60)")),
    (("--max-objects",), dict(
        type=_count, metavar="N", help="objects in the picture (40)")),
    (("--paths",), dict(
        dest="paths_only", action="store_true", default=None,
        help="draw only the paths from roots, as a picture does by itself where "
        "all would be too wide to read")),
    (("--no-paths",), dict(
        dest="paths_only", action="store_false", default=None,
        help="draw whatever there is room for")),
    (("--merged",), dict(
        action="store_true", default=None, help="several objects as one tree, "
        "from the roots down, by type and step, with counts; so it is with "
        "--type when there are more than three")),
    (("--no-merged",), dict(
        dest="merged", action="store_false", default=None,
        help="each object by itself")),
    (("--max-lines",), dict(
        type=_lines_or_none, default=_picture.MAX_LINES, metavar="N",
        help="lines of the text tree (200), or none for all")),
    (("--rankdir",), dict(
        choices=_picture.DIRECTIONS, default="auto", help="direction of the picture: down, "
        "to the right, or what suits it (auto)")),
    (("--title",), dict(
        metavar="TEXT", help="title of the picture")),
    (("--redact",), dict(
        action="store_true", help="make it fit to show to others: hides key texts, values, "
        "strings in the title, the names of threads, and all but the last part "
        "of file paths; keeps the names of types, attributes, functions and "
        "modules")),
    (("--force",), dict(
        action="store_true", help="send png or pdf to a terminal all the "
        "same")),
    (("--theme",), dict(
        choices=_picture.THEMES, default="auto", help="colours of the picture: "
        "light, dark, what the reader of an SVG has set (auto), or the switch "
        "of the page that an SVG is copied into (page)")),
    (("--background",), dict(
        choices=tuple(filter(None, _picture.BACKGROUNDS)),
        help="leave out what is behind the picture")),
    (("--id-prefix",), dict(
        type=_id_prefix, metavar="NAME", help="how the ids in an SVG begin")),
    (("--addresses",), dict(
        action="store_true", help="show in the picture where objects are")),
    (("-h", "--help"), dict(
        action="help", help="show this text and end")),
    (("-V", "--version"), dict(
        action=_Version, nargs=0, help="show the versions of referrers, "
        "Python and Graphviz, and end")),
)
_SHORT = {flags[0]: flags[1] for flags, _ in _OPTIONS if len(flags) == 2}
_WITH_VALUE = frozenset(flags[-1] for flags, how in _OPTIONS
                        if how.get("action") in (None, "append"))


def _parser(command: _help.Command) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=command.program, add_help=False, allow_abbrev=False,
        usage=command.usage, epilog=command.notes,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.example = command.example
    for flags, how in _OPTIONS:
        if command.has(flags[-1]):
            if flags[-1] in command.words:
                how = {**how, "help": command.words[flags[-1]]}
            parser.add_argument(*flags, **how)  # type: ignore[arg-type]
        else:  # as if it had not been given
            parser.set_defaults(**_default(flags, how))
    return parser


def _default(flags: tuple[str, ...], how: dict[str, object],
             ) -> dict[str, object]:
    name = how.get("dest", flags[-1][2:].replace("-", "_"))
    missing = False if how.get("action") == "store_true" else None
    return {str(name): how.get("default", missing)}
