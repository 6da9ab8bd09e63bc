"""What test_memory.py runs in a process of its own: one call after the other
while the n-th allocation fails, for every n; prints what it saw as JSON.

memory_failures.py short|long python|core|address-space CALL [DIRECTORY]

The short form leaves out the more allocations the later they are.  With a
DIRECTORY, the heap also has objects of the extensions compiled there,
heedless.c and opaque.c: types that do not heed a failure, or hide what they
hold.
"""

import ctypes
import gc
import importlib
import json
import resource
import sys
import tempfile

import referrers


IS_LONG = sys.argv[1] == "long"
EXTENSIONS = sys.argv[4:]
# Between two limits of the address space, in bytes; and how many there are.
LEAST_STEP = 256 * 1024
ROOMS = 64 if IS_LONG else 12
# Where more allocations than these are needed, not each one fails by itself:
# of 1,800, some 500; in the short form some 70.
EACH = 200 if IS_LONG else 12
# What the counting of outcomes keeps.
OWN_BLOCKS = 10


class Target:
    pass


class Owner:
    __slots__ = ("slot", "__dict__")


def scene():
    """Something of everything that is named: few objects, many readers."""
    target = Target()
    owner = Owner()
    owner.slot = owner.attribute = target

    def outer(given=target):
        def inner():
            return target
        return inner

    def poll():
        held = target
        yield held
    generator = poll()
    next(generator)
    return target, [owner, outer, outer(), generator, {target: 1},
                    {1.5: target, (1, "a", b"b"): target, 2**70: target},
                    {target}, [target, "text"], ((target,),)]


def heedless_scene(target):
    """Every phase meets a traverse that goes on after a failure: the walk and
    whatever looks for hidden holders in a bag that fills batches, the naming in
    a thread-local."""
    heedless = importlib.import_module("heedless")
    opaque = importlib.import_module("opaque")
    opaque.look_at(target)      # a reference to look for
    crowd = [[] for _ in range(9_000)]
    boxes = [opaque.Box(i) for i in range(3_000)]
    local = heedless.Local()
    for i in range(40):
        setattr(local, "attribute %d" % i, target)
    heedless.repeat(True)       # no collection from here on
    return [heedless.Bag(crowd + boxes + [target]), heedless.Bag([target], 9_000),
            local]


TARGET, KEPT = scene()
if EXTENSIONS:
    sys.path[:0] = EXTENSIONS
    gc.disable()
    gc.collect = lambda: None
    KEPT += heedless_scene(TARGET)
FILE = tempfile.TemporaryFile()
referrers._core.dump(FILE.fileno(), False, False, False)
DONE = referrers.get_referrer_graph(TARGET)
# Three looks at a list that grows.
HEAPS = []
for NUMBER in range(3):
    KEPT.append([object(), {"more": [NUMBER]}])
    HEAPS.append(referrers.snapshot()._read())


def graph():
    referrers.get_referrer_graph(TARGET, exclude_object_ids=[1, 2],
                                 module_prefixes=["__main__", "x"])


def graph_untracked():
    referrers.get_referrer_graph(TARGET, search_for_untracked_objects=True,
                                 max_depth=None, object_limit=None)


def graph_for_list():
    referrers.get_referrer_graph_for_list([TARGET, KEPT, Target])


def why():
    referrers.why(TARGET, sizes=True)


def why_all():
    referrers.why_all([TARGET, KEPT, KEPT[0]])


def graph_forked():
    """What the child takes is none of malloc's."""
    referrers.get_referrer_graph(TARGET, fork=True)


def text():
    str(DONE)


def view():
    DONE._graph.reference_view()


def networkx():
    DONE.to_networkx()


def dot():
    DONE.to_dot()


def heap(fork=False):
    """In place: a child's memory is its own."""
    FILE.truncate(0)
    referrers._core.dump(FILE.fileno(), False, False, fork)


def heap_forked():
    heap(fork=True)


def heap_read():
    referrers._core.read_heap(FILE.fileno())


def survey_types():
    referrers._core.survey_types(HEAPS[0])


def survey_map():
    referrers._core.survey_map(HEAPS[0], 40)


def survey_chart():
    referrers._core.survey_map_chart(HEAPS[0], 40)


def survey_growth():
    """With the chart of what grows, which the list does."""
    assert referrers._core.survey_growth(HEAPS, 1)[2]


CALLS = {call.__name__: call for call in
         (graph, graph_untracked, graph_for_list, why, why_all, text,
         graph_forked, view, networkx, dot, heap, heap_forked,
         heap_read, survey_types, survey_map, survey_chart, survey_growth)}


