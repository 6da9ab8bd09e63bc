"""Cases of kinds.py: fields of C types that have no member table
(src/heap/cpython/c_layouts.c).  Where a type of the C library has the name of its
module, the tree shows the last part, as for every type."""

import asyncio
import collections
import contextvars
import ctypes
import functools
import gc
import io
import itertools
import operator
import os
import queue
import re
import ssl
import sys
import types
import weakref
import xml.etree.ElementTree

from kinds import Target, case


def waiting(made):
    """A loop whose one task waits for a future; made: what the case wants."""
    loop = asyncio.new_event_loop()
    future = loop.create_future()

    async def wait():
        await future
    task = loop.create_task(wait(), name="worker")
    loop.call_soon(loop.stop)
    loop.run_forever()
    made.append((loop, future, task))
    return made.pop()


class Stopped:
    """Ends a loop and what waits in it when this goes."""

    def __init__(self, loop, *others):
        self.loop, self.others = loop, others

    def __del__(self):
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        self.loop.close()


@case("Task._coro (member)")
def coroutine_of_a_task():
    loop, future, task = waiting([])
    coroutine = task.get_coro()
    return coroutine, Made(task, Stopped(loop))


@case("Future._result (member)")
def result_of_a_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    target = Target()
    future.set_result(target)
    return target, Made(future, Stopped(loop))


@case("Future._exception (member)")
def exception_of_a_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    error = ValueError()
    future.set_exception(error)
    future.exception()
    return error, Made(future, Stopped(loop))


@case("Future._callbacks[0][0] (member)")
def callback_of_a_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()

    def callback(future):
        pass
    future.add_done_callback(callback)
    return callback, Made(future, Stopped(loop))


@case("Task._cancelled_exc (member)")
def exception_of_what_was_cancelled():
    loop = asyncio.new_event_loop()

    async def wait():
        await asyncio.shield(asyncio.sleep(0))
        raise asyncio.CancelledError("why")
    task = loop.create_task(wait())
    loop.run_until_complete(asyncio.wait([task]))
    error = next(o for o in gc.get_referents(task)
                 if isinstance(o, asyncio.CancelledError))
    # Its traceback may keep this very frame.
    return error.with_traceback(None), Made(task, Stopped(loop))


class Made:
    """Holds what a case keeps alive, in ways that are no case of their own."""

    __slots__ = ("held",)

    def __init__(self, *held):
        self.held = [lambda: held]


@case("list_iterator.iterable (member)", "list_reverseiterator.iterable (member)")
def list_under_iteration():
    items = [1]
    return items, (iter(items), reversed(items))


@case("dict_keys.mapping (member)", "dict_values.mapping (member)",
      "dict_items.mapping (member)", "dict_itemiterator.iterable (member)",
      "mappingproxy.mapping (member)")
def dict_behind_views():
    mapping = {}
    return mapping, (mapping.keys(), mapping.values(), mapping.items(),
                     iter(mapping.items()), types.MappingProxyType(mapping))


@case("mappingproxy[user-7]")
def value_behind_a_mapping_proxy():
    target = Target()
    return target, types.MappingProxyType({"user-7": target})


@case("mappingproxy[user-7]", "dict[user-7]")
def value_in_a_dict_that_has_a_proxy_too():
    target = Target()
    mapping = {"user-7": target}
    return target, (mapping, types.MappingProxyType(mapping))


@case("set_iterator.iterable (member)")
def set_under_iteration():
    members = {1}
    return members, iter(members)


@case("_deque_iterator.iterable (member)")
def deque_under_iteration():
    items = collections.deque()
    return items, iter(items)


@case("odict_keys.mapping (member)", "odict_iterator.iterable (member)")
def ordered_dict_under_iteration():
    mapping = collections.OrderedDict()
    return mapping, (mapping.keys(), iter(mapping))


@case("OrderedDict (key)")
def key_of_an_ordered_dict():
    target = Target()
    return target, collections.OrderedDict({target: 1})


