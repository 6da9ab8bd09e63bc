/* suspect.c - who may hold a reference that nobody can see
 *
 * Objects of C types that tell the collector nothing can still hold
 * references: the words of their memory are compared with an address.  A hit
 * is no proof (a borrowed pointer looks the same), so it is only called
 * probable.  Looked at are objects that something in the heap refers to, and
 * of them nothing beyond what their type says is theirs. */
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/poll.h"
#include "base/sort.h"
#include "heap/read.h"
#include "heap/witness.h"
#include "heap/word.h"

/* Most of a heap; they refer to nothing. */
enum {
    ATOMS = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |
            Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS
};

static bool is_opaque(struct rg__snapshot *snapshot, const PyTypeObject *type)
{
    return !(type->tp_flags & (Py_TPFLAGS_HAVE_GC | ATOMS)) &&
           type->tp_traverse == NULL && type != &PyFloat_Type &&
           type != &PyComplex_Type &&
           type->tp_basicsize >= (Py_ssize_t)(sizeof(PyObject) + sizeof(void *)) &&
           !rg__is_adapted(&snapshot->c_types, type);
}

/* The walk drops references to what refers to nothing, and these objects are
 * among them: they are looked for once more when they are first needed. */
struct gathering {
    struct rg__testimony *testimony;
    enum rg_status status;
};

static enum rg_status keep_opaque(void *context, PyObject *object)
{
    struct gathering *gathering = context;
    struct rg__testimony *testimony = gathering->testimony;
    if (!is_opaque(testimony->snapshot, Py_TYPE(object)))
        return RG_OK;
    void *objects = testimony->opaque;
    if (rg_grow(&objects, &testimony->opaque_capacity,
                testimony->opaque_count + 1, sizeof *testimony->opaque) < 0)
        return RG_ENOMEM;
    testimony->opaque = objects;
    testimony->opaque[testimony->opaque_count++] = object;
    return RG_OK;
}

static int visit(PyObject *object, void *context)
{
    struct gathering *gathering = context;
    if (gathering->status == RG_OK)
        gathering->status = keep_opaque(gathering, object);
    return gathering->status == RG_OK ? 0 : -1;
}

static enum rg_status gather_from(struct gathering *gathering,
                                  PyObject *object)
{
    struct rg__c_types *types = &gathering->testimony->snapshot->c_types;
    if (rg__is_adapted(types, Py_TYPE(object)))
        gathering->status =
            rg__adapted_walk(types, object, keep_opaque, gathering);
    if (PyObject_IS_GC(object) && Py_TYPE(object)->tp_traverse != NULL)
        rg__traverse(object, visit, gathering);
    return gathering->status;
}

static int by_address(const void *left, const void *right)
{
    uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
    return (a > b) - (a < b);
}

static enum rg_status ask(void *context)
{
    return rg__poll(context);
}

/* Of every object and of every root: a box may be nothing but a variable. */
static enum rg_status gather(struct rg__testimony *testimony)
{
    struct rg__snapshot *snapshot = testimony->snapshot;
    const struct rg_table *table = &snapshot->table;
    struct gathering gathering = {.testimony = testimony};
    struct rg_poll poll = {.ask = ask, .context = snapshot};
    enum rg_status status = RG_OK;
    testimony->has_opaque = true;
    for (size_t i = 0; status == RG_OK && i < snapshot->root_count; i++)
        status = rg__root_walk(snapshot, &snapshot->roots[i], keep_opaque,
                               &gathering);
    for (uint32_t i = 0; status == RG_OK && i < table->count; i++) {
        if (!(table->flags[i] & RG_TABLE_ROOT))
            status = gather_from(&gathering,
                                 (PyObject *)rg_table_address(table, i));
        if (status == RG_OK)
            status = rg_poll(&poll, 1);
    }
    rg_sort_in_place(testimony->opaque, testimony->opaque_count,
                     sizeof *testimony->opaque, by_address);
    return status;
}

/* The first word of the object's own memory that is the address; 0: none. */
static size_t find_word(PyObject *object, uintptr_t address)
{
    size_t size = (size_t)Py_TYPE(object)->tp_basicsize;
    for (size_t at = sizeof(PyObject); at + sizeof address <= size;
         at += sizeof address)
        if (*(const uintptr_t *)((char *)object + at) == address)
            return at;
    return 0;
}

static enum rg_status name_holder(PyTypeObject *type, struct rg_graph *graph,
                                  struct rg_native *native)
{
    struct rg_buffer name = {0};
    enum rg_status status = rg__word_type_module(type, &name);
    if (status == RG_OK && name.size > 0 &&
        rg_buffer_append(&name, ".", 1) < 0)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = rg__word_type_qualname(type, &name);
    if (status == RG_OK)
        status = rg_graph_text(graph, name.data, name.size, &native->holder);
    rg_buffer_free(&name);
    return status;
}

/* Of several holders the one whose type comes first is named, so that the
 * answer does not depend on where they are. */
static bool is_better(const PyTypeObject *type, const PyTypeObject *best)
{
    return best == NULL || strcmp(type->tp_name, best->tp_name) < 0;
}

enum rg_status rg__suspect(void *context, const struct rg_node *node,
                           struct rg_graph *graph, struct rg_native *native)
{
    struct rg__testimony *testimony = context;
    PyTypeObject *best = NULL;
    enum rg_status status =
        testimony->has_opaque ? RG_OK : gather(testimony);
    for (size_t i = 0; status == RG_OK && i < testimony->opaque_count; i++) {
        PyObject *object = testimony->opaque[i];
        size_t offset = find_word(object, node->address);
        if (offset == 0 || !is_better(Py_TYPE(object), best))
            continue;
        best = Py_TYPE(object);
        native->offset = offset;
    }
    if (status == RG_OK && best != NULL)
        status = name_holder(best, graph, native);
    return status;
}
