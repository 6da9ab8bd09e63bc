"""What grows, by who holds it: programs whose growing place is known by
construction, and steady ones."""

import json

import pytest

import apart
import growing_programs
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
    assert growth["bounded"][0]["bound"] in (1000, 500, 512, 256, 200,
                                             100, 8192)


@pytest.mark.parametrize("number", range(len(STEADY)),
                         ids=[name for name, _ in STEADY])
def test_nothing_grows(told, number):
    growth = told[len(GROWING) + len(BOUNDED) + number]
    assert growth["places"] == []
    assert growth["slowly"] == []
    assert growth["bounded"] == []


small_process, test_in_a_small_process = apart.tests("growth_checks")


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
    ((), 2, "what should be repeated?"),
    (("1/0",), 4, "statement failed: ZeroDivisionError"),
    (("-s", "import nothing_like_it", "1"), 4, "setup failed: "),
    (("a b",), 4, "is not valid Python"),
    (("x.heapsnapshot",), 2, "alone shows no growth"),
    (("x.heapsnapshot", "y.heapsnapshot"), 4, "cannot read x.heapsnapshot"),
    (("x.heapsnapshot", "1"), 2, "not both"),
    (("-n", "2", "x.heapsnapshot", "y.heapsnapshot"), 2, "-n needs a statement"),
    (("-r", "0", "1"), 2, "not a whole number above 0"),
    ((growing_programs.__file__,), 2, "is a file, not a statement"),
])
def test_command_says_what_is_wrong(arguments, status, words):
    done = grow(*arguments)
    assert done.status == status
    last = done.errors.strip().split("\n")[-1]
    assert last.startswith("referrers: ") and words in last
    assert done.output == b""
