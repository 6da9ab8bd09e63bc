"""Suspended greenlets: what their frames hold has a name, like what the frame
of a generator holds."""

import gc
import re
import threading
import weakref

import greenlet
import pytest
import referrers
from referrers import _core



class Node:
    pass


@pytest.fixture
def waiting():
    """Suspends functions in greenlets, and ends those that are left."""
    begun = []

    def suspend(function, *arguments):
        made = greenlet.greenlet(function)
        begun.append(weakref.ref(made))
        made.switch(*arguments)
        return made
    yield suspend
    for made in begun:
        if made() is not None and not made().dead:
            made().throw()


def pause():
    greenlet.getcurrent().parent.switch()


def handler():
    cart = Node()
    cart.item = Node()
    handler.seen = weakref.ref(cart), weakref.ref(cart.item)
    pause()


HELD = []


def answer(target):
    """Asks, and looks that every path leads to the target."""
    found = referrers.why(target)
    names = {"held": HELD, **globals()}
    for path in found.paths:
        expression = re.sub(r"^\S*test_greenlets\.", "", path["expression"])
        if "<" not in expression and expression.startswith("HELD"):
            assert eval(expression, names) is target, expression
    return found


@pytest.fixture(autouse=True)
def forget():
    yield
    HELD.clear()
    gc.collect()


def test_a_local_of_a_suspended_greenlet(waiting):
    HELD.append(waiting(handler))
    cart, item = handler.seen
    found = answer(cart())
    first = str(found).splitlines()[0]
    assert first.startswith("Node is alive: "), found
    assert "HELD[0].gr_frame.f_back.f_locals['cart']" in first
    tree = str(referrers.get_referrer_graph(cart()))
    assert "handler.cart (greenlet local)" in tree
    assert found.verdict["unexplained"] == 0
    assert "1 greenlet local" in str(found)
    assert "f_locals['cart'].item" in str(answer(item()))


def test_what_the_answer_says_frees_it(waiting):
    HELD.append(waiting(handler))
    found = answer(handler.seen[0]())
    assert found.cut[0].endswith("HELD[0]"), found
    del HELD[0]
    assert handler.seen[0]() is None


def test_an_attribute_of_a_greenlet_is_one(waiting):
    held = waiting(handler)
    held.cart = Node()
    HELD.append(held)
    del held
    found = answer(HELD[0].cart)
    assert "HELD[0].cart" in str(found).splitlines()[0]
    assert found.cut[0].endswith("HELD[0]")


def test_frames_of_generators_and_cells(waiting):
    def numbers(value):
        pause()
        yield value

    def closes(value):
        inner = lambda: value           # noqa: E731
        for _ in numbers(inner):
            pass
    seen = weakref.ref(closes)
    value = Node()
    ref = weakref.ref(value)
    HELD.append(waiting(closes, value))
    del value
    found = answer(ref())
    assert found.verdict["kind"] == "alive"
    assert found.verdict["unexplained"] == 0, found
    tree = str(referrers.get_referrer_graph(ref()))
    assert "closes.value (greenlet local)" in tree, tree
    del HELD[0], closes
    gc.collect()
    assert ref() is None and seen() is None


def test_a_value_that_was_switched_with(waiting):
    def give():
        greenlet.getcurrent().parent.switch([Node()])
    HELD.append(waiting(give))
    node = next(found for found in gc.get_objects()
                if type(found) is list and len(found) == 1
                and type(found[0]) is Node)[0]
    found = answer(node)
    assert "not enough" not in str(found), found
    assert found.verdict["unexplained"] == 0


def test_the_frames_that_a_thread_has_set_aside(waiting):
    """Those of the greenlet that a thread began with are the thread's."""
    answers = []

    def ask(ref):
        answers.append(referrers.why(ref()))

    def begins():
        mine = Node()
        waiting(ask, weakref.ref(mine))
    begins()
    first = str(answers[0]).splitlines()[0]
    assert first.startswith("Node is alive: mine in begins(), "), first
    assert first.endswith("thread MainThread leads to it"), first


