"""Text trees with stable ids, for comparing with trees written by hand."""

import re


def normal(tree):
    """The tree with ids numbered in order of appearance: (id=1), (id=2) ..."""
    numbers = {}

    def number(match):
        return "(id=%d)" % numbers.setdefault(match.group(1), len(numbers) + 1)
    return re.sub(r"\(id=(\d+)\)", number, str(tree))


def without_ids(tree):
    """The tree with no ids at all."""
    return re.sub(r" \(id=\d+\)", "", str(tree))
