"""The .heapsnapshot file: what stands in it, who may read it, the command."""

import asyncio
import gc
import gzip
import os
import stat
import sys
import threading
import weakref

import pytest

import referrers
from conftest import run_python
from dumps import File, Node


class Session:
    def __init__(self, user):
        self.user = user


class Slotted:
    __slots__ = ("payload", "__weakref__")


def take(tmp_path, **how):
    gc.collect()  # what the last test left
    path = tmp_path / "heap.heapsnapshot"
    referrers.snapshot(**how).save(path)
    return File(path)


REGISTRY = {}


def test_references_have_the_names_of_the_tree(tmp_path):
    session = Session(["text"])
    slotted = Slotted()
    slotted.payload = session
    REGISTRY["user-7"] = [slotted]
    file = take(tmp_path)
    node = file.at(id(session))
    assert (node.label, node.kind) == (__name__ + ".Session", "object")
    assert ("payload", __name__ + ".Slotted") in node.holders("property")
    assert ("session", "frame test_references_have_the_names_of_the_tree") \
        in node.holders("property")
    items = file.at(id(REGISTRY["user-7"]))
    assert items.out("element") == {0: file.at(id(slotted))}
    assert items.holders() == [("[user-7]", "dict")]
    registry = file.at(id(REGISTRY))
    assert registry.holders("property") == [("REGISTRY", "module " + __name__)]
    module = file.at(id(globals()))
    assert (__name__, "(modules)") in module.holders("property")
    REGISTRY.clear()


def test_sizes_counts_and_lengths(tmp_path):
    objects = [["a", "b"], {"k": 1}, "text%d" % len(REGISTRY), 10**30,
               (1, 2, "x"), {3, 4}, b"bytes%d" % len(REGISTRY), 1.5]
    file = take(tmp_path)
    for value in objects:
        node = file.at(id(value))
        assert node.self_size == sys.getsizeof(value), value
        # sys.getrefcount holds one itself, and so does the loop's variable.
        assert node.references == sys.getrefcount(value) - 2, value
        length = len(value) if isinstance(value, (list, dict, tuple, set)) \
            else -1
        assert node.items == length + 1, value


def test_plumbing_is_internal_and_what_goes_through_it_a_shortcut(tmp_path):
    def outer():
        kept = Session("x")
        return lambda: kept

    inner = outer()
    session = Session("y")
    vars(session)[1] = kept = ["kept"]  # a __dict__, which is one no more
    file = take(tmp_path)
    node = file.at(id(inner))
    assert node.label.startswith("function %s.test_plumbing" % __name__)
    assert node.out("shortcut")["kept"].label == __name__ + ".Session"
    assert node.out("internal")["__closure__"].label == "tuple"
    node = file.at(id(session))
    assert node.out("internal")["__dict__"].out("property")["[1]"] \
        == file.at(id(kept))


def test_names_of_nodes(tmp_path):
    class Local:
        def method(self):
            yield self

    bound, generator = Local().method, Local().method()
    file = take(tmp_path)
    qualname = "test_names_of_nodes.<locals>.Local"
    assert file.at(id(Local)).label == "class %s.%s" % (__name__, qualname)
    assert file.at(id(bound)).label == "bound method Local.method"
    assert file.at(id(generator)).label == "generator Local.method"
    assert file.at(id(test_names_of_nodes)).label \
        == "function %s.test_names_of_nodes" % __name__
    assert file.at(id(test_names_of_nodes.__code__)).label \
        == "code test_names_of_nodes"
    assert file.at(id(sys)).label == "module sys"
    assert file.at(id(int)).label == "class int"
    assert file.at(id(len)).label == "built-in function len"


def test_weak_references_are_weak(tmp_path):
    session = Session("x")
    reference = weakref.ref(session)
    mapping = weakref.WeakValueDictionary(key=session)
    file = take(tmp_path)
    holders = file.at(id(session)).holders("weak")
    assert len(holders) == 2  # the one of the mapping is another
    assert file.at(id(reference)).out("weak")["(weak reference)"] \
        == file.at(id(session))
    owners = [node for kind, _, node in file.at(id(mapping)).referrers
              if kind == "weak" and node.label == "weakref.KeyedRef"]
    assert len(owners) == 1


def test_threads_hold_frames_and_frames_hold_variables(tmp_path):
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
        file = take(tmp_path)
    finally:
        done.set()
        thread.join()
    frame = file.one("frame work")
    assert frame.kind == "synthetic"
    assert frame.out("property")["loc"].label == __name__ + ".Session"
    assert frame.holders() == [("frame", "thread worker-2")]
    assert file.one("thread worker-2").holders() == [("thread", "(threads)")]


def test_what_nothing_leads_to_is_there(tmp_path):
    gc.collect()
    gc.disable()
    try:
        one, other = Session("a"), Session("b")
        one.other, other.one = other, one
        address = id(one), id(other)
        del one, other
        path = tmp_path / "x.heapsnapshot"
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


def test_everything_hangs_on_the_root(tmp_path):
    file = take(tmp_path)
    assert len(reachable(file)) == file.node_count


def test_what_c_code_holds_hangs_there(tmp_path):
    import ctypes
    session = Session("x")
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))
    address = id(session)
    file = take(tmp_path)
    assert ("held by C code", "(C code)") in file.at(address).holders()
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(session))
    file = take(tmp_path)
    assert ("held by C code", "(C code)") not in file.at(address).holders()


