"""What test_second_witness.py runs in a process of its own: every question is
asked of the live heap and of a dump, and the answers are compared word for
word.

second_witness.py kinds       all scenes of kinds.py, random heaps
second_witness.py situations  all of situations.py
second_witness.py leak FILE   a program that asks with referrers.why

The questions are asked by code that counts as the package's own, so that who
asks holds nothing.
"""

import difflib
import gc
import random
import runpy
import sys
import types

import kinds
import random_heaps
import referrers
import situations
from referrers import _core, _heap

__package__ = "referrers"  # its frames hold nothing

SEEDS = 4
MOST = 12       # objects of one random heap
SHOWN = 30      # lines of the first difference

PLAIN = dict(max_depth=20, exclude_object_ids=None, module_prefixes=None,
             search_for_untracked_objects=True,
             max_untracked_search_depth=None, timeout=None,
             single_object_referrer_limit=100, many=False)
VARIANTS = (
    dict(explain=True, sizes=True),
    dict(explain=True, weak=True, values=True, max_depth=None,
         single_object_referrer_limit=None),
    dict(explain=False, module_prefixes=["kinds", "__main__"], max_depth=3,
         single_object_referrer_limit=2, max_untracked_search_depth=0),
)
FACES = ("explanation", "json")

compared = 0
NAMES = []


def compare(name, heap, targets, **options):
    """The answers about the objects in the list, live and from the heap."""
    global compared
    numbers = [heap.at(id(target)) for target in targets]
    if None in numbers:
        raise SystemExit("%s: %s is not in the heap" % (
            name, type(targets[numbers.index(None)]).__name__))
    options = {**PLAIN, **options}
    live = _core.graph(targets, **options)
    dead = heap.graph(numbers, **options)
    faces = [(face, getattr(live, face)(), getattr(dead, face)())
             for face in FACES]
    faces.append(("text", live.text(0), dead.text(0)))
    faces.append(("reference_view", str(live.reference_view()),
                  str(dead.reference_view())))
    for face, said, read in faces:
        compared += 1
        if said != read:
            lines = difflib.unified_diff(said.splitlines(), read.splitlines(),
                                         "live", "dump", lineterm="", n=2)
            raise SystemExit("%s, %s with %r:\n%s" % (
                name, face, options, "\n".join(list(lines)[:SHOWN])))


def take():
    descriptor = _heap.temporary()
    _core.dump(descriptor, True, False, False)
    return _core.read_heap(descriptor)


def ask(made):
    """Everything about everything that was made, by one dump."""
    gc.collect()
    gc.disable()  # nothing changes its generation meanwhile
    NAMES.extend(sorted(made))  # before the dump; made is held by nothing new
    heap = take()
    for name in NAMES:
        step = 1 + len(made[name]) // MOST
        for asked, i in enumerate(range(0, len(made[name]), step)):
            # Numbers come and go with the questions themselves.
            if made[name][i] is None or type(made[name][i]) is int:
                continue
            # The first in every way, the others in one after the other.
            ways = VARIANTS if asked == 0 else VARIANTS[asked % 3:][:1]
            for variant in ways:
                compare("%s[%d]" % (name, i), heap, [made[name][i]],
                        **variant)
        several = [one for one in made[name][:30] if one is not None]
        compare(name, heap, several, explain=True)
        del several
    excluded = [id(made["random1"])]
    for i in range(20):
        compare("excluded", heap, [made["random1"][i]], explain=True,
                exclude_object_ids=excluded)


def ask_situations():
    for case in situations.applicable():
        module = types.ModuleType("situation")
        sys.modules["situation"] = module
        exec(case.source, vars(module))
        gc.disable()
        heap = take()
        for variant in VARIANTS:
            compare(case.name, heap, [module.w()], **variant)
        gc.enable()
        if case.end is not None:
            exec(case.end, vars(module))
        vars(module).clear()
        del sys.modules["situation"], module


def make(made):
    for case in kinds.CASES:
        made[case.id] = list(case.function())
    for seed in range(SEEDS):
        heap = random_heaps.random_heap(random.Random(seed))
        made["random%d" % seed] = heap
    # What no root leads to; in the one list that makes is no holder: its ids.
    for seed in range(SEEDS):
        heap = random_heaps.random_heap(random.Random(100 + seed))
        made["inner%d" % seed] = [[heap], heap[-1]]


def why(target, sizes=False, **options):
    """referrers.why, and the same from a dump, which must say the same."""
    answer = referrers._why.why(target, sizes=sizes, **options)
    gc.disable()
    compare("why", take(), [target], explain=True, sizes=sizes)
    gc.enable()
    return answer


def why_all(targets, **options):
    answer = referrers._why.why_all(targets, **options)
    gc.disable()
    compare("why_all", take(), targets, explain=True)
    gc.enable()
    return answer


def run(leak):
    referrers.why, referrers.why_all = why, why_all
    del sys.argv[:2]
    runpy.run_path(leak, run_name="__main__")


if __name__ == "__main__":
    if sys.argv[1] == "kinds":
        made = {}
        make(made)
        ask(made)
    elif sys.argv[1] == "situations":
        ask_situations()
    else:
        run(sys.argv[2])
    print("compared", compared)
