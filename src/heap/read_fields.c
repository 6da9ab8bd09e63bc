/* read_fields.c - fields of C types that no member table names
 *
 * A table says where in an object which field stands, in words from its start.
 * These structs are private, so a row is believed only when the object itself
 * confirms it: whatever stands in those words must be among what its own
 * traverse visits.  Where it does not, or where the type has another size than
 * the row says, the references stay unnamed.  `words` tells layouts of one type
 * apart; 0: the fields stand at the same place on every version that has them. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "heap/read.h"

enum { MAX_FIELDS = 10, MAX_WORDS = 64 };

struct field {
    unsigned char word;
    const char *name;           /* NULL: no more; "*...": so are all words
                                   from here to the end of the struct that
                                   the traverse visits */
};

struct rg__fields {
    const char *type_name;      /* tp_name */
    size_t words;               /* basic size; 0 any */
    struct field fields[MAX_FIELDS];
};

/* The fields that _asyncio.Future has on every version; Task begins with them. */
#define FUTURE \
    {2, "_loop"}, {3, "_callbacks"}, {4, "callback context"}, \
    {5, "_callbacks"}, \
    {6, "_exception"}, {7, "traceback"}, {8, "_result"}, \
    {9, "_source_traceback"}, {10, "_cancel_message"}

