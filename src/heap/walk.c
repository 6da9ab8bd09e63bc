/* walk.c - every object into the reference table, in one pass
 *
 * The collector's lists give the tracked objects; what they refer to comes
 * from their own tp_traverse.  Each referent is looked at once: those that can
 * refer to something and are in no list are walked in their turn.
 *
 * What is read is collected in a batch, and encoded when the batch is full:
 * the walk then runs through the program's objects, and the encoding through
 * our own arrays, instead of both at every reference. */
#include <string.h>

#include "base/alloc.h"
#include "heap/snapshot.h"

enum {
    BATCH_OBJECTS = 1 << 10,
    BATCH_REFERENTS = 1 << 12,
    POLL_BATCHES = 16,  /* batches between two polls: about a millisecond */
    PREFETCH = 16       /* objects ahead whose headers are fetched */
};

struct walk {
    struct rg__snapshot *snapshot;
    enum rg_status status;              /* first failure inside a traverse */
    size_t object_count, referent_count;
    uintptr_t objects[BATCH_OBJECTS];
    uint8_t flags[BATCH_OBJECTS];
    uint32_t starts[BATCH_OBJECTS];
    uintptr_t referents[BATCH_REFERENTS];
    PyObject *fresh[BATCH_REFERENTS];   /* referents met for the first time */
    struct rg_code_set met;             /* objects read, referents looked at */
    PyObject **open;                    /* unlisted, still to be read */
    size_t open_count, open_capacity;
    unsigned batches;
};

/* Marks the objects just encoded, the last `count` of the table, as met. */
static void mark_read(struct walk *walk, size_t count)
{
    const struct rg_table *table = &walk->snapshot->table;
    for (size_t i = table->count - count; i < table->count; i++)
        RG_CODE_SET_ADD(&walk->met, table->object[i]);
}

/* Picks those of the referents just encoded, the last `count` of the table,
 * that were not met before. */
static size_t pick_fresh(struct walk *walk, size_t count)
{
    const struct rg_table *table = &walk->snapshot->table;
    const rg_code *codes = table->referents + table->referent_count - count;
    size_t fresh = 0;
    for (size_t i = 0; i < count; i++) {
        if (RG_CODE_SET_HAS(&walk->met, codes[i]))
            continue;
        RG_CODE_SET_ADD(&walk->met, codes[i]);
        walk->fresh[fresh++] = (PyObject *)walk->referents[i];
    }
    return fresh;
}

/* Remembers what is to be read of the `count` referents met for the first
 * time.  Most are strings and numbers somewhere in memory, at which nobody
 * else would have looked: their headers are fetched ahead. */
static enum rg_status open_fresh(struct walk *walk, size_t count)
{
    void *open = walk->open;
    if (rg_grow(&open, &walk->open_capacity, walk->open_count + count,
                sizeof *walk->open) < 0)
        return RG_ENOMEM;
    walk->open = open;
    for (size_t i = 0; i < count; i++) {
        if (i + PREFETCH < count)
            __builtin_prefetch(walk->fresh[i + PREFETCH]);
        if (rg__is_unlisted(walk->fresh[i], &walk->snapshot->adapters))
            walk->open[walk->open_count++] = walk->fresh[i];
    }
    return RG_OK;
}

static enum rg_status flush(struct walk *walk)
{
    size_t objects = walk->object_count, count = walk->referent_count;
    const struct rg_table_batch batch = {
        .objects = walk->objects, .flags = walk->flags,
        .starts = walk->starts, .object_count = objects,
        .referents = walk->referents, .referent_count = count};
    walk->object_count = walk->referent_count = 0;
    enum rg_status status = rg_table_add(&walk->snapshot->table, &batch);
    if (status == RG_OK &&
        rg_code_set_cover(&walk->met, walk->snapshot->table.regions) < 0)
        status = RG_ENOMEM;
    if (status != RG_OK)
        return status;
    mark_read(walk, objects);
    status = open_fresh(walk, pick_fresh(walk, count));
    if (status == RG_OK && ++walk->batches % POLL_BATCHES == 0)
        status = rg__poll(walk->snapshot);
    return status;
}

static enum rg_status refer(void *context, PyObject *referent)
{
    struct walk *walk = context;
    walk->referents[walk->referent_count++] = (uintptr_t)referent;
    return walk->referent_count == BATCH_REFERENTS ? flush(walk) : RG_OK;
}

