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
        raise UsageError("%s is a heap and takes no arguments" % rest[0])
    for flag, given in (("-s", options.setup), ("--each", options.each),
                        ("--exclude", options.exclude),
                        ("--at", options.at is not None),
                        ("--on-exception", options.on_exception),
                        ("--pid", options.pid is not None)):
        if given:
            raise UsageError("%s needs a running program, and %s is a heap in "
                             "a file" % (flag, rest[0]))
    return rest[0]


def _check_question(command: _help.Command, options: argparse.Namespace,
                    rest: list[str]) -> None:
    """UsageError when it is not said what the command is about."""
    if options.id and options.heap is None:
        raise UsageError("--id needs a FILE.heapsnapshot: in a program that is "
                         "started now, nobody knows an address")
    is_missing = not rest and options.module is None and options.pid is None
    if command in (_help.TYPES, _help.MAP):
        if is_missing:
            raise UsageError("which program?  Give a SCRIPT, -m MODULE, --pid "
                             "PID or a FILE.heapsnapshot")
    elif command is not _help.DUMP:
        if not options.expr and options.type is None and not options.id:
            raise UsageError("which object?  Give -e EXPR or --type NAME")
    elif options.heap is not None:
        raise UsageError("%s is already a heap" % options.heap)
    elif is_standard_output(options.output):
        raise UsageError("where to?  Give -o FILE.heapsnapshot")
    elif not (options.output.endswith(HEAPS) or _is_special(options.output)):
        raise UsageError("-o %s: the name must end in .heapsnapshot or "
                         ".heapsnapshot.gz, or Chrome will not open it"
                         % options.output)
    elif is_missing:
        raise UsageError("which program?  Give a SCRIPT, -m MODULE or --pid "
                         "PID")


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
        raise UsageError("give --at or --on-exception, not both")
    runs = bool(rest) or options.module is not None
    if options.pid is not None and (runs or options.at is not None
                                    or options.on_exception):
        raise UsageError("--pid looks at a running process: leave out the "
                         "program, --at and --on-exception")
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
    raise UsageError("%r ends in none of the known suffixes: %s; -T gives "
                     "the format" % (output, _render.known_suffixes()))


