"""Of each field of C types that no case of kinds.py has the name, by hand.

A row is a name and what it leads to beside who refers to it; one look is taken
at all of them together.
"""

import array
import asyncio
import collections
import contextvars
import functools
import gc
import io
import itertools
import operator
import re
import sqlite3
import struct
import sys
import xml.etree.ElementTree as ElementTree

import pytest

import referrers


class Target:
    def __call__(self, *arguments):
        return None


def below(make, inner=None):
    """What something is made of, and that."""
    inner = iter([1, 2, 3]) if inner is None else inner
    return inner, make(inner)


def through(make):
    return below(make, Target())


def part(holder, name="Target", number=0):
    """What a holder refers to, by its type."""
    return [o for o in gc.get_referents(holder)
            if type(o).__name__ == name][number], holder


def after(iterator):
    """An iterator that has begun."""
    next(iterator)
    return iterator


def fresh(kind):
    """A str or an int that nobody else has."""
    return kind("".join(["1", "0" * 30]))


CONTAINERS = {
    "tuple_iterator.iterable": below(iter, (Target(),)),
    "reversed.iterable": below(reversed, (Target(),)),
    "bytes_iterator.iterable": below(iter, bytes([1, 2, 3])),
    "bytearray_iterator.iterable": below(iter, bytearray(b"x")),
    "arrayiterator.iterable": below(iter, array.array("i", [1])),
    "callable_iterator.sentinel": through(lambda t: iter(int, t)),
    "dict_keyiterator.iterable": below(iter, {}),
    "dict_valueiterator.iterable": below(lambda d: iter(d.values()), {}),
    "dict_reversekeyiterator.iterable": below(reversed, {}),
    "dict_reversevalueiterator.iterable": below(
        lambda d: reversed(d.values()), {}),
    "dict_reverseitemiterator.iterable": below(
        lambda d: reversed(d.items()), {}),
    "dict_itemiterator.result": part(iter({1: 2}.items()), "tuple"),
    "dict_reverseitemiterator.result": part(reversed({1: 2}.items()), "tuple"),
    "odict_values.mapping": below(lambda d: d.values(),
                                  collections.OrderedDict()),
    "odict_items.mapping": below(lambda d: d.items(),
                                 collections.OrderedDict()),
    "odict_iterator.current": below(
        lambda key: iter(collections.OrderedDict({key: 1})), Target()),
    "_deque_reverse_iterator.iterable": below(reversed, collections.deque())}
if sys.version_info >= (3, 11):
    CONTAINERS["str_ascii_iterator.iterable"] = below(iter, fresh(str))
    CONTAINERS["memory_iterator.iterable"] = below(iter, memoryview(b"x"))
else:
    CONTAINERS["str_iterator.iterable"] = below(iter, fresh(str))

ITERATORS = {
    "enumerate.result": part(enumerate([]), "tuple"),
    "zip.iterators": part(zip([1], [2]), "tuple"),
    "zip.result": part(zip([1], [2]), "tuple", 1),
    "map.iterators": part(map(int, [1]), "tuple"),
    "filter.iterator": below(lambda i: filter(None, i)),
    "chain.current": part(after(itertools.chain([1, 2])), "list_iterator"),
    "count.number": below(itertools.count, fresh(int)),
    "count.step": below(lambda step: itertools.count(0, step), fresh(int)),
    "cycle.saved": part(after(itertools.cycle([1, 2])), "list"),
    "accumulate.iterator": below(itertools.accumulate),
    "accumulate.total": part(after(itertools.accumulate([Target()]))),
    "accumulate.initial": through(
        lambda t: itertools.accumulate([], initial=t)),
    "takewhile.iterator": below(lambda i: itertools.takewhile(bool, i)),
    "dropwhile.iterator": below(lambda i: itertools.dropwhile(bool, i)),
    "filterfalse.iterator": below(lambda i: itertools.filterfalse(None, i)),
    "starmap.iterator": below(lambda i: itertools.starmap(int, i)),
    "zip_longest.iterators": part(itertools.zip_longest([1], [2]), "tuple"),
    "zip_longest.result": part(itertools.zip_longest([1], [2]), "tuple", 1),
    "product.pools": part(itertools.product([1], [2]), "tuple"),
    "product.result": part(after(itertools.product([1], [2])), "tuple", 1),
    "combinations.pool": part(itertools.combinations([1, 2], 1), "tuple"),
    "combinations.result": part(
        after(itertools.combinations([1, 2], 1)), "tuple", 1),
    "combinations_with_replacement.pool": part(
        itertools.combinations_with_replacement([1, 2], 1), "tuple"),
    "permutations.pool": part(itertools.permutations([1, 2], 1), "tuple"),
    "pairwise.previous": part(after(itertools.pairwise([1, Target()]))),
    "groupby.iterator": below(itertools.groupby),
    "groupby.target key": part(
        after(itertools.groupby([1], lambda one: Target()))),
    "groupby.current value": part(after(itertools.groupby([Target()], id))),
    "_grouper.parent": below(lambda g: next(g)[1], itertools.groupby([1])),
    "_grouper.key": part(
        next(itertools.groupby([1], lambda one: Target()))[1]),
    "_tee.data": part(itertools.tee([1])[0], "_tee_dataobject")}
