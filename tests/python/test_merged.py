"""Many targets as one tree, from the roots down: what is merged, what it
counts, and that nothing vanishes."""

import re

import referrers
from test_why import scene

__all__ = ["scene"]  # a fixture


class Session:
    pass


class Cart:
    def __init__(self, session):
        self.session = session


class Registry:
    pass


def sessions(scene, count):
    scene.registry = Registry()
    scene.registry.sessions = {"user-%d" % n: Session() for n in range(count)}


def link(scene):
    chain = list(scene.registry.sessions.values())
    for session, following in zip(chain, chain[1:]):
        session.following = following


def ring(count):
    found = [Session() for _ in range(count)]
    for session in found:
        session.itself = session
    return found


def asked(scene, **options):
    return referrers.get_referrer_graph_for_list(
        list(scene.registry.sessions.values()), module_prefixes=["scene"],
        **options)


def test_four_thousand_are_few_lines_and_boxes(scene):
    sessions(scene, 4000)
    scene.carts = [Cart(s) for s in scene.registry.sessions.values()][:1500]
    graph = asked(scene)
    assert graph.to_text(merged=True) == """\
4,000 Session
├─╼ scene.registry (module variable): Registry
│   └─╼ Registry.sessions (instance attribute): dict
│       └─╼ dict[…]: 4,000 Session
└─╼ scene.carts (module variable): list
    └─╼ list[…]: 1,500 Cart
        └─╼ Cart.session (instance attribute): 1,500 Session"""
    svg = graph.to_svg(merged=True)
    assert len(re.findall('class="node', svg)) == 7
    assert "4,000 Session" in svg and "1,500" in svg
    assert graph.to_svg(merged=True) == svg


def test_few_items_keep_their_keys(scene):
    sessions(scene, 3)
    tree = asked(scene).to_text(merged=True)
    for n in range(3):
        assert "dict[user-%d]: 1 Session" % n in tree
    assert "…" not in tree


def test_types_are_not_mixed(scene):
    sessions(scene, 5)
    scene.registry.sessions.update(
        {"cart-%d" % n: Cart(None) for n in range(5)})
    tree = asked(scene).to_text(merged=True)
    assert tree.startswith("10 objects\n")
    assert "dict[…]: 5 Session" in tree and "dict[…]: 5 Cart" in tree


def test_a_chain_of_targets_hangs_from_the_first(scene):
    """Each leads to the next, and is counted at each of its ways."""
    sessions(scene, 9)
    link(scene)
    tree = asked(scene).to_text(merged=True)
    assert "    └─╼ dict[…]: 9 Session\n" in tree
    assert tree.endswith(
        "└─╼ Session.following (instance attribute): 8 Session")


def test_what_no_root_leads_to_is_counted():
    graph = referrers.get_referrer_graph_for_list(ring(7))
    assert graph.to_text(merged=True).endswith(
        "… no root leads to 7 of them")


def owners(count):
    """Classes of which each has one session in an attribute of its own."""
    return [type("Owner%02d" % n, (), {"session": Session()})()
            for n in range(count)]


def test_what_there_is_no_room_for_is_counted(scene):
    scene.owners = owners(60)
    graph = referrers.get_referrer_graph_for_list(
        [type(owner).session for owner in scene.owners],
        module_prefixes=["scene"])
    whole = graph.to_text(max_lines=None, merged=True).splitlines()
    assert len(whole) >= 60
    for most in (5, 10, 40, len(whole)):
        lines = graph.to_text(max_lines=most, merged=True).splitlines()
        assert len(lines) <= most
        counts = re.findall(r"(?:: |more ways?, to )(\d+)(?: Session)?$",
                            "\n".join(lines), re.M)
        assert sum(map(int, counts)) == 60, lines
    assert lines == whole


def test_many_names_are_one_step(scene):
    sessions(scene, 9)
    for n, session in enumerate(scene.registry.sessions.values()):
        setattr(scene, "name_%d" % n, session)
    assert "─╼ scene.… (module variable): 9 Session" in asked(scene).to_text(
        merged=True)


def test_one_target_and_none(scene):
    sessions(scene, 1)
    assert asked(scene).to_text(merged=True).splitlines()[0] == "1 Session"
    assert referrers.get_referrer_graph_for_list([]).to_text(
        merged=True) == "0 objects"


def test_type_is_merged_on_the_command_line(command):
    setup = ("class K: pass\n"
             "ks = [K() for n in range(%d)]")
    for arguments, merged in (((), True), (("--no-merged",), False)):
        result = command("-T", "txt", "-s", setup % 9, "--type", "K",
                         *arguments)
        tree = result.output.decode()
        assert (result.status, result.errors) == (0, "")
        assert tree.startswith("9 K\n") == merged
    assert "list[…]: 9 K" in command(
        "-T", "txt", "-s", setup % 9, "--type", "K").output.decode()
    result = command("-T", "txt", "-s", setup % 3, "--type", "K")
    assert not result.output.decode().startswith("3 K\n")
    result = command("-T", "svg", "-s", setup % 9, "--type", "K")
    assert "9 K" in result.output.decode()