def _survey_format(command: _help.Command, options: argparse.Namespace) -> str:
    """Text, unless -T or the suffix of -o says something else."""
    from referrers import _chart
    allowed = _chart.FORMATS if command is _help.MAP else _chart.WORDS
    format = options.format or _render.format_of(options.output) or "txt"
    if format == WORDS:
        format = "txt"  # the answer in words, here too
    if format not in allowed:
        raise UsageError("%s is not one of the formats: %s and %s" % (
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
    raise argparse.ArgumentTypeError("%r is not a whole number above 0" % text)


def _lines_or_none(text: str) -> int | None:
    return None if text == "none" else _count(text)


def _count_or_none(text: str) -> int | None:
    if text == "none":
        return None
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(
        "%r is not a whole number, or none" % text)


def _place(text: str) -> _mark.Mark:
    try:
        return _mark.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError("%r is not an id()" % text) from None


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
        help="run CODE first; can be repeated")),
    (("-e", "--expr"), dict(
        action="append", default=[], metavar="EXPR",
        help="the object, as an expression; repeat it for several objects")),
    (("--each",), dict(
        action="store_true", help="ask about the items of what -e gives: a "
        "list, or anything you can loop over")),
    (("--type",), dict(
        type=_type_name, metavar="NAME", help="ask about the living objects "
        "of this type: module.Class, or just Class if that is unambiguous; "
        "subclasses do not count")),
    (("--most",), dict(
        type=_count, metavar="N", help="take at most N objects of --type "
        "(10): the first ones, or in a FILE.heapsnapshot the newest")),
    (("--id",), dict(
        action="append", default=[], type=_address, metavar="N",
        help="the object in a FILE.heapsnapshot that had this id() in the "
        "program; can be repeated")),
    (("-m", "--module"), dict(
        metavar="MODULE", help="run a module as the program; what follows is "
        "its arguments")),
    (("--at",), dict(
        type=_place, metavar="PLACE", help="stop the program at FILE:LINE, or "
        "at the start of the function PLACE, look there, with its variables, "
        "then end")),
    (("--count",), dict(
        type=_count, metavar="N", help="stop the N-th time that --at is "
        "reached (1)")),
    (("--continue",), dict(
        action="store_true", dest="go_on", help="let the program run on "
        "after --at")),
    (("--on-exception",), dict(
        action="store_true", help="look when an exception ends the program: "
        "in the function that raised it, or in its nearest caller that knows "
        "the names in EXPR")),
    (("--pid",), dict(
        type=_count, metavar="PID", help="ask the running process PID, of "
        "the same minor version of CPython: -e is evaluated in its __main__, "
        "and -s runs there")),
    (("-T", "--format"), dict(
        choices=(*_render.FORMATS, WORDS), metavar="FORMAT",
        help="the format, if the suffix of FILE does not say it (dot on "
        "standard output): %s; or why, the answer in words"
        % ", ".join(_render.FORMATS))),
    (("-o", "--output"), dict(
        default="-", metavar="FILE",
        help="write to FILE (- for standard output)")),
    (("--max-depth",), dict(
        type=_count_or_none, default=20, metavar="N",
        help="steps to show from the object (20), or none for all")),
    (("--referrer-limit",), dict(
        type=_count_or_none, default=100, metavar="N",
        help="similar references to show per object (100), or none for all")),
    (("--weak",), dict(
        action="store_true",
        help="also show weak references, which keep nothing alive")),
    (("--values",), dict(
        action="store_true",
        help="also show short values, such as strings and numbers")),
    (("--sizes",), dict(
        action="store_true",
        help="also work out how much would be freed with each object")),
    (("--exclude",), dict(
        action="append", default=[], metavar="EXPR",
        help="an object that is neither shown nor followed; can be "
        "repeated")),
    (("--timeout",), dict(
        type=_seconds, metavar="SECONDS",
        help="stop searching after this time, and show what was found")),
    (("--layout-timeout",), dict(
        type=_seconds, default=60.0, metavar="SECONDS",
        help="give up drawing after this time (60)")),
    (("--max-objects",), dict(
        type=_count, metavar="N", help="most objects in the picture (40)")),
    (("--paths",), dict(
        dest="paths_only", action="store_true", default=None,
        help="draw only the paths from roots (automatic if the whole picture "
        "would be too wide to read)")),
    (("--no-paths",), dict(
        dest="paths_only", action="store_false", default=None,
        help="draw whatever there is room for")),
    (("--merged",), dict(
        action="store_true", default=None, help="several objects as one tree, "
        "from the roots down, by type and step, with counts; the default for "
        "more than three of --type")),
    (("--no-merged",), dict(
        dest="merged", action="store_false", default=None,
        help="each object by itself")),
    (("--max-lines",), dict(
        type=_lines_or_none, default=_picture.MAX_LINES, metavar="N",
        help="most lines in the text tree (200), or none for all")),
    (("--rankdir",), dict(
        choices=_picture.DIRECTIONS, default="auto", help="direction of the "
        "picture: down, to the right, or whichever fits better (auto)")),
    (("--title",), dict(
        metavar="TEXT", help="title of the picture")),
    (("--redact",), dict(
        action="store_true", help="make it safe to share: hides key texts, "
        "values, strings in the title, thread names, and all but the last part "
        "of file paths; keeps the names of types, attributes, functions and "
        "modules")),
    (("--force",), dict(
        action="store_true", help="send png or pdf even to a terminal")),
    (("--theme",), dict(
        choices=_picture.THEMES, default="auto", help="colours of the "
        "picture: light; dark; auto: an SVG follows its reader's system; "
        "page: also the switch of the page that it is copied into")),
    (("--background",), dict(
        choices=tuple(filter(None, _picture.BACKGROUNDS)),
        help="leave out the background")),
    (("--id-prefix",), dict(
        type=_id_prefix, metavar="NAME", help="prefix for the ids in an "
        "SVG")),
    (("--addresses",), dict(
        action="store_true", help="show addresses of objects in the "
        "picture")),
    (("-h", "--help"), dict(
        action="help", help="show this help and exit")),
    (("-V", "--version"), dict(
        action=_Version, nargs=0, help="show the versions of referrers, "
        "Python and Graphviz, and exit")),
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
                if "choices" in how:  # of which the words name those it has
                    how["metavar"] = "FORMAT"
            parser.add_argument(*flags, **how)  # type: ignore[arg-type]
        else:  # as if it had not been given
            parser.set_defaults(**_default(flags, how))
    return parser


def _default(flags: tuple[str, ...], how: dict[str, object],
             ) -> dict[str, object]:
    name = how.get("dest", flags[-1][2:].replace("-", "_"))
    missing = False if how.get("action") == "store_true" else None
    return {str(name): how.get("default", missing)}
