"""A list on the class, meant as a list of each instance."""

import weakref

import referrers


class Node:
    children = []

    def add(self, node):
        self.children.append(node)


def main():
    child = Node()
    Node().add(child)
    return weakref.ref(child)


watched = main()
print(referrers.why(watched()))

# why says: Node is alive: __main__.Node.children[0] leads to it
