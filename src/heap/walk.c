/* walk.c - every object into the reference table, in one pass
 *
 * The collector's lists give the tracked objects; what they refer to comes
 * from their own tp_traverse.  When untracked objects are wanted as well, each
 * referent is looked at, and those that can refer to something and are in no
 * list are walked in their turn. */
#include <string.h>

#include "base/alloc.h"
#include "heap/snapshot.h"

enum {
    BATCH = 512,            /* referents collected before they are encoded */
    POLL_INTERVAL = 1 << 14 /* objects between two polls: about a millisecond */
};

struct walk {
    struct rg__snapshot *snapshot;
    enum rg_status status;          /* first failure inside a traverse */
    size_t batch_count;
    uintptr_t batch[BATCH];
    struct rg_code_map known;       /* untracked objects met */
    PyObject **open;                /* of these, still to be read */
    size_t open_count, open_capacity;
    size_t since_poll;
};

static bool is_tracked(PyObject *object)
{
    return PyObject_IS_GC(object) && PyObject_GC_IsTracked(object);
}

/* Whether an object that is in no list can refer to others. */
static bool has_references(PyObject *object)
{
    unsigned long flags = Py_TYPE(object)->tp_flags;
    if (flags & (Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |
                 Py_TPFLAGS_BYTES_SUBCLASS) &&
        !(flags & Py_TPFLAGS_HEAPTYPE))
        return false;
    if (PyType_Check(object) || PyCode_Check(object))
        return true;
    return PyObject_IS_GC(object);
}

/* Remembers an object that is in no list, once. */
static enum rg_status meet(struct walk *walk, PyObject *object)
{
    rg_code code;
    if (!has_references(object) || is_tracked(object) ||
        !rg_regions_find(walk->snapshot->table.regions, (uintptr_t)object,
                         &code) ||
        rg_code_map_get(&walk->known, code) != RG_NONE)
        return RG_OK;
    void *open = walk->open;
    if (rg_grow(&open, &walk->open_capacity, walk->open_count + 1,
                sizeof *walk->open) < 0)
        return RG_ENOMEM;
    walk->open = open;
    walk->open[walk->open_count++] = object;
    return rg_code_map_add(&walk->known, code, 0) < 0 ? RG_ENOMEM : RG_OK;
}

static enum rg_status flush(struct walk *walk)
{
    size_t count = walk->batch_count;
    walk->batch_count = 0;
    enum rg_status status =
        rg_table_refer(&walk->snapshot->table, walk->batch, count);
    if (!walk->snapshot->query->untracked)
        return status;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = meet(walk, (PyObject *)walk->batch[i]);
    return status;
}

static enum rg_status refer(void *context, PyObject *referent)
{
    struct walk *walk = context;
    walk->batch[walk->batch_count++] = (uintptr_t)referent;
    return walk->batch_count == BATCH ? flush(walk) : RG_OK;
}

/* The visitproc of the walk; anything but 0 ends the traverse. */
static int visit(PyObject *referent, void *context)
{
    struct walk *walk = context;
    walk->status = refer(walk, referent);
    return walk->status == RG_OK ? 0 : -1;
}

static enum rg_status traverse(struct walk *walk, PyObject *object)
{
    traverseproc function = Py_TYPE(object)->tp_traverse;
    if (function != NULL && function(object, visit, walk) != 0 &&
        walk->status != RG_OK)
        return walk->status;
    return RG_OK;
}

/* A dict's own traverse passes over its keys while all are exact str. */
static enum rg_status refer_keys(struct walk *walk, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value))
        if (PyUnicode_CheckExact(key))
            status = refer(walk, key);
    return status;
}

/* Whether the dict's own traverse visits keys: one of them is no exact str. */
static bool visits_keys(PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value))
        if (!PyUnicode_CheckExact(key))
            return true;
    return false;
}

/* What a static type refers to; its own traverse would abort. */
static enum rg_status refer_static_type(struct walk *walk, PyTypeObject *type)
{
    PyObject *const objects[] = {rg__type_dict(type), type->tp_bases,
                                 type->tp_mro, (PyObject *)type->tp_base};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = refer(walk, objects[i]);
    return status;
}

static enum rg_status remember_type(struct rg__snapshot *snapshot,
                                    PyTypeObject *type)
{
    void *types = snapshot->types;
    if (rg_grow(&types, &snapshot->type_capacity, snapshot->type_count + 1,
                sizeof *snapshot->types) < 0)
        return RG_ENOMEM;
    snapshot->types = types;
    snapshot->types[snapshot->type_count++] = type;
    return RG_OK;
}

static enum rg_status refer_all(struct walk *walk, PyObject *object)
{
    if (PyType_Check(object)) {
        enum rg_status status =
            remember_type(walk->snapshot, (PyTypeObject *)object);
        if (status != RG_OK)
            return status;
        if (!PyObject_IS_GC(object))
            return refer_static_type(walk, (PyTypeObject *)object);
    }
    if (PyCode_Check(object))
        return rg__code_walk((PyCodeObject *)object, refer, walk);
    enum rg_status status = traverse(walk, object);
    if (status == RG_OK && walk->snapshot->query->untracked &&
        PyDict_Check(object) && !visits_keys(object))
        status = refer_keys(walk, object);
    return status;
}

/* Reads one object, and passes its references on. */
static enum rg_status read_object(struct walk *walk, PyObject *object,
                                  unsigned flags)
{
    if (++walk->since_poll >= POLL_INTERVAL) {
        walk->since_poll = 0;
        enum rg_status status = rg__poll(walk->snapshot);
        if (status != RG_OK)
            return status;
    }
    enum rg_status status =
        rg_table_begin(&walk->snapshot->table, (uintptr_t)object, flags);
    if (status == RG_OK)
        status = refer_all(walk, object);
    return status == RG_OK ? flush(walk) : status;
}

static enum rg_status read_tracked(void *context, PyObject *object)
{
    return read_object(context, object, 0);
}

static enum rg_status read_open(struct walk *walk)
{
    enum rg_status status = RG_OK;
    while (status == RG_OK && walk->open_count > 0)
        status = read_object(walk, walk->open[--walk->open_count],
                             RG_TABLE_UNTRACKED);
    return status;
}

static enum rg_status read_roots(struct walk *walk)
{
    struct rg__snapshot *snapshot = walk->snapshot;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->root_count; i++) {
        status = rg_table_begin_root(&snapshot->table, (uint32_t)i);
        if (status == RG_OK)
            status = rg__root_walk(&snapshot->roots[i], refer, walk);
        if (status == RG_OK)
            status = flush(walk);
    }
    return status;
}

enum rg_status rg__walk(struct rg__snapshot *snapshot)
{
    struct walk *walk = rg_alloc_zeroed(1, sizeof *walk);
    if (walk == NULL)
        return RG_ENOMEM;
    walk->snapshot = snapshot;
    enum rg_status status = rg__gc_walk(read_tracked, walk);
    if (status == RG_OK)
        status = read_open(walk);
    /* What was read before the time was up is an answer, a partial one; the
     * roots make it useful and are few. */
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = read_roots(walk);
    if (status == RG_OK)
        status = read_open(walk);
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = rg_table_end(&snapshot->table);
    rg_free(walk->open);
    rg_code_map_free(&walk->known);
    rg_free(walk);
    return status;
}
