"""What keeps an object: the verdict where the asking function has a part in it.

What only the frame that asks leads to, however far, is held only by it, and is
never called garbage; what another root leads to is alive.
"""

import asyncio
import gc
import subprocess
import sys
import threading
import types
import unittest
import weakref

import pytest

import referrers


class Node:
    def __init__(self, **attributes):
        vars(self).update(attributes)


def first_line(explanation):
    return str(explanation).split("\n")[0]


def test_a_cycle_of_a_local_is_yours():
    root = Node()
    root.kids = [Node(parent=root)]
    explanation = referrers.why(root.kids[0])
    assert explanation.verdict["kind"] == "only-you"
    assert first_line(explanation).startswith(
        "Node is held only by you: root.kids[0] in "
        "test_a_cycle_of_a_local_is_yours(), ")
    assert "garbage" not in str(explanation)
    graph = referrers.get_referrer_graph(root.kids[0])
    assert graph.verdict["kind"] == "only-you"
    assert "garbage" not in graph.to_dot()
    assert "held only by you" in graph.to_dot()


def test_a_cycle_that_nobody_leads_to_is_garbage():
    root = Node()
    root.kids = [Node(parent=root)]
    kid = weakref.ref(root.kids[0])
    gc.disable()
    try:
        del root
        explanation = referrers.why(kid())
        assert explanation.verdict["kind"] == "garbage"
        assert "garbage" in referrers.get_referrer_graph(kid()).to_dot()
    finally:
        gc.enable()
    gc.collect()
    assert kid() is None


def test_a_root_further_up_makes_it_alive():
    def ask(target):
        return referrers.why(target)
    root = Node()
    root.kids = [Node(parent=root)]
    explanation = ask(root.kids[0])
    assert explanation.verdict["kind"] == "alive"
    assert "root.kids[0] in test_a_root_further_up" in first_line(explanation)


def test_a_variable_of_a_module_is_no_variable_of_yours():
    """Its own code asks; only variables that name the target are passed over."""
    module = types.ModuleType("asking_module")
    sys.modules["asking_module"] = module
    module.referrers = referrers
    try:
        exec("""if True:
            class Node: pass
            core = Node()
            core.kid = Node()
            core.kid.up = core
            deep = referrers.why(core.kid)
            name = core.kid
            del core.kid, core
            named = referrers.why(name)
            """, vars(module))
        assert module.deep.verdict["kind"] == "alive"
        assert module.named.verdict["kind"] == "only-you"
        assert "asking_module.name" in first_line(module.named)
    finally:
        del sys.modules["asking_module"]


def test_many_targets_are_judged_one_by_one():
    mine, others = Node(), Node()
    mine.itself, kept = mine, types.ModuleType("keeps_one")
    kept.other = others
    sys.modules["keeps_one"] = kept
    try:
        kinds = [v["kind"] for v in referrers.why_all([mine, others]).verdicts]
    finally:
        del sys.modules["keeps_one"]
    assert kinds == ["only-you", "alive"]


# Frames of coroutines and generators

def test_a_local_of_the_running_coroutine_is_yours():
    async def main():
        target = Node()
        return referrers.why(target)
    explanation = asyncio.run(main())
    assert explanation.verdict["kind"] == "only-you"
    assert "target in main()" in first_line(explanation)
    assert explanation.verdict["cycle_objects"] == 0


def test_what_an_awaiting_coroutine_holds_is_alive():
    async def ask(target):
        return referrers.why(target)

    async def main():
        target = Node()
        return await ask(target)
    explanation = asyncio.run(main())
    assert explanation.verdict["kind"] == "alive"
    assert "target in main()" in first_line(explanation)


@pytest.mark.parametrize("how", ["task", "gather", "await"])
def test_a_coroutine_that_asks_may_run_anyhow(how):
    async def ask():
        target = Node()
        return referrers.why(target)

    async def main():
        if how == "task":
            return await asyncio.create_task(ask())
        if how == "gather":
            return (await asyncio.gather(asyncio.sleep(0), ask()))[1]
        return await ask()
    explanation = asyncio.run(main())
    assert explanation.verdict["kind"] == "only-you"
    assert "target in ask()" in first_line(explanation)


def test_an_asynchronous_generator_that_asks():
    async def ask():
        target = Node()
        yield referrers.why(target)

    async def main():
        async for explanation in ask():
            return explanation
    explanation = asyncio.run(main())
    assert explanation.verdict["kind"] == "only-you"
    assert "target in ask()" in first_line(explanation)


