/* walk.c - every object into the reference table, in one pass
 *
 * The collector's lists give the tracked objects; what they refer to comes
 * from their own tp_traverse.  Each referent is looked at once: one that can
 * refer to something and is in no list is walked in its turn; one that refers
 * to nothing, a leaf, is on no chain, and references to it are dropped, which
 * is half of all references; only where sizes matter leaves are objects like
 * others.
 *
 * What is read is collected in a batch, and encoded when the batch is full:
 * the walk then runs through the program's objects, and the encoding through
 * our own arrays, instead of both at every reference. */
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "heap/greenlets.h"
#include "heap/snapshot.h"

enum {
    BATCH_OBJECTS = 1 << 10,
    BATCH_REFERENTS = 1 << 12,
    POLL_BATCHES = 16, /* batches between two polls: about a millisecond */
    PREFETCH = 16      /* objects ahead whose headers are fetched */
};

struct walk {
    struct rg__snapshot *snapshot;
    enum rg_status status;     /* the first failure: nothing is read
                                  into the batch after it */
    bool reads_keys;           /* of dicts, also where all are str */
    struct rg_code_set met;    /* objects read, referents looked at */
    struct rg_code_set leaves; /* of these, what refers to nothing */
    PyObject **open;           /* unlisted, still to be read */
    size_t open_count, open_capacity;
    bool lists_are_short;      /* tracked objects may be in no list */
    struct rg_code_set read;   /* then: objects read ... */
    struct rg_buffer doubtful; /* ... and tracked referents */
    unsigned batches;
    /* the batch */
    size_t object_count, referent_count;
    uintptr_t objects[BATCH_OBJECTS];
    uint8_t flags[BATCH_OBJECTS];
    uint32_t starts[BATCH_OBJECTS];
    uintptr_t referents[BATCH_REFERENTS];
    /* the same encoded */
    rg_code object_codes[BATCH_OBJECTS];
    rg_code codes[BATCH_REFERENTS];
    /* scratch of a flush */
    uint32_t fresh[BATCH_REFERENTS];    /* referents met for the first time */
    uint32_t kept[BATCH_REFERENTS + 1]; /* referents kept before each */
};

static enum rg_status cover(struct walk *walk)
{
    const struct rg_regions *regions = walk->snapshot->table.regions;
    return rg_code_set_cover(&walk->met, regions) < 0 ||
                   rg_code_set_cover(&walk->leaves, regions) < 0 ||
                   (walk->lists_are_short &&
                    rg_code_set_cover(&walk->read, regions) < 0)
               ? RG_ENOMEM
               : RG_OK;
}

static enum rg_status encode(struct walk *walk)
{
    struct rg_regions *regions = walk->snapshot->table.regions;
    enum rg_status status = rg_regions_encode(
        regions, walk->objects, walk->object_count, walk->object_codes);
    if (status == RG_OK)
        status = rg_regions_encode(regions, walk->referents,
                                   walk->referent_count, walk->codes);
    return status == RG_OK ? cover(walk) : status;
}

/* Marks objects and referents of the batch as met; counts the referents met
 * for the first time. */
static size_t meet_batch(struct walk *walk)
{
    size_t fresh = 0;
    for (size_t i = 0; i < walk->object_count; i++) {
        RG_CODE_SET_ADD(&walk->met, walk->object_codes[i]);
        if (walk->lists_are_short)
            RG_CODE_SET_ADD(&walk->read, walk->object_codes[i]);
    }
    for (size_t i = 0; i < walk->referent_count; i++) {
        if (RG_CODE_SET_HAS(&walk->met, walk->codes[i]))
            continue;
        RG_CODE_SET_ADD(&walk->met, walk->codes[i]);
        walk->fresh[fresh++] = (uint32_t)i;
    }
    return fresh;
}

/* Room for `count` more objects to be read. */
static enum rg_status reserve_open(struct walk *walk, size_t count)
{
    void *open = walk->open;
    if (rg_grow(&open, &walk->open_capacity, walk->open_count + count,
                sizeof *walk->open) < 0)
        return RG_ENOMEM;
    walk->open = open;
    return RG_OK;
}

