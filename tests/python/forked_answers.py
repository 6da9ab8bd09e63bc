"""What test_fork.py runs in a process of its own, whose heap is small: every
scene of kinds.py and random heaps, looked at in place and in a forked child,
whose answers are compared word for word.

forked_answers.py short|long: the short form has a third of the scenes, and fewer
random heaps.
"""

import gc
import json
import random
import sys

import kinds
import referrers
from random_heaps import random_heap

IS_LONG = sys.argv[1] == "long"
SEEDS = 40 if IS_LONG else 8
CASES = kinds.CASES if IS_LONG else kinds.CASES[::3]

referrers._core._niceness(0)    # at 19 a child waits for a busy machine


def told(made):
    """All that a graph knows, addresses too."""
    text = json.loads(made.to_json(addresses=True, max_objects=10_000))
    return text, str(made), str(made.explain()), made._graph.lines()


def compare(name, look):
    here, there = [told(look(fork)) for fork in (False, True)]
    if here != there:
        sys.exit("%s: in place\n%s\nin a child\n%s" % (name, here, there))


def compare_kind(case):
    made = case.function()
    compare(case.id, lambda fork: referrers.get_referrer_graph(
        made[0], search_for_untracked_objects=True, weak=True, values=True,
        sizes=True, explain=True, single_object_referrer_limit=None,
        fork=fork))


def compare_random_heap(seed):
    generator = random.Random(seed)
    pool = random_heap(generator)
    some = generator.sample(pool, 3)
    compare("seed %d" % seed, lambda fork: referrers.get_referrer_graph_for_list(
        some, None, search_for_untracked_objects=True, explain=True,
        sizes=True, fork=fork))


if __name__ == "__main__":
    for case in CASES:
        compare_kind(case)
        gc.collect()
    for seed in range(SEEDS):
        compare_random_heap(seed)
    print("compared", len(CASES) + SEEDS)