@case("map.function (member)", "filter.function (member)",
      "takewhile.predicate (member)", "dropwhile.predicate (member)",
      "filterfalse.predicate (member)", "starmap.function (member)",
      "accumulate.function (member)", "groupby.key function (member)",
      "callable_iterator.callable (member)", "KeyWrapper.cmp (member)")
def function_of_an_iterator():
    def function(*arguments):
        pass
    return function, (
        map(function, []), filter(function, []),
        itertools.takewhile(function, []), itertools.dropwhile(function, []),
        itertools.filterfalse(function, []), itertools.starmap(function, []),
        itertools.accumulate([], function), itertools.groupby([], function),
        iter(function, 1), functools.cmp_to_key(function))


@case("enumerate.iterator (member)", "islice.iterator (member)",
      "cycle.iterator (member)", "compress.data (member)",
      "compress.selectors (member)", "chain.iterables (member)",
      "_tee_dataobject.iterator (member)", "zip_longest.fillvalue (member)",
      "repeat.object (member)", "pairwise.iterator (member)")
def iterator_under_an_iterator():
    below = iter([])
    return below, (
        enumerate(below), itertools.islice(below, 3), itertools.cycle(below),
        itertools.compress(below, below),
        itertools.chain.from_iterable(below), itertools.tee(below),
        itertools.zip_longest(fillvalue=below), itertools.repeat(below),
        itertools.pairwise(below))


@case("_tee_dataobject.items (member)")
def item_that_a_tee_remembers():
    ahead, behind = itertools.tee(Target() for _ in range(2))
    return next(ahead), behind


@case("_lru_cache_wrapper[3]", "_lru_cache_wrapper[('a', 1)]")
def result_in_a_cache():
    target = Target()

    def function(*arguments):
        return stored[0]
    stored = [target]
    bounded = functools.lru_cache(maxsize=5)(function)
    unbounded = functools.lru_cache(maxsize=None)(function)
    bounded(3)
    unbounded("a", 1)
    stored.clear()
    return target, (bounded, unbounded)


@case("_lru_cache_wrapper.function (member)",
      "_lru_cache_wrapper.__wrapped__ (instance attribute)")
def function_with_a_cache():
    def function():
        pass
    return function, functools.lru_cache()(function)


# A ring since 3.13, a list before.
@case("SimpleQueue[1]" if sys.version_info >= (3, 13) else "list[1]")
def item_of_a_simple_queue():
    target = Target()
    items = queue.SimpleQueue()
    items.put(0)
    items.put(target)
    return target, items


@case("memoryview.obj (member)")
def object_under_a_memoryview():
    data = bytearray(b"abc")
    return data, memoryview(data)


@case("Token.var (member)", "Context (key)")
def variable_of_a_token():
    variable = contextvars.ContextVar("v")
    context = contextvars.Context()
    return variable, context.run(variable.set, 1)


@case("ContextVar.default (member)")
def default_of_a_context_variable():
    target = Target()
    return target, contextvars.ContextVar("v", default=target)


@case("stat_result.st_mode (member)")
def field_of_a_struct_sequence():
    target = Target()
    return target, os.stat_result([target] + [0] * 9)


@case("SimpleNamespace.a (instance attribute)")
def attribute_of_a_simple_namespace():
    target = Target()
    return target, types.SimpleNamespace(a=target)


@case("Point[0]")
def field_of_a_named_tuple():
    target = Target()
    return target, collections.namedtuple("Point", "x y")(target, 0)


@case("BufferedReader.raw (member)")
def raw_file_under_a_buffered_one():
    raw = io.BytesIO(b"x")
    return raw, io.BufferedReader(raw)


@case("CallableProxyType.__callback__ (member)"
      if weakref.CallableProxyType.__name__ == "CallableProxyType"
      else "weakcallableproxy.__callback__ (member)")
