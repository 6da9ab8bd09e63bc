"""Cases of kinds.py: attributes, items and keys, and what functions hold."""

import collections
import functools
import sys
import types
import weakref

from kinds import Forget, Target, case


class Session:
    pass


class Slotted:
    __slots__ = ("payload", "other")


class SubSlotted(Slotted):
    __slots__ = ("more",)


@case("Session.payload (instance attribute)")
def attribute_kept_inline():
    session = Session()
    session.payload = Target()
    return session.payload, session


@case("Session.payload (instance attribute)")
def attribute_in_a_dict():
    session = Session()
    session.payload = Target()
    session.__dict__
    return session.payload, session


@case("Session.payload (instance attribute)", "dict[payload]")
def attribute_whose_dict_is_also_held():
    session = Session()
    session.payload = Target()
    return session.payload, (session, session.__dict__)


@case("dict[payload]")
def attribute_in_a_dict_that_outlived_its_object():
    session = Session()
    session.payload = Target()
    return session.payload, session.__dict__


class Mapping(dict):
    """A namespace of another class, with no attribute of its own."""


@case("Session.payload (instance attribute)")
def attribute_in_a_dict_of_another_class():
    session = Session()
    session.__dict__ = Mapping(payload=Target())
    return session.payload, session


@case("Session.payload (instance attribute)", "Mapping[payload]")
def attribute_whose_dict_of_another_class_is_also_held():
    session = Session()
    session.__dict__ = Mapping(payload=Target())
    return session.payload, (session, session.__dict__)


@case("Mapping.extra (instance attribute)",
      "Session.extra (instance attribute)", "Mapping[extra]")
def attribute_of_a_dict_that_is_a_namespace():
    session = Session()
    session.__dict__ = Mapping()
    session.extra = session.__dict__.extra = Target()
    return session.extra, session


@case("Names (instance)")
def class_of_a_namespace():
    class Names(dict):
        pass
    session = Session()
    session.__dict__ = Names()
    return Names, session


@case("Session.a40 (instance attribute)")
def attribute_of_an_object_with_many():
    session = Session()
    for i in range(50):
        setattr(session, "a%d" % i, Target() if i == 40 else None)
    return session.a40, session


@case("Slotted.payload (instance attribute)")
def attribute_in_a_slot():
    slotted = Slotted()
    slotted.payload = Target()
    return slotted.payload, slotted


@case("SubSlotted.payload (instance attribute)")
def attribute_in_an_inherited_slot():
    slotted = SubSlotted()
    slotted.payload = Target()
    return slotted.payload, slotted


@case("m.x (instance attribute)")
def attribute_of_a_module_that_is_not_imported():
    class Module(types.ModuleType):
        pass
    module = Module("m")
    module.x = Target()
    return module.x, module


@case("dict[user-7]")
def value_in_a_dict():
    target = Target()
    return target, {"user-7": target}


@case("dict[7]", "dict[2.5]", "dict[None]", "dict[True]", "dict[b'raw']",
      "dict[('a', 1)]", "dict[<Session object>]",
      "dict[int of 101 bits]", "dict[-3]")
def value_under_keys_of_all_types():
    target = Target()
    keys = [7, 2.5, None, b"raw", ("a", 1), Session(), 2**100, -3]
    holders = [dict.fromkeys(keys, target), {True: target}]
    return target, holders


@case("OrderedDict[z]")
def value_in_an_ordered_dict():
    target = Target()
    return target, collections.OrderedDict(z=target)


@case("defaultdict[k]")
def value_in_a_defaultdict():
    target = Target()
    holder = collections.defaultdict(list)
    holder["k"] = target
    return target, holder


@case("list[3]")
def item_of_a_list():
    target = Target()
    return target, [0, 1, 2, target]


@case("tuple[1]")
def item_of_a_tuple():
    target = Target()
    return target, (0, target)


@case("deque[2]")
def item_of_a_deque():
    target = Target()
    return target, collections.deque([0, 1, target])


@case("Names[0]")
def item_of_a_list_subclass():
    class Names(list):
        pass
    target = Target()
    return target, Names([target])


@case("dict (key)")
def key_of_a_dict():
    target = Target()
    return target, {target: 1}


@case("set (member)", "frozenset (member)")
def member_of_a_set():
    target = Target()
    return target, [{target}, frozenset([target])]


@case("closure_variable.<locals>.inner.x (closure) [closure]")
def closure_variable():
    x = Target()

    def inner():
        return x
    return x, inner


@case("inner.a (default argument)", "inner.b (default argument)")
def default_arguments():
    target = Target()

    def inner(z, a=target, *, b=target):
        return z, a, b
    return target, inner


@case("method Thing.act.__self__ (member)")
def bound_method():
    class Thing:
        def act(self):
            pass
    thing = Thing()
    return thing, thing.act


@case("partial.args (member)")
def arguments_of_a_partial():
    holder = functools.partial(print, 1, Target())
    return holder.args, holder


@case("tuple[0]")
def argument_of_a_partial():
    target = Target()
    return target, functools.partial(print, target)


@case("property.fget (member)")
def getter_of_a_property():
    def getter(self):
        return self
    return getter, property(getter)


if sys.version_info >= (3, 12):     # PEP 695, which is a syntax error before
    @case("generic.__type_params__ (member)")
    def type_parameters_of_a_function():
        names = {}
        exec("def generic[T](x): pass", names)
        return names["generic"].__type_params__, names


if sys.version_info >= (3, 14):     # PEP 649 and PEP 750
    @case("annotated.__annotate__ (member)")
    def annotations_that_are_still_to_be_made():
        names = {}
        exec("def annotated(x: int): pass", names)
        return names["annotated"].__annotate__, names

    @case("Interpolation.value (member)")
    def value_in_a_template_string():
        target = Target()
        template = eval("t'{target}'", {"target": target})
        return target, template


if sys.version_info >= (3, 15):     # PEP 814 and PEP 810
    @case("frozendict[k]", "frozendict[7]", "frozendict (key)")
    def value_in_a_frozendict():
        target = Target()
        return target, [frozendict(k=target), frozendict({7: target}),
                        frozendict({target: None})]

    @case("Settings[k]")
    def value_in_a_frozendict_subclass():
        class Settings(frozendict):
            pass
        target = Target()
        return target, Settings(k=target)

    @case("tests_kinds_lazy.wave (module variable) [module variable]")
    def module_that_is_not_imported_yet():
        module = types.ModuleType("tests_kinds_lazy")
        sys.modules["tests_kinds_lazy"] = module
        exec("lazy import wave", module.__dict__)
        return module.__dict__["wave"], Forget("tests_kinds_lazy")


# The type is called weakref on 3.10.
@case("%s.__callback__ (member)" % weakref.ref.__name__)
def callback_of_a_weak_reference():
    def callback(reference):
        pass
    thing = Target()
    return callback, (thing, weakref.ref(thing, callback))
