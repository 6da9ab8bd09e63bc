"""Headlines, steps and keys say which function, class or method it is."""

import enum
import functools
import threading

import pytest

import kinds
import referrers


class Session:
    def on_event(self):
        pass


class Color(enum.Enum):
    RED = 1


def on_close():
    pass


class Kept:
    items = []


@pytest.fixture
def kept():
    yield Kept.items
    Kept.items.clear()


def first_line(target):
    return str(referrers.why(target)).split("\n")[0]


def tree(target, **options):
    graph = referrers.get_referrer_graph(
        target, search_for_untracked_objects=True, **options)
    glyphs = " \u2502\u2514\u2500\u257c\u251c\u2559\u2550"
    return [line.split(" (id=")[0].lstrip(glyphs)
            for line in graph.to_text(max_lines=None).split("\n")]


def subjects():
    def inner():
        pass

    def steps():
        yield
    generator = steps()
    next(generator)
    return [
        (on_close, "function test_which.on_close", "function instance on_close"),
        (inner, "function test_which.subjects.<locals>.inner",
         "function instance subjects.<locals>.inner"),
        (Session, "class test_which.Session", "type instance Session"),
        (Color, "class test_which.Color", None),
        (Session().on_event, "bound method Session.on_event",
         "method instance Session.on_event"),
        ([].append, "built-in function append",
         "builtin_function_or_method instance append"),
        (generator, "generator steps", None),
        (Session(), "Session", "Session instance")]


@pytest.mark.parametrize("number", range(len(subjects())))
def test_headline(number, kept):
    target, headline, instance = subjects()[number]
    kept.append(target)
    assert first_line(target).startswith(headline + " is alive: ")
    if instance is not None:
        assert tree(target)[0] == instance


def test_steps_name_the_function(kept):
    session, target = Session(), kinds.Target()
    on_close.cache = target
    kept += [session.on_event, on_close]
    assert "method Session.on_event.__self__ (member)" in tree(session)
    assert "on_close.cache (instance attribute)" in tree(target)
    del on_close.cache


def test_keys_say_which(kept):
    target = kinds.Target()
    thread_key = threading.get_ident()
    kept.append({Session: target, Color.RED: target, on_close: target,
                 Session().on_event: target, thread_key: target,
                 (Session, Color.RED, "a"): target, session(): target})
    names = [name for name in tree(target, max_depth=1) if name.startswith("dict[")]
    assert sorted(names) == sorted([
        "dict[<class Session>]", "dict[Color.RED]",
        "dict[<function on_close>]", "dict[<bound method Session.on_event>]",
        "dict[ident of MainThread]", "dict[(<class Session>, Color.RED, 'a')]",
        "dict[<Session object>]"])


def session():
    return Session()


def test_ident_in_an_expression(kept):
    target = kinds.Target()
    kept.append({threading.get_ident(): target})
    assert first_line(target) == (
        "Target is alive: test_which.Kept.items[0][<ident of MainThread>] "
        "leads to it")


def test_a_partial_and_a_class_of_another_metaclass(kept):
    class Meta(type):
        pass

    class Plugin(metaclass=Meta):
        pass
    kept.append(functools.partial(print, Plugin))
    assert first_line(Plugin).startswith(
        "class test_which.test_a_partial_and_a_class_of_another_metaclass."
        "<locals>.Plugin is alive: ")
    assert tree(Plugin)[0].startswith("Meta instance ")


def test_a_picture_says_it_too(kept):
    kept.append(on_close)
    graph = referrers.get_referrer_graph(on_close)
    assert "function test_which.on_close" in graph.to_dot()
