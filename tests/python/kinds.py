"""One case for each kind of reference, with the names written by hand.

A case is a function that makes an object and what refers to it, and returns
both; `names` are all the names, with node types, that the object's direct
references must have.  test_kinds.py runs them.
"""

import asyncio
import atexit
import codecs
import collections
import contextvars
import ctypes
import datetime
import functools
import gc
import io
import itertools
import operator
import os
import queue
import re
import signal
import sys
import threading
import types
import weakref


class Target:
    """What the cases ask about: tracked, weakly referable, no other use."""


class Case:
    def __init__(self, function, names):
        self.function = function
        self.names = names
        self.id = function.__name__


CASES = []


def case(*names):
    """Registers a case; a name is "name" for an object, "name [type]" else."""
    def register(function):
        CASES.append(Case(function, sorted(names)))
        return function
    return register


class Session:
    pass


class Slotted:
    __slots__ = ("payload", "other")


class SubSlotted(Slotted):
    __slots__ = ("more",)


@case("Session.payload (instance attribute)")
def attribute_kept_inline():
    session = Session()
    session.payload = Target()
    return session.payload, session


@case("Session.payload (instance attribute)")
def attribute_in_a_dict():
    session = Session()
    session.payload = Target()
    session.__dict__
    return session.payload, session


@case("Session.payload (instance attribute)", "dict[payload]")
def attribute_whose_dict_is_also_held():
    session = Session()
    session.payload = Target()
    return session.payload, (session, session.__dict__)


@case("dict[payload]")
def attribute_in_a_dict_that_outlived_its_object():
    session = Session()
    session.payload = Target()
    return session.payload, session.__dict__


@case("Session.a40 (instance attribute)")
def attribute_of_an_object_with_many():
    session = Session()
    for i in range(50):
        setattr(session, "a%d" % i, Target() if i == 40 else None)
    return session.a40, session


@case("Slotted.payload (instance attribute)")
def attribute_in_a_slot():
    slotted = Slotted()
    slotted.payload = Target()
    return slotted.payload, slotted


@case("SubSlotted.payload (instance attribute)")
def attribute_in_an_inherited_slot():
    slotted = SubSlotted()
    slotted.payload = Target()
    return slotted.payload, slotted


@case("Module.x (instance attribute)")
def attribute_of_a_module_that_is_not_imported():
    class Module(types.ModuleType):
        pass
    module = Module("m")
    module.x = Target()
    return module.x, module


@case("dict[user-7]")
def value_in_a_dict():
    target = Target()
    return target, {"user-7": target}


@case("dict[7]", "dict[2.5]", "dict[None]", "dict[True]", "dict[b'raw']",
      "dict[('a', 1)]", "dict[<Session object>]",
      "dict[int of 101 bits]", "dict[-3]")
def value_under_keys_of_all_types():
    target = Target()
    keys = [7, 2.5, None, b"raw", ("a", 1), Session(), 2**100, -3]
    holders = [dict.fromkeys(keys, target), {True: target}]
    return target, holders


@case("OrderedDict[z]")
def value_in_an_ordered_dict():
    target = Target()
    return target, collections.OrderedDict(z=target)


@case("defaultdict[k]")
def value_in_a_defaultdict():
    target = Target()
    holder = collections.defaultdict(list)
    holder["k"] = target
    return target, holder


@case("list[3]")
def item_of_a_list():
    target = Target()
    return target, [0, 1, 2, target]


@case("tuple[1]")
def item_of_a_tuple():
    target = Target()
    return target, (0, target)


@case("deque[2]")
def item_of_a_deque():
    target = Target()
    return target, collections.deque([0, 1, target])


@case("Names[0]")
def item_of_a_list_subclass():
    class Names(list):
        pass
    target = Target()
    return target, Names([target])


@case("dict (key)")
def key_of_a_dict():
    target = Target()
    return target, {target: 1}


@case("set (member)", "frozenset (member)")
def member_of_a_set():
    target = Target()
    return target, [{target}, frozenset([target])]


@case("closure_variable.<locals>.inner.x (closure) [closure]")
def closure_variable():
    x = Target()

    def inner():
        return x
    return x, inner


@case("inner.a (default argument)", "inner.b (default argument)")
def default_arguments():
    target = Target()

    def inner(z, a=target, *, b=target):
        return z, a, b
    return target, inner


