"""What --pid has another process evaluate.

Not imported: its text is sent there, with REQUEST in front of it, and runs in
a namespace of its own, for whatever that process has imported.  It imports
nothing and leaves nothing; `objects`, `excluded` and `refused` are read from
that namespace by src/module/visit.c."""


def _one_line(error):
    try:
        said = " ".join(str(error).split())[:500]
    except BaseException:
        said = ""
    name = type(error).__name__
    return "%s: %s" % (name, said) if said else name


def _value(question, main, scratch):
    """The value of an expression.  A module that is imported is found by its
    name, as long as this takes."""
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


def _answer(request):
    """The objects, those that are left out, and what failed, or None."""
    import posix
    import sys
    process = posix.getpid()
    objects, excluded, scratch = {}, {}, {}
    what = "it has no __main__"
    try:
        main = sys.modules["__main__"].__dict__
        what = "the setup code failed"
        for code in request["setup"]:
            # In its namespace, but the names it makes do not stay there.
            exec(compile(code, "<setup>", "exec", dont_inherit=True), main,
                 scratch)
        for name, into in (("exclude", excluded), ("expr", objects)):
            words = ("the expression", "the --exclude expression")[
                name == "exclude"]
            for question in request[name]:
                what = words + " is none"
                compile(question[0], "<expression>", "eval", dont_inherit=True)
                what = words + " failed"
                value = _value(question, main, scratch)
                if name == "expr" and request["each"]:
                    what = "--each: the expression cannot be looped over"
                    value = list(value)
                    into.update((id(item), item) for item in value)
                else:
                    into[id(value)] = value
                del value
        what = None
    except BaseException as error:
        what += ": " + _one_line(error)
    if posix.getpid() != process:
        posix._exit(0)  # the code has forked: its child is nobody's
    return list(objects.values()), list(excluded.values()), what


objects, excluded, refused = _answer(REQUEST)  # noqa: F821