def test_the_same_in_another_thread():
    ready, done = threading.Event(), threading.Event()
    refs = []

    def inside():
        ready.set()
        done.wait()

    def begins():
        mine = Node()
        refs.append(weakref.ref(mine))
        greenlet.greenlet(inside).switch()
    thread = threading.Thread(target=begins, name="aside")
    thread.start()
    ready.wait()
    found = referrers.why(refs[0]())
    done.set()
    thread.join()
    assert re.search("mine in begins.., .*thread aside leads", str(found)), found
    assert found.verdict["unexplained"] == 0


def test_the_greenlet_that_asks():
    answers = []

    def ask():
        greenlet.getcurrent().cart = cart = Node()
        ref = weakref.ref(cart)
        del cart
        answers.append(referrers.why(ref()))
    greenlet.greenlet(ask).switch()
    assert answers[0].verdict["kind"] == "alive", answers[0]
    assert "thread MainThread" in str(answers[0]).splitlines()[0]


def test_a_greenlet_that_nobody_leads_to():
    """The collector leaves it alone, where it says that it is none of its."""
    def lonely():
        mine = Node()
        mine.greenlet = greenlet.getcurrent()
        lonely.seen = weakref.ref(mine)
        pause()
    def begin():
        greenlet.greenlet(lonely).switch()
    gc.disable()
    try:
        begin()
        found = referrers.why(lonely.seen())
        gc.collect()
        is_pinned = lonely.seen() is not None
        assert found.verdict["kind"] == ("native" if is_pinned else "garbage")
    finally:
        gc.enable()
        if lonely.seen() is not None:
            lonely.seen().greenlet.throw()


def test_a_value_in_use_by_a_greenlet_that_nobody_leads_to():
    """It stands on the greenlet's stack; a file knows whose that is."""
    def lonely():
        mine = Node()
        mine.greenlet = greenlet.getcurrent()
        lonely.seen = weakref.ref(mine.greenlet)
        mine.node = Node()
        lonely.node = weakref.ref(mine.node)
        return lonely.node(), pause()

    def begin():
        greenlet.greenlet(lonely).switch()
        return id(lonely.node())

    def ask():
        return referrers.why(lonely.node()).verdict["kind"]
    gc.disable()
    try:
        number = begin()
        kind = "native" if not gc.is_tracked(lonely.seen()) else "garbage"
        assert referrers.snapshot().why(number).verdict["kind"] == kind
        assert ask() == kind
    finally:
        gc.enable()
        if lonely.seen() is not None:
            lonely.seen().throw()


def test_a_subclass_and_a_frame_object(waiting):
    class Worker(greenlet.greenlet):
        def run(self):
            own = Node()
            Worker.seen = weakref.ref(own)
            pause()
    held = Worker()
    held.switch()
    HELD.append(held)
    del held
    frame = HELD[0].gr_frame.f_back
    try:
        found = answer(Worker.seen())
        assert "1 greenlet local" in str(found), found
        assert found.verdict["unexplained"] == 0, found
    finally:
        HELD.pop().throw()
    del frame


def test_the_misfit_of_frames(waiting):
    """Where frames cannot be read, nothing is said of them."""
    HELD.append(waiting(handler))
    _core._misfit("frames")
    try:
        assert "greenlet local" not in str(referrers.why(handler.seen[0]()))
    finally:
        _core._misfit()
    assert "greenlet local" in str(referrers.why(handler.seen[0]()))


def test_in_a_heap_of_a_file(waiting, tmp_path):
    HELD.append(waiting(handler))
    with_heap = referrers.snapshot()
    name = "%s.HELD[0]" % __name__
    assert with_heap.at(name).type.endswith("greenlet")
    [item] = [found for found in with_heap.find("%s.Node" % __name__)
              if found.id == id(handler.seen[1]())]
    text = str(with_heap.why(item))
    assert "gr_frame.f_back.f_locals['cart'].item" in text.splitlines()[0]
