/* suspect.c - who may hold a reference that nobody can see
 *
 * Objects of C types that do not tell the collector all they hold can still
 * hold references: types without tp_traverse, those whose tp_traverse keeps
 * silent, and Python's subclasses of either.  The words of their memory are
 * compared with the addresses in question, in one walk for all.  A hit is no
 * proof (a borrowed pointer looks the same), so it is only called probable.
 * Looked at are objects that something in the heap refers to, and of them
 * nothing beyond what their type says is theirs. */
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/poll.h"
#include "base/sort.h"
#include "base/sort.h"
#include "heap/read.h"
#include "heap/testimony.h"
#include "heap/word.h"

/* Most of a heap; they refer to nothing, or say so. */
enum {
    ATOMS = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |
    Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS
};

/* What is looked for, and the best that was found. */
struct wanted {
    uintptr_t address;
    size_t place; /* among the nodes asked about */
    PyTypeObject *holder;
    size_t offset;
};

enum { SIZE_SLOTS = 64 };

struct searching {
    struct rg__snapshot *snapshot;
    struct wanted *wanted; /* by address */
    size_t wanted_count;
    const PyTypeObject *types[SIZE_SLOTS]; /* asked about lately */
    size_t sizes[SIZE_SLOTS];
};

/* A class statement leaves slots or shared keys; the C types that have shared
 * keys as well belong to a module (3.13). */
static bool is_made_in_python(const PyTypeObject *type)
{
    const PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
    return type->tp_flags & Py_TPFLAGS_HEAPTYPE &&
           (heap->ht_slots != NULL ||
            (heap->ht_cached_keys != NULL && heap->ht_module == NULL));
}

/* The class made in C that a type is, or that it derives from. */
static const PyTypeObject *base_in_c(const PyTypeObject *type)
{
    while (type != NULL && is_made_in_python(type))
        type = type->tp_base;
    return type;
}

/* A weak reference knows the address and holds nothing. */
static bool is_weak(const PyTypeObject *type)
{
    return type == &_PyWeakref_RefType || type == &_PyWeakref_ProxyType ||
           type == &_PyWeakref_CallableProxyType;
}

/* Bytes of an object of the type that may hold what its tp_traverse does not
 * tell; 0: none.  The types of Python's core, whose names have no module,
 * do. */
static size_t work_out_size(struct searching *searching,
                            const PyTypeObject *type)
{
    const PyTypeObject *base = base_in_c(type);
    if (base == NULL || type->tp_flags & ATOMS || is_weak(base) ||
        strchr(base->tp_name, '.') == NULL ||
        rg__is_adapted(&searching->snapshot->c_types, type))
        return 0;
    return (size_t)base->tp_basicsize;
}

static size_t size_to_search(struct searching *searching,
                             const PyTypeObject *type)
{
    size_t slot = ((uintptr_t)type >> 5) % SIZE_SLOTS;
    if (searching->types[slot] != type) {
        searching->types[slot] = type;
        searching->sizes[slot] = work_out_size(searching, type);
    }
    return searching->sizes[slot];
}

static struct wanted *find_wanted(const struct searching *searching,
                                  uintptr_t address)
{
    struct wanted *low = searching->wanted;
    size_t count = searching->wanted_count;
    if (address < low[0].address || address > low[count - 1].address)
        return NULL;
    while (count > 1) {
        size_t half = count / 2;
        if (low[half].address <= address)
            low += half;
        count -= half;
    }
    return low->address == address ? low : NULL;
}

static int compare_with(PyObject *referent, void *context)
{
    return (uintptr_t)referent == *(const uintptr_t *)context;
}

/* Whether the object says itself that it refers to the address. */
static bool tells_address(PyObject *object, uintptr_t address)
{
    return PyObject_IS_GC(object) && Py_TYPE(object)->tp_traverse != NULL &&
           rg__traverse(object, compare_with, &address) != 0;
}

/* Of several holders the one whose type comes first is named, so that the
 * answer does not depend on where they are. */
static bool is_better(const PyTypeObject *type, size_t offset,
                      const struct wanted *wanted)
{
    int order = wanted->holder == NULL
                    ? -1
                    : strcmp(type->tp_name, wanted->holder->tp_name);
    return order < 0 || (order == 0 && offset < wanted->offset);
}

