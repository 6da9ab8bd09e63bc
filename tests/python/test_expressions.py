"""A path that looks like Python evaluates to the object; else it has <...>."""

import builtins
import collections
import enum
import functools
import gc
import itertools
import operator
import queue
import sys
import types

import pytest

import kinds
import referrers

# What the paths begin with: `test_expressions.SCENE.item`.
SCENE = types.SimpleNamespace(item=None)


def look_up(expression):
    """As a debugger would, in which every module was imported."""
    names = dict(vars(builtins), sys=sys)
    names.update((name, module) for name, module in sys.modules.items()
                 if "." not in name)
    return eval(expression, names)


def refuted(target):
    """Of the paths that look like Python, those that lead elsewhere."""
    wrong, tried = [], 0
    for path in referrers.why(target).paths:
        expression = path["expression"]
        if "<" in expression or path["place"]:
            continue
        tried += 1
        try:
            found = look_up(expression)
        except Exception as error:
            found = error
        if found is not target:
            wrong.append((expression, found))
    return wrong, tried


def shown(target):
    """The steps behind `SCENE.item`."""
    start = "test_expressions.SCENE.item"
    expressions = [path["expression"]
                   for path in referrers.why(target).paths]
    return [e.replace(start, "x") for e in expressions if start in e]


@pytest.fixture
def scene():
    yield SCENE
    SCENE.item = None
    gc.collect()


@pytest.mark.parametrize("case", kinds.CASES, ids=lambda case: case.id)
def test_paths_of_every_kind(case, scene):
    target, holders = case.function()
    if type(holders) not in (list, tuple):
        holders = [holders]
    for holder in holders:
        scene.item = holder
        wrong, _ = refuted(target)
        assert wrong == []


class Mapping(dict):
    def __getitem__(self, key):
        raise LookupError


class Sequence(list):
    def __getitem__(self, key):
        raise LookupError


class Hidden:
    @property
    def conn(self):
        return None


class Slots:
    __slots__ = ("conn",)


class Shadowing(Slots):
    __slots__ = ("conn",)


class Pretender:
    @property
    def __class__(self):
        return int


class Color(enum.Enum):
    RED = 1


class Plain:
    pass


def key():
    pass


def hidden(target):
    made = Hidden()
    vars(made)["conn"] = target
    return made


def shadowed(target):
    made = Shadowing()
    Slots.conn.__set__(made, target)
    return made


def odd_names(name):
    def make(target):
        made = Plain()
        vars(made)[name] = target
        return made
    return make


def generator(target):
    def steps():
        kept = target
        yield
        del kept
    made = steps()
    next(made)
    return made


def cached(target):
    @functools.lru_cache
    def load(name):
        return target
    load("a")
    load.__wrapped__.__closure__[0].cell_contents = None
    return load


def simple_queue(target):
    made = queue.SimpleQueue()
    made.put(target)
    return made


def annotated(target):
    def function(x: target):
        pass
    return function


def annotations_are_lazy():
    return sys.version_info >= (3, 14)


