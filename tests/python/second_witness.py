"""What test_second_witness.py runs in a process of its own: every question is
asked of the live heap and of a dump, and the answers are compared word for
word.

second_witness.py short kinds       all scenes of kinds.py, random heaps
second_witness.py short situations  all of situations.py
second_witness.py short leak FILE...  programs that ask with referrers.why, each
                                    in a fork

In the short form one way to ask follows the other, and of what was made alike
few are asked about; with `long` in its place all are, in all ways.

The questions are asked by code that counts as the package's own, so that who
asks holds nothing.
"""

import difflib
import gc
import os
import random
import runpy
import sys
import types

import random_heaps
import referrers
from referrers import _core, _heap

__package__ = "referrers"  # its frames hold nothing

IS_LONG = sys.argv[1] == "long"
SEEDS = 4 if IS_LONG else 1
MOST = 12 if IS_LONG else 2     # objects of one random heap
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
    # The interpreter's cache of attributes holds the name in each of its places
    # until another takes the place, as one may between a dump and a question.
    getattr(sys, "_clear_internal_caches", sys._clear_type_cache)()
    descriptor = _heap.temporary()
    _core.dump(descriptor, True, False, False)
    return _core.read_heap(descriptor)


def ways_to_ask(number, all_ways):
    """All, or each in its turn."""
    return (VARIANTS if all_ways and IS_LONG
            else VARIANTS[number % len(VARIANTS):][:1])


def ask(made):
    """Everything about everything that was made, by one dump."""
    gc.collect()
    gc.disable()  # nothing changes its generation meanwhile
    NAMES.extend(sorted(made))  # before the dump; made is held by nothing new
    heap = take()
    for number, name in enumerate(NAMES):
        step = 1 + len(made[name]) // MOST
        for asked, i in enumerate(range(0, len(made[name]), step)):
            # Numbers come and go with the questions themselves.
            if made[name][i] is None or type(made[name][i]) is int:
                continue
            for way in ways_to_ask(number + asked, all_ways=asked == 0):
                compare("%s[%d]" % (name, i), heap, [made[name][i]], **way)
        if len(made[name]) == 1 and not IS_LONG:
            continue
        several = [one for one in made[name][:30] if one is not None]
        compare(name, heap, several, explain=True)
        del several
    excluded = [id(made["random0"])]
    for i in range(20 if IS_LONG else 5):
        compare("excluded", heap, [made["random0"][i]], explain=True,
                exclude_object_ids=excluded)


def ask_situations():
    import situations
    for number, case in enumerate(situations.applicable()):
        module = types.ModuleType("situation")
        sys.modules["situation"] = module
        exec(case.source, vars(module))
        gc.disable()
        heap = take()
        for variant in ways_to_ask(number, all_ways=True):
            compare(case.name, heap, [module.w()], **variant)
        gc.enable()
        if case.end is not None:
            exec(case.end, vars(module))
        vars(module).clear()
        del sys.modules["situation"], module


def make(made):
    import kinds    # not for the others, whose heap is smaller
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
    """In a fork, whose heap has nothing of the others; how it ended."""
    pid = os.fork()
    if pid != 0:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    referrers.why, referrers.why_all = why, why_all
    sys.argv[:] = [leak]
    runpy.run_path(leak, run_name="__main__")
    print("compared", compared)
    sys.exit(0 if compared > 0 else "%s: nothing was asked" % leak)


if __name__ == "__main__":
    if sys.argv[2] == "kinds":
        made = {}
        make(made)
        ask(made)
    elif sys.argv[2] == "situations":
        ask_situations()
    elif failed := [leak for leak in sys.argv[3:] if run(leak) != 0]:
        sys.exit("differs: " + " ".join(failed))
    print("compared", compared)
    sys.stdout.flush()
    os._exit(0)  # what the situations left for the end is not run
