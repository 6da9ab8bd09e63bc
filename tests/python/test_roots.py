"""How the root of a path is named where several modules name one thing."""

import sys
import types

import pytest

import referrers


class Thing:
    pass


@pytest.fixture
def modules(monkeypatch):
    """Modules as they would be imported, by their names."""
    made = {}

    def make(name):
        module = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        package, _, last = name.rpartition(".")
        if package:
            setattr(made[package], last, module)
        made[name] = module
        return module
    yield make
    for module in made.values():
        vars(module).clear()


def leak_id(target):
    [line] = [line for line in str(referrers.why(target)).split("\n")
              if "leak id" in line]
    return line.split()[-1]


def test_a_class_goes_by_its_own_module(modules):
    for name in ("aa", "aa.bb", "zz", "zz.home"):
        modules(name)
    made = type("Plugin", (), {"__module__": "zz.home", "cache": Thing()})
    sys.modules["aa"].Plugin = sys.modules["zz.home"].Plugin = made
    sys.modules["aa.bb"].Plugin = made
    path = referrers.why(made.cache).paths[0]
    assert path["expression"] == "zz.home.Plugin.cache"


def test_a_function_goes_by_its_own_module(modules):
    modules("aa"), modules("zz")

    def handler():
        pass
    handler.__module__, handler.__qualname__ = "zz", "handler"
    handler.thing = Thing()
    sys.modules["aa"].handler = sys.modules["zz"].handler = handler
    path = referrers.why(handler.thing).paths[0]
    assert path["expression"] == "zz.handler.thing"


def test_an_alias_does_not_change_the_leak_id(modules):
    modules("zz")
    made = type("Plugin", (), {"__module__": "zz", "cache": Thing()})
    sys.modules["zz"].Plugin = made
    before = leak_id(made.cache)
    modules("aa").Plugin = made
    assert leak_id(made.cache) == before


def test_anything_else_goes_by_the_name_with_fewest_dots(modules):
    modules("aa"), modules("aa.bb"), modules("zz")
    thing = Thing()
    sys.modules["aa.bb"].thing = sys.modules["zz"].thing = thing
    assert referrers.why(thing).paths[0]["expression"] == "zz.thing"
    sys.modules["__main__"].thing = thing
    try:
        assert referrers.why(thing).paths[0]["expression"] == "__main__.thing"
    finally:
        del sys.modules["__main__"].thing
