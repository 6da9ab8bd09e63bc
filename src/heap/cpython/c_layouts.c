/* c_layouts.c - where C types of CPython keep what they refer to
 *
 * One row is one layout of one type: where the type is from, on which versions
 * of CPython it looks like that, its size in words, what else is known of it,
 * and which field stands in which word.  These structs are private.  Of a type
 * that has a tp_traverse a row is believed only when the object itself confirms
 * it (c_fields.c).
 *
 * A new version: build with --enable-debug, which says which type has no row of
 * its size, and run test_c_types.py, which says which row finds no type. */
#include "heap/cpython/c_types.h"

/* A type that C code can name; one of a module, called as the module is in C;
 * one that is not exported and in no module; one that no module need show. */
#define IS(type) &type, NULL
#define OF(module) NULL, module
#define OWN NULL, NULL
#define HIDDEN NULL, ""

#define EVERY 10, 99
#define SINCE(minor) minor, 99
#define IN(first, last) first, last
#define ONLY(minor) minor, minor

#define PLAIN RG__C_PLAIN
#define DEQUE RG__C_DEQUE
#define SIMPLE_QUEUE RG__C_SIMPLE_QUEUE
#define LRU_CACHE RG__C_LRU_CACHE
#define LRU_LINK RG__C_LRU_LINK
#define MANAGED_BUFFER RG__C_MANAGED_BUFFER
#define TRIE RG__C_TRIE
#define TRIE_NODE RG__C_TRIE_NODE
#define THREAD_LOCAL RG__C_THREAD_LOCAL
#define THREAD_DUMMY RG__C_THREAD_DUMMY
#define TASK RG__C_TASK
#define ELEMENT RG__C_ELEMENT
#define XML_PARSER RG__C_XML_PARSER
#define CODE RG__C_CODE
#define MEMBERS RG__C_MEMBERS
#define FIELDS RG__C_FIELDS
#define DATETIME RG__C_DATETIME
#define TIME RG__C_TIME

/* clang-format off */
#define NO_FIELDS {{0, NULL}}

/* The fields that _asyncio.Future has on every version; Task begins with
 * them. */
#define FUTURE \
    {2, "_loop"}, {3, "_callbacks[0][0]"}, {4, "_callbacks[0][1]"}, \
    {5, "_callbacks"}, \
    {6, "_exception"}, {7, "traceback"}, {8, "_result"}, \
    {9, "_source_traceback"}, {10, "_cancel_message"}

#define UNPICKLER(first) \
    {2, "stack"}, {first, "read"}, {first + 1, "readinto"}, \
    {first + 2, "readline"}, {first + 3, "peek"}, {first + 4, "buffers"}

#define THUNK {11, "callable"}, {12, "restype"}

#define CALLBACKS(first) \
    {first, "&trace callback"}, {first + 1, "&progress handler"}, \
    {first + 2, "&authorizer"}

#define BOUND \
    {3, "__bound__"}, {4, "evaluate_bound"}, {5, "__constraints__"}, \
    {6, "evaluate_constraints"}

#define SSL_SOCKET \
    {2, "socket"}, {4, "context"}, {6, "owner"}, {7, "server_hostname"}

