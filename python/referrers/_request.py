# What --pid has another process evaluate.
#
# Not imported: its text is sent there, with REQUEST (and the result of our own
# self-test, for src/module/visit.c) in front of it, and runs in a namespace of
# its own, for whatever that process has imported.  It imports nothing and leaves
# nothing; `objects`, `excluded` and `refused` are read from that namespace by
# src/module/visit.c.
#
# Comments, because a docstring stays in the memory of CPython 3.13 and 3.14 for
# good each time it is compiled.

TYPE_CHECKING = False  # the process is asked to import nothing
if TYPE_CHECKING:
    from typing import Any

REQUEST: "dict[str, Any]"


def _one_line(error: "BaseException") -> "str":
    try:
        said = " ".join(str(error).split())[:500]
    except BaseException:
        said = ""
    name = type(error).__name__
    return "%s: %s" % (name, said) if said else name


def _value(question: "tuple[str, list[str], list[str]]",
           main: "dict[str, Any]", scratch: "dict[str, Any]") -> "Any":
    # A module that is imported is found by its name, as long as this takes.
    import builtins
    import sys
    text, names, firsts = question
    mine = {name: scratch[name] for name in names if name in scratch}
    found = [first for first in firsts
             if first not in main and first not in mine
             and not hasattr(builtins, first) and first in sys.modules]
    for first in found:
        main[first] = sys.modules[first]
    try:
        if mine:
            # What eval calls locals is not seen inside a comprehension or a
            # lambda; parameters are.
            text = "lambda %s: (\n%s\n)" % (", ".join(mine), text)
        code = compile(text, "<expression>", "eval", dont_inherit=True)
        return eval(code, main)(**mine) if mine else eval(code, main)
    finally:
        for first in found:
            main.pop(first, None)


def _answer(setup: "list[str]", each: "bool", expr: "list[Any]",
            exclude: "list[Any]",
            ) -> "tuple[list[object], list[object], str | None]":
    # The objects, those that are left out, and what failed, or None.
    import posix
    import sys
    process = posix.getpid()
    objects: dict[int, object] = {}
    excluded: dict[int, object] = {}
    scratch: dict[str, Any] = {}
    what = "it has no __main__"
    try:
        main = sys.modules["__main__"].__dict__
        what = "the setup code failed"
        for code in setup:
            # In its namespace, but the names it makes do not stay there.
            exec(compile(code, "<setup>", "exec", dont_inherit=True), main,
                 scratch)
        for words, questions, into in (
                ("the --exclude expression", exclude, excluded),
                ("the expression", expr, objects)):
            for question in questions:
                what = words + " is not one"
                compile(question[0], "<expression>", "eval", dont_inherit=True)
                what = words + " failed"
                value = _value(question, main, scratch)
                if each and into is objects:
                    what = "--each: the expression cannot be looped over"
                    value = list(value)
                    into.update((id(item), item) for item in value)
                else:
                    into[id(value)] = value
                del value
        what = ""
    except BaseException as error:
        what += ": " + _one_line(error)
    if posix.getpid() != process:
        posix._exit(0)  # the code has forked: its child is nobody's
    return list(objects.values()), list(excluded.values()), what or None


objects, excluded, refused = _answer(**REQUEST)  # noqa: F821
