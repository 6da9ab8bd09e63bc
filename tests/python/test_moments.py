"""Asked at an awkward moment: an answer or a clear error, never a crash, and
nothing of the program changed."""

import asyncio
import contextvars
import gc
import os
import signal
import sys
import threading
import types
import weakref

import pytest

import referrers
from conftest import short_and_long
from programs import run
from trees import without_ids as tree

graph = referrers.get_referrer_graph


class Target:
    pass


def ask(target):
    return tree(graph(target, search_for_untracked_objects=True))


def test_in_the_middle_of_a_collection():
    texts = []
    target = Target()

    def during(phase, info):
        texts.append((phase, ask(target)))

    class Final:
        def __del__(self):
            texts.append(("del", ask(self)))
    gc.callbacks.append(during)
    try:
        for generation in range(3):
            loop = Final()
            loop.me = loop
            watch = weakref.ref(Target(), lambda _: texts.append(
                ("weak reference", ask(target))))
            del loop
            gc.collect(generation)
    finally:
        gc.callbacks.remove(during)
    phases = {phase for phase, _ in texts}
    assert phases == {"start", "stop", "del", "weak reference"}
    for phase, text in texts:
        if phase == "del":
            assert "self (local)" in text
        else:
            assert ".target (local)" in text
    assert watch


def test_in_a_finalizer_of_something_freed_by_its_count():
    texts = []

    class Final:
        def __del__(self):
            texts.append(ask(self))
    holder = {"x": [Final()]}
    del holder["x"]
    assert len(texts) == 1
    assert "__del__.self (local)" in texts[0]
    assert "dict[x]" not in texts[0]


def test_in_a_signal_handler():
    texts = []
    target = Target()
    old = signal.signal(signal.SIGUSR1, lambda *_: texts.append(ask(target)))
    try:
        for _ in range(20):
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert len(texts) == 20
    assert all("test_in_a_signal_handler.target (local)" in t for t in texts)


@pytest.mark.parametrize("setter", [sys.settrace, sys.setprofile])
def test_in_a_trace_or_profile_function(setter):
    texts, target = [], Target()

    def traced():
        mine = target
        return [mine]

    def watch(frame, event, argument):
        if frame.f_code is traced.__code__:
            texts.append(ask(target))
        return watch
    old = sys.gettrace() if setter is sys.settrace else sys.getprofile()
    setter(watch)
    try:
        traced()
    finally:
        setter(old)
    assert len(texts) >= 2
    assert "traced.mine (local)" in texts[-1]


@pytest.mark.skipif(sys.version_info < (3, 12),
                    reason="sys.monitoring is new in 3.12")
def test_in_a_monitoring_callback():
    texts, target = [], Target()
    monitoring = sys.monitoring

    def traced():
        mine = target
        return [mine]

    def tell(*arguments):
        texts.append(ask(target))
    monitoring.use_tool_id(5, "test")
    try:
        events = monitoring.events
        for event in (events.PY_START, events.LINE, events.INSTRUCTION,
                      events.PY_RETURN):
            monitoring.register_callback(5, event, tell)
        monitoring.set_local_events(
            5, traced.__code__, events.PY_START | events.LINE
            | events.INSTRUCTION | events.PY_RETURN)
        traced()
    finally:
        monitoring.set_local_events(5, traced.__code__, 0)
        monitoring.free_tool_id(5)
    assert len(texts) > 6
    assert "traced.mine (local)" in texts[-1]


def test_no_audit_event_is_raised():
    """Hooks cannot be taken away again, hence a process of its own."""
    run("""
    import sys, referrers
    class Target: pass
    target = Target()
    str(referrers.get_referrer_graph(target))
    events = []
    is_on = False
    def hook(event, arguments):
        if is_on:
            events.append(event)
    sys.addaudithook(hook)
    is_on = True
    graph = referrers.get_referrer_graph(target, search_for_untracked_objects=True)
    str(graph), graph._graph.lines(), graph._graph.reference_view()
    referrers.get_referrer_graph_for_list([target, hook], timeout=1)
    is_on = False
    assert events == [], events
    """)


def test_in_an_audit_hook():
    """Of an event that is raised while an object is half made."""
    run("""
    import sys, referrers
    class Target: pass
    target = Target()
    texts = []
    is_inside = False
    def hook(event, arguments):
        global is_inside
        if not is_inside and event != "cpython.run_command":
            is_inside = True
            texts.append(str(referrers.get_referrer_graph(target)))
            is_inside = False
    sys.addaudithook(hook)
    import json, email.message
    compile("x = 1", "f", "exec")
    code = (lambda: 1).__code__.replace(co_name="x")
    object.__getattribute__(target, "__class__")
    target.__class__ = type("Other", (), {})
    assert len(texts) > 10
    assert all("__main__.target" in text for text in texts)
    """)


def test_in_a_running_generator_and_in_one_that_is_closed():
    texts, target = [], Target()

    def poll():
        held = target
        try:
            texts.append(ask(target))
            yield
        finally:
            texts.append(ask(target))
            del held
    generator = poll()
    next(generator)
    generator.close()
    assert len(texts) == 2
    assert all("poll.held (local)" in text for text in texts)


