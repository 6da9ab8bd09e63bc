"""What stands in a .heapsnapshot file and who may read it, looked at in a process
whose heap is small (apart.py)."""

import gc
import gzip
import os
import stat
import sys
import threading
import weakref

import referrers
from apart import raises
from dumps import File, Node


class Session:
    def __init__(self, user):
        self.user = user


class Slotted:
    __slots__ = ("payload", "__weakref__")


def take(directory, **how):
    gc.collect()  # what the last test left
    path = directory / "heap.heapsnapshot"
    referrers.snapshot(**how).save(path)
    return File(path)


REGISTRY = {}


def check_references_have_the_names_of_the_tree(directory):
    session = Session(["text"])
    slotted = Slotted()
    slotted.payload = session
    REGISTRY["user-7"] = [slotted]
    file = take(directory)
    node = file.at(id(session))
    assert (node.label, node.kind) == (__name__ + ".Session", "object")
    assert ("payload", __name__ + ".Slotted") in node.holders("property")
    assert ("session", "frame check_references_have_the_names_of_the_tree") \
        in node.holders("property")
    items = file.at(id(REGISTRY["user-7"]))
    assert items.out("element") == {0: file.at(id(slotted))}
    assert items.holders() == [("[user-7]", "dict")]
    registry = file.at(id(REGISTRY))
    assert registry.holders("property") == [("REGISTRY", "module " + __name__)]
    module = file.at(id(globals()))
    assert (__name__, "(modules)") in module.holders("property")
    REGISTRY.clear()


def check_sizes_counts_and_lengths(directory):
    objects = [["a", "b"], {"k": 1}, "text%d" % len(REGISTRY), 10**30,
               (1, 2, "x"), {3, 4}, b"bytes%d" % len(REGISTRY), 1.5]
    alone = object()
    asking = sys.getrefcount(alone) - 1  # none from 3.14 on, which borrows
    file = take(directory)
    for value in objects:
        node = file.at(id(value))
        assert node.self_size == sys.getsizeof(value), value
        # The loop's variable holds one as well.
        assert node.references == sys.getrefcount(value) - asking - 1, value
        length = len(value) if isinstance(value, (list, dict, tuple, set)) \
            else -1
        assert node.items == length + 1, value


def check_plumbing_is_internal_and_what_goes_through_it_a_shortcut(directory):
    def outer():
        kept = Session("x")
        return lambda: kept

    inner = outer()
    session = Session("y")
    vars(session)[1] = kept = ["kept"]  # a __dict__, which is one no more
    file = take(directory)
    node = file.at(id(inner))
    assert node.label.startswith("function %s.check_plumbing" % __name__)
    assert node.out("shortcut")["kept"].label == __name__ + ".Session"
    assert node.out("internal")["__closure__"].label == "tuple"
    node = file.at(id(session))
    assert node.out("internal")["__dict__"].out("property")["[1]"] \
        == file.at(id(kept))


def check_names_of_nodes(directory):
    class Local:
        def method(self):
            yield self

    bound, generator = Local().method, Local().method()
    file = take(directory)
    qualname = "check_names_of_nodes.<locals>.Local"
    assert file.at(id(Local)).label == "class %s.%s" % (__name__, qualname)
    assert file.at(id(bound)).label == "bound method Local.method"
    assert file.at(id(generator)).label == "generator Local.method"
    assert file.at(id(check_names_of_nodes)).label \
        == "function %s.check_names_of_nodes" % __name__
    assert file.at(id(check_names_of_nodes.__code__)).label \
        == "code check_names_of_nodes"
    assert file.at(id(sys)).label == "module sys"
    assert file.at(id(int)).label == "class int"
    assert file.at(id(len)).label == "built-in function len"


def check_weak_references_are_weak(directory):
    session = Session("x")
    reference = weakref.ref(session)
    mapping = weakref.WeakValueDictionary(key=session)
    file = take(directory)
    holders = file.at(id(session)).holders("weak")
    assert len(holders) == 2  # the one of the mapping is another
    assert file.at(id(reference)).out("weak")["(weak reference)"] \
        == file.at(id(session))
    owners = [node for kind, _, node in file.at(id(mapping)).referrers
              if kind == "weak" and node.label == "weakref.KeyedRef"]
    assert len(owners) == 1


def check_threads_hold_frames_and_frames_hold_variables(directory):
    started, done = threading.Event(), threading.Event()

    def work():
        loc = Session("x")
        started.set()
        done.wait()
        del loc

    thread = threading.Thread(target=work, name="worker-2")
    thread.start()
    started.wait()
    try:
        file = take(directory)
    finally:
        done.set()
        thread.join()
    frame = file.one("frame work")
    assert frame.kind == "synthetic"
    assert frame.out("property")["loc"].label == __name__ + ".Session"
    assert frame.holders() == [("frame", "thread worker-2")]
    assert file.one("thread worker-2").holders() == [("thread", "(threads)")]


