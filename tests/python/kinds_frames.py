"""Cases of kinds.py: exceptions and frames, what is suspended and what runs in
other threads, classes and modules, contexts.
"""

import contextvars
import sys
import threading
import types

import greenlet
from kinds import Forget, Running, Target, case, found, stand


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


@case("f.x (kept local) [local]")
def frame_that_a_traceback_keeps():
    def f():
        x = Target()
        raise ValueError(id(x))
    try:
        f()
    except ValueError as caught:
        error = caught.with_traceback(caught.__traceback__.tb_next)
    return found(error.__traceback__.tb_frame), error


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


@case("generator.value in use (member)")
def value_on_the_stack_of_a_generator():
    target, waiting = Target(), []

    def take():
        waiting.append((waiting.pop(), (yield)))
    generator = take()
    waiting.append(target)
    next(generator)
    return target, generator


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


@case("poll.buf (greenlet local) [local]")
def local_of_a_greenlet():
    def wait():
        greenlet.getcurrent().parent.switch()

    def poll():
        buf = Target()
        made.append(buf)
        wait()
    made = []
    waiting = greenlet.greenlet(poll)
    waiting.switch()
    return made.pop(), waiting


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
    @case("running event loop")
    def running_event_loop():
        made = []
        running = Running(lambda running: stand_in_a_task(running, made))
        return made.pop(0), running

    @case("running task")
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
