"""Look, never touch, where the program does its worst: names, keys, namespaces
and types that run code as soon as anybody asks them anything; and nothing is
changed by looking, not even one reference count of the whole heap."""

import array
import ctypes
import functools
import gc
import sys
import threading
import types
import weakref

import pytest

import referrers
from trees import without_ids as tree

graph = referrers.get_referrer_graph
ran = []


def tell(name, result=None):
    def method(self, *arguments, **named):
        ran.append(name)
        return result
    return method


SPECIAL = ("__repr__ __str__ __bytes__ __len__ __iter__ __bool__ __contains__ "
           "__getitem__ __index__ __int__ __float__ __call__ __format__ __dir__ "
           "__next__ __reversed__ __lt__ __le__ __gt__ __ge__ __ne__ __get__ "
           "__set__ __delete__ __enter__ __exit__ __fspath__ __sizeof__ "
           "__getattr__ keys values items").split()


def hostile(namespace):
    """A class namespace in which every special method tells on its caller."""
    namespace.update({name: tell(name) for name in SPECIAL})


class Meta(type):
    """Tells of whatever is asked about the class."""

    def mro(cls):
        ran.append("mro")
        return super().mro()

    def __getattribute__(cls, name):
        ran.append("class." + name)
        return type.__getattribute__(cls, name)
    __instancecheck__ = __subclasscheck__ = tell("check", False)
    __name__ = property(tell("__name__"))
    __dict__ = property(tell("__dict__"))


Meta.__module__ = property(tell("__module__"))


class Hostile(metaclass=Meta):
    hostile(vars())

    def __getattribute__(self, name):
        ran.append("." + name)
        return object.__getattribute__(self, name)
    __class__ = property(tell("__class__", int))
    __dict__ = property(tell("__dict__"))
    __slots__ = ("x", "__weakref__")


class Text(str):
    """A str in every place that has a name."""
    hostile(vars())
    __slots__ = ()

    def __hash__(self):
        ran.append("hash")
        return str.__hash__(self)

    def __eq__(self, other):
        ran.append("eq")
        return str.__eq__(self, other)

    def __getattribute__(self, name):
        ran.append("str." + name)
        return str.__getattribute__(self, name)


class Mapping(dict):
    hostile(vars())
    __missing__ = tell("missing")


class Sequence(list):
    hostile(vars())


class Number(int):
    hostile(vars())


class Plain:
    def __call__(self):
        ran.append("call")


def put(hostile, value):
    """hostile.x = value, without asking it."""
    object.__setattr__(hostile, "x", value)


class Holds(ctypes.Structure):
    _fields_ = [("object", ctypes.py_object), ("number", ctypes.c_int)]


def attributes(target):
    """Attribute names and namespaces that are no plain str and dict."""
    odd_name = Plain()
    vars(odd_name)[Text("odd")] = target
    vars(odd_name)[Number(3)] = target
    replaced = Plain()
    replaced.__dict__ = {"new": target}
    subclass = Plain()
    subclass.__dict__ = Mapping(inner=target)
    shared = Plain(), Plain()
    shared[0].__dict__ = shared[1].__dict__ = {"both": target}

    class Slots:
        __slots__ = {"a": "documented", Text("b"): "too"}

    class More(Slots):
        __slots__ = ("__dict__", "a")
    slots = More()
    Slots.a.__set__(slots, target)
    More.a.__set__(slots, target)
    slots.b = slots.c = target
    instance = Hostile()
    put(instance, target)
    return [odd_name, replaced, subclass, shared, slots, instance]


def classes(target):
    """Classes and functions whose names are not what they seem."""
    renamed = type("Old", (), {"held": target})
    renamed.__name__ = Text("New")
    renamed.__qualname__ = Text("Outer.New")
    renamed.__module__ = Number(5)
    type.__setattr__(Hostile, "held", target)
    made = type(Text("Made"), (), {"x": target, Text("y"): target})

    def function(given=target):
        return target
    function.__qualname__ = Text("qualname")
    function.__name__ = Text("name")
    function.__module__ = Hostile
    function.__doc__ = Text("doc")
    function.__kwdefaults__ = Mapping(k=target)
    function.__annotations__ = {"x": target}
    code = function.__code__.replace(co_name=Text("co_name"))
    again = types.FunctionType(code, globals(), Text("again"), (target,),
                               function.__closure__)
    return [renamed, renamed(), made, function, again]


def containers(target):
    mapping = Mapping()
    dict.__setitem__(mapping, Text("k"), target)
    sequence = Sequence()
    list.append(sequence, target)
    colliding = {Text("k%d" % i): target for i in range(20)}
    return [mapping, sequence, colliding, {(Text("t"), Number(1)): target},
            {Hostile(): [target]},
            functools.partial(Hostile, target, key=target),
            memoryview(bytearray(b"x")), Holds(target, 1),
            (ctypes.py_object * 3)(target), ctypes.py_object(target),
            types.MappingProxyType(mapping), types.SimpleNamespace(**{"x": target}),
            weakref.proxy(target), weakref.ref(target, Hostile()),
            weakref.WeakValueDictionary({"w": target}),
            types.MethodType(target, target), property(target, target),
            classmethod(target), staticmethod(target)]