@case("method.__self__ (member)")
def bound_method():
    class Thing:
        def act(self):
            pass
    thing = Thing()
    return thing, thing.act


@case("partial.args (member)")
def arguments_of_a_partial():
    holder = functools.partial(print, 1, Target())
    return holder.args, holder


@case("tuple[0]")
def argument_of_a_partial():
    target = Target()
    return target, functools.partial(print, target)


@case("property.fget (member)")
def getter_of_a_property():
    def getter(self):
        return self
    return getter, property(getter)


if sys.version_info >= (3, 12):     # PEP 695, which is a syntax error before
    @case("function.__type_params__ (member)")
    def type_parameters_of_a_function():
        names = {}
        exec("def generic[T](x): pass", names)
        return names["generic"].__type_params__, names


if sys.version_info >= (3, 14):     # PEP 649 and PEP 750
    @case("function.__annotate__ (member)")
    def annotations_that_are_still_to_be_made():
        names = {}
        exec("def annotated(x: int): pass", names)
        return names["annotated"].__annotate__, names

    @case("Interpolation.value (member)")
    def value_in_a_template_string():
        target = Target()
        template = eval("t'{target}'", {"target": target})
        return target, template


if sys.version_info >= (3, 15):     # PEP 814 and PEP 810
    @case("frozendict[k]", "frozendict[7]", "frozendict (key)")
    def value_in_a_frozendict():
        target = Target()
        return target, [frozendict(k=target), frozendict({7: target}),
                        frozendict({target: None})]

    @case("Settings[k]")
    def value_in_a_frozendict_subclass():
        class Settings(frozendict):
            pass
        target = Target()
        return target, Settings(k=target)

    @case("tests_kinds_lazy.wave (module variable) [module variable]")
    def module_that_is_not_imported_yet():
        module = types.ModuleType("tests_kinds_lazy")
        sys.modules["tests_kinds_lazy"] = module
        exec("lazy import wave", module.__dict__)
        return module.__dict__["wave"], Forget("tests_kinds_lazy")


# The type is called weakref on 3.10.
@case("%s.__callback__ (member)" % weakref.ref.__name__)
def callback_of_a_weak_reference():
    def callback(reference):
        pass
    thing = Target()
    return callback, (thing, weakref.ref(thing, callback))


@case("ValueError.__traceback__ (member)")
def traceback_of_an_exception():
    try:
        raise ValueError
    except ValueError as caught:
        error = caught
    return error.__traceback__, error


@case("KeyError.__context__ (member)")
def context_of_an_exception():
    first, second = ValueError(), KeyError()
    second.__context__ = first
    return first, second


@case("f.x (local) [local]")
def frame_that_a_traceback_keeps():
    def f():
        x = Target()
        raise ValueError(id(x))
    try:
        f()
    except ValueError as caught:
        error = caught.with_traceback(caught.__traceback__.tb_next)
    return found(error.__traceback__.tb_frame), error


def found(frame):
    """The Target among a frame's variables; f_locals would leave a dict."""
    return [o for o in gc.get_referents(frame) if type(o) is Target][0]


@case("poll.buf (generator local) [local]")
def local_of_a_generator():
    def poll():
        buf = Target()
        yield buf
    generator = poll()
    return next(generator), generator


@case("poll.buf (generator local) [local]")
def local_of_a_generator_whose_frame_is_also_held():
    def poll():
        buf = Target()
        yield buf
    generator = poll()
    return next(generator), (generator, generator.gi_frame)


@case("generator.gi_yieldfrom (member)")
def what_a_generator_yields_from():
    def inner():
        yield

    def outer():
        yield from inner()
    generator = outer()
    next(generator)
    return generator.gi_yieldfrom, generator


@case("poll.buf (coroutine local) [local]")
def local_of_a_coroutine():
    made = []

    @types.coroutine
    def pause():
        yield

    async def poll():
        buf = Target()
        made.append(buf)
        await pause()
        return buf
    coroutine = poll()
    coroutine.send(None)
    return made.pop(), coroutine


