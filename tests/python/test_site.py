"""The pages of the site (doc/site) say what is so.

Protects that every program on them runs and prints what stands below it, that
no page shows code which nobody runs, that README.md shows what the transcripts
of doc/examples/readme print, and that the table of names has a row for
every kind of reference there is, and no other.  What needs libraries that
`make check` does not install is run by `make check-site`, which sets
REFERRERS_SITE; how it is all run: transcripts.py."""

import os
import re
import sys

import pytest

import kinds
import transcripts
from conftest import TOP

SITE = TOP / "doc" / "site"
EXAMPLES = transcripts.EXAMPLES
PAGES = sorted(path for suffix in ("rst", "md")
               for path in SITE.rglob("*." + suffix))

# What `make check` has beside the standard library (requirements.txt).
HERE = {"cc", "flask", "gdb", "networkx", "numpy", "sphinx"}
ALL = transcripts.all_of_them()
CHOSEN = [one for one in ALL
          if "REFERRERS_SITE" in os.environ or HERE.issuperset(one.needs)]


@pytest.mark.parametrize("transcript", CHOSEN, ids=lambda one: one.name)
def test_prints_what_the_page_says(transcript, tmp_path):
    parts = transcripts.run(transcript, tmp_path)
    for (command, expected), printed in zip(transcript.commands, parts):
        assert transcripts.agrees(expected, printed, transcript.varies), (
            "%s\nprinted:\n%s\nexpected:\n%s" % (command, printed, expected))
    assert len(parts) == len(transcript.commands)


def test_most_run_here():
    """A directory that is not found, or needs nobody has, would pass."""
    assert len(ALL) >= 25 and len(CHOSEN) >= 18


def test_a_wrong_transcript_is_told():
    assert transcripts.agrees("a (id=1)\n...\nz\n", "a (id=22)\nb\nc\nz\n")
    assert transcripts.agrees("a\n...\n", "a\nb\nc\n")
    assert not transcripts.agrees("a\n...\nz\n", "a\nb\n")
    assert not transcripts.agrees("a\n", "a\nb\n")


def test_every_transcript_and_program_is_on_a_page():
    text = "".join(page.read_text() for page in PAGES)
    shown = set(re.findall(r"(?:literalinclude|transcript):: [./]*examples/(\S+)",
                           text))
    topics = {one.path.parent for one in ALL} - {EXAMPLES / "readme"}
    there = {"%s/%s" % (topic.name, path.name) for topic in topics
             for path in topic.iterdir()
             if path.suffix in (".console", ".py", ".ipy")}
    assert there - shown == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_code_that_nobody_runs(page):
    """Programs and transcripts are included from files that are run; what is
    drawn is run by the build.  Written in a page: other languages only."""
    languages = re.findall(r"code-block:: *(\S*)", page.read_text())
    assert set(languages) <= {"rst", "text", "sh", "ini", "toml", "yaml"}
    assert not re.search(r"^```py|^ *>>> ", page.read_text(), re.M)


def test_the_readme_shows_what_is_run():
    """Indented there; `cd` says where."""
    page = (TOP / "README.md").read_text()
    shown = re.findall(r"^    \$ (?!cd ).*\n(?:    .*\n|\n(?=    ))*", page, re.M)
    there = [one.path.read_text() for one in ALL
             if one.path.parent == EXAMPLES / "readme"]
    assert len(shown) == len(there) >= 3
    for block in shown:
        text = re.sub(r"(?m)^    ", "", block)
        assert any(one.endswith("\n" + text) for one in there), text


def rows():
    """The names in the first column of the table, and their node types."""
    text = (SITE / "names.rst").read_text()
    return re.findall(r"^   \* - ``([^`]*)``(?: \[([a-z ]+)\])?$", text, re.M)


def form(name):
    """What a name looks like without the words of the program."""
    name, bracket, node_type = name.partition(" [")
    parenthesis = re.search(r" \(([^()]*)\)$", name)
    if parenthesis:
        if not re.search(r"[.\]]", name[:parenthesis.start()]):
            return "Type (%s)" % parenthesis[1] + bracket + node_type
        return "Name.word (%s)" % parenthesis[1] + bracket + node_type
    if re.search(r"^\w+: ", name):
        return "Thread: " + name.partition(": ")[2]
    if name.startswith("saved copy of "):
        return "saved copy"
    before, bracket, _ = name.partition("[")
    if bracket and " " not in before:
        return "Type[key]"
    return re.sub(r"^SIG\S+ ", "SIG ", before + "[key]" if bracket else before)


def test_the_table_of_names_is_complete():
    table = {form(name + (" [%s]" % kind if kind else "")): name
             for name, kind in rows()}
    known = {form(name): name for one in kinds.CASES for name in one.names}
    if sys.version_info < (3, 14):      # names that this version has not
        for name in [name for name in table if name in (
                "running event loop", "running task")]:
            del table[name]
    if sys.version_info < (3, 12):
        table.pop("sys.monitoring callback", None)
    assert sorted(table) == sorted(known)
