"""Scenes in a heap that lies elsewhere in each run; test_same_bytes.py runs it.

    python layouts.py SEED      all that is said and drawn of every scene

Before the scenes memory is taken and given back, in an order that hangs on
SEED: so what they make lies at other addresses, in another order.
"""

import collections
import enum
import functools
import gc
import random
import re
import sys
import threading
import types
import weakref

import referrers

KEEP = []
SCENES = []


class Padding:
    pass


def scatter(seed):
    """Leaves holes of many sizes among what stays."""
    generator = random.Random(seed)
    makers = (lambda: bytearray(generator.randrange(16, 600)),
              lambda: [None] * generator.randrange(1, 40),
              lambda: {generator.random()}, Padding)
    made = [generator.choice(makers)()
            for _ in range(generator.randrange(3000, 20000))]
    generator.shuffle(made)
    del made[len(made) // 2:]
    return made


class Target:
    pass


class Node:
    def __init__(self, **attributes):
        vars(self).update(attributes)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def scene(function):
    SCENES.append(function)
    return function


@scene
def sets():
    target = Target()
    KEEP.extend([{target, "a", "b", ("x", 1)}, frozenset([target]),
                 {frozenset([target]): 1}])
    return [target]


@scene
def a_set_of_many_alike():
    target = Target()
    KEEP.append({Node(target=target, name="item-%d" % i) for i in range(300)})
    return [target]


@scene
def many_sets():
    target = Target()
    KEEP.extend({Node(target=target, name="item-%d" % i)} for i in range(40))
    return [target]


@scene
def a_web():
    """Nodes that refer to each other, in sets."""
    nodes = [Node() for _ in range(30)]
    for i, node in enumerate(nodes):
        node.next = nodes[(i * 7 + 1) % 30]
        node.others = {nodes[(i * 3 + 2) % 30], nodes[(i * 5 + 3) % 30]}
    KEEP.append(set(nodes))
    nodes[0].target = target = Target()
    return [target]


@scene
def cycles():
    target = Target()
    nodes = [Node(target=target) for _ in range(50)]
    for i, node in enumerate(nodes):
        node.all, node.up = nodes, nodes[i // 2]
        node.some = {nodes[i * 7 % 50], nodes[i * 11 % 50]}
    target.back = set(nodes)
    KEEP.append(target)
    return [target]


@scene
def cuts():
    target = Target()
    nodes = [Node(target=target) for _ in range(6)]
    for node in nodes:
        node.peers = set(nodes)
    KEEP.extend([set(nodes[:3]), frozenset(nodes[2:])])
    return [target]


@scene
def garbage():
    made = []
    for _ in range(5):
        one, other = Node(), Node()
        one.peers, other.peers = {other}, {one, other}
        one.target = target = Target()
        made.append(weakref.ref(target))
    return [reference() for reference in made]


@scene
def functions():
    target = Target()

    def make(number):
        def callback():
            return target
        callback.__qualname__ = "callback_%d" % number
        return callback

    class Session:
        def __init__(self):
            self.target = target

        def on_event(self):
            pass
    KEEP.append({make(number) for number in range(12)})
    KEEP.append({Session().on_event for _ in range(8)})
    KEEP.append({functools.partial(print, target) for _ in range(5)})
    return [target]


@scene
def keys():
    """Of many kinds; each has words or is a number for good."""
    def key():
        pass

    class Plugin:
        pass
    target = Target()
    KEEP.append(dict.fromkeys([
        Plugin, Color.RED, Color.BLUE, key, Plugin(), Plugin(), (Plugin, 1),
        frozenset("abc"), frozenset([3]), print, (frozenset("ab"), 2), sys,
        2 ** 40, -5, 1.5, "0xdeadbeefdeadbeef"], target))
    return [target]


@scene
def ids_as_keys():
    target, other, gone = Target(), Target(), Target()
    KEEP.append(dict.fromkeys([
        id(target), id(other), id(KEEP), id(Node), (id(other), "x"), id(gone),
        repr(other), str(target) + " again", (repr(other), 1)], target))
    KEEP.append(other)
    return [target]


@scene
def threads():
    target, everybody, go = Target(), threading.Barrier(4), threading.Event()

    def work(thing, number):
        everybody.wait(), go.wait()     # one line, wherever it stands
    started = [threading.Thread(target=work, args=(target, number),
                                name="worker-%d" % number, daemon=True)
               for number in range(3)]
    for thread in started:
        thread.start()
    everybody.wait()
    started.append(threading.current_thread())
    local = threading.local()
    local.thing = target
    KEEP.extend([{thread.ident: target for thread in started},
                 {(thread.ident, "connection"): target for thread in started},
                 {thread: target for thread in started}, local])
    return [target]


@scene
def weak_references():
    target = Target()
    by_name, by_key = (weakref.WeakValueDictionary(),
                       weakref.WeakKeyDictionary())
    by_name["a"] = by_key[target] = target
    KEEP.extend([by_name, weakref.WeakSet([target]), by_key])
    return [target]


@scene
def many_targets():
    targets = [Node(name="target-%d" % number) for number in range(25)]
    KEEP.append(set(targets))
    return targets


@scene
def what_nothing_tracks():
    """Found through sets alone."""
    text = "a text with %d objects" % len(KEEP)
    KEEP.append({(text, number) for number in range(130)})
    KEEP.append({frozenset([text, str(number)]) for number in range(130)})
    return [text]


@scene
def classes():
    class Base:
        pass
    target = Base.target = Target()
    KEEP.append({type("Sub", (Base,), {"number": number, "mine": target})
                 for number in range(20)})
    return [target, Base]


@scene
def modules():
    target = Target()
    for name in ("zz", "aa", "mm"):
        module = sys.modules[name] = types.ModuleType(name)
        module.value, module.kept = target, {target}
    return [target]


@scene
def containers_of_c():
    target = Target()
    ordered = collections.OrderedDict.fromkeys(["b", "a", id(target)], target)

    @functools.lru_cache
    def load(*names):
        return target
    load("a", Node), load(id(target)), load(frozenset("xyz"))
    KEEP.extend([ordered, load, collections.deque([target] * 5),
                 memoryview(bytearray(5)), iter({target})])
    return [target]


OPTIONS = [{}, {"values": True, "weak": True, "sizes": True, "explain": True},
           {"single_object_referrer_limit": 7},
           {"max_depth": 2, "object_limit": 20}]


def without_ids(text):
    return re.sub(r"\(id=\d+\)", "(id)", text)


def say(function):
    targets = function()
    print("==", function.__name__)
    for options in OPTIONS:
        graph = referrers.get_referrer_graph_for_list(
            targets, search_for_untracked_objects=True, **options)
        print(without_ids(graph.to_text(max_lines=None)))
        print(graph.to_json(), graph.to_dot(), graph.to_mermaid(), sep="\n")
    print(graph.to_svg())
    if len(targets) > 1:
        print(referrers.why_all(targets))
    for target in targets[:2]:
        print(referrers.why(target))


def main():
    kept = scatter(int(sys.argv[1]))
    gc.disable()    # what is garbage in a scene stays until it is told
    for function in SCENES:
        say(function)
    del kept


if __name__ == "__main__":
    main()
