"""What keeps an object: the verdict where the asking function has a part in it.

What only the frame that asks leads to, however far, is held only by it, and is
never called garbage; what another root leads to is alive.
"""

import asyncio
import gc
import sys
import threading
import types
import unittest
import weakref

import pytest

import referrers
from conftest import run_python


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


def test_nobody_asks_for_another_process():
    """What --pid is asked has no function of the program behind it."""
    from referrers import _graph
    target = Node()
    assert referrers.get_referrer_graph(target).verdict["kind"] == "only-you"
    assert _graph.for_list([target], False).verdict["kind"] == "alive"


SCRIPT = """
class Node: pass
def work():
    root = Node()
    root.kids = [Node()]
    root.kids[0].parent = root
    return 1
work()
"""


@pytest.mark.parametrize("options, script", [
    (["--at", "script.py:7"], SCRIPT),
    (["--on-exception"], SCRIPT.replace("return 1", "1 / 0"))])
def test_you_are_the_frame_that_stopped(tmp_path, options, script):
    path = tmp_path / "script.py"
    path.write_text(script)
    result = run_python("-m", "referrers.dot", *options, "-e", "root.kids[0]",
                        "-T", "dot", str(path))
    assert "held only by you" in result.text, result.errors
    assert "root.kids[0]" in result.text and "in work()" in result.text
    assert "garbage" not in result.text


# What a call leaves behind is no answer.

def test_a_call_with_unpacked_arguments_does_not_show_them():
    def shown(graph):
        return [line.split(" (id=")[0] for line in str(graph).split("\n")]
    # No list of an assertion may be among what is found.
    target = Node()
    plain = shown(referrers.get_referrer_graph(target))
    unpacked = shown(referrers.get_referrer_graph(*[target]))
    empty = shown(referrers.get_referrer_graph(target, **{}))
    named = shown(referrers.get_referrer_graph(**{"target_object": target}))
    assert len(plain) == 2
    assert unpacked == empty == named == plain
    explanation = referrers.why(*[target])
    assert explanation.verdict["kind"] == "only-you"
    assert sum(explanation.ledger.values()) == 1


def test_a_tuple_that_looks_like_the_arguments_is_shown():
    target = Node()
    alike = [(target,)]
    text = str(referrers.get_referrer_graph(*[target]))
    assert text.count("tuple[0]") == 1
    assert alike


def test_a_trace_function_changes_nothing():
    target = Node()
    before = sys.gettrace()
    sys.settrace(lambda *arguments: None)
    try:
        explanation = referrers.why(target)
        text = str(referrers.get_referrer_graph(target))
    finally:
        sys.settrace(before)
    assert explanation.verdict["kind"] == "only-you"
    assert explanation.verdict["unexplained"] == 0
    assert "target_object" not in text


def test_arguments_of_other_calls_are_no_mystery():
    """C code holds them, and it is known which: nobody is told to look for
    more."""
    def work(held):
        return referrers.why(held)

    explanation = work(*[Node()])
    assert "C code" not in str(explanation)
    assert explanation.verdict["kind"] != "native"


def of_this_program_and_of_a_file(held):
    return [referrers.why(held), referrers.snapshot().why(id(held))]


def with_keyword(held=None, other=None):
    return of_this_program_and_of_a_file(held)


class Asked:
    def method(self, held, *, named):
        return of_this_program_and_of_a_file(held)


def passes_on(*arguments, **keywords):
    return with_keyword(*arguments, **keywords)


def passes_on_more(first, *arguments, **keywords):
    return first(*arguments, **keywords)


@pytest.mark.parametrize("call", [
    lambda: with_keyword(**{"held": Node()}),
    lambda: with_keyword(Node(), **{"other": 1}),
    lambda: Asked().method(Node(), **{"named": 1}),
    lambda: passes_on(Node(), other=1),
    lambda: passes_on_more(with_keyword, Node(), other=1),
], ids=["in a dict", "beside a dict", "of a method", "passed on",
        "passed on in part"])
def test_arguments_of_calls_with_keywords_are_no_mystery(call):
    """C code has them once more, in an array."""
    for explanation in call():
        assert "C code" not in str(explanation)
        assert explanation.verdict["unexplained"] == 0
        assert explanation.verdict["kind"] in ("alive", "only-you")


def test_the_list_that_is_given_is_not_held_by_the_call():
    Kept.registry[:] = [Node(), Node()]
    text = str(referrers.why_all(Kept.registry))
    Kept.registry.clear()
    assert "C code" not in text
    assert "drop     test_verdict.Kept.registry" in text


def test_a_list_of_the_running_coroutine_is_left_out():
    async def main():
        keep = [Node(), Node()]
        given = list(keep)
        return referrers.why_all(given), given
    explanation, _ = asyncio.run(main())
    assert [v["kind"] for v in explanation.verdicts] == ["only-you"] * 2
    assert " go through keep in main()" in str(explanation)



class Asking:
    def __init__(self, node=None, other=None):
        if node is not None:
            self.explanation = referrers.why(node)

    def ask(self, node, other=None):
        return referrers.why(node)


def ask(*, node, other=None):
    return referrers.why(node)


@pytest.mark.parametrize("call", [
    ask, Asking().ask, lambda **given: Asking(**given).explanation,
    lambda **given: ask(**given)],
    ids=["function", "method", "class", "passed on"])
def test_what_a_call_unpacks_is_no_mystery(call):
    """C code has the values of `**given` in an array as long as the call
    lasts; as pytest has those of a test's fixtures."""
    given = {"node": Node(), "other": 1}
    explanation = call(**given)
    assert "unexplained" not in explanation.ledger
    assert "C code" not in str(explanation)
    assert "given['node'] in test_what_a_call_unpacks_is_no_mystery()" in \
        str(explanation)

# All names and ways that are yours.

class Kept:
    registry = []


def test_all_your_names_and_ways_are_told():
    Kept.registry[:] = [Node()]
    model = backup = Kept.registry[0]
    objects = [model]
    explanation = referrers.why(model)
    Kept.registry.clear()
    yours = [path["expression"] for path in explanation._graph.answers()["paths"]
             if path["kind"] == "yours"]
    assert explanation.cut == ["test_verdict.Kept.registry[0]"]
    assert yours == ["backup", "model", "objects[0]"]
    text = str(explanation)
    assert "\n  yours    backup in test_all_your_names_" in text
    assert "\n  and      objects[0] in test_all_your_names_" in text
    assert backup is objects[0]


def test_a_way_of_yours_that_survives_the_cut():
    class Unit:
        pass

    async def hold(unit):
        await asyncio.sleep(1000)

    async def main():
        unit = Unit()
        reference = weakref.ref(unit)
        task = asyncio.create_task(hold(unit))
        del unit
        await asyncio.sleep(0)
        explanation = referrers.why(reference())
        task.cancel()
        return explanation
    explanation = asyncio.run(main())
    yours = [path["steps"][0]["label"] for path in
             explanation._graph.answers()["paths"] if path["kind"] == "yours"]
    assert explanation.verdict["kind"] == "alive"
    assert yours == ["task"]


def test_a_suspended_frame_that_is_asked_about_has_a_path():
    """It must not be its own root."""
    def generate():
        yield
    Kept.registry[:] = [generate()]
    next(Kept.registry[0])
    explanation = referrers.why(Kept.registry[0])
    assert first_line(explanation) == (
        "generator generate is alive: test_verdict.Kept.registry[0] leads to it")
    Kept.registry.clear()
