"""Why, where asyncio is: the task's name, what its coroutines wait in, and a
root that a person knows."""

import asyncio
import gc
import json
import re
import types
import weakref

import referrers


class Payload:
    pass


async def inner(payload):
    await asyncio.sleep(100)


async def outer(payload):
    await inner(payload)


async def deep(levels, payload):
    if levels == 0:
        await asyncio.sleep(100)
    else:
        await deep(levels - 1, payload)


def line_of(function, offset):
    return function.__code__.co_firstlineno + offset


def ask(start, ask=referrers.why, name="worker-1"):
    """Asks, inside a loop, about the payload of a task that has begun to
    wait."""
    async def main():
        payload = Payload()
        task = asyncio.create_task(start(payload), name=name)
        watched = weakref.ref(payload)
        del payload
        await asyncio.sleep(0)
        try:
            return ask(watched())
        finally:
            task.cancel()
    return asyncio.run(main())


def test_a_task_says_what_it_waits_in():
    explanation = ask(outer)
    words = "task worker-1, awaiting outer > inner at test_why_tasks.py:%d" % (
        line_of(inner, 1))
    assert words in str(explanation).splitlines()[0]
    assert explanation.paths[0]["place"].endswith(words)


def test_functions_inside_functions_have_their_own_name():
    async def waits(payload):
        await inner(payload)
    assert "awaiting waits > inner at " in str(ask(waits))


def test_of_a_long_chain_the_first_and_the_last_are_named():
    text = ask(lambda payload: deep(50, payload)).paths[0]["place"]
    assert "awaiting deep > deep > deep > deep > deep > … > deep at " in text
    assert text.endswith("test_why_tasks.py:%d" % line_of(deep, 2))


@types.coroutine
def pause():
    yield


async def pauses(payload):
    await pause()


async def selfish(box):
    payload = Payload()
    box.append(weakref.ref(payload))
    await pauses(payload)


def test_a_coroutine_without_a_task_says_what_it_waits_in():
    """Nothing but a reference to itself keeps it; it is suspended, no more."""
    def leak():
        box = []
        coroutine = selfish(box)
        box.append(coroutine)
        coroutine.send(None)
        return box[1]

    gc.collect()
    gc.disable()
    try:
        path = referrers.why(leak()()).paths[0]
    finally:
        gc.enable()
    assert path["place"].endswith(
        ", suspended, awaiting selfish > pauses at test_why_tasks.py:%d" %
        line_of(pauses, 1))


def test_every_face_says_it(tmp_path):
    graph = ask(outer, referrers.get_referrer_graph)
    awaiting = "outer > inner at test_why_tasks.py:%d" % line_of(inner, 1)
    assert graph.paths[0]["place"].endswith("awaiting " + awaiting)
    paths = json.loads(graph.to_json())["paths"]
    assert paths[0]["awaiting"] == awaiting
    (tmp_path / "task.json").write_text(graph.to_json())
    loaded = referrers.load(tmp_path / "task.json")
    assert loaded.paths[0]["place"] == graph.paths[0]["place"]


def test_the_root_of_a_task_is_one_that_a_person_knows():
    """The module's copy that 3.10 and 3.11 keep, and the C module's own name,
    lead to the loop in as many steps as asyncio's."""
    expression = ask(outer).paths[0]["expression"]
    assert "saved copy" not in expression
    assert not re.match(r"_\w", expression)


def test_the_loop_that_runs_is_a_root():
    """And no dict of a private module, which has it for a key."""
    async def main():
        loop = asyncio.get_running_loop()

        def later():
            payload = Payload()
            handles.append(weakref.ref(loop.call_later(100, print, payload)))
            return payload
        handles = []
        explanation = referrers.why(later())
        handles[0]().cancel()
        return explanation
    explanation = asyncio.run(main())
    assert str(explanation).splitlines()[0] == (
        "Payload is alive: <running event loop>._scheduled[0]._args[0] leads "
        "to it")
    assert explanation.cut == ["<running event loop>._scheduled[0]"]
    assert "_current_tasks" not in str(explanation)


def test_the_task_that_runs_is_a_root():
    async def main():
        return str(referrers.why(asyncio.current_task()))
    headline, through, *_ = asyncio.run(main()).splitlines()
    assert headline == (
        "Task is alive: <running task>, task Task-%s leads to it"
        % re.search(r"Task-(\d+)", headline)[1])
    assert "_current_tasks" not in through
