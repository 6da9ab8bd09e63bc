"""-e and --exclude: an expression, and the modules that its names ask for."""

from __future__ import annotations

import ast
import builtins
import sys
import types

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_FILE = "<expression>"


class Expression:
    """Compiled at once, so that a syntax error shows before the program runs.

    It must not be kept once it was evaluated: its code object refers to the
    constants in it.
    """

    def __init__(self, text: str) -> None:
        # Not ast.parse, whose frame would be in a syntax error's traceback.
        tree: Any = compile(text.strip(), _FILE, "eval", ast.PyCF_ONLY_AST,
                            dont_inherit=True)
        self._chains = _dotted_names(tree)
        self._names = _names(tree)
        self._needed = self._names - _bound_names(tree)
        self._code = compile(tree, _FILE, "eval", dont_inherit=True)
        self._tree = [tree]

    def names(self) -> list[str]:
        """All names in it."""
        return sorted(self._names)

    def firsts(self) -> list[str]:
        """The names that a dotted one begins with."""
        return sorted({chain[0] for chain in self._chains})

    def is_known_to(self, frame: types.FrameType) -> bool:
        """Whether the frame has a value for every name that needs one."""
        known = [_core.variables(frame), frame.f_globals,
                 builtins.__dict__]
        return all(any(name in names for names in known)
                   for name in self._needed)

    def evaluate(self, namespace: dict[str, Any],
                 variables: dict[str, Any] | None = None) -> Any:
        """The value, in a module's namespace, and with a frame's variables.

        `app.cache` imports app when nothing has that name; the name is there
        for as long as the evaluation takes, so that no reference of ours is
        left behind.
        """
        mine = {name: value for name, value in (variables or {}).items()
                if name in self._names}
        if variables is not None:
            variables.clear()
        imported = []
        try:
            for chain in self._chains:
                first = chain[0]
                if (first not in namespace and first not in mine
                        and not hasattr(builtins, first)):
                    if first in sys.modules or _try_import(first):
                        imported.append(first)
                        namespace[first] = sys.modules[first]
                if first in imported:
                    _import_rest(chain)
            if not mine:
                return eval(self._code, namespace)
            return eval(self._with_parameters(mine), namespace)(**mine)
        finally:
            for first in imported:
                namespace.pop(first, None)

    def _with_parameters(self, names: Iterable[str]) -> types.CodeType:
        """`lambda NAMES: EXPRESSION`.  What eval calls locals is not seen
        inside a comprehension or a lambda; parameters are."""
        tree = self._tree.pop()
        arguments: Any = [ast.arg(name) for name in names]
        function = ast.Lambda(ast.arguments(
            posonlyargs=[], args=arguments, kwonlyargs=[], kw_defaults=[],
            defaults=[]), tree.body)
        code: types.CodeType = compile(
            ast.fix_missing_locations(ast.Expression(function)), _FILE, "eval",
            dont_inherit=True)
        return code


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound_names(tree: ast.AST) -> set[str]:
    """The names that the expression itself gives a value."""
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
    return bound


def _dotted_names(tree: ast.AST) -> list[list[str]]:
    """["app", "models", "cache"] for app.models.cache, wherever it stands;
    names that the expression itself binds are left out."""
    bound = _bound_names(tree)
    chains = [_chain(node) for node in ast.walk(tree)
              if isinstance(node, ast.Attribute)]
    return [chain for chain in chains if chain and chain[0] not in bound]


def _chain(node: ast.expr) -> list[str]:
    """The names of a dotted expression; [] when it starts with anything but a
    name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return []
    names.append(node.id)
    return names[::-1]


def _import_rest(chain: list[str]) -> None:
    """Imports as much behind the first name as are submodules and not
    attributes."""
    name = chain[0]
    for attribute in chain[1:]:
        module = sys.modules[name]
        name += "." + attribute
        if hasattr(module, attribute) and name not in sys.modules:
            break  # an attribute that is no module
        if not hasattr(module, "__path__") or not _try_import(name):
            break


def _try_import(name: str) -> bool:
    try:
        # Not importlib.import_module: the import statement's own way leaves
        # the frames of importlib out of a traceback.
        __import__(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return False
    return True