def test_in_coroutines_and_asynchronous_generators():
    texts, target = [], Target()
    variable = contextvars.ContextVar("variable")

    async def items():
        mine = target
        for i in range(3):
            texts.append(ask(target))
            yield i
        del mine

    async def task(number):
        variable.set(target)
        async for _ in items():
            await asyncio.sleep(0)
            texts.append(ask(target))

    async def main():
        await asyncio.gather(*(task(i) for i in range(5)))
    asyncio.run(main())
    assert len(texts) == 30
    assert all("items.mine" in text for text in texts)
    assert any("variable (context variable)" in text for text in texts)


def test_in_a_greenlet():
    greenlet = pytest.importorskip("greenlet")
    texts, target = [], Target()

    def work(other):
        mine = target
        texts.append(ask(target))
        main.switch()
        texts.append(ask(target))
        return mine
    main = greenlet.getcurrent()
    some = [greenlet.greenlet(work) for _ in range(10)]
    for one in some:
        one.switch(one)
    texts.append(ask(target))
    for one in some:
        one.switch()
    assert len(texts) == 21
    assert "work.mine (local)" in texts[0]


def test_while_containers_are_being_made():
    texts, target = [], Target()

    class Key:
        def __hash__(self):
            texts.append(ask(target))
            return 7

        def __eq__(self, other):
            texts.append(ask(target))
            return False

        def __lt__(self, other):
            texts.append(ask(target))
            return False

    def items(count=30):
        for i in range(count):
            if i % 10 == 9:
                texts.append(ask(target))
            yield [target, i]

    class Meta(type):
        def mro(cls):
            texts.append(ask(target))
            return super().mro()

        @classmethod
        def __prepare__(cls, name, bases):
            texts.append(ask(target))
            return {}

    class Descriptor:
        def __set_name__(self, owner, name):
            texts.append(ask(owner))
    made = [tuple(items()), list(items()), [*items(), *items()],
            dict((i, one) for i, one in enumerate(items())),
            {Key(): target for _ in range(4)}, {Key(), Key(), Key()},
            sorted([Key() for _ in range(4)]),
            Meta("Made", (), {"x": Descriptor()}),
            types.SimpleNamespace(**{"x": tuple(items())})]
    for one in made:
        if type(one) is list:
            one.sort(key=lambda item: texts.append(ask(target)) or id(item))
    assert len(texts) > 50
    assert all("instance" in text for text in texts)


@pytest.mark.parametrize("room", range(1, 60, 3))
def test_near_the_recursion_limit(room):
    """RecursionError, or an answer; then it is as it was."""
    target = Target()

    def down(n):
        if n > 0:
            return down(n - 1)
        return ask(target)
    depth = len(list(frames()))
    try:
        text = down(sys.getrecursionlimit() - depth - room)
    except RecursionError:
        text = None
    assert text is None or "down" in text or "target (local)" in text
    assert "target (local)" in ask(target)


def frames():
    frame = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def test_a_very_deep_stack():
    target = Target()
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    threading.stack_size(512 * 1024 * 1024)
    texts = []

    def down(n):
        mine = target
        if n > 0:
            return down(n - 1)
        texts.append(ask(target))
        return mine
    try:
        thread = threading.Thread(target=down, args=(15_000,))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(old)
        threading.stack_size(0)
    assert texts[0].count("down.mine (local)") == 1  # one node, by its name


@short_and_long
def test_threads_that_come_and_go(length):
    target = Target()
    go_on, failures = True, []

    def short(held):
        return [held]

    def churn():
        while go_on:
            threads = [threading.Thread(target=short, args=(target,))
                       for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def look():
        for _ in range(30 if length == "long" else 6):
            if "target (local)" not in ask(target):
                failures.append(1)
    lookers = [threading.Thread(target=look) for _ in range(4)]
    churner = threading.Thread(target=churn)
    churner.start()
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    go_on = False
    churner.join()
    assert not failures


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.skipif(hasattr(sys, "_is_gil_enabled") and not sys._is_gil_enabled(),
                    reason="after os.fork() beside other threads 3.13t may wait "
                           "for ever to stop them, in gc.get_freeze_count() too")
def test_after_fork_in_a_program_with_threads():
    run("""
    import os, sys, threading, referrers, warnings
    warnings.simplefilter("ignore")
    class Target: pass
    target = Target()
    end = threading.Event()
    def work():
        mine = target
        while not end.is_set():
            str(referrers.get_referrer_graph(target))
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        child = os.fork()
        if child == 0:
            text = str(referrers.get_referrer_graph(
                target, search_for_untracked_objects=True))
            fine = "__main__.target" in text and "work.mine" not in text
            if fine and _ == 0:
                fine = referrers.get_referrer_graph(target).to_svg() != ""
            os._exit(0 if fine else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    end.set()
    for thread in threads:
        thread.join()
    """)
