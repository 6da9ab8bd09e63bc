"""A .heapsnapshot file as JSON, for the tests: what a stranger reads in it.

Kept in arrays, so that the next dump of this process is not full of the last.
"""

import array
import gzip
import json


class Node:
    """A node, as its file knows it."""

    def __init__(self, file, number):
        self.file = file
        self.number = number

    def __getattr__(self, name):
        place = self.file.node_fields.index(name)
        return self.file.numbers[self.number * self.file.width + place]

    def __eq__(self, other):
        return self.number == other.number

    def __hash__(self):
        return hash(self.number)

    def __repr__(self):
        return "<%s @%d>" % (self.label, self.id)

    @property
    def kind(self):
        return self.file.node_kinds[self.type]

    @property
    def label(self):
        return self.file.strings[self.name]

    @property
    def edges(self):
        """Triples of kind, name, node."""
        first, end = self.file.first[self.number:self.number + 2]
        return [self.file.edge(i) + (Node(self.file, self.file.to[i]),)
                for i in range(first, end)]

    @property
    def referrers(self):
        found, to, at = [], self.file.to, 0
        try:
            while True:
                at = to.index(self.number, at) + 1
                found.append(self.file.edge(at - 1)
                             + (self.file.owner_of(at - 1),))
        except ValueError:
            return found

    def out(self, kind=None):
        """{name: node} of the references, of one kind of V8's or all."""
        return {name: node for how, name, node in self.edges
                if kind in (None, how)}

    def holders(self, kind=None):
        """Pairs of the name of a reference to this node, and whose it is."""
        return sorted((name, node.label) for how, name, node in self.referrers
                      if kind in (None, how))


class File:
    """Reads all of it, and refuses what DevTools would."""

    def __init__(self, path):
        opened = (gzip.open if str(path).endswith(".gz") else open)(path, "rb")
        with opened as file:
            document = json.load(file)
        assert list(document) == [
            "snapshot", "nodes", "edges", "trace_function_infos", "trace_tree",
            "samples", "locations", "strings"]
        head = document["snapshot"]
        meta = head["meta"]
        self.ours = head["referrers"]
        self.strings = document["strings"]
        self.node_fields = meta["node_fields"]
        self.node_kinds = meta["node_types"][0]
        self.edge_kinds = meta["edge_types"][0]
        self.width, wide = len(self.node_fields), len(meta["edge_fields"])
        assert len(meta["node_types"]) == self.width
        assert len(meta["edge_types"]) == wide
        # Every number has 32 bits: an array takes no others.
        self.numbers = array.array("I", document["nodes"])
        edges = array.array("I", document["edges"])
        self.node_count, count = head["node_count"], head["edge_count"]
        assert len(self.numbers) == self.node_count * self.width
        assert len(edges) == count * wide
        self.first = array.array("I", [0])
        for counted in self.numbers[4::self.width]:
            self.first.append(self.first[-1] + counted)
        assert self.first[-1] == count
        assert all(to % self.width == 0 for to in edges[2::wide])
        self.to = array.array("I", (to // self.width for to in edges[2::wide]))
        self.edge_types, self.edge_names = edges[::wide], edges[1::wide]
        ids = self.numbers[2::self.width]
        assert len(set(ids)) == len(ids)

    def edge(self, i):
        kind = self.edge_kinds[self.edge_types[i]]
        name = self.edge_names[i]
        return kind, name if kind == "element" else self.strings[name]

    def owner_of(self, i):
        low, high = 0, self.node_count
        while high - low > 1:
            middle = (low + high) // 2
            low, high = ((middle, high) if self.first[middle] <= i
                         else (low, middle))
        return Node(self, low)

    def named(self, name):
        if name not in self.strings:
            return []
        text = self.strings.index(name)
        return [Node(self, i)
                for i, number in enumerate(self.numbers[1::self.width])
                if number == text]

    def one(self, name):
        node, = self.named(name)
        return node

    def at(self, address):
        """The node of an object, by id().  Of those that share the low bits of
        their addresses the lowest has an odd id of them, the next an even one,
        unless that was taken: then a list has it."""
        ids, moved = self.numbers[2::self.width], self.ours["moved"]
        spaces = self.numbers[self.node_fields.index("space")::self.width]
        place = address >> 4 & 0x7fffffff
        space = address >> 35 << 1 | address >> 3 & 1
        known = {ids.index(name) for name in (place * 2 + 1, place * 2)
                 if name in ids} - set(moved[::2])
        known |= {node for node, other in zip(moved[::2], moved[1::2], strict=True)
                  if other == place}
        number, = [node for node in known
                   if self.ours["spaces"][spaces[node]] == space]
        return Node(self, number)

    def group(self, name):
        """What hangs below (modules) and the others."""
        node = Node(self, 0).out("property")[name]
        assert node.kind == "synthetic"
        return node