/* Remembers an object that should be in a list, where the lists are short. */
static enum rg_status doubt(struct walk *walk, PyObject *object)
{
    return walk->lists_are_short &&
                   rg_buffer_append(&walk->doubtful, (char *)&object,
                                    sizeof object) < 0
               ? RG_ENOMEM
               : RG_OK;
}

/* Looks at the `count` referents met for the first time.  Most are strings and
 * numbers somewhere in memory, at which nobody else would have looked: their
 * headers are fetched ahead. */
static enum rg_status look_at_fresh(struct walk *walk, size_t count)
{
    enum rg_status status = reserve_open(walk, count);
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        if (i + PREFETCH < count)
            __builtin_prefetch(
                (void *)walk->referents[walk->fresh[i + PREFETCH]]);
        PyObject *object = (PyObject *)walk->referents[walk->fresh[i]];
        switch (rg__listing(object, &walk->snapshot->c_types)) {
        case RG__LISTED:
            status = doubt(walk, object);
            break;
        case RG__UNLISTED:
            walk->open[walk->open_count++] = object;
            break;
        case RG__LEAF:
            if (walk->snapshot->query->leaves)
                walk->open[walk->open_count++] = object;
            else
                RG_CODE_SET_ADD(&walk->leaves, walk->codes[walk->fresh[i]]);
        }
    }
    return status;
}

/* Takes the references to leaves out of the batch. */
static void drop_leaves(struct walk *walk)
{
    uint32_t kept = 0;
    for (size_t i = 0; i < walk->referent_count; i++) {
        rg_code code = walk->codes[i];
        walk->kept[i] = kept;
        walk->codes[kept] = code;
        kept += !RG_CODE_SET_HAS(&walk->leaves, code);
    }
    walk->kept[walk->referent_count] = kept;
    for (size_t i = 0; i < walk->object_count; i++)
        walk->starts[i] = walk->kept[walk->starts[i]];
    walk->referent_count = kept;
}

static enum rg_status empty_batch(struct walk *walk)
{
    enum rg_status status = encode(walk);
    if (status == RG_OK)
        status = look_at_fresh(walk, meet_batch(walk));
    if (status != RG_OK)
        return status;
    if (!walk->snapshot->query->leaves)
        drop_leaves(walk);
    for (size_t i = 0; i < walk->object_count; i++)
        if (walk->objects[i] & RG_HALF_GRANULE)
            walk->flags[i] |= RG_TABLE_ODD;
    const struct rg_table_batch batch = {.objects = walk->object_codes,
                                         .flags = walk->flags,
                                         .starts = walk->starts,
                                         .object_count = walk->object_count,
                                         .referents = walk->codes,
                                         .referent_count =
                                             walk->referent_count};
    walk->object_count = walk->referent_count = 0;
    status = rg_table_add(&walk->snapshot->table, &batch);
    if (status == RG_OK && ++walk->batches % POLL_BATCHES == 0)
        status = rg__poll(walk->snapshot);
    return status;
}

/* After a failure the batch may be full, and whoever fills it need not know: a
 * type of somebody's C code that does not heed what `visit` answers goes on
 * calling it, to the end. */
static enum rg_status flush_batch(struct walk *walk)
{
    if (walk->status == RG_OK)
        walk->status = empty_batch(walk);
    return walk->status;
}

/* A target is no leaf, whatever it is; it may be in no list itself. */
static enum rg_status meet_targets(struct walk *walk)
{
    const struct rg_query *query = walk->snapshot->query;
    enum rg_status status = reserve_open(walk, query->target_count);
    for (size_t i = 0; status == RG_OK && i < query->target_count; i++) {
        PyObject *target = query->targets[i];
        uintptr_t address = (uintptr_t)target;
        rg_code code;
        status = rg_regions_encode(walk->snapshot->table.regions, &address, 1,
                                   &code);
        if (status == RG_OK)
            status = cover(walk);
        if (status != RG_OK || RG_CODE_SET_HAS(&walk->met, code))
            continue;
        RG_CODE_SET_ADD(&walk->met, code);
        walk->reads_keys |= PyUnicode_CheckExact(target);
        enum rg__listing listing =
            rg__listing(target, &walk->snapshot->c_types);
        if (listing == RG__LISTED)
            status = doubt(walk, target);
        else if (listing == RG__UNLISTED || query->leaves)
            walk->open[walk->open_count++] = target;
    }
    return status;
}

