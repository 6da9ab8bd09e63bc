"""Six leaks, each a function that builds one and gives back the object that
should be gone.  Nothing else holds it afterwards."""

import asyncio
import functools
import gc


class Session:
    def __init__(self, user):
        self.user = user
        self.payload = ["a", "b"]


class Node:
    pass


class Handler:
    def __init__(self, config):
        self.config = config


HOOKS = []
ERRORS = []
HANDLERS = []
LOOP = None


def closure():
    """A callback that was registered for later remembers a session."""
    def remember():
        session = Session("ann")

        def on_close():
            return session.user
        HOOKS.append(on_close)
    remember()
    return HOOKS[-1].__closure__[0].cell_contents


class Report:
    @functools.lru_cache(maxsize=64)
    def total(self, month):
        return month


def method_cache():
    """lru_cache on a method keeps every instance that was asked."""
    report = Report()
    report.total(1)
    return report


def garbage():
    """A parent and a child refer to each other; nothing else refers to them."""
    parent, child = Node(), Node()
    parent.children, child.parent = [child], parent
    return parent


def exception():
    """An exception that was kept keeps the variables of its functions."""
    def load():
        session = Session("bob")
        raise ValueError(len(session.payload))
    try:
        load()
    except ValueError as error:
        ERRORS.append(error)
    return next(o for o in gc.get_objects()
                if type(o) is Session and o.user == "bob")


def task():
    """A task that waits for an event holds what it was given."""
    global LOOP
    LOOP = asyncio.new_event_loop()
    session = Session("eve")

    async def serve(session, event):
        await event.wait()
        return session
    LOOP.tasks = [LOOP.create_task(serve(session, asyncio.Event()))]
    LOOP.run_until_complete(asyncio.sleep(0))
    return session


def alike():
    """A hundred and twenty handlers share one configuration."""
    config = Node()
    HANDLERS.extend(Handler(config) for _ in range(120))
    return config


LEAKS = (closure, method_cache, garbage, exception, task, alike)