if sys.version_info >= (3, 12):
    ITERATORS["batched.iterator"] = below(lambda i: itertools.batched(i, 2))


def replaced_value():
    """A context variable's token, which has the value before."""
    variable, context = contextvars.ContextVar("v"), contextvars.Context()
    context.run(variable.set, Target())
    return context.run(variable.set, None)


def compiled(source):
    made = re.compile(source)
    re.purge()
    return made


KEPT = []


def connected():
    """Its other lists are empty."""
    connection = sqlite3.connect(":memory:")
    KEPT.append(connection.cursor())
    return next(o for o in gc.get_referents(connection)
                if type(o) is list and o), connection


def cursor(factory):
    made = sqlite3.connect(":memory:").cursor()
    made.row_factory = factory
    return made


def selected():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute("select 'a', 'b'").fetchone()


def described(row):
    """Its values are a tuple too."""
    return next(o for o in gc.get_referents(row)
                if type(o) is tuple and type(o[0]) is tuple), row


def builder(**how):
    return ElementTree.TreeBuilder(**how)


OTHERS = {
    "KeyWrapper.obj": through(functools.cmp_to_key(int)),
    "attrgetter.attributes": part(operator.attrgetter("a"), "tuple"),
    "methodcaller.kwargs": part(operator.methodcaller("a", b=1), "dict"),
    "method-wrapper.descriptor": part([].__len__, "wrapper_descriptor"),
    "property.__doc__": below(lambda doc: property(doc=doc), fresh(str)),
    "Token.old_value": part(replaced_value()),
    "Pattern.groupindex": part(compiled("(?P<rows>x)y"), "dict"),
    "Pattern.indexgroup": part(compiled("(?P<rows>x)z"), "tuple"),
    "Pattern.pattern": below(compiled, fresh(str)),
    "BytesIO.buffer": below(io.BytesIO, bytes([1, 2, 3])),
    "BufferedWriter.raw": below(io.BufferedWriter, io.BytesIO()),
    "BufferedRandom.raw": below(io.BufferedRandom, io.BytesIO()),
    "TextIOWrapper.buffer": below(io.TextIOWrapper, io.BytesIO()),
    "unpack_iterator.struct": below(lambda s: s.iter_unpack(bytes(4)),
                                    struct.Struct("<i")),
    "unpack_iterator.buffer": below(lambda b: struct.iter_unpack("<i", b),
                                    bytearray(4)),
    "Cursor.row_factory": through(cursor),
    "Row.description": described(selected()),
    "_element_iterator.tag": below(ElementTree.Element("a").iter, fresh(str)),
    "TreeBuilder.stack": part(builder(), "list"),
    "TreeBuilder.comment_factory": through(
        lambda t: builder(comment_factory=t, insert_comments=True)),
    "TreeBuilder.pi_factory": through(
        lambda t: builder(pi_factory=t, insert_pis=True))}

if sys.version_info < (3, 15):      # since then it knows no cursors
    OTHERS["Connection.cursors"] = connected()

HANDLERS = ["start_ns", "end_ns", "data", "end", "comment", "pi", "doctype",
            "close"]


def handlers():
    """What a parser of XML calls."""
    class Builder:
        pass
    made = Builder()
    for name in HANDLERS:
        setattr(made, name, Target())
    parser = ElementTree.XMLParser(target=made)
    return {"XMLParser." + name: (vars(made).pop(name), parser)
            for name in HANDLERS}


def waiting():
    """A task, its future, and others that await; all that is to be closed."""
    loop = asyncio.new_event_loop()
    future, target = loop.create_future(), Target()

    async def wait():
        await future

    async def generate():
        yield
    task, coroutine, generator = loop.create_task(wait()), wait(), generate()
    loop.call_soon(loop.stop)
    loop.run_forever()
    return loop, task, coroutine, generator, {
        "Task._loop": (loop, task),
        "Task._fut_waiter": (future, task),
        "coroutine_wrapper.coroutine": (coroutine, coroutine.__await__()),
        "FutureIter.future": (future, future.__await__()),
        "async_generator_asend.generator": (generator, generator.asend(None)),
        "async_generator_asend.value": (target, generator.asend(target)),
        "async_generator_athrow.generator": (generator, generator.aclose()),
        "anext_awaitable.default": (target, anext(generator, target))}


def unnamed(rows):
    """The rows whose name is not among those of the references to what they
    lead to."""
    targets = [target for target, _ in rows.values()]
    graph = referrers.get_referrer_graph_for_list(
        targets, max_depth=1, single_object_referrer_limit=None,
        search_for_untracked_objects=True)
    nodes, edges = graph._graph.reference_view()
    names = {(nodes[target][1], nodes[referrer][0])
             for target, referrer in edges}
    return {row: sorted(name for i, name in names if i == id(target))
            for row, (target, _) in rows.items()
            if (id(target), row + " (member)") not in names}


def test_each_row_has_its_name():
    assert unnamed({**CONTAINERS, **ITERATORS, **OTHERS, **handlers()}) == {}


@pytest.mark.filterwarnings("ignore:coroutine method")
def test_each_row_of_what_awaits_has_its_name():
    loop, task, coroutine, generator, rows = waiting()
    try:
        assert unnamed(rows) == {}
    finally:
        rows.clear()
        coroutine.close()
        task.cancel()
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
