"""Cases of kinds.py: objects of the standard library that are written in C."""

import cProfile
import csv
import ctypes
import decimal
import gc
import io
import pickle
import sqlite3
import sys
import threading
import typing
import xml.etree.ElementTree

from kinds import Target, case

SINCE_3_11 = sys.version_info >= (3, 11)
SINCE_3_12 = sys.version_info >= (3, 12)
SINCE_3_13 = sys.version_info >= (3, 13)


class Holds:
    """Keeps what a case made alive, in ways that are no case of their own."""

    __slots__ = ("held",)

    def __init__(self, *held):
        self.held = [lambda: held]


def parts(holder, kind):
    """What of this type name a C object refers to."""
    return [o for o in gc.get_referents(holder) if type(o).__name__ == kind]


# What a pickler has seen is in a table of its own, of which 3.10 tells nothing.

@case("Pickler.memo (member)")
def what_a_pickler_has_seen():
    target = Target()
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump(target)
    return target, pickler


@case("Pickler.buffer_callback (member)")
def callback_of_a_pickler():
    def callback(buffer):
        pass
    return callback, pickle.Pickler(io.BytesIO(), 5, buffer_callback=callback)


@case("Pickler.dispatch_table (member)")
def dispatch_table_of_a_pickler():
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dispatch_table = table = {}
    return table, pickler


@case("Pickler.write (member)")
def where_a_pickler_writes():
    pickler = pickle.Pickler(io.BytesIO())
    return parts(pickler, "builtin_function_or_method")[0], pickler


@case("Unpickler.memo (member)")
def what_an_unpickler_has_made():
    unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([])))
    return unpickler.load(), unpickler


@case("Unpickler.read (member)")
def where_an_unpickler_reads():
    data = io.BytesIO()
    unpickler = pickle.Unpickler(data)
    return [m for m in parts(unpickler, "builtin_function_or_method")
            if m.__name__ == "read"][0], unpickler


@case("PickleBuffer.obj (member)")
def object_of_a_pickle_buffer():
    data = bytearray(10)
    return data, pickle.PickleBuffer(data)


# sqlite3

def connection():
    return sqlite3.connect(":memory:", cached_statements=0)


@case("Connection.trace callback (member)")
def callback_that_traces_a_connection():
    def callback(statement):
        pass
    made = connection()
    made.set_trace_callback(callback)
    return callback, made


@case("Connection.progress handler (member)")
def handler_of_progress_of_a_connection():
    def handler():
        return 0
    made = connection()
    made.set_progress_handler(handler, 1000)
    return handler, made


@case("Connection.authorizer (member)")
def authorizer_of_a_connection():
    def authorizer(*arguments):
        return 0
    made = connection()
    made.set_authorizer(authorizer)
    return authorizer, made


@case("Connection.row_factory (member)", "Connection.text_factory (member)")
def factories_of_a_connection():
    def factory(*arguments):
        pass
    made = connection()
    made.row_factory = made.text_factory = factory
    return factory, made


if SINCE_3_11:      # before, a cache of its own has it as well
    @case("Cursor.statement (member)")
    def statement_of_a_cursor():
        cursor = connection().execute("select 1 union select 2")
        return parts(cursor, "Statement")[0], Holds(cursor)


@case("Row.data (member)")
def values_of_a_row():
    made = connection()
    made.row_factory = sqlite3.Row
    row = made.execute("select 'a', 'b'").fetchone()
    return next(o for o in gc.get_referents(row)
                if isinstance(o, tuple) and o == ("a", "b")), row


# ctypes

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


@case("CFunctionType.callable (member)", "CThunkObject.callable (member)")
def function_of_a_callback_for_c():
    def callback(number):
        return number
    return callback, CALLBACK(callback)


@case("CFunctionType.errcheck (member)")
def function_that_checks_what_c_gave():
    def check(*arguments):
        pass
    made = CALLBACK(ctypes.cast(ctypes.CDLL(None).abs, ctypes.c_void_p).value)
    made.errcheck = check
    return check, made


@case("CFunctionType.argtypes (member)")
def types_of_arguments_for_c():
    made = CALLBACK(ctypes.cast(ctypes.CDLL(None).abs, ctypes.c_void_p).value)
    made.argtypes = types = (ctypes.c_int, ctypes.py_object)
    return types, made


@case("CField.type (member)", "tuple[1]")
def type_of_a_field():
    class Inner(ctypes.Structure):
        _fields_ = [("number", ctypes.c_int)]

    class Outer(ctypes.Structure):
        _fields_ = [("inner", Inner)]
    return Inner, vars(Outer)["inner"]


# io

def read_file(newline=None):
    file = io.TextIOWrapper(io.BytesIO(b"one\ntwo\n" * 9), "utf-8",
                            newline=newline)
    file.readline()
    return file


@case("TextIOWrapper.decoder (member)")
def decoder_of_a_file():
    file = read_file()
    return parts(file, "IncrementalNewlineDecoder")[0], file


