"""Asked from a finalizer: the objects under collection are in no list."""

import gc

import referrers


class Node:
    def __del__(self):
        print(referrers.get_referrer_graph(shared))


class Shared:
    pass


shared = Shared()


def main():
    gc.disable()
    node = Node()
    node.itself, node.shared = node, shared
    del node
    gc.collect()


main()
