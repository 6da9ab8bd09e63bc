"""Look, never touch: the program is left as it was, wherever it asks from."""

import gc
import signal
import sys
import threading
import types
import weakref


import referrers
from conftest import short_and_long
from interrupting import drill, moments, questions
from trees import without_ids


class Target:
    pass


# A call with *args or **options would add the tuple of its arguments.
graph = referrers.get_referrer_graph
tree = without_ids


def test_nothing_is_kept_alive_and_counts_are_as_before():
    target = Target()
    box = [target]
    owner = Target()
    owner.x = target
    before = [sys.getrefcount(o) for o in (target, box, owner, Target)]
    made = graph(target)
    text = str(made)
    after = [sys.getrefcount(o) for o in (target, box, owner, Target)]
    assert before == after
    watch = weakref.ref(target)
    del target, box, owner
    assert watch() is None
    assert text == str(made)


def test_a_local_deleted_right_after_dies_though_its_frame_runs():
    """Reading f_locals would keep it until the frame ends (3.10 to 3.12)."""
    go, done, dead = threading.Event(), threading.Event(), []

    def work():
        x = Target()
        watch = weakref.ref(x)
        made.append(watch)
        done.set()
        go.wait()
        del x
        dead.append(watch() is None)
    made = []
    thread = threading.Thread(target=work)
    thread.start()
    done.wait()
    text = tree(graph(made[0]()))
    go.set()
    thread.join()
    assert "work.x (local)" in text
    assert dead == [True]


def test_no_dict_is_materialised():
    class Plain:
        def __init__(self, x):
            self.x = x
    target = Target()
    holders = [Plain(target) for _ in range(10)]
    before = len([o for o in gc.get_objects() if type(o) is dict])
    graph(target)
    assert len([o for o in gc.get_objects() if type(o) is dict]) == before
    assert holders


def test_no_code_of_the_program_runs():
    ran = []

    def tell(name):
        def method(self, *args):
            ran.append(name)
            return None
        return method

    class Meta(type):
        def __getattribute__(cls, name):
            ran.append("meta " + name)
            return type.__getattribute__(cls, name)
        __instancecheck__ = tell("instancecheck")

    class Hostile(metaclass=Meta):
        def __getattribute__(self, name):
            ran.append(name)
            return object.__getattribute__(self, name)
        __repr__ = __str__ = __len__ = __iter__ = tell("special")
        __class__ = property(tell("class"))

    class Key(str):
        def __hash__(self):
            ran.append("hash")
            return 7

        def __eq__(self, other):
            ran.append("eq")
            return self is other
        __str__ = __repr__ = tell("str")

    class Mapping(dict):
        __getitem__ = __iter__ = items = keys = values = tell("mapping")
    target = Hostile()
    holder = Hostile()
    object.__setattr__(holder, "x", target)
    mapping = Mapping()
    dict.__setitem__(mapping, Key("k"), target)
    module = types.ModuleType("tests_engine_hostile")
    module.__getattr__ = tell("module getattr")
    module.x = target
    sys.modules[module.__name__] = module
    del ran[:]
    try:
        made = graph(target)
        text = str(made)
        lines = made._graph.lines()
    finally:
        del sys.modules[module.__name__]
    assert ran == []
    assert "Hostile.x (instance attribute)" in text
    assert "Mapping[<Key object>]" in text
    assert lines


def test_gc_is_left_as_it_was_found():
    state = gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
    collections = [s["collections"] for s in gc.get_stats()]
    graph(Target(), search_for_untracked_objects=True)
    assert state == (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count())
    assert [s["collections"] for s in gc.get_stats()][2] == collections[2]


def test_called_from_finalizers_callbacks_and_collections():
    texts = []

    class Final:
        def __del__(self):
            texts.append(tree(graph(self)))

    def during(phase, info):
        texts.append(tree(graph(target)))
    target = Target()
    Final()
    loop = Final()
    loop.me = loop
    del loop
    gc.callbacks.append(during)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(during)
    keep = weakref.ref(Target(), lambda r: texts.append(tree(graph(target))))
    assert len(texts) >= 4
    assert all("instance" in t for t in texts)
    assert keep


@short_and_long
def test_many_threads_at_once(length):
    target = Target()
    failures = []

    def work():
        box = [target]
        for _ in range(20 if length == "long" else 5):
            if "work.box (local)" not in tree(graph(target)):
                failures.append(1)
        del box
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_signal_handler_that_raises_nothing_does_not_end_the_walk():
    heap = [[i] for i in range(50_000)]
    target = Target()
    seen = []
    old = signal.signal(signal.SIGINT, lambda *args: seen.append(1))
    try:
        for at in moments(questions(lambda: graph(target)), 4):
            with drill(at, "interrupt"):
                assert "target (local)" in tree(graph(target))
            assert len(seen) == 1
            seen.clear()
    finally:
        signal.signal(signal.SIGINT, old)
    assert heap


def test_a_lazy_import_stays_one():
    """PEP 810, 3.15: reading the variable as the program does would import."""
    if sys.version_info < (3, 15):
        return      # a syntax error there
    module = types.ModuleType("tests_untouched_lazy")
    sys.modules[module.__name__] = module
    sys.modules.pop("wave", None)
    try:
        exec("lazy import wave", module.__dict__)
        lazy = module.__dict__["wave"]
        text = tree(graph(lazy, search_for_untracked_objects=True))
        assert "tests_untouched_lazy.wave (module variable)" in text
        assert "tests_untouched_lazy" in tree(graph(module))
        assert module.__dict__["wave"] is lazy
        assert "wave" not in sys.modules
    finally:
        del sys.modules[module.__name__]