@case("IncrementalNewlineDecoder.decoder (member)")
def decoder_behind_a_decoder():
    decoder = Target()
    decoder.decode = decoder.getstate = decoder.setstate = None
    return decoder, io.IncrementalNewlineDecoder(decoder, True)


@case("TextIOWrapper.snapshot (member)")
def snapshot_of_a_file():
    file = read_file()
    return parts(file, "tuple")[0], file


@case("TextIOWrapper.pending_bytes (member)")
def text_not_yet_written():
    file = io.TextIOWrapper(io.BytesIO(), "utf-8")
    file.write("one")
    file.write("two")
    return parts(file, "list")[0], file


@case("_BytesIOBuffer.source (member)")
def bytes_under_a_view():
    data = io.BytesIO(b"abc")
    return data, memoryview(data.getbuffer())


# csv

class Lines:
    """As an iterator, and as a file."""

    def __next__(self):
        raise StopIteration

    def __iter__(self):
        return self

    def write(self, line):
        pass


@case("reader.iterator (member)")
def lines_of_a_csv_reader():
    lines = Lines()
    return lines, csv.reader(lines)


@case("writer.write (member)")
def where_a_csv_writer_writes():
    writer = csv.writer(Lines())
    return parts(writer, "method")[0], writer


@case("reader.dialect (member)")
def dialect_of_a_csv_reader():
    reader = csv.reader([])
    return reader.dialect, reader


# xml

@case("TreeBuilder.root (member)", "TreeBuilder.this (member)",
      "TreeBuilder.last (member)")
def element_that_is_being_built():
    builder = xml.etree.ElementTree.TreeBuilder()
    return builder.start("tag", {}), builder


@case("TreeBuilder.element_factory (member)")
def factory_of_elements():
    def factory(tag, attributes):
        return xml.etree.ElementTree.Element(tag, attributes)
    return factory, xml.etree.ElementTree.TreeBuilder(factory)


@case("XMLParser.start (member)")
def function_of_an_xml_parser():
    class Builder:
        def __init__(self):
            self.start = lambda *arguments: None
    builder = Builder()
    parser = xml.etree.ElementTree.XMLParser(target=builder)
    start = builder.start
    del builder.start
    return start, parser


# typing

@case("TypeVar.__bound__ (member)" if SINCE_3_12
      else "TypeVar.__bound__ (instance attribute)")
def bound_of_a_type_variable():
    class Bound:
        pass
    return Bound, typing.TypeVar("V", bound=Bound)


@case("TypeVar.__constraints__ (member)" if SINCE_3_12
      else "TypeVar.__constraints__ (instance attribute)")
def constraints_of_a_type_variable():
    variable = typing.TypeVar("V", int, str)
    return variable.__constraints__, variable


def defined(source):
    """What a newer Python's source defines."""
    names = {}
    exec(source, names)
    names.pop("__builtins__")
    return names


if SINCE_3_12:
    @case("TypeAliasType.__value__ (member)")
    def value_of_a_type_alias():
        names = defined("class Value: pass\ntype Alias = Value")
        alias, value = names["Alias"], names["Alias"].__value__
        names.clear()
        return value, alias

    @case("TypeAliasType.evaluate_value (member)")
    def function_of_a_type_alias():
        alias = defined("type Alias = int")["Alias"]
        return parts(alias, "function")[0], alias

    @case("TypeAliasType.__type_params__ (member)")
    def parameters_of_a_type_alias():
        alias = defined("type Alias[X] = list[X]")["Alias"]
        return alias.__type_params__, alias

    @case("TypeVar.evaluate_bound (member)")
    def function_of_a_bound():
        variable = defined("def f[V: int](): pass")["f"].__type_params__[0]
        return parts(variable, "function")[0], variable


if SINCE_3_13:
    @case("TypeVar.__default__ (member)")
    def default_of_a_type_variable():
        class Default:
            pass
        return Default, typing.TypeVar("V", default=Default)

    @case("ParamSpec.__default__ (member)", "TypeVarTuple.__default__ (member)")
    def default_of_other_variables():
        class Default:
            pass
        return Default, (typing.ParamSpec("P", default=Default),
                         typing.TypeVarTuple("T", default=Default))

    @case("FrameLocalsProxy.frame (member)",
          "frame_of_its_locals.frame (kept local) [local]")
    def frame_of_its_locals():
        def call():
            return sys._getframe()
        frame = call()
        return frame, frame.f_locals

    @case("_local.threads (member)")
    def threads_of_a_thread_local():
        local = threading.local()
        local.value = 1
        return parts(local, "set")[0], local

    @case("Context.traps (member)")
    def traps_of_a_decimal_context():
        context = decimal.Context()
        return context.traps, context

    @case("ContextManager.context (member)")
    def context_of_a_decimal_manager():
        manager = decimal.localcontext(decimal.Context(prec=3))
        return [c for c in parts(manager, "Context") if c.prec == 3][0], manager


if SINCE_3_13:
    @case("Profile.timer (member)")
    def timer_of_a_profiler():
        def timer():
            return 0.0
        return timer, cProfile.Profile(timer)