def modules(target):
    """Modules that resist, and what only looks like one."""
    class Module(types.ModuleType):
        def __getattribute__(self, name):
            ran.append("module." + name)
            return types.ModuleType.__getattribute__(self, name)
    loud = Module("loud")
    namespace = types.ModuleType.__getattribute__(loud, "__dict__")
    namespace.update({"x": target, "__getattr__": tell("module getattr"),
                      "__name__": Text("renamed"), 5: target,
                      Text("odd"): target, "__class__": Hostile})
    empty = types.ModuleType.__new__(types.ModuleType)
    named = types.ModuleType("named")
    named.y = target
    return {"hostile_loud": loud, "hostile_empty": empty,
            Text("hostile_text"): named, "hostile_none": None,
            "hostile_object": Hostile(), "hostile_number": 5, Number(7): named,
            "hostile_dict": {"z": target}}


def look_everywhere(target, kept):
    """Every option, several targets; all texts as one."""
    texts = []
    for options in ({}, {"search_for_untracked_objects": True},
                    {"max_depth": 2, "single_object_referrer_limit": 1},
                    {"module_prefixes": ["hostile"], "max_depth": None}):
        made = graph(target, **options)
        texts.append(str(made))
        made._graph.lines(), made._graph.reference_view()
    for one in kept:
        str(graph(one, search_for_untracked_objects=True))
    str(referrers.get_referrer_graph_for_list(
        list(kept), search_for_untracked_objects=True))
    return "\n".join(texts)


@pytest.mark.parametrize("scene", [attributes, classes, containers])
def test_nothing_of_the_program_runs(scene):
    target = Hostile()
    kept = scene(target)
    del ran[:]
    text = look_everywhere(target, kept)
    assert ran == []
    assert "test_nothing_of_the_program_runs.target (local)" in text


def test_names_are_still_told():
    target = Hostile()
    kept = attributes(target) + classes(target) + containers(target)
    del ran[:]
    text = tree(graph(target, search_for_untracked_objects=True))
    assert ran == []
    for name in ("Hostile.x (instance attribute)", "Plain.new (instance attribute)",
                 "Plain.inner (instance attribute)",
                 "Plain.both (instance attribute)", "More.a (instance attribute)",
                 "More.b (instance attribute)", "More.c (instance attribute)",
                 "Mapping[<Text object>]", "Sequence[0]", "New.held (class attribute)",
                 "partial.args (member)",
                 "SimpleNamespace.x (instance attribute)",
                 "method.__self__ (member)"):
        assert name in text, (name, text)
    assert kept


def test_modules_that_resist():
    target = Hostile()
    entries = modules(target)
    sys.modules.update(entries)
    try:
        del ran[:]
        text = look_everywhere(target, [])
        assert ran == []
    finally:
        for name in entries:
            del sys.modules[name]
    assert "hostile_loud.x (module variable)" in text
    assert "dict[z]" in text


@pytest.mark.parametrize("modules_class", [Mapping, types.SimpleNamespace])
def test_sys_modules_is_something_else(modules_class):
    target = Hostile()
    kept = [target]
    old = sys.modules
    replacement = modules_class()
    if isinstance(replacement, dict):
        dict.update(replacement, old)
    str(graph(target))
    try:
        sys.modules = replacement
        del ran[:]
        made = graph(target)
        text = str(made)
        calls = list(ran)
    finally:
        sys.modules = old
    assert calls == []
    assert "kept (local)" in text
    assert kept


def test_a_thread_with_an_odd_name():
    target = Hostile()
    ready, end = threading.Event(), threading.Event()

    def work():
        held = target
        ready.set()
        end.wait()
        del held
    for name in (Text("odd"), Number(5), Hostile()):
        thread = threading.Thread(target=work)
        thread.start()
        ready.wait()
        thread._name = name
        try:
            del ran[:]
            made = graph(target)
            text = str(made)
            made._graph.lines()
            assert ran == []
        finally:
            thread._name = "plain"
            end.set()
            thread.join()
        assert "work.held (local)" in text
        ready.clear(), end.clear()


def everything():
    """Each object of the heap once, untracked ones too."""
    found = {id(one): one for one in gc.get_objects()}
    open_objects = list(found.values())
    while open_objects:
        for one in gc.get_referents(*open_objects[:1000]):
            if id(one) not in found:
                found[id(one)] = one
                open_objects.append(one)
        del open_objects[:1000]
    return list(found.values())


@pytest.mark.parametrize("options", [
    {}, {"search_for_untracked_objects": True, "max_depth": None}],
    ids=["default", "untracked"])
def test_no_reference_count_of_the_heap_changes(options):
    """Twenty graphs, and no object has twenty references more or less: what
    little changes is the test's own (numbers, caches)."""
    target = Plain()
    kept = attributes(target) + classes(target) + containers(target)
    heap = everything()

    def counts():
        return array.array("q", map(sys.getrefcount, heap))

    def look():
        for _ in range(20):
            made = graph(target, **options)
            str(made), made._graph.lines(), made._graph.reference_view()
    look(), counts()
    gc.collect()
    before = counts()
    look()
    after = counts()
    changed = [(type(heap[i]).__name__ if type(heap[i]) is not Hostile else "",
                before[i], after[i])
               for i in range(len(heap)) if abs(after[i] - before[i]) >= 10]
    assert len(heap) > 10_000
    assert changed == []
    assert sum(map(int.__ne__, before, after)) < 40
    assert kept