@case("poll.buf (async generator local) [local]")
def local_of_an_asynchronous_generator():
    made = []

    async def poll():
        buf = Target()
        made.append(buf)
        yield 1
    generator = poll()
    try:
        generator.__anext__().send(None)
    except StopIteration:
        pass
    return made.pop(), generator


@case("coroutine.cr_await (member)")
def what_a_coroutine_awaits():
    @types.coroutine
    def pause():
        yield

    async def inner():
        await pause()
    made = []

    async def outer():
        coroutine = inner()
        made.append(coroutine)
        awaitable, coroutine = coroutine, None
        await take(awaitable)

    class take:
        def __init__(self, awaitable):
            self.awaitable = awaitable

        def __await__(self):
            awaitable, self.awaitable = self.awaitable, None
            return awaitable.__await__()
    coroutine = outer()
    coroutine.send(None)
    return coroutine.cr_await, coroutine


@case("Config.cache (class attribute)")
def class_attribute():
    class Config:
        cache = Target()
    return Config.cache, Config


@case("K (instance)", "k_of.<locals>.make.K (closure) [closure]")
def class_of_an_instance():
    make = k_of()
    return make.__closure__[0].cell_contents, (make, make())


def k_of():
    class K:
        pass

    def make():
        return K()
    return make


@case("tests_kinds_module.CACHE (module variable) [module variable]")
def module_variable():
    module = types.ModuleType("tests_kinds_module")
    module.CACHE = Target()
    sys.modules["tests_kinds_module"] = module
    return module.CACHE, Forget("tests_kinds_module")


class Forget:
    """Takes a module out of sys.modules when it goes."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        del sys.modules[self.name]


class Running:
    """A thread that stands still inside a function until this goes."""

    def __init__(self, function):
        self.ready, self.go = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=function, args=(self,),
                                       daemon=True)
        self.thread.start()
        self.ready.wait()

    def __del__(self):
        self.go.set()
        self.thread.join()


def stand(running):
    running.ready.set()
    running.go.wait()


@case("handle.request (local) [local]")
def local_of_another_thread():
    made = []

    def handle(running):
        request = Target()
        made.append(request)
        stand(running)
    running = Running(handle)
    return made.pop(), running


@case("handle.request (local) [local]", "serve.given (local) [local]")
def local_that_was_passed_on():
    """On the stacks of both it would be once more, on some versions (3.14)."""
    made = []

    def standing(running):
        stand(running)
        yield

    def serve(running, given):
        made.append(given)
        next(standing(running), given)

    def handle(running):
        request = Target()
        serve(running, request)
    running = Running(handle)
    return made.pop(), running


@case("handle.request (local) [local]",
      "local_in_a_cell_of_another_thread.<locals>.handle.<locals>.inner.request"
      " (closure) [closure]")
def local_in_a_cell_of_another_thread():
    made = []

    def handle(running):
        request = Target()
        made.append(request)

        def inner():
            return request
        stand(running)
        return inner
    running = Running(handle)
    return made.pop(), running


@case("tests_kinds_running.CACHE (global) [global]")
def global_of_another_thread():
    module = types.ModuleType("tests_kinds_running")
    module.stand = stand
    sys.modules["tests_kinds_running"] = module
    exec("def handle(running):\n    stand(running)", module.__dict__)
    module.CACHE = Target()
    running = Running(module.handle)
    return module.CACHE, (running, Forget("tests_kinds_running"))


@case("Body.item (local) [local]")
def variable_of_a_class_body():
    made = []

    def handle(running):
        class Body:
            item = Target()
            made.append(item)
            stand(running)
    running = Running(handle)
    return made.pop(), running


@case("Worker: exception being handled")
def exception_being_handled():
    made = []

    def handle(running):
        threading.current_thread().name = "Worker"
        try:
            raise ValueError
        except ValueError as error:
            made.append(error)
            del error
            stand(running)
    running = Running(handle)
    made[0].__traceback__ = None
    return made.pop(), running


if sys.version_info >= (3, 14):     # where the thread's state has them
    @case("Worker: running event loop")
    def running_event_loop():
        made = []
        running = Running(lambda running: stand_in_a_task(running, made))
        return made.pop(0), running

    @case("Worker: running task")
    def running_task():
        made = []
        running = Running(lambda running: stand_in_a_task(running, made))
        return made.pop(1), running


def stand_in_a_task(running, made):
    """What asyncio does around a task's steps, and nothing else of it."""
    import asyncio
    threading.current_thread().name = "Worker"
    made += Target(), Target()
    asyncio._set_running_loop(made[0])
    asyncio.tasks._enter_task(*made)
    stand(running)
    loop = asyncio.get_running_loop()
    asyncio.tasks._leave_task(loop, asyncio.current_task(loop))
    asyncio._set_running_loop(None)


