"""What grows, by who holds it: programs whose growing place is known by
construction, and steady ones."""

import json
import sys

import pytest

import growing_programs
import referrers
from conftest import run_python
from growing_programs import BOUNDED, GROWING, STEADY


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What was told of each program, all in one process."""
    path = tmp_path_factory.mktemp("growth") / "told.json"
    done = run_python(growing_programs.__file__, timeout=900)
    assert done.status == 0, done.errors
    path.write_bytes(done.output)
    return json.loads(done.output)


def paths(places):
    return [place["path"] for place in places]


@pytest.mark.parametrize("number", range(len(GROWING)),
                         ids=[name for name, _, _ in GROWING])
def test_who_grows(told, number):
    want = GROWING[number][1].replace("HERE", "program%d" % number)
    first = told[number]["places"][0]
    assert want in first["path"]
    assert len(first["sizes"]) == 4
    # Each round added one for each of its two loops, or a few.
    for before, after in zip(first["sizes"], first["sizes"][1:]):
        assert after - before in (2, 4)
    strong = [place for place in told[number]["places"]
              if place["weak"] == "strong"
              and not place["path"].startswith("<C code")]
    assert len(strong) <= 1


@pytest.mark.parametrize("number", range(len(BOUNDED)),
                         ids=[name for name, _, _ in BOUNDED])
def test_what_is_not_full(told, number):
    growth = told[len(GROWING) + number]
    assert growth["places"] == [] and not growth["grows"]
    assert BOUNDED[number][1] in growth["bounded"][0]["path"]
    assert growth["bounded"][0]["bound"] in (1000, 500, 512, 256, 200)


@pytest.mark.parametrize("number", range(len(STEADY)),
                         ids=[name for name, _ in STEADY])
def test_nothing_grows(told, number):
    growth = told[len(GROWING) + len(BOUNDED) + number]
    assert growth["places"] == []
    assert growth["slowly"] == []
    assert growth["bounded"] == []


class Client:
    def __init__(self):
        self.notes = [0] * 100


CLIENTS = {}


def test_text():
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


def test_the_newest_can_be_looked_up():
    kept = CLIENTS
    kept.clear()
    grown = referrers.growth(lambda: kept.update({len(kept): Client()}))
    heap = referrers.snapshot()
    newest = heap.at(grown.places[0].newest)
    assert newest.id == id(kept[len(kept) - 1])


def test_a_block():
    CLIENTS.clear()
    with referrers.growth() as grown:
        CLIENTS["one"] = Client()
    place, = grown.places
    assert place.path == __name__ + ".CLIENTS"
    assert place.sizes == [0, 1]
    assert "in the block" in str(grown)


def test_what_grows_by_less_than_a_loop():
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


def test_it_ends_when_nothing_grows():
    calls = []
    grown = referrers.growth(lambda: calls.append(1) or calls.clear(),
                             rounds=50, warmup=0)
    assert not grown
    assert grown.to_dict()["rounds"] < 50
    assert str(grown).startswith("nothing grows")


def test_garbage_is_no_growth():
    import gc

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


def test_what_is_shared_is_divided():
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


def test_two_heaps_cannot_tell():
    CLIENTS.clear()
    first = referrers.snapshot()
    CLIENTS["x"] = Client()
    grown = referrers.snapshot().growth_since(first)
    assert grown.places[0].path == __name__ + ".CLIENTS"
    assert "cannot tell a cache that fills from a leak" in str(grown)


def test_picture(tmp_path):
    CLIENTS.clear()
    grown = referrers.growth(
        lambda: CLIENTS.setdefault("client-%d" % len(CLIENTS), Client()))
    assert "%s.CLIENTS grows: 4, 6, 8, 10" % __name__ in grown.to_svg()
    assert "client-9" in grown.to_dot()
    for suffix in ("svg", "txt", "json", "dot"):
        grown.render(tmp_path / ("leak." + suffix))
    assert (tmp_path / "leak.txt").read_text() == str(grown) + "\n"
    assert json.loads((tmp_path / "leak.json").read_text()) == grown.to_dict()
    bundle = grown._repr_mimebundle_()
    assert bundle["text/plain"] == str(grown)
    assert bundle["image/svg+xml"].startswith("<")
    with pytest.raises(ValueError, match="nothing grows"):
        referrers.growth(int).to_svg()


def test_wrong_arguments():
    with pytest.raises(ValueError, match="rounds must be 1 or more"):
        referrers.growth(int, rounds=0)
    with pytest.raises(ValueError, match="loops must be 1 or more"):
        referrers.growth(int, loops=0)
    with pytest.raises(TypeError, match="earlier heap"):
        referrers.snapshot().growth_since()


# --- the command -------------------------------------------------------------

def grow(*arguments):
    return run_python("-m", "referrers", "grow", *arguments)


def test_command_says_what_grows():
    done = grow("-s", "kept = []", "kept.append(object())")
    assert done.status == 1 and done.errors == ""
    assert done.output.decode().startswith(
        "1 place grows in each of 3 rounds of 2 loops\n\n"
        "__main__.kept  list  4, 6, 8, 10\n")


def test_command_says_that_nothing_grows():
    done = grow("-n", "3", "-w", "1", "x = [1]", "y = x * 2")
    assert done.status == 0 and done.errors == ""
    assert done.output.decode() == "nothing grows (1 round of 3 loops)\n"


def test_command_on_heaps(tmp_path):
    files = []
    for number in range(3):
        files.append(str(tmp_path / ("%d.heapsnapshot" % number)))
        program = tmp_path / "app.py"
        program.write_text("kept = {'a%%d' %% i: [i] for i in range(%d)}"
                           % (5 * number))
        done = run_python("-m", "referrers", "dump", "-o", files[-1],
                          str(program))
        assert done.status == 0, done.errors
    done = grow("-T", "json", *files)
    assert done.status == 1, done.errors
    places = {place["path"]: place
              for place in json.loads(done.output)["places"]}
    assert places["__main__.kept"]["sizes"] == [0, 5, 10]
    assert "cannot tell" in grow(*files[:2]).output.decode()


@pytest.mark.parametrize("arguments, status, words", [
    ((), 2, "what is repeated?"),
    (("1/0",), 4, "statement failed: ZeroDivisionError"),
    (("-s", "import nothing_like_it", "1"), 4, "setup failed: "),
    (("a b",), 4, "is no Python"),
    (("x.heapsnapshot",), 2, "alone cannot have grown"),
    (("x.heapsnapshot", "y.heapsnapshot"), 4, "cannot read x.heapsnapshot"),
    (("x.heapsnapshot", "1"), 2, "exclude each other"),
    (("-n", "2", "x.heapsnapshot", "y.heapsnapshot"), 2, "-n is for"),
    (("-r", "0", "1"), 2, "not a number from 1 up"),
    ((growing_programs.__file__,), 2, "is a file, and no statement"),
])
def test_command_says_what_is_wrong(arguments, status, words):
    done = grow(*arguments)
    assert done.status == status
    last = done.errors.strip().split("\n")[-1]
    assert last.startswith("referrers: ") and words in last
    assert done.output == b""
