"""Several objects at once: -e several times, --each, --type.

Protects that exactly the objects asked for are the targets, found by exact
name, and that what cannot be listed is said."""

import gc
import sys
import threading
import time

import pytest

SETUP = ("-s", "class K: pass\nclass L(K): pass\n"
         "ks = [K() for n in range(12)]; l = L()")


@pytest.fixture
def text(command, no_ids):
    def run(*arguments, **how):
        result = command("-T", "txt", *arguments, **how)
        result.tree = no_ids(result.output.decode())
        return result
    return run


def test_several_expressions(text):
    result = text("-s", "a = []; b = {1}", "-e", "a", "-e", "b", "-e", "a")
    assert (result.status, result.errors) == (0, "")
    assert result.tree == (
        "╟── list instance (id=N)\n"
        "╎   └─╼ __main__.a (module variable) (id=N)\n"
        "╙── set instance (id=N)\n"
        "    └─╼ __main__.b (module variable) (id=N)\n")


def test_each(text):
    """What holds the items only for the question is not in the answer."""
    for given in ("[a, b]", "(a, b)", "iter([a, b])", "(x for x in (a, b))"):
        result = text("-s", "a = []; b = {1}", "-e", given, "--each")
        assert (result.status, result.errors) == (0, ""), given
        assert result.tree == (
            "╟── list instance (id=N)\n"
            "╎   └─╼ __main__.a (module variable) (id=N)\n"
            "╙── set instance (id=N)\n"
            "    └─╼ __main__.b (module variable) (id=N)\n"), given
    result = text("-e", "[]", "--each")
    assert (result.status, result.tree) == (0, "")


@pytest.mark.parametrize("arguments, status, line", [
    (("-e", "3", "--each"), 1,
     "--each: the expression gave an object of type int, which has no "
     "items"),
    (("-e", "(1 / n for n in [0])", "--each"), 1,
     "the expression failed: ZeroDivisionError"),
    (("--each",), 2, "which object?"),
    (("--type", "K", "--each"), 2, "--each needs -e EXPR"),
    (("-e", "1", "--most", "3"), 2, "--most needs --type NAME"),
    (("--type", "K", "--most", "0"), 2, "argument --most: '0' is not"),
    (("--type", "K", "--most", "none"), 2, "argument --most: 'none' is not"),
    (("--type", "a b"), 2, "argument --type: 'a b' is not the name of a type"),
    (("--type", ""), 2, "argument --type: '' is not the name of a type"),
    (("--type", "nowhere.K"), 1, "--type nowhere.K: there is no such type"),
    (("--type", "int"), 1, "--type int: the garbage collector does not know "),
    (("--type", "builtins.str"), 1, "--type builtins.str: the garbage collec"),
    (("--type", "Empty", "-s", "class Empty: pass"), 1,
     "--type __main__.Empty: no object of this type is alive"),
])
def test_what_cannot_be(text, arguments, status, line):
    result = text(*SETUP, *arguments)
    assert (result.status, result.tree) == (status, "")
    assert len(result.said) == 1, result.errors
    assert result.said[0].startswith("referrers: " + line)


def test_a_type_by_name(text):
    for name in ("L", "__main__.L"):
        result = text(*SETUP, "--type", name)
        assert (result.status, result.errors) == (0, "")
        assert result.tree == (
            "╙── L instance (id=N)\n"
            "    └─╼ __main__.l (module variable) (id=N)\n")


def test_objects_of_subclasses_are_others(text):
    result = text(*SETUP, "--type", "K", "--most", "20", "--no-merged")
    assert (result.status, result.errors) == (0, "")
    assert result.tree.count("K instance") == 12
    assert "L instance" not in result.tree


def test_most(text):
    """Ten are shown unless more are wanted, and that is said."""
    result = text(*SETUP, "--type", "K", "--no-merged")
    assert result.tree.count("K instance") == 10
    assert result.said == ["referrers: these are the first 10 of 12 objects of "
                           "__main__.K; --most N shows more"]
    result = text(*SETUP, "--type", "K", "--most", "3", "-e", "l",
                  "--no-merged")
    assert result.tree.count("K instance") == 3
    assert result.tree.count("L instance") == 1


def test_an_ambiguous_name_lists_what_it_could_mean(text, tmp_path):
    for name in ("one", "two"):
        (tmp_path / (name + ".py")).write_text("class K: pass\nk = K()\n")
    setup = ("-s", "import one, two")
    result = text(*setup, "--type", "K")
    assert (result.status, result.tree) == (1, "")
    assert result.said == ["referrers: --type K is ambiguous: one.K, two.K"]
    assert text(*setup, "--type", "two.K").tree == (
        "╙── K instance (id=N)\n"
        "    └─╼ two.k (module variable) (id=N)\n")


def test_untracked_objects_of_a_type(text):
    """A tuple of plain values is not tracked once the collector has seen it;
    what refers to it leads to it."""
    result = text("-s", "import gc, time\nt = time.gmtime(0)\ngc.collect()",
                  "--type", "time.struct_time")
    assert (result.status, result.errors) == (0, "")
    assert "__main__.t (module variable)" in result.tree


def test_instances_run_no_code_and_keep_nothing():
    from referrers import _core
    ran = []

    class Meta(type):
        def __getattribute__(self, name):
            ran.append(name)
            return super().__getattribute__(name)

    class Odd(metaclass=Meta):
        def __getattribute__(self, name):
            ran.append(name)
            return super().__getattribute__(name)

        def __del__(self):
            ran.append("deleted")

    odd = Odd()
    count = sys.getrefcount(odd)
    del ran[:]
    name = __name__ + (".test_instances_run_no_code_and_keep_nothing"
                       ".<locals>.Odd")
    found, number, names, listable = _core.instances(name, None)
    assert ran == []
    assert (number, names, listable) == (1, [name], True)
    assert found[0] is odd
    found.clear()
    assert sys.getrefcount(odd) == count
    assert gc.isenabled()
    with pytest.raises(TypeError):
        _core.instances(3, None)
    with pytest.raises(OverflowError):
        _core.instances("K", -1)


def test_beside_threads_that_make_and_drop_such_objects():
    from referrers import _core

    class Made:
        pass

    def churn():
        while not end.is_set():
            [Made() for _ in range(100)]
            time.sleep(0.0005)  # the child is nice

    kept = [Made() for _ in range(50)]
    end = threading.Event()
    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    name = __name__ + "." + Made.__qualname__
    try:
        for _ in range(3):
            found, number, names, listable = _core.instances(name, None)
            assert (names, listable) == ([name], True)
            assert len(found) == number
            assert {id(one) for one in kept} <= {id(one) for one in found}
            assert {type(one) for one in found} == {Made}
    finally:
        end.set()
        for thread in threads:
            thread.join()