@case("request_id (context variable)")
def context_variable():
    variable = contextvars.ContextVar("request_id")
    context = contextvars.Context()
    target = Target()
    context.run(variable.set, target)
    return target, (context, variable)


@case("v77 (context variable)")
def context_variable_among_many():
    context = contextvars.Context()
    target = Target()
    variables = [contextvars.ContextVar("v%d" % i) for i in range(300)]

    def fill():
        for i, variable in enumerate(variables):
            variable.set(target if i == 77 else i)
    context.run(fill)
    return target, (context, variables)


@case("local.conn (thread-local attribute)")
def thread_local_attribute():
    local = threading.local()
    local.conn = Target()
    return local.conn, local


@case("Connections.conn (thread-local attribute)")
def attribute_of_a_thread_local_subclass():
    class Connections(threading.local):
        pass
    local = Connections()
    local.conn = Target()
    return local.conn, local


class Zone(datetime.tzinfo):
    pass


@case("datetime.tzinfo (member)", "time.tzinfo (member)")
def zone_of_a_time():
    zone = Zone()
    return zone, [datetime.datetime(2026, 11, 23, tzinfo=zone),
                  datetime.time(1, 2, tzinfo=zone)]


@case("range.stop (member)")
def end_of_a_range():
    stop = int("1" + 30 * "0")
    return stop, range(stop)


# Code has a qualified name since 3.11.
CODE_NAMES = [name for name in ("co_name", "co_qualname")
              if hasattr(found.__code__, name)]


@case(*("code.%s (member)" % name for name in CODE_NAMES))
def name_of_code():
    name = "".join(["named", "_here"])
    return name, found.__code__.replace(**dict.fromkeys(CODE_NAMES, name))


@case("ndarray[2, 5]", "ndarray[0, 0]")
def element_of_a_numpy_array():
    import numpy
    target = Target()
    array = numpy.zeros((3, 6), dtype=object)
    array[2, 5] = array[0, 0] = target
    return target, [array, array[1:, 2:], numpy.zeros(5)]


@case("ndarray.base (member)")
def array_of_a_numpy_view():
    import numpy
    array = numpy.zeros((3, 6), dtype=object)
    return array, [array[1:]]


@case("ndarray[1, owner]", "ndarray[0, nested.inner]", "ndarray[2, pair[1]]")
def element_of_a_structured_numpy_array():
    import numpy
    target = Target()
    array = numpy.zeros(3, dtype=[
        ("number", "i4"), ("owner", "O"),
        ("nested", [("small", "i2"), ("inner", "O")]), ("pair", "O", (2,))])
    array["owner"][1] = target
    array["nested"]["inner"][0] = target
    array["pair"][2, 1] = target
    return target, [array, array["owner"]]


@case("ndarray[()]")
def element_of_a_numpy_array_without_dimensions():
    import numpy
    target = Target()
    array = numpy.zeros((), dtype=object)
    array[()] = target
    return target, array


@case("timezone.offset (member)")
def offset_of_a_time_zone():
    offset = datetime.timedelta(hours=5)
    return offset, datetime.timezone(offset, "five")


@case("longrange_iterator.start (member)")
def start_of_an_iterator_over_a_range():
    start = int("1" + 30 * "0")
    return start, iter(range(start, start * 2))


def around():
    return lambda: 0


@case("code.co_consts[%d] (member)" % next(
    i for i, constant in enumerate(around.__code__.co_consts)
    if isinstance(constant, types.CodeType)))
def nested_code():
    code = around.__code__.replace(co_consts=tuple(
        c.replace(co_name="copy") if isinstance(c, types.CodeType) else c
        for c in around.__code__.co_consts))
    return next(c for c in code.co_consts if isinstance(c, types.CodeType)), code


@case("code.co_consts (member)")
def constants_of_code():
    code = found.__code__.replace(co_consts=(None, object()))
    return code.co_consts, code


