"""A whole heap in a file: what `snapshot` takes and `load` reads back."""

from __future__ import annotations

import os

from referrers import _core

TYPE_CHECKING = False  # what the command imports, the program finds imported
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from referrers._graph import ReferrerGraph
    from referrers._growth import Growth
    from referrers._survey import Map, Types
    from referrers._why import Explanation

    _What = object  # a HeapObject, an expression, an address

_CHUNK = 1 << 20
_LEVEL = 4  # of gzip: twice as fast as the usual 6, and a tenth larger
_MOST_UNPACKED = 300  # times its size; a heap of alike objects has 20


class HeapObject:
    """One object of a `Heap`.

    `id`    what ``id()`` gave in the program
    `type`  its type, with the module: ``app.Session``
    `name`  what tells it apart, ``function app.on_close``; else its type
    `size`  the bytes that it takes by itself
    """

    __slots__ = ("id", "type", "name", "size", "_number")

    id: int
    type: str
    name: str
    size: int
    _number: int

    def __init__(self, id: int, type: str, name: str, size: int,
                 _number: int = -1) -> None:
        values = (id, type, name, size, _number)
        for slot, value in zip(HeapObject.__slots__, values):
            object.__setattr__(self, slot, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a HeapObject cannot be changed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HeapObject):
            return NotImplemented
        return (self.id, self.type) == (other.id, other.type)

    def __hash__(self) -> int:
        return hash((self.id, self.type))

    def __repr__(self) -> str:
        return "HeapObject(id=%d, type=%r, name=%r, size=%d)" % (
            self.id, self.type, self.name, self.size)


