"""The extension module (src/module): the search, the graph, the drawing."""

from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any, TypedDict

__version__: str

# --- from the table of records, by doc/make_records.py ---

class VerdictRecord(TypedDict):
    target: int
    kind: str
    flags: list[str]
    counted: int
    unexplained: int
    root_count: int
    cycle_objects: int
    generation: int | None

class LedgerEntry(TypedDict):
    target: int
    kind: str
    caller: bool
    probable: bool
    left_out: bool
    count: int

class PathRecord(TypedDict):
    target: int
    kind: str
    step_count: int
    targets: int
    shared_count: int
    awaiting: str

class Step(TypedDict):
    kind: str
    cut: bool
    clear: bool
    key_type: str
    owner: str
    label: str
    number: int
    type: str

class HintRecord(TypedDict):
    target: int
    kind: str

class NativeRecord(TypedDict):
    count: int
    holder: str
    offset: int

class RetainedRecord(TypedDict):
    bytes: int
    objects: int

# --- by hand again ---

class Verdict(VerdictRecord):
    id: int
    type: str
    text: str
    ledger_text: str

class Path(PathRecord):
    expression: str
    place: str
    steps: list[Step]
    shared: str
    fingerprint: str

class Hint(HintRecord):
    text: str

class Native(NativeRecord):
    id: int
    type: str

class Retained(RetainedRecord):
    id: int
    type: str
    target: bool

class Answers(TypedDict):
    verdicts: list[Verdict]
    ledger: list[LedgerEntry]
    paths: list[Path]
    hints: list[Hint]
    natives: list[Native]
    retained: list[Retained]

class Graph:
    """A detached referrer graph; only `graph` makes one."""

    @property
    def has_values(self) -> bool: ...
    @property
    def target_count(self) -> int: ...
    @property
    def object_count(self) -> int: ...
    @property
    def reference_count(self) -> int: ...
    @property
    def left_out(self) -> tuple[int, int]: ...
    def text(self, max_lines: int, /) -> str: ...
    def merged_text(self, max_lines: int, /) -> str: ...
    def merged_chart(self, most: int, /) -> str: ...
    def lines(self) -> bytes: ...
    def view_lines(
        self,
        *,
        max_objects: int = 0,
        paths_only: bool | None = None,
        rankdir: str = "auto",
        title: str | None = None,
        addresses: bool = False,
    ) -> bytes: ...
    def explanation(self) -> str: ...
    def answers(
        self, *names: str, target: int | None = None, steps: bool = True
    ) -> Answers: ...
    def reference_view(
        self,
    ) -> tuple[list[tuple[str, int, str, bool, bool]], list[tuple[int, int]]]: ...
    def mermaid(
        self,
        *,
        max_objects: int = 0,
        paths_only: bool | None = None,
        rankdir: str = "auto",
        title: str | None = None,
        addresses: bool = False,
    ) -> str: ...
    def json(
        self,
        *,
        max_objects: int = 0,
        paths_only: bool | None = None,
        rankdir: str = "auto",
        title: str | None = None,
        addresses: bool = False,
    ) -> str: ...

class Heap:
    """A heap read from a file; objects are meant by their numbers in it."""

    @property
    def is_redacted(self) -> bool: ...
    @property
    def has_values(self) -> bool: ...
    @property
    def object_count(self) -> int: ...
    def graph(
        self,
        targets: list[int],
        *,
        max_depth: int | None,
        exclude_object_ids: Iterable[int] | None,
        module_prefixes: Iterable[str] | None,
        search_for_untracked_objects: bool,
        max_untracked_search_depth: int | None,
        timeout: float | None,
        single_object_referrer_limit: int | None,
        object_limit: int | None = None,
        explain: bool,
        sizes: bool = False,
        weak: bool = False,
        values: bool = False,
        many: bool,
    ) -> Graph: ...
    def abouts(self) -> list[tuple[str, str, int, int]]: ...
    def instances(self, abouts: list[int], most: int, /) -> list[int]: ...
    def describe(self, object: int, /) -> tuple[int, str, str, str, int]: ...
    def at(self, address: int, /) -> int | None: ...
    def module(self, name: str, /) -> int | None: ...
    def attribute(self, object: int, name: str, /) -> int | None: ...
    def class_attribute(self, object: int, name: str, /) -> int | None: ...
    def item(self, object: int, key_type: str, key: str, /) -> int | None: ...
    def position(self, object: int, position: int, /) -> int | None: ...
    def class_of(self, object: int, /) -> int | None: ...

def graph(
    targets: list[object],
    *,
    max_depth: int | None,
    exclude_object_ids: Iterable[int] | None,
    module_prefixes: Iterable[str] | None,
    search_for_untracked_objects: bool,
    max_untracked_search_depth: int | None,
    timeout: float | None,
    single_object_referrer_limit: int | None,
    object_limit: int | None = None,
    explain: bool,
    sizes: bool = False,
    weak: bool = False,
    values: bool = False,
    many: bool,
    given: int = 0,
    fork: bool = False,
    # False: nobody of the program
    asker: FrameType | bool | None = None,
) -> Graph: ...
def read_heap(descriptor: int, /) -> Heap: ...
def survey_types(heap: Heap, /) -> list[tuple[str, str, int, int, int]]: ...
_Place = tuple[int, str, str, str, int, int, int, int, int]

def survey_map(
    heap: Heap, most: int, /
) -> tuple[tuple[int, int, int, int, int], _Place | None, list[_Place]]: ...
_Growing = tuple[
    str, str, str, str, bool, list[int], list[tuple[str, int, int]], int, int,
    str, int | None, int | None, int, bool]

def survey_growth(
    heaps: list[Heap], least: int, /
) -> tuple[list[tuple[int, int, int, int, int]], list[_Growing], bytes]: ...
def survey_map_chart(heap: Heap, most: int, /) -> bytes: ...
def size_words(number: int, /) -> str: ...
def dump(
    descriptor: int, values: bool, redact: bool, fork: bool, /
) -> None: ...
def dump_begin(descriptor: int, /) -> object: ...
def dump_end(begun: object, /) -> None: ...
def read(lines: bytes, /) -> Graph: ...
def from_json(document: object, /) -> Graph: ...
def records() -> dict[str, list[dict[str, Any]]]: ...
def draw(
    program: str, arguments: list[str], data: bytes, timeout: float
) -> tuple[str | None, bytes, bytes]: ...
def open_in_root(root: int, path: str, /) -> int: ...
def open_inside(parent: int, name: str, /) -> int: ...
_misfits: int
_needs_fork: int
def _misfit(*layouts: str) -> None: ...
def _drill(at: int = 0, what: str = "nothing", /) -> int: ...
def _c_rows() -> str: ...
def _niceness(number: int, /) -> None: ...
def show_progress(descriptor: int, /) -> None: ...
def instances(
    name: str, most: int | None, /
) -> tuple[list[Any], int, list[str], bool]: ...
def variables(frame: FrameType, /) -> dict[str, Any]: ...
def trace(
    match: Callable[[CodeType], bool | None],
    hit: Callable[[FrameType], bool | None],
    line: int,
    /,
) -> None: ...
def untrace() -> None: ...