/* clang-format off */
const struct rg__c_type rg__c_layouts[] = {
    /* asyncio */
    {"_asyncio.Future", OF("_asyncio"), SINCE(14), 14, PLAIN,
     {FUTURE, {11, "_cancelled_exc"}, {12, "_asyncio_awaited_by"}}},
    {"_asyncio.Future", OF("_asyncio"), ONLY(13), 0, PLAIN,
     {FUTURE, {11, "_cancelled_exc"}}},
    {"_asyncio.Future", OF("_asyncio"), IN(11, 12), 0, PLAIN,
     {FUTURE, {15, "_cancelled_exc"}}},
    {"_asyncio.Future", OF("_asyncio"), ONLY(10), 0, PLAIN,
     {FUTURE, {15, "type of _cancelled_exc"}, {16, "_cancelled_exc"},
      {17, "traceback of _cancelled_exc"}}},
    {"_asyncio.Task", OF("_asyncio"), ONLY(10), 24, TASK,
     {{19, "_fut_waiter"}, {20, "_coro"}, {21, "name"}, {22, "context"}}},
    {"_asyncio.Task", OF("_asyncio"), IN(11, 12), 22, TASK,
     {{16, "_fut_waiter"}, {17, "_coro"}, {18, "name"}, {19, "context"}}},
    {"_asyncio.Task", OF("_asyncio"), ONLY(13), 18, TASK,
     {{14, "_fut_waiter"}, {15, "_coro"}, {16, "name"}, {17, "context"}}},
    {"_asyncio.Task", OF("_asyncio"), SINCE(14), 21, TASK,
     {{15, "_fut_waiter"}, {16, "_coro"}, {17, "name"}, {18, "context"}}},
    {"_asyncio.FutureIter", OWN, IN(10, 11), 3, PLAIN, {{2, "future"}}},
    {"_asyncio.FutureIter", OF("_asyncio"), SINCE(12), 0, PLAIN,
     {{2, "future"}}},
    {"coroutine_wrapper", OWN, EVERY, 3, PLAIN, {{2, "coroutine"}}},
    {"async_generator_asend", OWN, EVERY, 0, PLAIN,
     {{2, "generator"}, {3, "value"}}},
    {"async_generator_athrow", OWN, EVERY, 0, PLAIN, {{2, "generator"}}},
    {"anext_awaitable", OWN, EVERY, 4, PLAIN,
     {{2, "awaitable"}, {3, "default"}}},

    /* iterators over containers */
    {"list_iterator", IS(PyListIter_Type), EVERY, 4, PLAIN, {{3, "iterable"}}},
    {"list_reverseiterator", IS(PyListRevIter_Type), EVERY, 4, PLAIN,
     {{3, "iterable"}}},
    {"tuple_iterator", IS(PyTupleIter_Type), EVERY, 4, PLAIN,
     {{3, "iterable"}}},
    {"set_iterator", IS(PySetIter_Type), EVERY, 6, PLAIN, {{2, "iterable"}}},
    {"iterator", IS(PySeqIter_Type), EVERY, 4, PLAIN, {{3, "iterable"}}},
    {"reversed", IS(PyReversed_Type), EVERY, 4, PLAIN, {{3, "iterable"}}},
    {"callable_iterator", IS(PyCallIter_Type), EVERY, 4, PLAIN,
     {{2, "callable"}, {3, "sentinel"}}},
    {"str_iterator", IS(PyUnicodeIter_Type), EVERY, 4, PLAIN,
     {{3, "iterable"}}},
    {"str_ascii_iterator", OWN, SINCE(11), 4, PLAIN, {{3, "iterable"}}},
    {"bytes_iterator", IS(PyBytesIter_Type), EVERY, 4, PLAIN,
     {{3, "iterable"}}},
    {"bytearray_iterator", IS(PyByteArrayIter_Type), EVERY, 4, PLAIN,
     {{3, "iterable"}}},
    {"memory_iterator", OWN, SINCE(11), 6, PLAIN, {{3, "iterable"}}},
    {"array.arrayiterator", OF("array"), EVERY, 5, PLAIN, {{3, "iterable"}}},
    {"dict_keys", IS(PyDictKeys_Type), EVERY, 3, PLAIN, {{2, "mapping"}}},
    {"dict_values", IS(PyDictValues_Type), EVERY, 3, PLAIN, {{2, "mapping"}}},
    {"dict_items", IS(PyDictItems_Type), EVERY, 3, PLAIN, {{2, "mapping"}}},
    {"odict_keys", IS(PyODictKeys_Type), EVERY, 3, PLAIN, {{2, "mapping"}}},
    {"odict_values", IS(PyODictValues_Type), EVERY, 3, PLAIN,
     {{2, "mapping"}}},
    {"odict_items", IS(PyODictItems_Type), EVERY, 3, PLAIN, {{2, "mapping"}}},
    {"dict_keyiterator", IS(PyDictIterKey_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}}},
    {"dict_valueiterator", IS(PyDictIterValue_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}}},
    {"dict_itemiterator", IS(PyDictIterItem_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}, {5, "result"}}},
    {"dict_reversekeyiterator", IS(PyDictRevIterKey_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}}},
    {"dict_reversevalueiterator", IS(PyDictRevIterValue_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}}},
    {"dict_reverseitemiterator", IS(PyDictRevIterItem_Type), EVERY, 7, PLAIN,
     {{2, "iterable"}, {5, "result"}}},
    {"odict_iterator", IS(PyODictIter_Type), EVERY, 8, PLAIN,
     {{3, "iterable"}, {6, "current"}, {7, "result"}}},
    {"_collections._deque_iterator", OF("_collections"), IN(10, 11), 7, PLAIN,
     {{4, "iterable"}}},
    {"_collections._deque_reverse_iterator", OF("_collections"),
     IN(10, 11), 7, PLAIN,
     {{4, "iterable"}}},
    {"collections._deque_iterator", OF("_collections"), SINCE(12), 7, PLAIN,
     {{4, "iterable"}}},
    {"collections._deque_reverse_iterator", OF("_collections"),
     SINCE(12), 7, PLAIN,
     {{4, "iterable"}}},

    /* iterators over iterators */
    {"enumerate", IS(PyEnum_Type), EVERY, 0, PLAIN,
     {{3, "iterator"}, {4, "result"}, {5, "index"}}},
    {"zip", IS(PyZip_Type), EVERY, 0, PLAIN,
     {{3, "iterators"}, {4, "result"}}},
    {"map", IS(PyMap_Type), EVERY, 0, PLAIN,
     {{2, "iterators"}, {3, "function"}}},
    {"filter", IS(PyFilter_Type), EVERY, 4, PLAIN,
     {{2, "function"}, {3, "iterator"}}},
    {"itertools.chain", OF("itertools"), EVERY, 4, PLAIN,
     {{2, "iterables"}, {3, "current"}}},
    {"itertools.repeat", OF("itertools"), EVERY, 4, PLAIN, {{2, "object"}}},
    {"itertools.count", OF("itertools"), EVERY, 5, PLAIN,
     {{3, "number"}, {4, "step"}}},
    {"itertools.cycle", OF("itertools"), EVERY, 0, PLAIN,
     {{2, "iterator"}, {3, "saved"}}},
    {"itertools.accumulate", OF("itertools"), EVERY, 0, PLAIN,
     {{2, "total"}, {3, "iterator"}, {4, "function"}, {5, "initial"}}},
    {"itertools.islice", OF("itertools"), EVERY, 7, PLAIN, {{2, "iterator"}}},
    {"itertools.takewhile", OF("itertools"), EVERY, 5, PLAIN,
     {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.dropwhile", OF("itertools"), EVERY, 5, PLAIN,
     {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.filterfalse", OF("itertools"), EVERY, 4, PLAIN,
     {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.starmap", OF("itertools"), EVERY, 4, PLAIN,
     {{2, "function"}, {3, "iterator"}}},
    {"itertools.compress", OF("itertools"), EVERY, 4, PLAIN,
     {{2, "data"}, {3, "selectors"}}},
    {"itertools.zip_longest", OF("itertools"), EVERY, 7, PLAIN,
     {{4, "iterators"}, {5, "result"}, {6, "fillvalue"}}},
    {"itertools.product", OF("itertools"), EVERY, 6, PLAIN,
     {{2, "pools"}, {4, "result"}}},
    {"itertools.combinations", OF("itertools"), EVERY, 7, PLAIN,
     {{2, "pool"}, {4, "result"}}},
    {"itertools.combinations_with_replacement", OF("itertools"),
     EVERY, 7, PLAIN,
     {{2, "pool"}, {4, "result"}}},
    {"itertools.permutations", OF("itertools"), EVERY, 8, PLAIN,
     {{2, "pool"}, {5, "result"}}},
    {"itertools.pairwise", OF("itertools"), IN(10, 12), 4, PLAIN,
     {{2, "iterator"}, {3, "previous"}}},
    {"itertools.pairwise", OF("itertools"), SINCE(13), 5, PLAIN,
     {{2, "iterator"}, {3, "previous"}, {4, "result"}}},
    {"itertools.groupby", OF("itertools"), EVERY, 0, PLAIN,
     {{2, "iterator"}, {3, "key function"}, {4, "target key"},
      {5, "current key"}, {6, "current value"}}},
    {"itertools._grouper", OF("itertools"), EVERY, 4, PLAIN,
     {{2, "parent"}, {3, "key"}}},
    {"itertools._tee", OF("itertools"), EVERY, 0, PLAIN, {{2, "data"}}},
    {"itertools._tee_dataobject", OF("itertools"), EVERY, 62, PLAIN,
     {{2, "iterator"}, {4, "next"}, {5, "*items"}}},
    {"itertools.batched", OF("itertools"), SINCE(12), 0, PLAIN,
     {{2, "iterator"}}},

    /* small callables and views */
    {"functools.KeyWrapper", OF("_functools"), EVERY, 4, PLAIN,
     {{2, "cmp"}, {3, "obj"}}},
    {"operator.attrgetter", OF("_operator"), EVERY, 0, PLAIN,
     {{3, "attributes"}}},
    {"operator.itemgetter", OF("_operator"), EVERY, 0, PLAIN, {{3, "items"}}},
    {"operator.methodcaller", OF("_operator"), EVERY, 0, PLAIN,
     {{2, "name"}, {3, "args"}, {4, "kwargs"}}},
    {"method-wrapper", OWN, EVERY, 4, PLAIN,
     {{2, "descriptor"}, {3, "__self__"}}},
    {"property", IS(PyProperty_Type), EVERY, 0, PLAIN,
     {{5, "__doc__"}, {6, "__name__"}}},
    {"_contextvars.Token", IS(PyContextToken_Type), EVERY, 6, PLAIN,
     {{2, "context"}, {3, "var"}, {4, "old_value"}}},
    {"_contextvars.ContextVar", IS(PyContextVar_Type), EVERY, 8, PLAIN,
     {{3, "default"}}},
    /* without a GIL it keeps no value at hand */
    {"_contextvars.ContextVar", IS(PyContextVar_Type), SINCE(13), 5, PLAIN,
     {{3, "default"}}},

    /* re, io and others */
    {"re.Pattern", OF("_sre"), EVERY, 0, PLAIN,
     {{4, "groupindex"}, {5, "indexgroup"}, {6, "pattern"}}},
    {"_sre.SRE_Scanner", OF("_sre"), EVERY, 0, PLAIN, {{2, "pattern"}}},
    {"_io.BytesIO", OF("_io"), IN(10, 11), 8, PLAIN, {{2, "!buffer"}}},
    {"_io.BytesIO", OF("_io"), SINCE(12), 8, PLAIN, {{2, "buffer"}}},
    {"_io.BufferedReader", OF("_io"), EVERY, 0, PLAIN, {{2, "raw"}}},
    {"_io.BufferedWriter", OF("_io"), EVERY, 0, PLAIN, {{2, "raw"}}},
    {"_io.BufferedRandom", OF("_io"), EVERY, 0, PLAIN, {{2, "raw"}}},
    {"_io.TextIOWrapper", OF("_io"), EVERY, 0, PLAIN,
     {{4, "buffer"}, {5, "encoding"}, {6, "encoder"}, {7, "decoder"},
      {8, "newline"}, {9, "errors"}, {15, "decoded_chars"},
      {17, "pending_bytes"}, {19, "snapshot"}}},
    {"_io.IncrementalNewlineDecoder", OF("_io"), IN(10, 11), 5, FIELDS,
     {{2, "decoder"}, {3, "errors"}}},
    {"_io.IncrementalNewlineDecoder", OF("_io"), SINCE(12), 5, PLAIN,
     {{2, "decoder"}, {3, "errors"}}},
    {"_io._BytesIOBuffer", HIDDEN, IN(10, 11), 3, PLAIN, {{2, "source"}}},
    {"_io._BytesIOBuffer", OF("_io"), SINCE(12), 3, PLAIN, {{2, "source"}}},
    {"_io.BufferedRWPair", OF("_io"), SINCE(12), 0, PLAIN,
     {{2, "reader"}, {3, "writer"}}},
    {"_csv.reader", OF("_csv"), EVERY, 0, PLAIN,
     {{2, "iterator"}, {3, "dialect"}, {4, "fields"}}},
    {"_csv.writer", OF("_csv"), EVERY, 0, PLAIN,
     {{2, "write"}, {3, "dialect"}}},
    {"_elementtree._element_iterator", OWN, IN(10, 11), 8, PLAIN,
     {{5, "root"}, {6, "tag"}}},
    {"_elementtree._element_iterator", OF("_elementtree"), SINCE(12), 8, PLAIN,
     {{5, "root"}, {6, "tag"}}},
    {"_struct.unpack_iterator", OF("_struct"), EVERY, 14, PLAIN,
     {{2, "struct"}, {4, "buffer"}}},
    {"pickle.PickleBuffer", IS(PyPickleBuffer_Type), EVERY, 13, PLAIN,
     {{3, "obj"}}},
    {"_lsprof.Profiler", OF("_lsprof"), SINCE(13), 10, PLAIN, {{6, "timer"}}},
    {"decimal.Context", OF("_decimal"), SINCE(13), 0, PLAIN,
     {{8, "traps"}, {9, "flags"}}},
    {"decimal.ContextManager", OF("_decimal"), SINCE(13), 4, PLAIN,
     {{2, "context"}, {3, "saved context"}}},

    /* pickle: the memo is a table of its own; the first patch releases of
     * 3.13 had a word less */
    {"_pickle.Pickler", OF("_pickle"), ONLY(10), 19, RG__C_PICKLER,
     {{6, "reducer_override"}, {7, "write"}, {18, "buffer_callback"}}},
    {"_pickle.Pickler", OF("_pickle"), SINCE(11), 19, PLAIN,
     {{6, "reducer_override"}, {7, "write"}, {18, "buffer_callback"},
      {0, "~memo"}}},
    {"_pickle.Pickler", OF("_pickle"), ONLY(13), 18, PLAIN,
     {{5, "reducer_override"}, {6, "write"}, {17, "buffer_callback"},
      {0, "~memo"}}},
    {"_pickle.Unpickler", OF("_pickle"), ONLY(10), 34, RG__C_UNPICKLER,
     {UNPICKLER(23)}},
    {"_pickle.Unpickler", OF("_pickle"), IN(11, 13), 34, PLAIN,
     {UNPICKLER(23), {0, "~memo"}}},
    {"_pickle.Unpickler", OF("_pickle"), ONLY(13), 33, PLAIN,
     {UNPICKLER(22), {0, "~memo"}}},
    {"_pickle.Unpickler", OF("_pickle"), ONLY(14), 37, PLAIN,
     {UNPICKLER(25), {0, "~memo"}}},
    {"_pickle.Unpickler", OF("_pickle"), SINCE(15), 38, PLAIN,
     {UNPICKLER(26), {0, "~memo"}}},

    /* ctypes */
    {"_ctypes.CFuncPtr", OF("_ctypes"), EVERY, 20, PLAIN,
     {{13, "callable"}, {14, "converters"}, {15, "argtypes"},
      {16, "restype"}, {17, "checker"}, {18, "errcheck"}}},
    {"_ctypes.CThunkObject", HIDDEN, IN(10, 11), 16, PLAIN, {THUNK}},
    {"_ctypes.CThunkObject", OF("_ctypes"), SINCE(12), 16, PLAIN, {THUNK}},
    {"_ctypes.CField", HIDDEN, IN(10, 11), 9, PLAIN, {{5, "type"}}},
    {"_ctypes.CField", OF("_ctypes"), IN(12, 13), 9, PLAIN, {{5, "type"}}},
    {"ctypes.CField", OF("_ctypes"), SINCE(14), 10, PLAIN, {{5, "type"}}},

    /* sqlite3: since 3.11 a callback stands in a struct of its own */
    {"sqlite3.Connection", OF("_sqlite3"), ONLY(10), 30, PLAIN,
     {{10, "statement cache"}, {11, "statements"}, {12, "cursors"},
      {16, "trace callback"}, {17, "progress handler"}, {18, "authorizer"},
      {19, "collations"}}},
    {"sqlite3.Connection", OF("_sqlite3"), ONLY(11), 27, PLAIN,
     {{8, "statement cache"}, {9, "cursors"}, {10, "blobs"},
      CALLBACKS(14)}},
    {"sqlite3.Connection", OF("_sqlite3"), IN(12, 13), 28, PLAIN,
     {{9, "statement cache"}, {10, "cursors"}, {11, "blobs"},
      CALLBACKS(15)}},
    {"sqlite3.Connection", OF("_sqlite3"), ONLY(14), 28, PLAIN,
     {{9, "statement cache"}, {10, "cursors"}, {11, "blobs"},
      {13, "row_factory"}, {14, "text_factory"}, CALLBACKS(15)}},
    {"sqlite3.Connection", OF("_sqlite3"), SINCE(15), 26, PLAIN,
     {{9, "statement cache"}, {10, "blobs"}, {11, "row_factory"},
      {12, "text_factory"}, CALLBACKS(13)}},
    {"sqlite3.Cursor", OF("_sqlite3"), ONLY(10), 14, PLAIN,
     {{9, "statement"}, {12, "next row"}}},
    {"sqlite3.Cursor", OF("_sqlite3"), IN(11, 13), 13, PLAIN,
     {{9, "statement"}}},
    {"sqlite3.Cursor", OF("_sqlite3"), SINCE(14), 13, PLAIN,
     {{8, "row_factory"}, {9, "statement"}}},
    {"sqlite3.Row", OF("_sqlite3"), EVERY, 4, PLAIN,
     {{2, "data"}, {3, "description"}}},

    /* generics */
    {"typing.TypeVar", HIDDEN, ONLY(12), 8, PLAIN, {BOUND}},
    {"typing.TypeVar", HIDDEN, SINCE(13), 10, PLAIN,
     {BOUND, {7, "__default__"}, {8, "evaluate_default"}}},
    {"typing.ParamSpec", HIDDEN, SINCE(13), 7, PLAIN,
     {{4, "__default__"}, {5, "evaluate_default"}}},
    {"typing.TypeVarTuple", HIDDEN, IN(13, 14), 5, PLAIN,
     {{3, "__default__"}, {4, "evaluate_default"}}},
    {"typing.TypeVarTuple", HIDDEN, SINCE(15), 7, PLAIN,
     {{4, "__default__"}, {5, "evaluate_default"}}},
    {"typing.TypeAliasType", HIDDEN, IN(12, 14), 7, PLAIN,
     {{3, "__type_params__"}, {4, "evaluate_value"}, {5, "__value__"}}},
    {"typing.TypeAliasType", HIDDEN, SINCE(15), 8, PLAIN,
     {{4, "__type_params__"}, {5, "evaluate_value"}, {6, "__value__"}}},
    {"FrameLocalsProxy", OWN, SINCE(13), 3, PLAIN, {{2, "frame"}}},

    /* containers of C beside list, tuple, dict and set */
    {"collections.deque", OF("_collections"), EVERY, 0, DEQUE, NO_FIELDS},
    {"_queue.SimpleQueue", OF("_queue"), IN(10, 12), 7, PLAIN, {{4, "items"}}},
    {"_queue.SimpleQueue", OF("_queue"), SINCE(13), 9, SIMPLE_QUEUE,
     NO_FIELDS},
    {"functools._lru_cache_wrapper", OF("_functools"), EVERY, 19, LRU_CACHE,
     {{11, "function"}, {14, "keyword mark"}, {15, "link type"},
      {16, "cache_info type"}}},
    {"functools._lru_list_elem", OF("_functools"), EVERY, 7, LRU_LINK,
     NO_FIELDS},
    {"managedbuffer", OWN, EVERY, 14, MANAGED_BUFFER, NO_FIELDS},

    /* XML, TLS */
    {"xml.etree.ElementTree.Element", OF("_elementtree"), EVERY, 7, ELEMENT,
     {{2, "tag"}, {3, "text"}, {4, "tail"}}},
    {"xml.etree.ElementTree.TreeBuilder", OF("_elementtree"), EVERY, 0, PLAIN,
     {{2, "root"}, {3, "this"}, {4, "last"}, {7, "stack"},
      {9, "element_factory"}, {10, "comment_factory"}, {11, "pi_factory"},
      {12, "events_append"}}},
    {"xml.etree.ElementTree.XMLParser", OF("_elementtree"), EVERY, 0, PLAIN,
     {{5, "names"}, {6, "start_ns"}, {7, "end_ns"}, {8, "start"}, {9, "data"},
      {10, "end"}, {11, "comment"}, {12, "pi"}, {13, "doctype"},
      {14, "close"}}},
    {"pyexpat.xmlparser", OF("pyexpat"), IN(10, 12), 9, XML_PARSER,
     {{7, "intern"}}},
    {"pyexpat.xmlparser", OF("pyexpat"), ONLY(13), 10, XML_PARSER,
     {{8, "intern"}}},
    {"pyexpat.xmlparser", OF("pyexpat"), SINCE(14), 11, XML_PARSER,
     {{9, "intern"}}},
    {"_ssl._SSLContext", OF("_ssl"), IN(10, 12), 0, PLAIN,
     {{5, "sni_callback"}, {8, "_msg_callback"}}},
    {"_ssl._SSLContext", OF("_ssl"), ONLY(13), 14, PLAIN,
     {{5, "sni_callback"}, {8, "_msg_callback"}, {12, "!psk_client_callback"},
      {13, "!psk_server_callback"}}},
    {"_ssl._SSLContext", OF("_ssl"), SINCE(14), 15, PLAIN,
     {{5, "sni_callback"}, {8, "_msg_callback"}, {12, "psk_client_callback"},
      {13, "psk_server_callback"}}},

    /* what stands behind contexts and thread-locals */
    {"hamt", OWN, EVERY, 0, TRIE, NO_FIELDS},
    {"hamt_bitmap_node", OWN, EVERY, 0, TRIE_NODE, NO_FIELDS},
    {"hamt_array_node", OWN, EVERY, 0, TRIE_NODE, NO_FIELDS},
    {"hamt_collision_node", OWN, EVERY, 0, TRIE_NODE, NO_FIELDS},
    {"_thread._local", OF("_thread"), IN(10, 12), 0, THREAD_LOCAL, NO_FIELDS},
    {"_thread._local", OF("_thread"), SINCE(13), 0, THREAD_LOCAL,
     {{6, "threads"}}},
    {"_thread._localdummy", OF("_thread"), EVERY, 0, THREAD_DUMMY, NO_FIELDS},

    /* what tells the collector nothing */
    {"_ssl._SSLSocket", OF("_ssl"), IN(10, 11), 12, FIELDS, {SSL_SOCKET}},
    {"_ssl._SSLSocket", OF("_ssl"), IN(12, 13), 10, FIELDS, {SSL_SOCKET}},
    {"_ssl._SSLSocket", OF("_ssl"), ONLY(14), 11, FIELDS, {SSL_SOCKET}},
    {"_ssl._SSLSocket", OF("_ssl"), SINCE(15), 9, FIELDS, {SSL_SOCKET}},
    {"code", IS(PyCode_Type), EVERY, 0, CODE, NO_FIELDS},
    {"range", IS(PyRange_Type), EVERY, 0, MEMBERS, NO_FIELDS},
    {"longrange_iterator", IS(PyLongRangeIter_Type), IN(10, 11), 6, FIELDS,
     {{2, "index"}, {3, "start"}, {4, "step"}, {5, "len"}}},
    {"longrange_iterator", IS(PyLongRangeIter_Type), SINCE(12), 5, FIELDS,
     {{2, "start"}, {3, "step"}, {4, "len"}}},
    {"datetime.datetime", OF("_datetime"), EVERY, 6, DATETIME, NO_FIELDS},
    {"datetime.time", OF("_datetime"), EVERY, 5, TIME, NO_FIELDS},
    {"datetime.timezone", OF("_datetime"), EVERY, 4, FIELDS,
     {{2, "offset"}, {3, "name"}}},
};
/* clang-format on */

const size_t rg__c_layout_count = sizeof rg__c_layouts / sizeof *rg__c_layouts;