def test_ids_are_the_same_in_two_files(tmp_path):
    session = Session("x")
    first = take(tmp_path).at(id(session))
    second = take(tmp_path).at(id(session))
    assert first.id == second.id


def test_suspended_coroutines_say_what_they_wait_for(tmp_path):
    async def leaf():
        await asyncio.sleep(3600)

    async def waits():
        task = asyncio.create_task(leaf(), name="feed")
        await asyncio.sleep(0)
        file = take(tmp_path)
        task.cancel()
        return file

    file = asyncio.run(waits())
    assert any(text.startswith(leaf.__qualname__.rpartition(".")[2])
               and "test_dump.py" in text for text in file.strings)


# --- what may be read ------------------------------------------------------

SECRET = "sesame-open-" + "street"[:0]


def secrets():
    """Objects that show the secret in every place that is hidden, and what of
    them is no secret."""
    text = SECRET + "".join("text")
    session = Session(text)
    session.name = text
    return {text: session, (text, 1): [text], text.encode(): 1}


def test_strings_have_no_text_without_values(tmp_path):
    text = SECRET + str(len(REGISTRY)) + "z"
    session = Session(text)
    assert text not in "\n".join(take(tmp_path).strings)
    shown = take(tmp_path, values=True)
    node = shown.at(id(session)).out()["user"]
    assert (node.kind, node.label) == ("string", "'%s'" % text)


@pytest.mark.parametrize("values", [False, True])
def test_redact_hides_what_redact_hides(tmp_path, values):
    kept = secrets()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name=SECRET + "thread")
    thread.start()
    try:
        file = take(tmp_path, values=values, redact=True)
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


def test_without_redact_keys_and_threads_are_told(tmp_path):
    kept = secrets()
    file = take(tmp_path)
    assert any(SECRET in text for text in file.strings)
    assert "[('%stext', 1)]" % SECRET in file.at(id(kept)).out("property")


def test_the_heap_is_the_users_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    heap = referrers.snapshot()
    assert heap.in_place in (True, False)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "x.heapsnapshot"
    path.write_bytes(b"old")
    path.chmod(0o666)
    heap.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    packed = tmp_path / "x.heapsnapshot.gz"
    heap.save(str(packed))
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
    with pytest.raises(TypeError, match="os.PathLike"):
        heap.save(b"x")
    with pytest.raises(OSError):
        heap.save(tmp_path / "no" / "directory")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "x.heapsnapshot", "x.heapsnapshot.gz"]


def test_no_room_for_the_file_is_said(monkeypatch):
    monkeypatch.setenv("TMPDIR", "/nowhere")
    with pytest.raises(OSError):
        referrers.snapshot()


def test_nothing_is_left_behind(tmp_path):
    referrers.snapshot()
    files = os.listdir("/proc/self/fd")
    for _ in range(5):
        referrers.snapshot().save(tmp_path / "x")
    assert len(os.listdir("/proc/self/fd")) == len(files)


# --- the command -----------------------------------------------------------

PROGRAM = """\
class Session: pass
cache = {"user-7": Session()}
def stop(argument):
    return argument
stop([1])
print("done")
"""


def dump(directory, *arguments):
    (directory / "app.py").write_text(PROGRAM)
    return run_python("-m", "referrers", "dump", *arguments, cwd=directory)


def test_command_writes_what_the_program_left(tmp_path):
    result = dump(tmp_path, "-o", "a.heapsnapshot", "app.py")
    assert (result.status, result.text) == (0, "done\n")
    line, = result.said
    assert "a.heapsnapshot" in line and "Load profile" in line
    file = File(tmp_path / "a.heapsnapshot")
    assert ("[user-7]", "dict") in file.one("__main__.Session").holders()
    assert not file.named("frame <module>")


def test_command_at_a_place(tmp_path):
    result = dump(tmp_path, "-o", "a.heapsnapshot.gz", "--at", "stop", "app.py")
    assert (result.status, result.text) == (0, "")
    file = File(tmp_path / "a.heapsnapshot.gz")
    assert file.one("frame stop").out()["argument"].label == "list"


@pytest.mark.parametrize("arguments, words", [
    ((), "-o FILE is needed"),
    (("-o", "x.heapsnapshot"), "a program is needed"),
    (("-o", "-", "app.py"), "-o FILE is needed"),
    (("-o", "app.json", "app.py"), "ends in .heapsnapshot or"),
    (("-e", "x", "-o", "x", "app.py"), "unrecognized"),
])
def test_command_usage(tmp_path, arguments, words):
    result = dump(tmp_path, *arguments)
    assert result.status == 2
    line, = result.said
    assert words in line and "--help" in line


def test_command_that_cannot_write(tmp_path):
    result = dump(tmp_path, "-o", "no/x.heapsnapshot", "app.py")
    assert result.status == 3
    assert "there is no directory" in result.errors


def test_help_speaks_of_files_alone():
    text = run_python("-m", "referrers", "dump", "--help").text
    for word in ("EXPR", "standard output", "drawn", "drawing", "title"):
        assert word not in text, word


def test_without_a_command_there_is_help(tmp_path):
    result = run_python("-m", "referrers")
    assert result.status == 0
    for word in ("dot", "dump"):
        assert "python -m referrers %s " % word in result.text
    result = run_python("-m", "referrers", "nothing")
    assert result.status == 2
    assert "'nothing' is no command" in result.errors