static const struct rg__fields table[] = {
    /* asyncio: 3.10, then 3.11 and 3.12, 3.13, 3.14 on */
    {"_asyncio.Future", 14, {FUTURE, {12, "_asyncio_awaited_by"}}},
    {"_asyncio.Future", 0, {FUTURE}},
    {"_asyncio.Task", 24, {{19, "_fut_waiter"}, {20, "_coro"}, {21, "name"},
                           {22, "context"}}},
    {"_asyncio.Task", 22, {{16, "_fut_waiter"}, {17, "_coro"}, {18, "name"},
                           {19, "context"}}},
    {"_asyncio.Task", 18, {{14, "_fut_waiter"}, {15, "_coro"}, {16, "name"},
                           {17, "context"}}},
    {"_asyncio.Task", 21, {{15, "_fut_waiter"}, {16, "_coro"}, {17, "name"},
                           {18, "context"}}},
    {"_asyncio.FutureIter", 0, {{2, "future"}}},
    {"coroutine_wrapper", 3, {{2, "coroutine"}}},
    {"async_generator_asend", 0, {{2, "generator"}, {3, "value"}}},
    {"async_generator_athrow", 0, {{2, "generator"}}},
    {"anext_awaitable", 4, {{2, "awaitable"}, {3, "default"}}},

    /* iterators over containers */
    {"list_iterator", 4, {{3, "iterable"}}},
    {"list_reverseiterator", 4, {{3, "iterable"}}},
    {"tuple_iterator", 4, {{3, "iterable"}}},
    {"set_iterator", 6, {{2, "iterable"}}},
    {"iterator", 4, {{3, "iterable"}}},
    {"reversed", 4, {{3, "iterable"}}},
    {"callable_iterator", 4, {{2, "callable"}, {3, "sentinel"}}},
    {"str_iterator", 4, {{3, "iterable"}}},
    {"str_ascii_iterator", 4, {{3, "iterable"}}},
    {"bytes_iterator", 4, {{3, "iterable"}}},
    {"bytearray_iterator", 4, {{3, "iterable"}}},
    {"memory_iterator", 6, {{3, "iterable"}}},
    {"array.arrayiterator", 5, {{3, "iterable"}}},
    {"dict_keys", 3, {{2, "mapping"}}},
    {"dict_values", 3, {{2, "mapping"}}},
    {"dict_items", 3, {{2, "mapping"}}},
    {"odict_keys", 3, {{2, "mapping"}}},
    {"odict_values", 3, {{2, "mapping"}}},
    {"odict_items", 3, {{2, "mapping"}}},
    {"dict_keyiterator", 7, {{2, "iterable"}}},
    {"dict_valueiterator", 7, {{2, "iterable"}}},
    {"dict_itemiterator", 7, {{2, "iterable"}, {5, "result"}}},
    {"dict_reversekeyiterator", 7, {{2, "iterable"}}},
    {"dict_reversevalueiterator", 7, {{2, "iterable"}}},
    {"dict_reverseitemiterator", 7, {{2, "iterable"}, {5, "result"}}},
    {"odict_iterator", 8, {{3, "iterable"}, {6, "current"}, {7, "result"}}},
    {"_collections._deque_iterator", 7, {{4, "iterable"}}},
    {"_collections._deque_reverse_iterator", 7, {{4, "iterable"}}},
    {"collections._deque_iterator", 7, {{4, "iterable"}}},
    {"collections._deque_reverse_iterator", 7, {{4, "iterable"}}},

    /* iterators over iterators */
    {"enumerate", 0, {{3, "iterator"}, {4, "result"}, {5, "index"}}},
    {"zip", 0, {{3, "iterators"}, {4, "result"}}},
    {"map", 0, {{2, "iterators"}, {3, "function"}}},
    {"filter", 4, {{2, "function"}, {3, "iterator"}}},
    {"itertools.chain", 4, {{2, "iterables"}, {3, "current"}}},
    {"itertools.repeat", 4, {{2, "object"}}},
    {"itertools.count", 5, {{3, "number"}, {4, "step"}}},
    {"itertools.cycle", 0, {{2, "iterator"}, {3, "saved"}}},
    {"itertools.accumulate", 0, {{2, "total"}, {3, "iterator"},
                                 {4, "function"}, {5, "initial"}}},
    {"itertools.islice", 7, {{2, "iterator"}}},
    {"itertools.takewhile", 5, {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.dropwhile", 5, {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.filterfalse", 4, {{2, "predicate"}, {3, "iterator"}}},
    {"itertools.starmap", 4, {{2, "function"}, {3, "iterator"}}},
    {"itertools.compress", 4, {{2, "data"}, {3, "selectors"}}},
    {"itertools.zip_longest", 7, {{4, "iterators"}, {5, "result"},
                                  {6, "fillvalue"}}},
    {"itertools.product", 6, {{2, "pools"}, {4, "result"}}},
    {"itertools.combinations", 7, {{2, "pool"}, {4, "result"}}},
    {"itertools.combinations_with_replacement", 7, {{2, "pool"},
                                                    {4, "result"}}},
    {"itertools.permutations", 8, {{2, "pool"}, {5, "result"}}},
    {"itertools.pairwise", 4, {{2, "iterator"}, {3, "previous"}}},
    {"itertools.pairwise", 5, {{2, "iterator"}, {3, "previous"},
                               {4, "result"}}},
    {"itertools.groupby", 0, {{2, "iterator"}, {3, "key function"},
                              {4, "target key"}, {5, "current key"},
                              {6, "current value"}}},
    {"itertools._grouper", 4, {{2, "parent"}, {3, "key"}}},
    {"itertools._tee", 0, {{2, "data"}}},
    {"itertools._tee_dataobject", 62, {{2, "iterator"}, {4, "next"},
                                       {5, "*items"}}},
    {"itertools.batched", 0, {{2, "iterator"}}},

    /* small callables and views */
    {"functools._lru_cache_wrapper", 19, {{11, "function"},
                                          {14, "keyword mark"},
                                          {15, "link type"},
                                          {16, "cache_info type"}}},
    {"functools.KeyWrapper", 4, {{2, "cmp"}, {3, "obj"}}},
    {"operator.attrgetter", 0, {{3, "attributes"}}},
    {"operator.itemgetter", 0, {{3, "items"}}},
    {"operator.methodcaller", 0, {{2, "name"}, {3, "args"}, {4, "kwargs"}}},
    {"method-wrapper", 4, {{2, "descriptor"}, {3, "__self__"}}},
    {"property", 0, {{5, "__doc__"}, {6, "__name__"}}},
    {"Token", 6, {{2, "context"}, {3, "var"}, {4, "old_value"}}},
    {"_contextvars.Token", 6, {{2, "context"}, {3, "var"}, {4, "old_value"}}},
    {"ContextVar", 8, {{3, "default"}}},
    {"_contextvars.ContextVar", 8, {{3, "default"}}},

    /* re, io and others */
    {"re.Pattern", 0, {{4, "groupindex"}, {5, "indexgroup"}, {6, "pattern"}}},
    {"_sre.SRE_Scanner", 0, {{2, "pattern"}}},
    {"_io.BytesIO", 8, {{2, "buffer"}}},
    {"_io.BufferedReader", 0, {{2, "raw"}}},
    {"_io.BufferedWriter", 0, {{2, "raw"}}},
    {"_io.BufferedRandom", 0, {{2, "raw"}}},
    {"_io.TextIOWrapper", 0, {{4, "buffer"}, {5, "encoding"}, {6, "encoder"},
                              {7, "decoder"}}},
    {"_csv.reader", 0, {{2, "iterator"}, {3, "dialect"}, {4, "fields"}}},
    {"_csv.writer", 0, {{2, "write"}, {3, "dialect"}}},
    {"unpack_iterator", 14, {{2, "struct"}, {4, "buffer"}}},
    {"_struct.unpack_iterator", 14, {{2, "struct"}, {4, "buffer"}}},
    {"_queue.SimpleQueue", 7, {{4, "items"}}},
};

static size_t words_of(const PyTypeObject *type)
{
    return (size_t)type->tp_basicsize / sizeof(void *);
}

/* A class made in Python may take any name.  It has slots or shared keys; the
 * C types that have shared keys as well belong to a module (3.13). */
bool rg__is_made_in_c(const PyTypeObject *type)
{
    const PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
    return !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
           (heap->ht_slots == NULL &&
            (heap->ht_cached_keys == NULL || heap->ht_module != NULL));
}

static const struct rg__fields *look_up(const PyTypeObject *type)
{
    if (!rg__is_made_in_c(type) || type->tp_traverse == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(type->tp_name, table[i].type_name) == 0 &&
            (table[i].words == 0 || table[i].words == words_of(type)))
            return &table[i];
    return NULL;
}

/* Which types have a row is asked about every referrer that is read. */
static const struct rg__fields *fields_of(struct rg__field_cache *cache,
                                          const PyTypeObject *type)
{
    size_t slot = ((uintptr_t)type >> 5) % RG__FIELD_SLOTS;
    if (cache->types[slot] != type) {
        cache->types[slot] = type;
        cache->fields[slot] = look_up(type);
    }
    return cache->fields[slot];
}

bool rg__is_member(const PyTypeObject *type, size_t word)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++)
        if ((member->type == T_OBJECT || member->type == T_OBJECT_EX) &&
            (size_t)member->offset == word * sizeof(void *))
            return true;
    return false;
}

