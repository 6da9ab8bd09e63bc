"""Rules about names that a row of kinds.py cannot show."""

import asyncio
import gc
import sys
import weakref

import pytest

import referrers
from conftest import HAS_GIL
from trees import without_ids

needs_short_lists = pytest.mark.skipif(not HAS_GIL, reason=(
    "without a GIL what is being collected can be listed all the same"))


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
        dot = referrers.get_referrer_graph(target).to_dot(paths_only=False)
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


@needs_short_lists
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


@needs_short_lists
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
        assert f"… {int(count):,} frozen objects may be missing" in text


class Ref(weakref.ref):
    pass


def test_weak_references_are_shown_on_demand():
    """Who only watches an object does not hold it: weak references are told
    when somebody asks, under the name of what made them, and lead nowhere."""
    def function():
        target = Target()
        held = [target]
        plain, proxy, own = weakref.ref(target), weakref.proxy(target), Ref(target)
        by_key = weakref.WeakKeyDictionary({target: 1})
        by_value = weakref.WeakValueDictionary(k=target)
        members = weakref.WeakSet([target])
        watchers = [plain, proxy, own, by_key, by_value, members]
        strong = referrers.get_referrer_graph(target)
        both = referrers.get_referrer_graph(target, weak=True)
        return str(strong), both, watchers, held
    strong, graph, watchers, held = function()
    assert "weak" not in strong
    assert without_ids(graph).splitlines() == [
        "╙── Target instance",
        "    ├─╼ list[0]",
        "    │   └─╼ function.held (local)",
        "    ├─╼ Ref (weak reference)",
        "    ├─╼ WeakKeyDictionary (weak reference)",
        "    ├─╼ WeakSet (weak reference)",
        "    ├─╼ WeakValueDictionary (weak reference)",
        "    ├─╼ weakproxy (weak reference)",
        "    ├─╼ weakref (weak reference)",
        "    └─╼ function.target (local)"]
    dot = graph.to_dot()
    assert "6 weak" in dot
    assert "vee" in dot and "dashed" in dot
    nodes = [n for n in graph.to_networkx() if "weak reference" in n.name]
    assert {n.id for n in nodes} == {id(w) for w in watchers}
    assert {n.type for n in nodes} == {"object"}


def test_weak_references_past_the_limit_are_counted():
    """A thousand watchers are one line more, like a thousand list items."""
    target = Target()
    watchers = [Ref(target) for _ in range(7)]
    text = str(referrers.get_referrer_graph(
        target, weak=True, single_object_referrer_limit=3))
    assert text.count("Ref (weak reference) (id=") == 3
    assert "… 4 more Ref (weak reference)" in text
    del watchers


def test_one_watcher_of_two_targets_is_one_object():
    """A WeakSet that watches two targets is shown once and referred to."""
    members = weakref.WeakSet()
    targets = [Target(), Target()]
    members.update(targets)
    graph = referrers.get_referrer_graph_for_list(list(targets), weak=True)
    nodes = [n for n in graph.to_networkx() if n.name.startswith("WeakSet")]
    assert [n.id for n in nodes] == [id(members)]


def test_an_excluded_watcher_is_not_shown():
    """exclude_object_ids holds for weak referrers too."""
    target = Target()
    watcher = Ref(target)
    text = str(referrers.get_referrer_graph(
        target, weak=True, exclude_object_ids=[id(watcher)]))
    assert "weak" not in text


def test_a_watched_class_shows_its_watchers():
    """Classes have weak references too; a static type of Python's own keeps
    them where nobody can look, which is no error."""
    class Watched:
        pass
    watcher = Ref(Watched)
    assert "Ref (weak reference)" in tree(Watched, weak=True)
    assert "weak reference" not in tree(int, weak=True, max_depth=1)
    del watcher


class User:
    def __init__(self, **attributes):
        vars(self).update(attributes)


class Slotted:
    __slots__ = ("id", "payload")


class Shouting(str):
    def __str__(self):
        raise AssertionError("called")
    __repr__ = __str__


def test_short_values_are_shown_on_demand():
    """One of a thousand boxes that all say "User" is told from the others by
    its name, when somebody asks; only exact built-in scalars are written, in
    our own characters, so that no code of the program runs."""
    def dot(holder, **how):
        holder.payload = Target()
        graph = referrers.get_referrer_graph(holder.payload, **how)
        return graph.to_dot().replace("&#39;", "'")
    slotted = Slotted()
    slotted.id = 2.5
    for holder, value in [(User(name="ann"), "name='ann'"),
                          (User(name=Shouting("no"), id=7), "id=7"),
                          (User(title=b"raw"), "title=b'raw'"),
                          (User(path="x" * 100), "path='xxxx"),
                          (slotted, "id=2.5")]:
        assert value not in dot(holder)
        assert value in dot(holder, values=True)
    assert "x" * 26 not in dot(User(path="x" * 100), values=True)
    shown = dot(User(name=Shouting("no"), key=object()), values=True)
    assert "'no'" not in shown and "key=" not in shown


def test_the_value_of_a_target_is_shown():
    """A string asked about is known by what it says."""
    text = "".join(["who holds ", "this?"])
    shown = referrers.get_referrer_graph(
        text, search_for_untracked_objects=True, values=True).to_dot()
    assert "'who holds this?'" in shown.replace("&#39;", "'")
