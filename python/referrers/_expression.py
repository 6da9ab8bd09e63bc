"""-e and --exclude: an expression, and the modules that its names ask for."""

from __future__ import annotations

import ast
import builtins
import sys
import types

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any


class Expression:
    """Compiled at once, so that a syntax error shows before the program runs.

    It must not be kept once it was evaluated: its code object refers to the
    constants in it.
    """

    def __init__(self, text: str) -> None:
        # Not ast.parse, whose frame would be in a syntax error's traceback.
        tree: Any = compile(text.strip(), "<expression>", "eval",
                            ast.PyCF_ONLY_AST, dont_inherit=True)
        self._chains = _dotted_names(tree)
        self._code = compile(tree, "<expression>", "eval", dont_inherit=True)

    def evaluate(self, main: types.ModuleType) -> Any:
        """The value, in the namespace of `main`.

        `app.cache` imports app when nothing has that name; the name is there
        for as long as the evaluation takes, so that no reference of ours is
        left behind.
        """
        namespace = main.__dict__
        imported = []
        try:
            for chain in self._chains:
                first = chain[0]
                if first not in namespace and not hasattr(builtins, first):
                    if _import(chain):
                        imported.append(first)
                        namespace[first] = sys.modules[first]
                elif first in imported:
                    _import(chain)
            return eval(self._code, namespace)
        finally:
            for first in imported:
                namespace.pop(first, None)


def _dotted_names(tree: ast.AST) -> list[list[str]]:
    """["app", "models", "cache"] for app.models.cache, wherever it stands;
    names that the expression itself binds are left out."""
    bound = set()
    chains = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.Attribute):
            chains.append(_chain(node))
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


def _import(chain: list[str]) -> bool:
    """Imports the first name, and as much behind it as are submodules and not
    attributes.  False when there is no such module."""
    if not _try_import(chain[0]):
        return False
    name = chain[0]
    for attribute in chain[1:]:
        module = sys.modules[name]
        name += "." + attribute
        if hasattr(module, attribute) and name not in sys.modules:
            break  # an attribute that is no module
        if not hasattr(module, "__path__") or not _try_import(name):
            break
    return True


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