class Heap:
    """Every object of a program at one moment, with all references and their
    names.  It answers everything that the program could have answered.

        heap = referrers.load("app.heapsnapshot")
        print(heap.why("app.registry.sessions['user-7']"))
        heap.graph(heap.find("app.Session", 3)).render("sessions.svg")

    Made by `snapshot`, and by `load` from a file.  You name an object by a
    `HeapObject`, an expression (see `at`), or what ``id()`` gave in the
    program; and several objects by a list of these.
    """

    __slots__ = ("_descriptor", "_in_place", "_core")

    def __init__(self, descriptor: int, in_place: bool) -> None:
        self._descriptor = descriptor
        self._in_place = in_place
        self._core: _core.Heap | None = None

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        descriptor = getattr(self, "_descriptor", -1)
        if descriptor >= 0:
            self._descriptor = -1
            os.close(descriptor)

    def __repr__(self) -> str:
        return f"<Heap: {os.fstat(self._descriptor).st_size:,} bytes>"

    def _repr_mimebundle_(self, include: Any = None,
                          exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: what is in it, and where."""
        from referrers import _notebook
        return _notebook.mime_bundle(
            "%r\n%s" % (self, self.types()),
            lambda **options: self.map().to_svg(**options), include,
            in_words=True)

    @property
    def in_place(self) -> bool:
        """Whether the program had to stand still until the file was written,
        because the system refused the fork."""
        return self._in_place

    def find(self, name: str, most: int | None = None) -> list[HeapObject]:
        """The objects of a type, the newest first: ``module.Class``, or just
        ``Class`` if that is unambiguous.  Subclasses do not count.

        LookupError, with names and counts, if several types have that name.
        """
        core = self._read()
        found = self.kinds(name)
        if len(found) > 1:
            raise LookupError("%s is ambiguous: %s" % (name, ", ".join(
                f"{full} ({count:,})"
                for full, (_, count) in sorted(found.items()))))
        for abouts, _ in found.values():
            numbers = core.instances(abouts, -1 if most is None else most)
            return [_object(core, number) for number in numbers]
        return []

    def at(self, expression: str) -> HeapObject:
        """The object that an expression names: a variable of ``__main__``
        or a module, then ``.attribute`` and ``[constant]``.

        No code runs, so you cannot name what a property or ``__getattr__``
        would compute.  LookupError says which step leads nowhere.
        """
        from referrers import _resolve
        core = self._read()
        return _object(core, _resolve.resolve(core, expression))

    def at_address(self, address: int) -> HeapObject:
        """The object that had this ``id()`` in the program; LookupError when
        there is none."""
        core = self._read()
        number = core.at(address) if 0 <= address < 1 << 64 else None
        if number is None:
            raise LookupError("no object of the heap has the address %d"
                              % address)
        return _object(core, number)

    def why(self, what: object, *, timeout: float | None = None,
            exclude_object_ids: Iterable[int] | None = None,
            sizes: bool = False,
            object_limit: int | None = 10_000) -> Explanation:
        """Why is this object alive?  `referrers.why` for an object of the
        heap, `referrers.why_all` for a list of them."""
        from referrers import _why
        graph = self._read().graph(
            self._numbers(what), max_depth=20, timeout=timeout,
            exclude_object_ids=exclude_object_ids, module_prefixes=None,
            search_for_untracked_objects=True, max_untracked_search_depth=None,
            single_object_referrer_limit=100, object_limit=object_limit,
            explain=True, sizes=sizes, many=False)
        return _why.Explanation(graph)

    def graph(self, what: object, max_depth: int | None = 20,
              exclude_object_ids: Iterable[int] | None = None,
              module_prefixes: Iterable[str] | None = None,
              max_untracked_search_depth: int | None = None, *,
              timeout: float | None = None,
              single_object_referrer_limit: int | None = 100,
              weak: bool = False, values: bool = False, sizes: bool = False,
              explain: bool = False,
              object_limit: int | None = 10_000) -> ReferrerGraph:
        """What refers to an object, or to the objects of a list, as a graph.

        The options are those of `referrers.get_referrer_graph`; `values`
        shows what was taken with ``snapshot(values=True)``.
        """
        from referrers import _graph
        return _graph.ReferrerGraph(self._read().graph(
            self._numbers(what), max_depth=max_depth,
            exclude_object_ids=exclude_object_ids,
            module_prefixes=module_prefixes,
            search_for_untracked_objects=True,
            max_untracked_search_depth=max_untracked_search_depth,
            timeout=timeout,
            single_object_referrer_limit=single_object_referrer_limit,
            object_limit=object_limit,
            weak=weak, values=values, sizes=sizes, explain=explain,
            many=False))

    def types(self) -> Types:
        """What is in the heap: its types, with how many objects there are of
        each, and the bytes that only they keep alive."""
        from referrers import _survey
        return _survey.Types(self._read())

    def map(self) -> Map:
        """Where the memory is, by path from the roots."""
        from referrers import _survey
        return _survey.Map(self._read())

    def growth_since(self, *earlier: Heap) -> Growth:
        """What grew from the earlier heaps, the oldest first, to this one, and
        what keeps it alive; see `referrers.growth`."""
        from referrers import _growth
        if not earlier:
            raise TypeError("growth_since needs an earlier heap")
        for heap in earlier:
            if not isinstance(heap, Heap):
                raise TypeError("growth_since takes earlier heaps, not %s"
                                % type(heap).__name__)
        return _growth.between([heap._read() for heap in (*earlier, self)])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the heap as a ``.heapsnapshot`` file, which Chrome opens
        (DevTools, Memory, *Load profile*) and `load` reads back; compressed
        if the name ends in ``.gz``.

        Nobody else can read the file (mode 0600), and it gets its name only
        once it is complete.  TypeError for a `path` that is not str or
        os.PathLike, OSError when the file cannot be written.
        """
        from referrers import _files
        name = _files.path(path)
        pieces = _pieces(self._descriptor)
        if name.endswith(".gz"):
            pieces = _compressed(pieces)
        _files.keep(name, pieces)

    def kinds(self, name: str) -> dict[str, tuple[list[int], int]]:
        """The types with instances that a name means, by their full names:
        numbers for `_core.Heap.instances`, and how many objects there are.  A
        full name beats qualnames that are the same word."""
        full: dict[str, tuple[list[int], int]] = {}
        short: dict[str, tuple[list[int], int]] = {}
        for module, qualname, number, count in self._read().abouts():
            known = "%s.%s" % (module or "builtins", qualname)
            for word, found in ((known, full), (qualname, short)):
                if word == name:
                    numbers, so_far = found.get(known, ([], 0))
                    found[known] = (numbers + [number], so_far + count)
        return full or short

    def _read(self) -> _core.Heap:
        if self._core is None:
            self._core = _core.read_heap(self._descriptor)
        return self._core

    def _numbers(self, what: object) -> list[int]:
        if isinstance(what, list):
            return [self._number(one) for one in what]
        return [self._number(what)]

    def _number(self, what: object) -> int:
        core = self._read()
        if isinstance(what, str):
            return self.at(what)._number
        if isinstance(what, HeapObject):
            if 0 <= what._number and _is_at(core, what._number, what.id):
                return what._number
            what = what.id
        if not isinstance(what, int):
            raise TypeError("give a HeapObject, an expression or an address, "
                            "not %s"
                            % type(what).__name__)
        return self.at_address(what)._number


def _is_at(core: _core.Heap, number: int, address: int) -> bool:
    try:
        return core.describe(number)[0] == address
    except ValueError:
        return False  # of another heap, with more objects


def _object(core: _core.Heap, number: int) -> HeapObject:
    address, module, qualname, name, size = core.describe(number)
    return HeapObject(address, "%s.%s" % (module, qualname) if module
                      else qualname, name, size, number)


def _pieces(descriptor: int) -> Iterator[bytes]:
    at = 0
    while piece := os.pread(descriptor, _CHUNK, at):
        at += len(piece)
        yield piece


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    import zlib
    packer = zlib.compressobj(_LEVEL, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _directory() -> str:
    return os.environ.get("TMPDIR") or "/tmp"


def temporary() -> int:
    """A descriptor of a new file that has no name, in TMPDIR."""
    directory = _directory()
    flags = os.O_RDWR | os.O_CLOEXEC
    try:
        return os.open(directory, flags | os.O_TMPFILE | os.O_EXCL, 0o600)
    except OSError:
        pass  # a file system that has no such files
    name = os.path.join(directory, ".referrers-%s.heap" % os.urandom(8).hex())
    descriptor = os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(name)
    return descriptor


def _write(descriptor: int, data: bytes) -> None:
    from referrers import _files
    try:
        _files.write_all(descriptor, data)
    except OSError as error:
        raise OSError(error.errno, "%s in %s, where it is unpacked (set "
                      "TMPDIR to another directory)" % (error.strerror, _directory())) from None


def snapshot(*, values: bool = False, redact: bool = False) -> Heap:
    """Takes all objects of the program, all references and their names.

        referrers.snapshot().save("app.heapsnapshot")

    A forked child reads them and writes them to a file, so the program pauses
    only for the fork.  Nothing is collected, and nothing is kept alive.  The
    file has no name, only this process can read it, and it goes away with the
    `Heap`.  If the system refuses the fork, the program stands still until
    everything is written, and a line on standard error says so
    (`Heap.in_place`).

    values
        Also take the text of strings, and short values such as numbers; of an
        instance the first of its attributes ``name``, ``id``, ``key``,
        ``path``, ``url``, ``user``, ``title`` that is one.  Without it only
        strings that are keys have their text: whole up to 256 characters, so
        that you can type expressions, and shortened beyond.
    redact
        Make it safe to share: keys and values show only their types, files
        the last part of their paths, threads a number.

    MemoryError if there is not enough memory, OSError if the file cannot be
    written (TMPDIR chooses the directory), KeyboardInterrupt on Ctrl-C.
    """
    descriptor = temporary()
    try:
        in_place = _dump(descriptor, values, redact)
    except BaseException:
        os.close(descriptor)
        raise
    return Heap(descriptor, in_place)


class Begun:
    """The heap as it is now, which a forked child still writes while the program
    goes on."""

    def __init__(self) -> None:
        self._descriptor = temporary()
        self._child: object | None = None
        refusal = None
        try:
            self._child = _core.dump_begin(self._descriptor)
        except OSError as error:
            refusal = _refusal(error)
        self._in_place = refusal is not None
        if refusal is not None:
            _dump_in_place(refusal, self._descriptor, False, False)

    def heap(self) -> Heap:
        """Waits for it."""
        child, self._child = self._child, None
        descriptor, self._descriptor = self._descriptor, -1
        try:
            if child is not None:
                _core.dump_end(child)
        except BaseException:
            os.close(descriptor)
            raise
        return Heap(descriptor, self._in_place)

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _dump(descriptor: int, values: bool, redact: bool) -> bool:
    """In a forked child, which takes the program no longer than the fork; or,
    where there is none, in place: then True, and one line says why."""
    try:
        _core.dump(descriptor, values, redact, True)
        return False
    except OSError as error:
        refusal = _refusal(error)
    _dump_in_place(refusal, descriptor, values, redact)
    return True


def _refusal(error: OSError) -> str:
    """Why there was no fork; or the error is another one, and goes on."""
    words = str(error.args[-1])
    if _core._needs_fork or not words.startswith("the fork was refused"):
        raise error
    return words


def _dump_in_place(refusal: str, descriptor: int, values: bool,
                   redact: bool) -> None:
    from referrers import _output
    _output.say(refusal + "; the program stands still instead")
    _core.dump(descriptor, values, redact, False)


def why_not_written(error: OSError) -> str:
    """What a command says of an error of snapshot()."""
    words = error.strerror or str(error)
    if words.startswith("the fork was refused"):
        return words
    return ("cannot write the heap to a temporary file: %s (set TMPDIR to "
            "another directory)" % words)


def is_heap(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a heap does, or is compressed."""
    from referrers import _files
    with open(_files.path(path), "rb") as file:
        start = file.read(256)
    return (start.startswith(b"\x1f\x8b")
            or start.lstrip()[:1] == b"{"
            and start.lstrip()[1:].lstrip().startswith(b'"snapshot"'))


def load(path: str | os.PathLike[str]) -> Heap:
    """OSError when the file cannot be read, ValueError when it is no heap."""
    from referrers import _files
    name = _files.path(path)
    try:
        heap = Heap(_open(name), False)
        try:
            heap._read()
        except BaseException:
            heap._close()  # whoever keeps the error keeps the heap
            raise
    except ValueError as error:
        raise ValueError("%s: %s" % (name, error)) from None
    return heap


def _open(name: str) -> int:
    """A descriptor of a file with the heap as it was written."""
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
    if os.pread(descriptor, 2, 0) != b"\x1f\x8b":
        return descriptor
    try:
        return _unpacked(descriptor)
    finally:
        os.close(descriptor)


def _unpacked(packed: int) -> int:
    import zlib
    most = os.fstat(packed).st_size * _MOST_UNPACKED + (1 << 20)
    unpacker, size = zlib.decompressobj(wbits=31), 0
    descriptor = temporary()
    try:
        for piece in _pieces(packed):
            while piece:
                data = unpacker.decompress(piece, _CHUNK)
                piece = unpacker.unconsumed_tail
                size += len(data)
                if size > most:
                    raise ValueError("this is not a heap that referrers wrote: "
                                     "it would be too large unpacked")
                _write(descriptor, data)
        if not unpacker.eof:
            raise ValueError("the heap file ends too early: part of it is "
                             "missing")
    except zlib.error as error:
        os.close(descriptor)
        raise ValueError("the compressed file is damaged: %s" % error) from None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