static enum rg_status refer(void *context, PyObject *referent)
{
    struct walk *walk = context;
    if (walk->status != RG_OK)
        return walk->status;
    walk->referents[walk->referent_count++] = (uintptr_t)referent;
    return walk->referent_count == BATCH_REFERENTS ? flush_batch(walk) : RG_OK;
}

/* The visitproc of the walk; anything but 0 ends the traverse. */
static int visit_referent(PyObject *referent, void *context)
{
    return refer(context, referent) == RG_OK ? 0 : -1;
}

/* An instance of a class that derives from a C type which tells the collector
 * nothing: its traverse knows only what the class adds.  One of a C type whose
 * traverse keeps silent.  And a greenlet. */
static enum rg_status refer_untold(struct walk *walk, PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    if (walk->snapshot->greenlets.are_there &&
        rg__c_is(&walk->snapshot->c_types, object, RG__C_GREENLET))
        return rg__meet_greenlet(walk->snapshot, object, refer, walk);
    return rg__may_be_silent(type) ||
                   (type->tp_flags & Py_TPFLAGS_HEAPTYPE &&
                    (type->tp_base != &PyBaseObject_Type ||
                     type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE))
               ? rg__adapted_walk(&walk->snapshot->c_types, object, refer, walk)
               : RG_OK;
}

/* What the traverse answers says nothing: it may pass over a failure, and have
 * reasons of its own to end. */
static enum rg_status traverse_object(struct walk *walk, PyObject *object)
{
    traverseproc own = Py_TYPE(object)->tp_traverse;
    if (own == NULL)
        return RG_OK;
    if (walk->snapshot->query->misfits == 0)
        rg__traverse(object, visit_referent, walk);
    else
        own(object, visit_referent, walk);
    return walk->status == RG_OK ? refer_untold(walk, object) : walk->status;
}

/* A dict's own traverse passes over its keys while all are exact str, so when
 * a str is asked about they are read here. */
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
    void *types = snapshot->types.items;
    if (rg_grow(&types, &snapshot->types.capacity, snapshot->types.count + 1,
                sizeof *snapshot->types.items) < 0)
        return RG_ENOMEM;
    snapshot->types.items = types;
    snapshot->types.items[snapshot->types.count++] = type;
    return RG_OK;
}

/* What a type refers to and its traverse does not say. */
static enum rg_status refer_type_parts(struct walk *walk, PyTypeObject *type)
{
    struct rg__type_parts parts;
    rg__type_parts(type, &parts);
    PyObject *const objects[] = {parts.subclasses, parts.name, parts.qualname,
                                 parts.slots};
    enum rg_status status = remember_type(walk->snapshot, type);
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = refer(walk, objects[i]);
    return status;
}

static enum rg_status begin_object(struct walk *walk, PyObject *object,
                                   unsigned flags)
{
    if (walk->object_count == BATCH_OBJECTS) {
        enum rg_status status = flush_batch(walk);
        if (status != RG_OK)
            return status;
    }
    walk->objects[walk->object_count] = (uintptr_t)object;
    walk->flags[walk->object_count] = (uint8_t)flags;
    walk->starts[walk->object_count++] = (uint32_t)walk->referent_count;
    if (PyType_Check(object))
        return refer_type_parts(walk, (PyTypeObject *)object);
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
    enum rg_status status = begin_object(walk, object, 0);
    if (status != RG_OK)
        return status;
    if (PyList_CheckExact(object))
        return refer_array(walk, ((PyListObject *)object)->ob_item,
                           Py_SIZE(object));
    if (PyTuple_CheckExact(object))
        return refer_array(walk, ((PyTupleObject *)object)->ob_item,
                           Py_SIZE(object));
    if (!walk->reads_keys ||
        !(PyDict_Check(object) || rg__is_frozendict(object)))
        return traverse_object(walk, object);
    if (PyDict_CheckExact(object))
        return refer_items(walk, object);
    status = traverse_object(walk, object);
    return status == RG_OK ? refer_subclass_keys(walk, object) : status;
}