/* Compares the words of the object's own memory. */
static void look_inside(struct searching *searching, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    size_t size = size_to_search(searching, type);
    for (size_t at = sizeof(PyObject); at + sizeof(uintptr_t) <= size;
         at += sizeof(uintptr_t)) {
        uintptr_t word = *(const uintptr_t *)((char *)object + at);
        struct wanted *wanted = find_wanted(searching, word);
        if (wanted != NULL && is_better(type, at, wanted) &&
            (Py_ssize_t)at != type->tp_weaklistoffset &&
            !tells_address(object, word)) {
            wanted->holder = type;
            wanted->offset = at;
        }
    }
}

/* The table has no place for what refers to nothing, as objects without
 * tp_traverse seem to: they are met as referents of others. */
static enum rg_status look_at_untold(void *context, PyObject *object)
{
    if (!(PyObject_IS_GC(object)))
        look_inside(context, object);
    return RG_OK;
}

static int visit_untold(PyObject *object, void *context)
{
    look_at_untold(context, object);
    return 0;
}

static enum rg_status look_from(struct searching *searching, PyObject *object)
{
    struct rg__c_types *types = &searching->snapshot->c_types;
    enum rg_status status = RG_OK;
    if (rg__is_adapted(types, Py_TYPE(object)))
        status = rg__adapted_walk(types, object, look_at_untold, searching);
    if (!PyObject_IS_GC(object))
        return status;
    look_inside(searching, object);
    if (Py_TYPE(object)->tp_traverse != NULL)
        rg__traverse(object, visit_untold, searching);
    return status;
}

static enum rg_status ask_snapshot(void *context)
{
    return rg__poll(context);
}

/* At every object and every root: a box may be nothing but a variable. */
static enum rg_status look_everywhere(struct searching *searching)
{
    struct rg__snapshot *snapshot = searching->snapshot;
    const struct rg_table *table = &snapshot->table;
    struct rg_poll poll = {.ask = ask_snapshot, .context = snapshot};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->roots.count; i++)
        status = rg__root_walk(snapshot, &snapshot->roots.items[i],
                               look_at_untold, searching);
    for (uint32_t i = 0; status == RG_OK && i < table->count; i++) {
        if (!(table->flags[i] & RG_TABLE_ROOT))
            status =
                look_from(searching, (PyObject *)rg_table_address(table, i));
        if (status == RG_OK)
            status = rg_poll(&poll, 1);
    }
    return status;
}

static enum rg_status name_holder(PyTypeObject *type, struct rg_graph *graph,
                                  struct rg_native *native)
{
    struct rg_buffer name = {0};
    enum rg_status status = rg__word_type_module(type, &name);
    if (status == RG_OK && name.size > 0 && rg_buffer_append(&name, ".", 1) < 0)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = rg__word_type_qualname(type, &name);
    if (status == RG_OK)
        status = rg_graph_text(graph, name.data, name.size, &native->holder);
    rg_buffer_free(&name);
    return status;
}

static int by_wanted_address(const void *left, const void *right)
{
    const struct wanted *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

enum rg_status rg__suspect(void *context, const struct rg_node *const *nodes,
                           size_t count, struct rg_graph *graph,
                           struct rg_native *natives)
{
    struct rg__testimony *testimony = context;
    struct searching searching = {.snapshot = testimony->snapshot,
                                  .wanted_count = count};
    searching.wanted = rg_alloc_zeroed(count, sizeof *searching.wanted);
    if (searching.wanted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        searching.wanted[i] =
            (struct wanted){.address = nodes[i]->address, .place = i};
    rg_sort_in_place(searching.wanted, count, sizeof *searching.wanted,
                     by_wanted_address);
    enum rg_status status = look_everywhere(&searching);
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        const struct wanted *wanted = &searching.wanted[i];
        if (wanted->holder == NULL)
            continue;
        natives[wanted->place].offset = wanted->offset;
        status = name_holder(wanted->holder, graph, &natives[wanted->place]);
    }
    rg_free(searching.wanted);
    return status;
}
