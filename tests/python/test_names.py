"""Rules about names that a row of kinds.py cannot show."""

import asyncio
import gc
import sys

import pytest

import referrers


class Target:
    pass


def tree(target, **how):
    how.setdefault("search_for_untracked_objects", True)
    return str(referrers.get_referrer_graph(target, **how))


def test_a_python_class_named_like_a_c_type_has_its_own_names():
    """Rows about private C structs are for those types, not for their names."""
    kind = type("itertools.chain", (), {})
    target, held = Target(), kind()
    held.iterables = target
    text = tree(target, max_depth=1)
    assert "itertools.chain.iterables (instance attribute)" in text
    assert "(member)" not in text


def test_the_picture_tells_a_task_by_its_name():
    """A box that says "Task" alone is of no use in a loop with thousands; a
    task that nobody named is told by its number, without making its name."""
    async def main():
        async def wait(held):
            await future
        future = asyncio.get_running_loop().create_future()
        target = Target()
        named = asyncio.create_task(wait(target), name="mailer")
        unnamed = asyncio.create_task(wait(target))
        await asyncio.sleep(0)
        dot = referrers.get_referrer_graph(target).to_dot()
        name = unnamed.get_name()
        future.set_result(None)
        await asyncio.gather(named, unnamed)
        return dot, name
    dot, name = asyncio.run(main())
    assert "mailer" in dot
    assert name.startswith("Task-") and name in dot


def test_no_name_where_the_interpreter_is_not_laid_out_as_known(monkeypatch):
    """The interpreter's struct moves between patch releases: where a landmark
    is missing its tables are not read, and what they hold is still found."""
    import codecs
    import _warnings

    def handler(error):
        raise error
    codecs.register_error("tests-names", handler)
    assert "codec error handler[tests-names]" in tree(handler)
    monkeypatch.setattr(_warnings, "_defaultaction", "moved")
    text = tree(handler)
    assert "codec error handler" not in text
    assert "dict[tests-names]" in text


def test_a_handler_comes_from_the_table_not_from_a_replaced_function(
        monkeypatch):
    """signal.getsignal is asked in C; what somebody put in its place is never
    called."""
    import _signal
    import signal
    called = []

    def handler(*arguments):
        pass
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        monkeypatch.setattr(_signal, "getsignal", called.append)
        text = tree(handler)
        monkeypatch.undo()
        assert "SIGUSR1 handler" not in text and called == []
        assert "SIGUSR1 handler" in tree(handler)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_networkx_knows_the_type_of_a_table(monkeypatch):
    """The node of a handler has the kind's node type and its target's id."""
    import atexit

    def callback():
        pass
    atexit.register(callback)
    try:
        graph = referrers.get_referrer_graph(callback)
        nodes = graph.to_networkx().nodes
    finally:
        atexit.unregister(callback)
    found = [n for n in nodes if n.name == "atexit callback"]
    assert [(n.id, n.type) for n in found] == [(id(callback), "object")]


def test_a_subclass_of_str_that_holds_something_is_on_the_chain():
    """An exact str refers to nothing and is passed over; an instance of a
    subclass has attributes, also when its referrer is read before it."""
    class Name(str):
        pass

    def function():
        older = []
        gc.collect()
        name = Name("x")
        name.payload = Target()
        older.append(name)
        return tree(name.payload)
    assert "└─╼ function.older (local)" in function()


class Cyclic:
    """Looks for its own referrers when the collector takes it."""

    said = []

    def __init__(self):
        self.other = [self]

    def __del__(self):
        self.said.append(tree(self))


def test_objects_under_collection_are_said_to_be_missing():
    """What the collector is at work on is in no list: what the dying object
    leads to is found all the same, and a line says that more may be missing."""
    Cyclic.said.clear()
    cyclic = Cyclic()
    assert "under collection" not in tree(cyclic)
    del cyclic
    gc.collect()
    [text] = Cyclic.said
    assert "… objects under collection may be missing" in text
    assert "list[0]" in text
    assert "Cyclic.other (instance attribute)" in text
    assert "__del__.self (local)" in text


def test_the_picture_says_that_objects_may_be_missing():
    """The header is where a picture tells what it does not show."""
    said = []

    class Drawn(Cyclic):
        def __del__(self):
            said.append(referrers.get_referrer_graph(self).to_dot())
    Drawn()
    gc.collect()
    assert "objects under collection may be missing" in said[0]


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_objects_that_cannot_be_listed_are_counted(python, frozen):
    """Where the collector's own lists cannot be read, public calls replace
    them, and up to 3.13 those leave out what gc.freeze() set aside: a line
    says how much that is, and what is referred to is found all the same."""
    result = python("-W", "ignore", "-c", """if True:
        import gc, sys
        import referrers
        from referrers import _core
        class T: pass
        def f():
            holder = [T()]
            if %r:
                gc.freeze()
            count = gc.get_freeze_count()
            _core._misfit("lists")
            print(referrers.get_referrer_graph(holder[0]))
            print(count)
        f()
        """ % frozen)
    assert result.status == 0, result.errors
    text, count = result.text.rsplit("\n", 2)[:2]
    assert "└─╼ f.holder (local)" in text
    assert ("frozen objects may be missing" in text) == (
        int(count) > 1 and sys.version_info < (3, 14))
    if int(count) > 1 and sys.version_info < (3, 14):
        assert "… {:,} frozen objects may be missing".format(int(count)) in text