/* Reads an object that is in no list. */
static enum rg_status read_unlisted(struct walk *walk, PyObject *object)
{
    enum rg_status status = begin_object(walk, object, RG_TABLE_UNTRACKED);
    if (status != RG_OK)
        return status;
    if (!PyObject_IS_GC(object) &&
        rg__is_adapted(&walk->snapshot->c_types, Py_TYPE(object)))
        return rg__adapted_walk(&walk->snapshot->c_types, object, refer, walk);
    if (PyType_Check(object) && !PyObject_IS_GC(object))
        return refer_static_type(walk, (PyTypeObject *)object);
    return walk->reads_keys && PyDict_CheckExact(object)
               ? refer_items(walk, object)
               : traverse_object(walk, object);
}

/* Reading what is open may open more; a flush finds out. */
static enum rg_status read_open(struct walk *walk)
{
    enum rg_status status = flush_batch(walk);
    while (status == RG_OK && walk->open_count > 0) {
        status = read_unlisted(walk, walk->open[--walk->open_count]);
        if (status == RG_OK && walk->open_count == 0)
            status = flush_batch(walk);
    }
    return status;
}

/* During a collection the objects being collected are in no list; so are
 * frozen ones where they cannot be listed.  Of both what something refers to
 * is found: tracked objects that the lists did not bring.  Reading them may
 * bring up more. */
static enum rg_status read_doubtful(struct walk *walk)
{
    enum rg_status status = read_open(walk);
    size_t done = 0;
    while (status == RG_OK && done < walk->doubtful.size) {
        PyObject *object;
        rg_code code;
        memcpy(&object, walk->doubtful.data + done, sizeof object);
        done += sizeof object;
        if (rg_regions_find(walk->snapshot->table.regions, (uintptr_t)object,
                            &code) &&
            !RG_CODE_SET_HAS(&walk->read, code)) {
            RG_CODE_SET_ADD(&walk->read, code);
            status = read_tracked(walk, object);
        }
        if (status == RG_OK && done == walk->doubtful.size)
            status = read_open(walk);
    }
    return status;
}

static enum rg_status walk_roots(struct walk *walk)
{
    struct rg__snapshot *snapshot = walk->snapshot;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->roots.count; i++) {
        status = rg_table_begin_root(&snapshot->table, (uint32_t)i);
        if (status == RG_OK)
            status =
                rg__root_walk(snapshot, &snapshot->roots.items[i], refer, walk);
        if (status == RG_OK)
            status = flush_batch(walk);
    }
    return status;
}

enum rg_status rg__walk(struct rg__snapshot *snapshot)
{
    struct walk *walk = rg_alloc_zeroed(1, sizeof *walk);
    if (walk == NULL)
        return RG_ENOMEM;
    walk->snapshot = snapshot;
    walk->reads_keys = snapshot->query->leaves;
    walk->lists_are_short = snapshot->unseen[RG_UNSEEN_COLLECTING] ||
                            snapshot->unseen[RG_UNSEEN_FROZEN];
    enum rg_status status = meet_targets(walk);
    if (status == RG_OK)
        status = rg__tracked_walk(snapshot, read_tracked, walk);
    if (status == RG_OK)
        status = read_open(walk);
    /* What was read before the time was up is an answer, a partial one; the
     * roots make it useful and are few. */
    if (status == RG_ETIMEOUT) {
        walk->object_count = walk->referent_count = 0;
        walk->status = RG_OK;
    }
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = walk_roots(walk);
    if (status == RG_OK && !snapshot->timed_out)
        status = read_doubtful(walk);
    if (status == RG_OK || status == RG_ETIMEOUT)
        status = rg_table_end(&snapshot->table);
    rg_free(walk->open);
    rg_code_set_free(&walk->met);
    rg_code_set_free(&walk->leaves);
    rg_code_set_free(&walk->read);
    rg_buffer_free(&walk->doubtful);
    rg_free(walk);
    return status;
}
