"""The programs of doc/examples: each runs by itself, and the command shows why
what they leak is alive."""

import re
import xml.etree.ElementTree

import pytest

# Program: what it prints, and what its tree must say, in this order.
EXAMPLES = {
    "leak.py": (
        "20 sessions closed, 20 payloads still alive\n",
        ["╙── Payload instance",
         "─╼ Session.payload (instance attribute)",
         "─╼ dict[user-7]",
         "─╼ Registry.sessions (instance attribute)",
         "─╼ __main__.registry (module variable)",
         "─╼ Trail.add.<locals>.describe.payload (closure)",
         "─╼ list[7]",
         "─╼ Trail.entries (instance attribute)",
         "─╼ __main__.trail (module variable)"]),
    "flask_requests.py": (
        "6 requests answered, 3 still alive\n",
        ["╙── Request instance",
         "─╼ dispatch_request.req (kept local)",
         "─╼ traceback.tb_frame (member)",
         "─╼ LookupError.__traceback__ (member)",
         "─╼ list[0]",
         "─╼ __main__.unreported (module variable)",
         "─╼ order.request (kept local)"]),
    "asyncio_service.py": (
        "3 tasks suspended, each with its buffer\n",
        ["╙── Buffer instance",
         "─╼ serve.received (coroutine local)",
         "─╼ Task",
         "─╼ Future",
         "─╼ Event._waiters (instance attribute)",
         "─╼ dict[a]",
         "─╼ __main__.answers (module variable)"]),
    "thread_pool.py": (
        "jobs whose image is still alive: slow\n",
        ["╙── Image instance",
         "─╼ Job.image (instance attribute)",
         "─╼ worker.job (local)"]),
}


def expression_of(path):
    """The expression that the head of the program names."""
    return re.search(r"^# draw: -e '(.*)'$", path.read_text(), re.M)[1]


def test_every_example_is_here(examples):
    assert {path.name for path in examples.glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_runs_by_itself(python, examples, name):
    result = python(examples / name)
    assert (result.status, result.errors) == (0, "")
    assert result.text == EXAMPLES[name][0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_tree_tells_the_story(command, examples, name):
    path = examples / name
    result = command("-e", expression_of(path), "-T", "txt", path)
    assert result.status == 0
    assert result.errors == EXAMPLES[name][0]
    position = 0
    for part in EXAMPLES[name][1]:
        assert part in result.text[position:], result.text
        position = result.text.index(part, position)
    assert "referrers" not in result.text


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_picture_is_xml(command, examples, tmp_path, name):
    path = examples / name
    result = command("-e", expression_of(path), "-o", "g.svg", path)
    assert (result.status, result.text) == (0, EXAMPLES[name][0])
    words = words_of(tmp_path / "g.svg")
    target = EXAMPLES[name][1][0].split()[1]
    assert target in words
    if name == "leak.py":  # the picture of README.md
        assert words_of(examples.parent / "images" / "leak.svg") == words


def words_of(path):
    svg = xml.etree.ElementTree.parse(path)
    return ["".join(text.itertext()) for text in svg.iter(
        "{http://www.w3.org/2000/svg}text")]
