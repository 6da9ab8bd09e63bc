"""Which command `python -m referrers COMMAND` is."""

from __future__ import annotations

import sys

from referrers import _command, _help, _output

_COMMANDS = {command.name: command for command in (
    _help.WHY, _help.DOT, _help.TYPES, _help.MAP, _help.DUMP)}
_GROW = "grow"  # has a command line of its own


def main() -> int:
    """Runs the command that the first word names, and gives its status."""
    word = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if word in ("-h", "--help"):
        sys.stdout.write(_help.PAGE)
        return 0
    if word in ("-V", "--version"):
        from referrers import _version
        sys.stdout.write(_version.text())
        return 0
    if word == _GROW:
        from referrers import _grow_command
        return _grow_command.main(sys.argv[2:])
    command = _COMMANDS.get(word)
    if command is None:
        _output.say("%r is not a command; there are %s (see --help)"
                    % (word, ", ".join([*_COMMANDS, _GROW])))
        return _output.USAGE
    del sys.argv[1]
    return _command.main(command=command)