/* The visitproc of the walk; anything but 0 ends the traverse. */
static int visit(PyObject *referent, void *context)
{
    struct walk *walk = context;
    walk->referents[walk->referent_count++] = (uintptr_t)referent;
    if (walk->referent_count < BATCH_REFERENTS)
        return 0;
    walk->status = flush(walk);
    return walk->status == RG_OK ? 0 : -1;
}

static enum rg_status traverse(struct walk *walk, PyObject *object)
{
    if (Py_TYPE(object)->tp_traverse != NULL &&
        rg__traverse(object, visit, walk) != 0)
        return walk->status;
    return RG_OK;
}

/* A dict's own traverse passes over its keys while all are exact str, so when
 * they matter they are read here. */
static enum rg_status refer_items(struct walk *walk, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value)) {
        status = refer(walk, key);
        if (status == RG_OK)
            status = refer(walk, value);
    }
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

/* A subclass's traverse knows more than its items. */
static enum rg_status refer_subclass_keys(struct walk *walk, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    if (visits_keys(dict))
        return RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value))
        status = refer(walk, key);
    return status;
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

static enum rg_status begin(struct walk *walk, PyObject *object, unsigned flags)
{
    if (walk->object_count == BATCH_OBJECTS) {
        enum rg_status status = flush(walk);
        if (status != RG_OK)
            return status;
    }
    walk->objects[walk->object_count] = (uintptr_t)object;
    walk->flags[walk->object_count] = (uint8_t)flags;
    walk->starts[walk->object_count++] = (uint32_t)walk->referent_count;
    if (PyType_Check(object))
        return remember_type(walk->snapshot, (PyTypeObject *)object);
    return RG_OK;
}

/* Lists and tuples are a third of most heaps: read without a call for each
 * item.  One that is still being filled has NULL among its items. */
static enum rg_status refer_array(struct walk *walk, PyObject *const *items,
                                  Py_ssize_t count)
{
    enum rg_status status = RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < count; i++)
        if (items[i] != NULL)
            status = refer(walk, items[i]);
    return status;
}

static enum rg_status read_tracked(void *context, PyObject *object)
{
    struct walk *walk = context;
    enum rg_status status = begin(walk, object, 0);
    if (status != RG_OK)
        return status;
    if (PyList_CheckExact(object))
        return refer_array(walk, ((PyListObject *)object)->ob_item,
                           Py_SIZE(object));
    if (PyTuple_CheckExact(object))
        return refer_array(walk, ((PyTupleObject *)object)->ob_item,
                           Py_SIZE(object));
    if (!walk->snapshot->query->untracked || !PyDict_Check(object))
        return traverse(walk, object);
    if (PyDict_CheckExact(object))
        return refer_items(walk, object);
    status = traverse(walk, object);
    return status == RG_OK ? refer_subclass_keys(walk, object) : status;
}

/* Reads an object that is in no list. */
static enum rg_status read_unlisted(struct walk *walk, PyObject *object)
{
    enum rg_status status = begin(walk, object, RG_TABLE_UNTRACKED);
    if (status != RG_OK)
        return status;
    const struct rg__adapter *adapter =
        rg__adapter_of(&walk->snapshot->adapters, Py_TYPE(object));
    if (adapter != NULL)
        return adapter->walk(object, refer, walk);
    if (PyType_Check(object) && !PyObject_IS_GC(object))
        return refer_static_type(walk, (PyTypeObject *)object);
    return PyDict_CheckExact(object) ? refer_items(walk, object)
                                     : traverse(walk, object);
}

/* Reading what is open may open more; a flush finds out. */
static enum rg_status read_open(struct walk *walk)
{
    enum rg_status status = flush(walk);
    while (status == RG_OK && walk->open_count > 0) {
        status = read_unlisted(walk, walk->open[--walk->open_count]);
        if (status == RG_OK && walk->open_count == 0)
            status = flush(walk);
    }
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
    if (status == RG_ETIMEOUT)
        walk->object_count = walk->referent_count = 0;
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = read_roots(walk);
    if (status == RG_OK && !snapshot->timed_out)
        status = read_open(walk);
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = rg_table_end(&snapshot->table);
    rg_free(walk->open);
    rg_code_set_free(&walk->met);
    rg_free(walk);
    return status;
}