def check_what_nothing_leads_to_is_there(directory):
    gc.collect()
    gc.disable()
    try:
        one, other = Session("a"), Session("b")
        one.other, other.one = other, one
        address = id(one), id(other)
        del one, other
        path = directory / "x.heapsnapshot"
        referrers.snapshot().save(path)
        file = File(path)
    finally:
        gc.enable()
    nodes = [file.at(a) for a in address]
    below = [node for _, _, node in file.group("(unreachable)").edges]
    assert sum(node in below for node in nodes) == 1  # the other hangs on it


def reachable(file, weak=("weak", "shortcut")):
    found, work = {Node(file, 0)}, [Node(file, 0)]
    while work:
        for kind, _, node in work.pop().edges:
            if kind not in weak and node not in found:
                found.add(node)
                work.append(node)
    return found


def check_everything_hangs_on_the_root(directory):
    file = take(directory)
    assert len(reachable(file)) == file.node_count


def check_what_c_code_holds_hangs_there(directory):
    import ctypes
    session = Session("x")
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))
    address = id(session)
    file = take(directory)
    assert ("held by C code", "(C code)") in file.at(address).holders()
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(session))
    file = take(directory)
    assert ("held by C code", "(C code)") not in file.at(address).holders()


def check_ids_are_the_same_in_two_files(directory):
    session = Session("x")
    first = take(directory).at(id(session))
    second = take(directory).at(id(session))
    assert first.id == second.id


def check_suspended_coroutines_say_what_they_wait_for(directory):
    import asyncio

    async def leaf():
        await asyncio.sleep(3600)

    async def waits():
        task = asyncio.create_task(leaf(), name="feed")
        await asyncio.sleep(0)
        file = take(directory)
        task.cancel()
        return file

    file = asyncio.run(waits())
    assert any(text.startswith(leaf.__qualname__.rpartition(".")[2])
               and "dump_checks.py" in text for text in file.strings)


# --- what may be read ------------------------------------------------------

SECRET = "sesame-open-" + "street"[:0]


def secrets():
    """Objects that show the secret in every place that is hidden, and what of
    them is no secret."""
    text = SECRET + "".join("text")
    session = Session(text)
    session.name = text
    return {text: session, (text, 1): [text], text.encode(): 1}


def check_strings_have_no_text_without_values(directory):
    text = SECRET + str(len(REGISTRY)) + "z"
    session = Session(text)
    assert text not in "\n".join(take(directory).strings)
    shown = take(directory, values=True)
    node = shown.at(id(session)).out()["user"]
    assert (node.kind, node.label) == ("string", "'%s'" % text)


def check_redact_hides_what_redact_hides(directory, values=False):
    kept = secrets()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name=SECRET + "thread")
    thread.start()
    try:
        file = take(directory, values=values, redact=True)
    finally:
        done.set()
        thread.join()
    hidden = [text for text in file.strings if SECRET in text]
    assert hidden == []
    assert not any("/" in file.strings[name]
                   for name in file.ours["roots"][3::5])
    holders = file.at(id(kept)).out("property")
    length = len(SECRET) + 4
    assert "[<str, %d characters>]" % length in holders
    assert "[<tuple, 2 items>]" in holders
    assert "[<bytes, %d bytes>]" % length in holders
    assert "thread 1" in file.strings


def check_redact_hides_values_too(directory):
    check_redact_hides_what_redact_hides(directory, values=True)


def check_without_redact_keys_and_threads_are_told(directory):
    kept = secrets()
    file = take(directory)
    assert any(SECRET in text for text in file.strings)
    assert "[('%stext', 1)]" % SECRET in file.at(id(kept)).out("property")


def check_the_heap_is_the_users_alone(directory):
    os.environ["TMPDIR"] = str(directory)
    heap = referrers.snapshot()
    assert heap.in_place in (True, False)
    assert list(directory.iterdir()) == []
    path = directory / "x.heapsnapshot"
    path.write_bytes(b"old")
    path.chmod(0o666)
    heap.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    packed = directory / "x.heapsnapshot.gz"
    heap.save(str(packed))
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
    with raises(TypeError, "os.PathLike"):
        heap.save(b"x")
    with raises(OSError):
        heap.save(directory / "no" / "directory")
    assert sorted(p.name for p in directory.iterdir()) == [
        "x.heapsnapshot", "x.heapsnapshot.gz"]


def check_no_room_for_the_file_is_said():
    os.environ["TMPDIR"] = "/nowhere"
    with raises(OSError):
        referrers.snapshot()


def check_nothing_is_left_behind(directory):
    referrers.snapshot()
    files = os.listdir("/proc/self/fd")
    for _ in range(5):
        referrers.snapshot().save(directory / "x")
    assert len(os.listdir("/proc/self/fd")) == len(files)