class PythonAllocator:
    """CPython's own allocations, whoever asks for them."""

    def __init__(self):
        import _testcapi
        self.arm = _testcapi.set_nomemory
        # No method: up to 3.10 its frame would take memory that is not there.
        self.stop = _testcapi.remove_mem_hooks

    def start(self, n, later):
        self.arm(n - 1, 0 if later else n)


class CoreAllocator:
    """malloc, calloc and realloc as _core calls them."""

    def __init__(self):
        library = ctypes.CDLL(None)
        self.arm = library.failing_core_at
        self.arm.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_size_t,
                             ctypes.c_int)
        self.arm.restype = None
        self.disarm = library.failing_core_off
        self.disarm.restype = ctypes.c_size_t
        with open("/proc/self/maps") as maps:
            ranges = [line.split()[0].split("-") for line in maps
                      if line.rstrip().endswith(referrers._core.__file__)]
        self.range = (int(ranges[0][0], 16), int(ranges[-1][1], 16))

    def start(self, n, later):
        self.arm(*self.range, n, later)

    def stop(self):
        return self.disarm()


def fails_at(allocator, call, n, later):
    """The name of what the call raised while the n-th allocation failed, or
    `success`.  The error itself is let go: CPython has sixteen MemoryErrors
    for such times, and one more that is never freed."""
    name = "success"
    stop = allocator.stop
    allocator.start(n, later)
    try:
        call()
    except BaseException as error:
        stop()
        name = type(error).__name__
    stop()
    return name


def all_from(allocator, call, step=1):
    """All allocations from the n-th on fail, for every n until the call needs no
    more, for fewer of them the further it gets: that n, and the kinds of errors,
    counted."""
    seen = {}
    n = 1
    while (name := fails_at(allocator, call, n, True)) != "success":
        seen[name] = seen.get(name, 0) + 1
        n += step * (1 + n // EACH)
    return n, seen


def sweep(allocator, call):
    """The same, and then only the n-th: for every n where they are few, else for
    some hundred of them."""
    n, seen = all_from(allocator, call)
    for one in range(1, n, 1 + n // EACH):
        name = fails_at(allocator, call, one, False)
        seen[name] = seen.get(name, 0) + 1
    return n, seen


def counts():
    """Reference counts of what the calls are about, and of what they use."""
    things = [TARGET, Target, Owner, DONE, DONE._graph, referrers,
              type(DONE), type(DONE._graph), None.__class__, *KEPT]
    return [sys.getrefcount(thing) for thing in things]


def blocks_left(allocator, call):
    """Of a sweep: n, what was seen, and how many of Python's blocks are more
    than before."""
    gc.collect()
    before = sys.getallocatedblocks()
    n, seen = sweep(allocator, call)
    gc.collect()
    return n, seen, sys.getallocatedblocks() - before


def every_failure(allocator, call):
    call()
    # What is made once is made now.
    all_from(allocator, call, step=7 if IS_LONG else 4)
    before = counts()
    n, seen, blocks = blocks_left(allocator, call)
    if blocks >= OWN_BLOCKS:
        # A free list that was filled stays full; what leaks does so again.
        n, seen, blocks = blocks_left(allocator, call)
    return {"n": n, "seen": seen, "before": before, "after": counts(),
            "blocks": blocks,
            "alive": str(referrers.get_referrer_graph(TARGET)) != ""}


def fails_within(call, room):
    """What the call raised with so many bytes of address space left, or
    `success`."""
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + room, hard))
    try:
        call()
        return "success"
    except BaseException as error:
        return type(error).__name__
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def address_space(call):
    """Ever more room, from none to more than it takes, in equal steps; on a
    large heap."""
    heap = [[i] for i in range(0 if EXTENSIONS else 120_000)]
    many = [[TARGET] for _ in range(20_000)]
    if EXTENSIONS:              # then memory ends while a bag is read
        heap.append(importlib.import_module("heedless").Bag(
            [range(i) for i in range(240_000)], 2))
    call()
    gc.collect()
    enough = LEAST_STEP
    while fails_within(call, enough) != "success":
        enough *= 2
    step = max(LEAST_STEP, enough // ROOMS)
    seen = {}
    # What was enough once need not be later: malloc keeps other blocks then.
    for room in range(0, 8 * enough, step):
        name = fails_within(call, room)
        seen[name] = seen.get(name, 0) + 1
        if seen.get("success", 0) > 3:
            break
    del heap, many
    return {"seen": seen,
            "alive": str(referrers.get_referrer_graph(TARGET)) != ""}


def main(kind, name):
    call = CALLS[name]
    if kind == "address-space":
        return address_space(call)
    return every_failure(
        PythonAllocator() if kind == "python" else CoreAllocator(), call)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[2:4])))