def callback_of_a_weak_proxy():
    def callback(proxy):
        pass

    class Callable:
        def __call__(self):
            pass
    thing = Callable()
    return callback, (thing, weakref.proxy(thing, callback))


@case("itemgetter.items (member)")
def item_of_an_itemgetter():
    target = Target()
    return target, operator.itemgetter(target)


@case("Match.re (member)", "SRE_Scanner.pattern (member)")
def pattern_of_a_match():
    pattern = re.compile("(?P<kinds>x)y")
    re.purge()
    return pattern, (pattern.match("xy"), pattern.scanner("x"))


@case("_element_iterator.root (member)")
def root_of_an_iterator_over_xml():
    root = xml.etree.ElementTree.Element("root")
    return root, root.iter("tag")


@case("py_object_Array_1._objects (member)")
def objects_of_a_ctypes_array():
    array = (ctypes.py_object * 1)(Target())
    return array._objects, array


@case("list.append.__self__ (member)",
      "method-wrapper.__self__ (member)")
def object_of_a_builtin_method():
    items = []
    return items, (items.append, items.__len__)


@case("property.fset (member)", "classmethod.__func__ (member)",
      "staticmethod.__func__ (member)",
      "cached_property.func (instance attribute)")
def function_of_a_descriptor():
    def function(self):
        pass
    return function, (property(None, function), classmethod(function),
                      staticmethod(function),
                      functools.cached_property(function))


@case("Colour._value_ (instance attribute)")
def value_of_an_enumeration():
    import enum
    target = Target()
    members = enum.Enum("Colour", {"RED": target})
    members._value2member_map_.clear()
    for name in ("_unhashable_values_", "_hashable_values_"):
        getattr(members, name, []).clear()
    return target, members


@case("Element.text (member)", "Element.tail (member)")
def text_of_an_element():
    import xml.etree.ElementTree
    target = Target()
    element = xml.etree.ElementTree.Element("a")
    element.text = element.tail = target
    return target, element


@case("Element[0]", "Element[2]")
def child_of_an_element():
    import xml.etree.ElementTree
    root, child, other = [xml.etree.ElementTree.Element(name)
                          for name in "abc"]
    root[:] = [child, other, child]
    return child, root


@case("Element.attrib (member)")
def attributes_of_an_element():
    import xml.etree.ElementTree
    element = xml.etree.ElementTree.Element("a", x="1")
    return element.attrib, element


@case("xmlparser.StartElementHandler (member)",
      "xmlparser.CharacterDataHandler (member)",
      "xmlparser.SkippedEntityHandler (member)")
def handler_of_an_xml_parser():
    import xml.parsers.expat

    def handler(*arguments):
        pass
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = handler
    parser.CharacterDataHandler = handler
    parser.SkippedEntityHandler = handler
    return handler, parser


@case("_SSLContext.sni_callback (member)",
      "_SSLContext._msg_callback (member)")
def callback_of_an_ssl_context():
    import _ssl

    def callback(*arguments):
        pass
    context = _ssl._SSLContext(_ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = context._msg_callback = callback
    return callback, context


if hasattr(ssl.SSLContext, "set_psk_client_callback"):
    @case("SSLContext.psk_client_callback (member)",
          "SSLContext.psk_server_callback (member)")
    def psk_callback_of_an_ssl_context():
        def callback(*arguments):
            pass
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.set_psk_client_callback(callback)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.set_psk_server_callback(callback)
        return callback, [client, server]


@case("frame.f_trace (member)")
def trace_function_of_a_suspended_frame():
    def suspended():
        yield sys._getframe()
    generator = suspended()
    next(generator).f_trace = lambda *arguments: None
    return generator.gi_frame.f_trace, generator


@case("frame.f_trace (member)")
def trace_function_of_a_frame():
    def kept():
        frame = sys._getframe()
        frame.f_trace = lambda *arguments: None
        return frame
    frame = kept()
    return frame.f_trace, frame
