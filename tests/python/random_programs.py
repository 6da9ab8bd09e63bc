"""Small random programs whose holders are known by construction.

A program is a function that makes objects, lets some of them refer to others,
forgets most of its names, and asks why one of the objects is alive.  The same
edges stand in a model (program_model.py), which knows what leads to what.  The
answer is compared with the model, and then believed: what it says is dropped,
nothing else, and the object has to go.

Nothing here keeps an object: the model has numbers and ids.
"""

import asyncio
import collections
import concurrent.futures
import contextvars
import ctypes
import functools
import gc
import re
import sys
import threading
import types
import weakref

import greenlet
import referrers
from program_model import Program

# Has the tasks that wait, by what they hold.
WAITING = types.ModuleType("waiting")
sys.modules["waiting"] = WAITING


class Node:
    def method(self):
        pass


class Slots:
    __slots__ = ("s0", "s1", "s2", "s3", "__weakref__")


@types.coroutine
def pause():
    yield


def begin(generator, how="__anext__"):
    """An asynchronous generator, run to where it stops next."""
    try:
        getattr(generator, how)().send(None)
    except StopIteration:
        pass
    return generator


def switch():
    """Suspends the greenlet that runs."""
    greenlet.getcurrent().parent.switch()


def greenlets_pin():
    """Whether a suspended greenlet says that it is none of the collector's."""
    suspended = greenlet.greenlet(switch)
    suspended.switch()
    try:
        return not gc.is_tracked(suspended)
    finally:
        suspended.throw()


PINS = greenlets_pin()


def of_id(number):
    return ctypes.cast(number, ctypes.py_object).value


class Shutdown:
    """Ends a pool as one ends a thread."""

    def __init__(self, pool):
        self.join = pool.shutdown


