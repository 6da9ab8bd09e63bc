"""C types that do not heed a failure: their tp_traverse goes on to the end of
what it has, whatever `visit` answers, and then says that all went well.

No answer of theirs may be waited for: memory that ends is a MemoryError in
every phase, wherever it strikes, and a timeout and a Ctrl-C are kept.
"""

import gc
import importlib.util
import os
import pathlib

import pytest

import referrers
from conftest import compile_extension, short_and_long
from test_memory import check, not_sanitized, run

HERE = pathlib.Path(__file__).parent
CALLS = ["graph", "graph_untracked", "graph_for_list", "why", "why_all"]
# Of the walk: the visits between two looks at the clock, and what a batch has.
BETWEEN_POLLS = 16 * 4096
BATCH = 4096


@pytest.fixture(scope="module")
def extensions(tmp_path_factory):
    """A directory with heedless.c and opaque.c beside this file, compiled."""
    directory = tmp_path_factory.mktemp("heedless")
    for name in "heedless.c", "opaque.c":
        compile_extension(HERE / name, directory)
    return directory


@pytest.fixture(scope="module")
def heedless(extensions):
    spec = importlib.util.spec_from_file_location("heedless",
                                                  extensions / "heedless.so")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@not_sanitized
@short_and_long
@pytest.mark.parametrize("call", CALLS)
def test_each_allocation_of_the_core_may_fail(python, extensions, call, length):
    """Also when only one fails: what comes after a failure does not undo it."""
    library = os.environ["REFERRERS_TEST_LIBRARIES"] + "/libfailing_core.so"
    assert os.path.exists(library), "make check builds it"
    found = run(python, length, "core", call, extensions, LD_PRELOAD=library)
    check(found, length)
    # Few have no consequence but that less is known: how classes are related,
    # and on 3.10 how deep a stack is.
    assert found["seen"].get("success", 0) < found["n"] / 8


@not_sanitized
@short_and_long
@pytest.mark.parametrize("call", CALLS)
def test_the_address_space_may_end_anywhere(python, extensions, call, length):
    found = run(python, length, "address-space", call, extensions)
    assert found["seen"].keys() == {"MemoryError", "success"}
    assert found["seen"]["MemoryError"] >= (5 if length == "long" else 2)
    assert found["alive"]


class Target:
    pass


@pytest.fixture
def bags(heedless):
    """A bag that the walk meets first of all, one that it meets last, and a
    target.  What is frozen comes before everything else, and of that what was
    young."""
    gc.collect()
    gc.disable()
    first = heedless.Bag([Target()], 4 * BETWEEN_POLLS)
    gc.freeze()
    last = heedless.Bag([Target()], 1)
    first.heard()
    yield first, last, Target()
    gc.unfreeze()
    gc.enable()


def check_order(bags):
    first, last, target = bags
    referrers.get_referrer_graph(target)
    seen = first.heard()[0], last.heard()[0]
    assert min(seen) >= 1       # also by who looks for hidden holders


def test_a_timeout_is_kept(bags):
    """The first look at the clock is while the first bag is read; no moment is
    left."""
    check_order(bags)
    first, last, target = bags
    graph = referrers.get_referrer_graph(target, timeout=1e-9)
    assert "timeout of 0.00 s reached" in str(graph)
    traversed, refused, welcomed = first.heard()
    assert traversed >= 1
    assert welcomed == 0
    assert refused > 2 * BETWEEN_POLLS
    assert last.heard()[0] == 0


@pytest.mark.parametrize("ask", [referrers.get_referrer_graph, referrers.why,
                                 lambda target: referrers.why_all([target])])
def test_ctrl_c_is_kept(bags, ask):
    check_order(bags)
    first, last, target = bags
    first.interrupt_at(BETWEEN_POLLS)
    with pytest.raises(KeyboardInterrupt):
        ask(target)
    traversed, refused, welcomed = first.heard()
    assert (traversed, welcomed) == (1, 0)
    assert refused > BETWEEN_POLLS
    assert last.heard()[0] == 0
    # It is gone with that, and the next answer is whole.
    assert str(referrers.get_referrer_graph(target)) != ""
    traversed, refused, welcomed = first.heard()
    assert traversed >= 1
    assert refused == welcomed == 0


def test_a_ctrl_c_at_the_end_of_a_bag_is_kept(bags):
    """Nothing comes after it in the traverse that could tell."""
    first, last, target = bags
    first.interrupt_at(4 * BETWEEN_POLLS)
    with pytest.raises(KeyboardInterrupt):
        while True:
            referrers.get_referrer_graph(target)


def test_a_bag_is_read_like_any_object(heedless):
    """More than a batch holds, and the reference is still found."""
    target = Target()
    bag = heedless.Bag([[] for _ in range(2 * BATCH)] + [target])
    found = referrers.get_referrer_graph(target)
    assert "Bag" in str(found)
    del bag