/* What stands in the words of a row, and how much of it was confirmed. */
struct found {
    PyObject *values[MAX_WORDS];
    const char *names[MAX_WORDS];
    bool optional[MAX_WORDS];
    bool confirmed[MAX_WORDS];
    size_t count;
};

static void add_word(const PyTypeObject *type, PyObject *object, size_t word,
                     const char *name, bool optional, struct found *found)
{
    PyObject *const *words = (PyObject *const *)object;
    if (word >= words_of(type) || words[word] == NULL ||
        found->count == MAX_WORDS)
        return;
    found->values[found->count] = words[word];
    found->optional[found->count] = optional;
    found->names[found->count++] = name;
}

static void add_row(const PyTypeObject *type, PyObject *object,
                    const struct rg__fields *row, struct found *found)
{
    for (size_t i = 0; i < MAX_FIELDS && row->fields[i].name != NULL; i++) {
        const struct field *field = &row->fields[i];
        bool to_the_end = field->name[0] == '*';
        size_t word = field->word, end = to_the_end ? words_of(type) : word + 1;
        for (; word < end; word++)
            if (!rg__is_member(type, word))
                add_word(type, object, word, field->name + to_the_end,
                         to_the_end, found);
    }
}

static int confirm_one(PyObject *referent, void *context)
{
    struct found *found = context;
    for (size_t i = 0; i < found->count; i++)
        if (found->values[i] == referent && !found->confirmed[i]) {
            found->confirmed[i] = true;
            break;
        }
    return 0;
}