SCENES = [
    (lambda t: zip([1], iter([t])), ["x<field iterators>[1]<field iterable>[0]"]),
    (lambda t: map(t, []), ["x<field function>"]),
    (lambda t: enumerate(iter([t])), ["x<field iterator><field iterable>[0]"]),
    (lambda t: itertools.repeat(t), ["x<field object>"]),
    (lambda t: operator.itemgetter(t), None),
    (lambda t: {"a": t}.values(), ["x<field mapping>['a']"]),
    (lambda t: types.MappingProxyType({"a": t}), ["x['a']"]),
    (simple_queue, ["x<field items>[0]" if sys.version_info < (3, 13)
                    else "x<item 0>"]),
    (cached, ["x<item a>"]),
    (lambda t: Mapping(a=t), ["x<item a>"]),
    (lambda t: Sequence([t]), ["x<item 0>"]),
    (lambda t: collections.OrderedDict(a=t), ["x['a']"]),
    (lambda t: collections.defaultdict(list, a=t), ["x['a']"]),
    (hidden, ["vars(x)['conn']"]),
    (shadowed, ["x<field conn>"]),
    (odd_names("two words"), ["vars(x)['two words']"]),
    (odd_names("class"), ["vars(x)['class']"]),
    (odd_names(3), ["vars(x)[3]"]),
    (odd_names("plain"), ["x.plain"]),
    (lambda t: type("K", (), {"m": staticmethod(t)}), None),
    (lambda t: type("K", (), {"m": t}), ["x.m"]),
    (lambda t: {Color.RED: t}, ["x[Color.RED]"]),
    (lambda t: {Plain: t}, ["x[<class Plain>]"]),
    (lambda t: {key: t}, ["x[<function key>]"]),
    (lambda t: {(Plain, "a"): t}, ["x[(<class Plain>, 'a')]"]),
    (lambda t: {("it's", "b\\n"): t}, [r"x[('it\'s', 'b\\n')]"]),
    (lambda t: {"it's": t}, ['''x["it's"]''']),
    (lambda t: {10 ** 30: t}, ["x[<int of 100 bits>]"]),
    (lambda t: {float("inf"): t}, ["x[<inf>]"]),
    (lambda t: {1.5: t}, ["x[1.5]"]),
    (lambda t: {"y" * 300: t}, ["x[<'%s\u2026%s'>]" % (128 * "y", 127 * "y")]),
    (lambda t: {b"z" * 80: t}, None),
    (lambda t: {b"a'\n": t}, [r"x[b'a\'\n']"]),
    (generator, ["x.gi_frame.f_locals['kept']"]),
]


@pytest.mark.parametrize("number", range(len(SCENES)))
def test_scene(number, scene):
    make, expected = SCENES[number]
    target = Plain()
    scene.item = make(target)
    wrong, _ = refuted(target)
    # What is in this module is looked up in it, as one would in a debugger.
    assert [pair for pair in wrong if "Color" not in pair[0]] == []
    if expected is not None:
        assert shown(target) == expected


def test_a_descriptor_is_looked_up_in_the_class(scene):
    def method():
        pass

    class K:
        s = staticmethod(method)
        p = functools.partialmethod(method, 1)
    scene.item = K
    wrong, tried = refuted(method)
    assert wrong == [] and tried >= 1
    assert shown(method)[0] == "vars(x)['p'].func"
    del K.p
    assert shown(method) == ["vars(x)['s'].__func__"]


def test_a_class_that_says_another(scene):
    scene.item = Pretender()
    [path] = [p for p in shown_paths_through_instances()]
    assert path == "type(x)"


def shown_paths_through_instances():
    """A class that nothing but an instance keeps."""
    class Local:
        @property
        def __class__(self):
            return int
    SCENE.item = Local()
    wrong, tried = refuted(type(SCENE.item))
    assert wrong == [] and tried == 1
    return shown(type(SCENE.item))


def test_a_module_that_its_package_hides(monkeypatch):
    package, module = types.ModuleType("pkg"), types.ModuleType("pkg.mod")
    package.mod = "something else"
    monkeypatch.setitem(sys.modules, "pkg", package)
    monkeypatch.setitem(sys.modules, "pkg.mod", module)
    module.value = Plain()
    wrong, tried = refuted(module.value)
    assert wrong == [] and tried == 1
    [path] = referrers.why(module.value).paths
    assert path["expression"] == "sys.modules['pkg.mod'].value"
    package.mod = module
    [path] = referrers.why(module.value).paths
    assert path["expression"] == "pkg.mod.value"


def test_every_constant_of_python_is_no_name():
    """What `is_identifier` in src/render/literal.c takes for a keyword."""
    import keyword
    target = Plain()
    for word in keyword.kwlist:
        SCENE.item = Plain()
        vars(SCENE.item)[word] = target
        assert shown(target) == ["vars(x)[%r]" % word]
    SCENE.item = None
