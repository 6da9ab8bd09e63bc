"""Cases of kinds.py: fields of types that are written in C, by their member
tables or by what the object itself shows."""

import datetime
import ssl
import types
import weakref

from kinds import Target, case, found


class Zone(datetime.tzinfo):
    pass


@case("datetime.tzinfo (member)", "time.tzinfo (member)")
def zone_of_a_time():
    zone = Zone()
    return zone, [datetime.datetime(2026, 11, 23, tzinfo=zone),
                  datetime.time(1, 2, tzinfo=zone)]


@case("range.stop (member)")
def end_of_a_range():
    stop = int("1" + 30 * "0")
    return stop, range(stop)


# Code has a qualified name since 3.11.
CODE_NAMES = [name for name in ("co_name", "co_qualname")
              if hasattr(found.__code__, name)]


@case(*("code.%s (member)" % name for name in CODE_NAMES))
def name_of_code():
    name = "".join(["named", "_here"])
    return name, found.__code__.replace(**dict.fromkeys(CODE_NAMES, name))


@case("ndarray[2, 5]", "ndarray[0, 0]")
def element_of_a_numpy_array():
    import numpy
    target = Target()
    array = numpy.zeros((3, 6), dtype=object)
    array[2, 5] = array[0, 0] = target
    return target, [array, array[1:, 2:], numpy.zeros(5)]


@case("ndarray.base (member)")
def array_of_a_numpy_view():
    import numpy
    array = numpy.zeros((3, 6), dtype=object)
    return array, [array[1:]]


@case("ndarray[1]['owner']", "ndarray[0]['nested']['inner']",
      "ndarray[2]['pair'][1]")
def element_of_a_structured_numpy_array():
    import numpy
    target = Target()
    array = numpy.zeros(3, dtype=[
        ("number", "i4"), ("owner", "O"),
        ("nested", [("small", "i2"), ("inner", "O")]), ("pair", "O", (2,))])
    array["owner"][1] = target
    array["nested"]["inner"][0] = target
    array["pair"][2, 1] = target
    return target, [array, array["owner"]]


@case("void.base (member)")
def array_of_a_structured_element():
    import numpy
    array = numpy.zeros(3, dtype=[("number", "i4"), ("owner", "O")])
    return array, array[0]


@case("flatiter.base (member)")
def array_of_a_flat_iterator():
    import numpy
    array = numpy.zeros(3, dtype=object)
    return array, array.flat


@case("ufunc.obj (member)")
def function_of_a_numpy_function():
    import numpy

    def called(value):
        return value
    return called, numpy.frompyfunc(called, 1, 1)


@case("ndarray[()]")
def element_of_a_numpy_array_without_dimensions():
    import numpy
    target = Target()
    array = numpy.zeros((), dtype=object)
    array[()] = target
    return target, array


@case("timezone.offset (member)")
def offset_of_a_time_zone():
    offset = datetime.timedelta(hours=5)
    return offset, datetime.timezone(offset, "five")


@case("_SSLSocket.context (member)")
def context_of_a_connection():
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(),
                            server_hostname="host")
    return context, made._sslobj


@case("longrange_iterator.start (member)")
def start_of_an_iterator_over_a_range():
    start = int("1" + 30 * "0")
    return start, iter(range(start, start * 2))


def around():
    return lambda: 0


@case("code.co_consts[%d] (member)" % next(
    i for i, constant in enumerate(around.__code__.co_consts)
    if isinstance(constant, types.CodeType)))
def nested_code():
    code = around.__code__.replace(co_consts=tuple(
        c.replace(co_name="copy") if isinstance(c, types.CodeType) else c
        for c in around.__code__.co_consts))
    return next(c for c in code.co_consts if isinstance(c, types.CodeType)), code


@case("code.co_consts (member)")
def constants_of_code():
    code = found.__code__.replace(co_consts=(None, object()))
    return code.co_consts, code


@case("K.__subclasses__ (member)")
def weak_reference_to_a_subclass():
    class K:
        pass

    class Sub(K):
        pass
    # The weak reference that a class keeps is the one everybody gets.
    return weakref.ref(Sub), (K, Sub)


@case("FreshName.__name__ (member)", "FreshName.__qualname__ (member)")
def name_of_a_class():
    name = "".join(["Fresh", "Name"])
    return name, type(name, (), {})
