"""Expressions that name an object of a heap, resolved without running code."""

from __future__ import annotations

import ast

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from typing import Any

    from referrers import _core

# What a class holds under these types gives itself when the class is asked for
# it; what has __get__ and is none of them, and all of them when an instance is
# asked, make something by code.
_ITSELF = frozenset((
    "function", "property", "method_descriptor", "wrapper_descriptor",
    "getset_descriptor", "member_descriptor", "cached_property"))

_KEPT = 128  # characters of a long key at each end: src/heap/word.h
_KEPT_BYTES = 32
_TUPLE_ITEMS = 8


class _Nowhere(LookupError):
    """A step that leads nowhere."""


def resolve(heap: _core.Heap, expression: str) -> int:
    """The number of the object; LookupError names the step that failed."""
    names, steps = _parse(expression)
    try:
        return _start(heap, names, steps)
    except _Nowhere as error:
        raise LookupError(str(error)) from None


def _parse(expression: str) -> tuple[list[str], list[tuple[str, Any]]]:
    """The names that the expression begins with, and the steps behind them."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _no_expression(expression) from None
    steps: list[tuple[str, Any]] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append(("attribute", node.attr))
            node = node.value
        elif isinstance(node, ast.Subscript):
            steps.append(("item", _constant(node.slice, expression)))
            node = node.value
        else:
            raise _no_expression(expression)
    steps.reverse()
    names = [node.id]
    while steps and steps[0][0] == "attribute":
        names.append(steps.pop(0)[1])
    return names, steps


def _no_expression(expression: str) -> LookupError:
    return LookupError("%r cannot be looked up in a heap, where no code "
                       "runs: use only names, .attribute and [constant]"
                       % expression)


def _constant(node: ast.expr, expression: str) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise _no_expression(expression) from None
    if _key(value) is None:
        raise _no_expression(expression)
    return value


def _start(heap: _core.Heap, names: list[str],
           steps: list[tuple[str, Any]]) -> int:
    """Names mean what they mean in `__main__`; else the longest of them that
    is a module is one."""
    failure: LookupError | None = None
    main = heap.module("__main__")
    if main is not None and heap.attribute(main, names[0]) is not None:
        try:
            return _follow(heap, main, "", names, steps)
        except _Nowhere as error:
            failure = error
    for size in range(len(names), 0, -1):
        module = heap.module(".".join(names[:size]))
        if module is None:
            continue
        if size == len(names) and not steps:
            return _module_object(heap, names, module)
        try:
            return _follow(heap, module, ".".join(names[:size]), names[size:],
                           steps)
        except _Nowhere as error:
            failure = failure or error
    raise failure or LookupError(
        "there is no variable of __main__ and no module called %r" % names[0])


def _module_object(heap: _core.Heap, names: list[str], module: int) -> int:
    """The module itself, where sys.modules is to be found; else what it
    holds."""
    system = heap.module("sys")
    modules = None if system is None else heap.attribute(system, "modules")
    found = None if modules is None else heap.item(modules, "str",
                                                   ".".join(names))
    return module if found is None else found


def _follow(heap: _core.Heap, number: int, said: str, names: list[str],
            steps: list[tuple[str, Any]]) -> int:
    for kind, what in [("attribute", name) for name in names] + steps:
        if kind == "attribute":
            number = _attribute(heap, number, said, what)
            said = "%s.%s" % (said, what) if said else what
        else:
            number = _item(heap, number, said, what)
            said = "%s[%r]" % (said, what)
    return number


def _attribute(heap: _core.Heap, number: int, said: str, name: str) -> int:
    found = heap.attribute(number, name)
    is_class = heap.attribute(number, "__mro__") is not None
    if found is None:
        found = _of_module(heap, number, name)
    elif not is_class or found != heap.class_attribute(number, name):
        return found
    if found is None:
        start = number if is_class else _class(heap, number,
                                               "%s.%s" % (said, name))
        if name == "__class__" and not is_class:
            return start
        found = _inherited(heap, start, name)
        if found is None:
            raise _Nowhere("%s has no attribute %r in the heap"
                           % (said or "__main__", name))
    elif not is_class:
        return found
    return _given(heap, found, is_class, "%s.%s" % (said, name))


def _of_module(heap: _core.Heap, number: int, name: str) -> int | None:
    """A variable of what is a module object."""
    if heap.describe(number)[2] != "module":
        return None
    namespace = heap.attribute(number, "__dict__")
    return None if namespace is None else heap.attribute(namespace, name)


def _inherited(heap: _core.Heap, start: int, name: str) -> int | None:
    """What a class or the first of its bases that has it holds."""
    order = heap.attribute(start, "__mro__")
    position = 0
    while order is not None:
        base = heap.position(order, position)
        if base is None:
            return None
        found = heap.class_attribute(base, name)
        if found is not None:
            return found
        position += 1
    return None


def _class(heap: _core.Heap, number: int, said: str) -> int:
    """Of an object; one of a static type goes by its name, which others may
    have too."""
    found = heap.class_of(number)
    if found is None:
        raise _Nowhere("%s may be computed by code: which class %r is meant is "
                       "not clear in this heap" % (
                           said, heap.describe(number)[2]))
    return found


def _given(heap: _core.Heap, found: int, is_class: bool, said: str) -> int:
    """What a class or its instance gives for what the class holds."""
    if is_class and heap.describe(found)[2] in _ITSELF:
        return found
    if heap.describe(found)[2] == "staticmethod":
        inner = heap.attribute(found, "__func__")
        if inner is not None:
            return inner
    if _inherited(heap, _class(heap, found, said), "__get__") is not None:
        raise _Nowhere("%s is computed by code, so it cannot be looked up in a "
                       "heap" % said)
    return found


def _item(heap: _core.Heap, number: int, said: str, key: Any) -> int:
    found = None
    if (isinstance(key, int) and not isinstance(key, bool)
            and abs(key) < 2**32):
        found = heap.position(number, key)
    if found is None:
        text = _key(key)
        assert text is not None
        found = heap.item(number, *text)
    if found is None:
        raise _Nowhere("%s has no item %r in the heap%s" % (
            said, key, _why_no_item(heap, key)))
    return found


def _why_no_item(heap: _core.Heap, key: Any) -> str:
    if heap.is_redacted:
        return ", whose keys were hidden when it was written"
    if isinstance(key, int) and 2**32 <= key < 2**48:
        return (": of a key that is the id of an object it has whose id that "
                "is, and not the number")
    return ""


# --- keys as src/heap/word.c writes them -------------------------------------

def _key(value: Any) -> tuple[str, str] | None:
    """The kind of a key and its text; None for what is no key."""
    if isinstance(value, str):
        return "str", _shortened(value)
    if isinstance(value, bool) or value is None:
        return "constant", repr(value)
    if isinstance(value, (int, float)):
        return "number", _text(value)
    if isinstance(value, bytes):
        return "bytes", _text(value)
    if isinstance(value, tuple):
        return "tuple", _text(value)
    return None


def _shortened(text: str) -> str:
    return (text if len(text) <= 2 * _KEPT
            else "%s\u2026%s" % (text[:_KEPT], text[-_KEPT:]))


def _text(value: Any, nesting: int = 0) -> str:
    if isinstance(value, str):
        return "'%s'" % _shortened(value)
    if isinstance(value, bytes):
        return "b'%s'" % _bytes(value)
    if isinstance(value, int) and not -2**63 <= value < 2**64:
        return "int of %d bits" % value.bit_length()
    if isinstance(value, tuple):
        if nesting > 3:
            return "<tuple object>"
        items = [_text(item, nesting + 1) for item in value[:_TUPLE_ITEMS]]
        if len(value) > _TUPLE_ITEMS:
            items.append("\u2026")
        return "(%s%s" % (", ".join(items), ",)" if len(value) == 1 else ")")
    return repr(value)


def _bytes(value: bytes) -> str:
    if len(value) > 2 * _KEPT_BYTES:
        return "%s\u2026%s" % (_bytes(value[:_KEPT_BYTES]),
                               _bytes(value[-_KEPT_BYTES:]))
    return "".join("\\" + chr(byte) if byte in b"'\\" else repr(
        bytes((byte,)))[2:-1] for byte in value)