@case("K.__subclasses__ (member)")
def weak_reference_to_a_subclass():
    class K:
        pass

    class Sub(K):
        pass
    # The weak reference that a class keeps is the one everybody gets.
    return weakref.ref(Sub), (K, Sub)


@case("FreshName.__name__ (member)", "FreshName.__qualname__ (member)")
def name_of_a_class():
    name = "".join(["Fresh", "Name"])
    return name, type(name, (), {})


# Fields of C types that have no member table (src/heap/read_fields.c).  Where
# a type of the C library has the name of its module, the tree shows the last
# part, as for every type.

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


@case("Future._callbacks (member)")
def callback_of_a_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()

    def callback(future):
        pass
    future.add_done_callback(callback)
    return callback, Made(future, Stopped(loop))


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


@case("py_object_Array_1._objects (member)")
def objects_of_a_ctypes_array():
    array = (ctypes.py_object * 1)(Target())
    return array._objects, array


@case("builtin_function_or_method.__self__ (member)",
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


# Tables of the interpreter: what is put there for good is a function that does
# nothing.

class Undo:
    """Calls a function when it goes; what it holds is the harness's."""

    __slots__ = ("function", "first", "second")

    def __init__(self, function, first, *second):
        self.function, self.first, self.second = function, first, second

    def __del__(self):
        self.function(self.first, *self.second)


@case("atexit callback")
def callback_at_exit():
    def callback():
        pass
    atexit.register(callback)
    return callback, Undo(atexit.unregister, callback)


@case("atexit callback argument", "atexit callback argument[key]")
def argument_of_a_callback_at_exit():
    target = Target()

    def callback(*arguments, **keywords):
        pass
    atexit.register(callback, 1, target, key=target)
    return target, Undo(atexit.unregister, callback)


@case("SIGUSR2 handler", "SIGRTMIN+3 handler")
def handler_of_a_signal():
    def handler(*arguments):
        pass
    for number in (signal.SIGUSR2, signal.SIGRTMIN + 3):
        signal.signal(number, handler)
    return handler, (Undo(signal.signal, signal.SIGUSR2, signal.SIG_DFL),
                     Undo(signal.signal, signal.SIGRTMIN + 3, signal.SIG_DFL))


@case("codec search function")
def search_function_for_codecs():
    def search(name):
        return None
    codecs.register(search)
    return search, Undo(codecs.unregister, search)


@case("codec error handler[tests-kinds]")
def error_handler_of_codecs():
    def handler(error):
        raise error
    codecs.register_error("tests-kinds", handler)
    return handler, None


# The package encodings has a cache of its own.
@case("codec cache[utf_8]", "dict[utf_8]")
def codec_that_was_used():
    return codecs.lookup("utf_8"), None


@case("before-fork hook", "after-fork hook in the parent",
      "after-fork hook in the child")
def hooks_around_fork():
    def hook():
        pass
    os.register_at_fork(before=hook, after_in_parent=hook, after_in_child=hook)
    return hook, None


@case("audit hook")
def hook_of_sys_audit():
    def hook(event, arguments):
        pass
    sys.addaudithook(hook)
    return hook, None


if sys.version_info >= (3, 12):     # PEP 669
    @case("sys.monitoring callback")
    def callback_of_sys_monitoring():
        def callback(*arguments):
            pass
        sys.monitoring.use_tool_id(4, "tests-kinds")
        sys.monitoring.register_callback(4, sys.monitoring.events.RAISE,
                                         callback)
        return callback, Undo(sys.monitoring.free_tool_id, 4)


@case("Worker: trace function", "Worker: profile function")
def functions_that_trace_a_thread():
    made = []

    def handle(running):
        def hook(*arguments):
            return None
        threading.current_thread().name = "Worker"
        made.append(hook)
        del hook
        sys.setprofile(made[0])
        sys.settrace(made[0])
        running.ready.set()
        running.go.wait()
        sys.settrace(None)
        sys.setprofile(None)
    running = Running(handle)
    return made.pop(), running


@case("saved copy of sys.addaudithook",
      "sys.addaudithook (module variable) [module variable]")
def function_of_a_module_that_python_keeps_a_copy_of():
    return sys.addaudithook, None