/* Whether everything found is among what the object's traverse visits. */
static bool is_confirmed(PyObject *object, struct found *found)
{
    rg__traverse(object, confirm_one, found);
    for (size_t i = 0; i < found->count; i++)
        if (!found->confirmed[i] && !found->optional[i])
            return false;
    return true;
}

enum rg_status rg__read_fields(struct rg__reader *reader,
                               const PyTypeObject *type)
{
    const struct rg__fields *row =
        fields_of(&reader->snapshot->fields, type);
    if (row == NULL)
        return RG_OK;
    struct found found = {.count = 0};
    add_row(type, reader->object, row, &found);
    if (!is_confirmed(reader->object, &found))
        return RG_OK;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < found.count; i++)
        if (found.confirmed[i])
            status = rg__tell(reader,
                              &(struct rg__told){.value = found.values[i],
                                                 .kind = RG_MEMBER,
                                                 .word = found.names[i]});
    return status;
}

PyObject *rg__field(PyObject *object, size_t words, size_t word)
{
    const PyTypeObject *type = Py_TYPE(object);
    struct found found = {.count = 0};
    if (words_of(type) == words)
        add_word(type, object, word, "", false, &found);
    return found.count == 1 && is_confirmed(object, &found) ? found.values[0]
                                                            : NULL;
}

PyObject *rg__task_name(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    const struct rg__fields *row = NULL;
    while (type != NULL && strcmp(type->tp_name, "_asyncio.Task") != 0)
        type = type->tp_base;
    if (type != NULL)
        row = look_up(type);
    struct found found = {.count = 0};
    if (row == NULL)
        return NULL;
    add_row(type, object, row, &found);
    for (size_t i = 0; i < found.count; i++)
        if (strcmp(found.names[i], "name") == 0)
            return is_confirmed(object, &found) ? found.values[i] : NULL;
    return NULL;
}

/* What Python code sees of a field of this name, in its type's getters. */
static const struct PyGetSetDef *find_getter(const PyTypeObject *type,
                                             const char *name)
{
    const struct PyGetSetDef *getset = type->tp_getset;
    for (; getset != NULL && getset->name != NULL; getset++)
        if (strcmp(getset->name, name) == 0)
            return getset;
    return NULL;
}

/* A getter may make a copy: that of a future's callbacks does. */
static enum rg_grip grip_of_row(PyObject *object, const PyTypeObject *type,
                                PyObject *referent)
{
    const struct rg__fields *row = look_up(type);
    PyObject *const *words = (PyObject *const *)object;
    for (size_t i = 0;
         row != NULL && i < MAX_FIELDS && row->fields[i].name != NULL; i++) {
        const char *name = row->fields[i].name;
        if (row->fields[i].word >= words_of(type) ||
            words[row->fields[i].word] != referent)
            continue;
        const struct PyGetSetDef *getter = find_getter(type, name);
        if (getter != NULL && getter->set != NULL)
            return RG_GRIP_OTHER;
        return getter != NULL && strcmp(name, "_callbacks") != 0
                   ? RG_GRIP_FIXED
                   : RG_GRIP_HIDDEN;
    }
    return RG_GRIP_HIDDEN;
}

static enum rg_grip grip_of_members(PyObject *object, const PyTypeObject *type,
                                    PyObject *referent)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++) {
        if ((member->type != T_OBJECT && member->type != T_OBJECT_EX) ||
            *(PyObject **)((char *)object + member->offset) != referent)
            continue;
        if (member->flags & READONLY)
            return RG_GRIP_FIXED;
        return rg__is_made_in_c(type) ? RG_GRIP_OTHER : RG_GRIP_ATTRIBUTE;
    }
    return RG_GRIP_HIDDEN;
}

enum rg_grip rg__grip_of_member(PyObject *object, PyObject *referent)
{
    const PyTypeObject *type = Py_TYPE(object);
    enum rg_grip grip = RG_GRIP_HIDDEN;
    for (; type != NULL && grip == RG_GRIP_HIDDEN; type = type->tp_base) {
        grip = grip_of_members(object, type, referent);
        if (grip == RG_GRIP_HIDDEN)
            grip = grip_of_row(object, type, referent);
    }
    return grip;
}
