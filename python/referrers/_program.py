"""A fresh `__main__`, and the program that runs in it, as with runpy.

runpy itself gives the namespace back only when the program ended well; here it
is wanted most when the program failed.  Exceptions of the program are printed
and dropped on the spot: a traceback that is kept would keep frames, and what
they refer to would be in the answer.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import importlib.util
import io
import os
import sys
import types

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MESSAGE_LIMIT = 500


class Failure(Exception):
    """The command ends here: one line to say, and the exit status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Ending:
    """How a piece of the user's code ended."""

    def __init__(self, status: int = 0, error: BaseException | None = None,
                 result: Any = None) -> None:
        self.status = status    # what the interpreter would exit with
        self.text = "" if error is None else _one_line(error)
        self.exited = isinstance(error, SystemExit)
        self.interrupted = isinstance(error, KeyboardInterrupt)
        self.result = result


def call(function: Callable[..., Any], *arguments: Any,
         examine: Callable[[BaseException], None] | None = None) -> Ending:
    """Runs the user's code and prints what it raised, as Python would;
    `examine` sees it then, while it is still being handled."""
    try:
        return Ending(result=function(*arguments))
    except SystemExit as error:
        return Ending(_exit_status(error.code), error)
    except Failure:
        raise
    except BaseException as error:
        _print(error)
        if examine is not None:
            examine(error)
        return Ending(130 if isinstance(error, KeyboardInterrupt) else 1,
                      error)


def _exit_status(code: object) -> int:
    """What sys.exit(code) means to the interpreter."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    try:
        print(code, file=sys.stderr)
    except Exception:
        pass
    return 1


def _print(error: BaseException) -> None:
    """The traceback without our frames, through the program's own hook."""
    first = error.__traceback__
    while first is not None and _is_before_the_program(first.tb_frame):
        first = first.tb_next
    error.__traceback__ = first
    try:
        sys.excepthook(type(error), error, first)
    except BaseException:
        sys.__excepthook__(type(error), error, first)


def _is_before_the_program(frame: types.FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] in ("referrers", "importlib", "runpy")


def _one_line(error: BaseException) -> str:
    try:
        said = str(error)
    except BaseException:
        said = ""
    said = " ".join(said.split())[:_MESSAGE_LIMIT]
    name = type(error).__name__
    return "%s: %s" % (name, said) if said else name


def fresh_main() -> types.ModuleType:
    """A new, empty `__main__` in sys.modules, as the interpreter starts it.

    The process is ours from here on, and somebody waits for its answer: a
    forked child need not stand back, as it does beside a service."""
    _core._niceness(0)
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__loader__"] = importlib.machinery.BuiltinImporter
    if sys.version_info < (3, 14):
        module.__dict__.setdefault("__annotations__", {})
    sys.modules["__main__"] = module
    return module


def run_setup(code: str, main: types.ModuleType) -> None:
    """Runs one -s in `main`."""
    exec(compile(code, "<setup>", "exec", dont_inherit=True), main.__dict__)


class Script:
    """SCRIPT: a file, or a directory or zip file with a __main__.py."""

    def __init__(self, path: str, arguments: list[str]) -> None:
        self._argv = [path, *arguments]
        # The program may change the directory; Python makes these absolute
        # too, except for sys.argv[0].
        self._absolute = os.path.abspath(path)
        self._spec = importlib.machinery.PathFinder.find_spec(
            "__main__", [self._absolute])
        if self._spec is None and os.path.isdir(path):
            raise Failure("no __main__.py in %s" % path, 2)
        if self._spec is None and not os.access(path, os.R_OK):
            raise Failure("cannot read %s: %s" % (path, _why_not(path)), 2)

    def enter(self) -> None:
        sys.argv = self._argv
        if self._spec is not None:
            _set_first_path(self._absolute)
        else:
            _set_first_path(os.path.dirname(os.path.realpath(self._absolute)))

    def load(self, main: types.ModuleType) -> types.CodeType:
        """The code to run; `main` gets the names that go with it."""
        if self._spec is not None:
            return _load_spec(self._spec, main)
        path = self._absolute
        loader: Any
        code: types.CodeType
        if path.endswith(".pyc"):
            loader = importlib.machinery.SourcelessFileLoader("__main__", path)
            code = loader.get_code("__main__")
        else:
            loader = importlib.machinery.SourceFileLoader("__main__", path)
            with io.open_code(path) as file:
                source = file.read()
            code = compile(source, path, "exec", dont_inherit=True)
        main.__dict__.update(__file__=path, __loader__=loader,
                             __package__=None, __spec__=None)
        _set_cached(main, None)
        return code


class Module:
    """-m MODULE: a module, or a package with a __main__ module."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self._name = name
        self._arguments = arguments

    def enter(self) -> None:
        sys.argv = ["-m", *self._arguments]
        _set_first_path(os.getcwd())

    def load(self, main: types.ModuleType) -> types.CodeType:
        spec = self._find(self._name)
        if spec.submodule_search_locations is not None:
            spec = self._find(self._name + ".__main__")
        code = _load_spec(spec, main)
        sys.argv[0] = spec.origin or self._name
        return code

    def _find(self, name: str) -> importlib.machinery.ModuleSpec:
        missing = Failure("no module named %s" % name, 1)
        if not name or name.startswith("."):
            raise missing
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError as error:
            # A package on the way is missing; any other failure is its own.
            if error.name is None or not (name + ".").startswith(
                    error.name + "."):
                raise
            spec = None
        if spec is None:
            raise missing
        return spec


class NoProgram:
    """Only -s and -e: what `python -c` has around it."""

    def enter(self) -> None:
        sys.argv = ["-c"]
        _set_first_path(os.getcwd())

    def load(self, main: types.ModuleType) -> types.CodeType:
        return compile("", "<none>", "exec")


Program = Script | Module | NoProgram


def run(program: Program, main: types.ModuleType,
        examine: Callable[[BaseException], None] | None = None) -> Ending:
    """Loads and runs the program.  One that cannot even be loaded has left
    nothing to look at: Failure."""
    loading = call(program.load, main)
    if loading.interrupted:
        raise Failure("interrupted", loading.status)
    if loading.text:
        raise Failure("the program cannot be loaded: " + loading.text, 1)
    code = loading.result
    del loading
    return call(exec, code, main.__dict__, examine=examine)


def _load_spec(spec: importlib.machinery.ModuleSpec,
               main: types.ModuleType) -> types.CodeType:
    loader: Any = spec.loader
    if loader is None or not hasattr(loader, "get_code"):
        raise Failure("%s cannot be run as a program" % spec.name, 1)
    code: types.CodeType | None = loader.get_code(spec.name)
    if code is None:
        raise Failure("%s has no Python code to run" % spec.name, 1)
    main.__dict__.update(__file__=spec.origin, __loader__=loader,
                         __package__=spec.parent, __spec__=spec)
    _set_cached(main, spec.cached)
    return code


def _set_cached(main: types.ModuleType, path: str | None) -> None:
    """A module has no __cached__ any more from 3.15 on."""
    if sys.version_info < (3, 15):
        main.__dict__["__cached__"] = path


def _set_first_path(directory: str) -> None:
    """sys.path[0] is ours to set unless Python was told not to have one."""
    safe = getattr(sys.flags, "safe_path", False) or sys.flags.isolated
    if not safe:
        sys.path[0:1] = [directory]


def _why_not(path: str) -> str:
    try:
        with io.open_code(os.path.abspath(path)):
            return "not a file"
    except OSError as error:
        return error.strerror or type(error).__name__