class Hook:
    """What a program calls.  Its frames are gone when the program asks; what
    goes wrong is written down."""

    def __init__(self, program, module, keeper):
        self.program, self.module, self.keeper = program, module, keeper
        self.ids = {}
        self.others = {}
        self.threads = {}
        self.problems = []
        self.later = False
        self.stuck = False      # in a greenlet that nobody ends
        self.verdict = None     # of an object that was there to ask about
        self.target = lambda: None

    def made(self, number, made):
        self.ids[number] = id(made)
        if number == self.program.target:
            self.target = weakref.ref(made)
        if number in self.program.several:
            self.others[number] = weakref.ref(made)

    def targets(self):
        return [found for found in (self.others[i]() for i in
                                    self.program.several) if found is not None]

    def several(self, answer):
        """What is said of several objects, without any being dropped."""
        try:
            self._several(answer)
        except Exception as error:
            self.problems.append("several: %s: %s" % (type(error).__name__,
                                                      error))

    def _several(self, answer):
        program = self.program
        targets = [i for i in program.several if self.others[i]() is not None]
        expected = [program.verdict(i) for i in targets]
        self.expect("the verdicts", [verdict["kind"] for verdict in
                                     answer.verdicts], expected)
        self.expect("unexplained of several", sum(
            verdict["unexplained"] for verdict in answer.verdicts), 0)
        groups = re.findall(
            r"^  ([0-9]+) of ([0-9]+) (\S+) goe?s? through .* "
            r"\(leak id (\w+)\)$", str(answer), re.M)
        rest = re.search("^  and ([0-9]+) objects? that no path",
                         str(answer), re.M)
        self.expect("the sum of the groups",
                    sum(int(group[0]) for group in groups) +
                    (int(rest[1]) if rest else 0), len(targets))
        self.expect("distinct groups", len({group[2:] for group in groups}),
                    len(groups))
        for _, total, kind, _ in groups:
            self.expect("of all " + kind, int(total), sum(
                type(self.others[i]()).__name__ == kind for i in targets))
        edges = [edge for path in answer._graph.answers()["paths"]
                 if path["kind"] == "cut" for edge in self.last_edges(path)]
        left = program.reached(program.OTHERS, edges)
        if edges or not answer.cut:
            self.expect("what the cut of several leaves", [
                i for i in targets if i in left], [])

    def thread(self, label, work, cell):
        ready, stop = threading.Event(), threading.Event()
        thread = threading.Thread(target=work, args=(cell, ready, stop),
                                  daemon=True)
        thread.start()
        ready.wait()
        self.threads[label] = (thread, stop)

    def executor(self, label, work, cell):
        ready, stop = threading.Event(), threading.Event()
        pool = concurrent.futures.ThreadPoolExecutor(1)
        pool.submit(work, cell, ready, stop)
        ready.wait()
        self.threads[label] = (Shutdown(pool), stop)

    def caught(self, make, cell):
        """In a thread: the frames of callers lead to what they have."""
        made = []
        thread = threading.Thread(target=lambda: made.append(make(cell)))
        thread.start()
        thread.join()
        return made.pop()

    def task(self, label, wait, cell):
        async def begin():
            loop = asyncio.get_running_loop()
            task = loop.create_task(wait(cell, loop.create_future()))
            await asyncio.sleep(0)
            return task
        made = []

        def run():
            loop = asyncio.new_event_loop()
            made.append(loop.run_until_complete(begin()))
            loop.set_exception_handler(lambda loop, context: None)
            loop.close()
        # Not in this thread, where a loop may be running.
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        setattr(WAITING, label, made.pop())

    def stop(self, label):
        thread, stop = self.threads.pop(label)
        stop.set()
        thread.join()

    def cut(self, answer):
        """Drops what the answer says; returns the names that are the asking
        function's own to drop."""
        try:
            return self._cut(answer)
        except Exception as error:
            self.problems.append("%s: %s" % (type(error).__name__, error))
            return ()

    def _cut(self, answer):
        program = self.program
        paths = answer._graph.answers()["paths"]
        self.verdict = answer.verdict["kind"]
        expected = program.verdict()
        self.expect("the verdict", self.verdict, expected)
        self.expect("unexplained", answer.verdict["unexplained"], 0)
        self.check_emphasised(paths)
        cut = [path for path in paths if path["kind"] == "cut"]
        last = [edge for path in cut for edge in self.last_edges(path)]
        self.expect("whether there is a cut", bool(last), expected == "alive")
        if expected == "alive":
            self.expect("what the cut leaves", program.target in
                        program.reached(program.OTHERS, last), False)
            self.expect("whether one reference would do and more are named",
                        len(cut) > 1 and program.least(), False)
        self.stuck = expected == "native" or program.is_pinned(last)
        if expected == "alive":
            self.expect("whether that is not enough",
                        any(path["kind"] == "native" for path in paths),
                        self.stuck)
        yours = {path["steps"][0]["label"] for path in paths
                 if path["kind"] == "yours"}
        mine = {program.name(i) for i in program.mine
                if program.target in program.reached([i], last)}
        self.expect("yours", yours, mine)
        for edge in last:
            self.drop(edge)
        return yours

    def expect(self, what, found, expected):
        if found != expected:
            self.problems.append("%s: %r, not %r" % (what, found, expected))

    def check_emphasised(self, paths):
        if self.verdict in ("garbage", "native"):
            return
        path = next(p for p in paths if p["kind"] == "emphasised")
        edges = self.program.follow(path)
        self.expect("the end of the path", edges[-1].held, self.program.target)
        if self.verdict == "only-you":
            self.expect("its root", edges[0].holder, "mine")
        else:
            self.expect("whether its root is yours",
                        edges[0].holder == "mine", False)

    def last_edges(self, path):
        """Of a cache that is to be cleared the path leads to the cache; with
        the thread-locals go those of all threads."""
        edges = self.program.edges
        if path["expression"] == "asking.local":
            return [edge for edge in edges if edge.holder == "thread-local"]
        last = self.program.follow(path)[-1]
        return [last] if not path["expression"].endswith(".cache_clear()") \
            else [edge for edge in edges if edge.holder == last.held]

    def drop(self, edge):
        if isinstance(edge.holder, str):
            return self.drop_root(edge)
        holder = of_id(self.ids[edge.holder])
        kind = self.program.kinds[edge.holder]
        if edge.kind == "index":
            for i, item in enumerate(holder):
                if id(item) == self.ids[edge.held]:
                    del holder[i]
                    break
        elif edge.kind == "item":
            del holder[edge.label]
        elif edge.kind == "key":
            del holder[of_id(self.ids[edge.held])]
        elif edge.kind == "member":
            holder.discard(of_id(self.ids[edge.held]))
        elif edge.kind == "attribute":
            delattr(holder, edge.label)
        elif edge.kind == "default":
            del holder.__kwdefaults__[edge.label]
        elif edge.kind == "cache":
            holder.cache_clear()
        elif edge.kind in ("generator", "coroutine"):
            holder.close()
        elif edge.kind == "asyncgen":
            begin(holder, "aclose")
        elif edge.kind in ("exception", "iterator"):
            holder.clear()
        elif edge.kind in ("context", "copied context"):
            for variable in holder:
                holder.run(variable.set, None)
        elif edge.label == "__traceback__":
            holder.__traceback__ = None
        elif edge.kind == "greenlet":
            holder.throw()
        else:
            self.problems.append("cannot drop %r of a %s" % (edge, kind))

    def drop_root(self, edge):
        if edge.holder == "keeper":
            delattr(self.keeper, edge.label)
        elif edge.holder == "global":
            setattr(self.module, edge.label, None)
        elif edge.holder in ("thread", "executor", "thread-local"):
            self.stop(edge.label)
        elif edge.holder == "task":
            delattr(WAITING, edge.label)
        elif edge.holder == "outer":
            self.later = True
        else:
            self.problems.append("cannot drop %r" % edge)

    @staticmethod
    def collect():
        """A greenlet whose last reference goes in another thread ends when its
        own thread switches the next time; and what it had leaves cycles that
        only a later collection finds."""
        for _ in range(3):
            greenlet.greenlet(int).switch()
            gc.collect()

    def freed(self):
        if self.verdict is not None and not self.later:
            self.collect()
            self.expect("whether it is still there", self.target() is not None,
                        self.stuck)

    def freed_at_last(self):
        if self.verdict is not None and self.later:
            self.collect()
            self.expect("whether it is there at last",
                        self.target() is not None, self.stuck)