def test_a_generator_in_a_cycle_that_asks():
    def ask(box):
        target = Node()
        yield referrers.why(target)
    box = Node()
    box.generator = ask(box)
    explanation = next(box.generator)
    assert explanation.verdict["kind"] == "only-you"
    assert "target in ask()" in first_line(explanation)


def test_tasks_that_wait_for_an_event_of_yours():
    """Nothing but the waiting function's variable leads to the tasks."""
    async def handle(request, done):
        await done.wait()

    async def main():
        done, requests = asyncio.Event(), []
        for _ in range(3):
            request = Node()
            requests.append(weakref.ref(request))
            asyncio.create_task(handle(request, done))
            del request
            await asyncio.sleep(0)
        one = referrers.why(requests[0]())
        many = referrers.why_all([request() for request in requests])
        picture = referrers.get_referrer_graph(requests[0]()).to_dot()
        done.set()
        await asyncio.sleep(0)
        return one, many, picture
    one, many, picture = asyncio.run(main())
    assert one.verdict["kind"] == "only-you"
    assert "done._waiters" in first_line(one)
    assert "in main()" in first_line(one)
    assert [v["kind"] for v in many.verdicts] == ["only-you"] * 3
    assert str(many).startswith("3 objects: 3 held only by you\n")
    assert "garbage" not in str(one) + str(many) + picture


def test_children_of_a_gather_of_yours():
    async def child(request, event):
        await event.wait()

    async def main():
        event, request = asyncio.Event(), Node()
        reference = weakref.ref(request)
        together = asyncio.gather(*(child(request, event) for _ in range(3)))
        del request
        await asyncio.sleep(0)
        explanation = referrers.why(reference())
        event.set()
        await together
        return explanation
    explanation = asyncio.run(main())
    assert explanation.verdict["kind"] == "only-you"
    assert "in main()" in first_line(explanation)


def test_a_test_case_that_runs_in_a_loop():
    found = []

    class Case(unittest.IsolatedAsyncioTestCase):
        async def test(self):
            root = Node()
            root.kids = [Node(parent=root)]
            found.append(referrers.why(root.kids[0]))
    unittest.TextTestRunner(stream=open("/dev/null", "w")).run(Case("test"))
    assert found[0].verdict["kind"] == "only-you"
    assert "root.kids[0] in test()" in first_line(found[0])


def test_a_thread_that_asks():
    found = []

    def work():
        root = Node()
        root.kids = [Node(parent=root)]
        found.append(referrers.why(root.kids[0]))
    thread = threading.Thread(target=work, name="pump")
    thread.start()
    thread.join()
    assert found[0].verdict["kind"] == "only-you"
    assert "in work()" in first_line(found[0])
    assert "thread pump" in first_line(found[0])


# Faces

@pytest.mark.parametrize("collect", [False, True])
def test_assert_freed_blames_the_test_itself(collect):
    root = Node()
    kid = Node(parent=root)
    root.kids = [kid]
    with pytest.raises(AssertionError) as info:
        with referrers.assert_freed(kid, collect=collect):
            del kid
    message = str(info.value)
    assert "held only by you: root.kids[0] in test_assert_freed_" in message
    assert "collect=True" not in message
    assert "garbage" not in message


@pytest.mark.parametrize("collect", [False, True])
def test_collect_is_no_advice_to_who_gave_it(collect):
    """A garbage cycle that the collector does not free, with collect or
    without: it is frozen."""
    root = Node()
    root.itself = root
    try:
        with pytest.raises(AssertionError) as info:
            with referrers.assert_freed(root, collect=collect):
                del root
                gc.freeze()
    finally:
        gc.unfreeze()
    assert ("collect=True" in str(info.value)) == (not collect)


SCRIPT = """
class Node: pass
def work():
    root = Node()
    root.kids = [Node()]
    root.kids[0].parent = root
    return 1
work()
"""


def test_at_a_mark_you_are_the_frame_that_stopped(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    run = subprocess.run(
        [sys.executable, "-m", "referrers.dot", "--at", "script.py:7", "-e",
         "root.kids[0]", "-T", "dot", str(script)],
        capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "held only by you" in run.stdout
    assert "garbage" not in run.stdout
