"""What grows, asked in a process whose heap is small (apart.py)."""

import gc
import json
import os
import sys

import referrers
from apart import raises
from referrers import _core, _heap



class Client:
    def __init__(self):
        self.notes = [0] * 100


CLIENTS = {}


def check_text():
    CLIENTS.clear()
    grown = referrers.growth(
        lambda: CLIENTS.setdefault("client-%d" % len(CLIENTS), Client()))
    here = __name__
    text = str(grown).split("\n\n")
    assert text[0] == "1 place grows in each of 3 rounds of 2 loops"
    lines = text[1].split("\n")
    assert lines[0] == here + ".CLIENTS  dict  4, 6, 8, 10"
    assert lines[1].startswith("    new      2 %s.Client a round; " % here)
    assert lines[2] == "    newest   %s.CLIENTS['client-9']" % here
    assert lines[3] == "    drop     %s.CLIENTS['client-9']" % here
    assert lines[4].startswith("    leak id  ")
    place, = grown.places
    # An instance, a list of 100, and what the dict needs for the key.
    more = (place.kept[1] - place.kept[0]) / 6
    least = sys.getsizeof([0] * 100) + object.__sizeof__(Client())
    assert least <= more <= least + 600
    assert grown and grown.to_dict()["places"][0]["newest"] == (
        here + ".CLIENTS['client-9']")


def check_the_newest_can_be_looked_up():
    kept = CLIENTS
    kept.clear()
    grown = referrers.growth(lambda: kept.update({len(kept): Client()}))
    heap = referrers.snapshot()
    newest = heap.at(grown.places[0].newest)
    assert newest.id == id(kept[len(kept) - 1])


def check_a_block():
    CLIENTS.clear()
    with referrers.growth() as grown:
        CLIENTS["one"] = Client()
    place, = grown.places
    assert place.path == __name__ + ".CLIENTS"
    assert place.sizes == [0, 1]
    assert "in the block" in str(grown)


def check_what_grows_by_less_than_a_loop():
    kept, count = [], [0]
    globals()["SLOW"] = kept

    def work():
        count[0] += 1
        if count[0] % 3 == 0:
            kept.append(object())

    grown = referrers.growth(work, loops=5, warmup=0)
    assert not grown
    assert [place.path for place in grown.slowly] == [__name__ + ".SLOW"]
    assert "slowly" in str(grown)
    assert referrers.growth(work, loops=5, warmup=0, strict=True)


def check_it_ends_when_nothing_grows():
    calls = []
    grown = referrers.growth(lambda: calls.append(1) or calls.clear(),
                             rounds=50, warmup=0)
    assert not grown
    assert grown.to_dict()["rounds"] < 50
    assert str(grown).startswith("nothing grows")


def _children():
    """Those that wait() does not see, too."""
    with open("/proc/thread-self/children") as file:
        return file.read().split()


def check_a_heap_is_as_it_was_while_the_program_goes_on():
    kept = CLIENTS
    kept.clear()
    kept["before"] = Client()
    begun = _heap.Begun()
    kept["after"] = Client()
    heap = begun.heap()
    assert len(heap.find(__name__ + ".Client")) == 1
    assert not _children()


def check_work_that_raises_leaves_nothing():
    before = sorted(os.listdir("/proc/self/fd"))
    calls = []

    def work():
        calls.append(1)
        if len(calls) == 6:  # the first look is still being written
            raise KeyError("enough")

    with raises(KeyError, "enough"):
        referrers.growth(work)
    assert not _children()
    assert sorted(os.listdir("/proc/self/fd")) == before


def check_a_forked_process_leaves_the_child_alone():
    begun = _heap.Begun()
    pid = os.fork()
    if pid == 0:
        try:
            with raises(RuntimeError, "no longer written"):
                begun.heap()
            del begun
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    assert begun.heap().find("dict")
    with raises(ValueError):
        _core.dump_end(object())


def check_garbage_is_no_growth():
    class Node:
        pass

    def work():
        node = Node()
        node.me = node

    gc.collect()
    gc.disable()
    try:
        grown = referrers.growth(work)
        assert not grown
        assert "await collection" in str(grown)
        assert grown.to_dict()["garbage"]["objects"] >= 6
    finally:
        gc.enable()


def check_what_is_shared_is_divided():
    CLIENTS.clear()
    one, other = [], []
    CLIENTS["one"], CLIENTS["other"] = one, other

    class Box:
        pass

    box = Box()
    box.one, box.other = one, other

    def work():
        session = Client()
        one.append(session)
        box.__dict__.setdefault("more", []).append(session)

    del CLIENTS["other"], box.other
    globals()["BOX"] = box
    grown = referrers.growth(work)
    del globals()["BOX"]
    first, second = grown.places
    assert {first.path, second.path} == {
        __name__ + ".BOX.more", __name__ + ".BOX.one"}
    each = sys.getsizeof([0] * 100) * 6
    for place in (first, second):
        more = place.kept[1] - place.kept[0]
        assert 0.4 * each <= more <= 0.8 * each


def check_two_heaps_cannot_tell():
    CLIENTS.clear()
    first = referrers.snapshot()
    CLIENTS["x"] = Client()
    grown = referrers.snapshot().growth_since(first)
    assert grown.places[0].path == __name__ + ".CLIENTS"
    assert "cannot tell a cache that fills from a leak" in str(grown)


def check_picture(directory):
    CLIENTS.clear()
    grown = referrers.growth(
        lambda: CLIENTS.setdefault("client-%d" % len(CLIENTS), Client()))
    assert "%s.CLIENTS grows: 4, 6, 8, 10" % __name__ in grown.to_svg()
    assert "client-9" in grown.to_dot()
    for suffix in ("svg", "txt", "json", "dot"):
        grown.render(directory / ("leak." + suffix))
    assert (directory / "leak.txt").read_text() == str(grown) + "\n"
    assert json.loads((directory / "leak.json").read_text()) == grown.to_dict()
    bundle = grown._repr_mimebundle_()
    assert bundle["text/plain"] == str(grown)
    assert bundle["image/svg+xml"].startswith("<")
    with raises(ValueError, "nothing grows"):
        referrers.growth(int).to_svg()


def check_wrong_arguments():
    with raises(ValueError, "rounds must be 1 or more"):
        referrers.growth(int, rounds=0)
    with raises(ValueError, "loops must be 1 or more"):
        referrers.growth(int, loops=0)
    with raises(TypeError, "earlier heap"):
        referrers.snapshot().growth_since()