def run(seed):
    """The problems of one program, and its verdict; None: there was nothing
    to ask about."""
    program = Program(seed, PINS)
    if program.target is None:
        return [], None
    module, keeper = types.ModuleType("asking"), types.ModuleType("keeper")
    vars(module).update(Node=Node, Slots=Slots, pause=pause, asyncio=asyncio,
                        greenlet=greenlet, switch=switch, weakref=weakref,
                        begin=begin, local=threading.local(),
                        Namespace=types.SimpleNamespace,
                        functools=functools, collections=collections,
                        contextvars=contextvars, gc=gc,
                        referrers=referrers, keeper=keeper)
    sys.modules["asking"], sys.modules["keeper"] = module, keeper
    exec(compile(program.source(), "program %d" % seed, "exec"), vars(module))
    hook = Hook(program, module, keeper)
    gc.collect()
    gc.disable()
    try:
        if program.how == "greenlet":
            greenlet.greenlet(module.outer).switch(hook)
        elif program.how == "thread":
            thread = threading.Thread(target=module.outer, args=(hook,))
            thread.start()
            thread.join()
        else:
            module.outer(hook)
    finally:
        gc.enable()
        for label in list(hook.threads):
            hook.stop(label)
        for name in [name for name in vars(WAITING) if name[:2] == "r_"]:
            delattr(WAITING, name)
        del sys.modules["asking"], sys.modules["keeper"]
    return hook.problems, hook.verdict


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    kinds, failed = collections.Counter(), 0
    for seed in range(first, first + count):
        problems, verdict = run(seed)
        kinds[verdict] += 1
        if problems:
            failed += 1
            if failed <= 5:
                print("seed %d: %s" % (seed, "; ".join(problems)))
    print("%d programs from seed %d, %d failed: %s" % (
        count, first, failed, " ".join(
            "%s %d" % (kind, kinds[kind])
            for kind in ("alive", "only-you", "garbage", "native", None))))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
