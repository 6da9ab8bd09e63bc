/* read_odd.c - containers of C beside list, tuple, dict and set
 *
 * What they hold has a place or a key like that of any container, though
 * nobody says so but their own traverse. */
#include <Python.h>

#include "heap/read.h"

/* deque, and since 3.13 SimpleQueue: their own traverse visits the items from
 * left to right, and, where it is a heap type, the object's type. */
struct positions {
    struct rg__reader *reader;
    bool has_type;              /* still to come, among the items */
    size_t next;
    enum rg_status status;
};

static int tell_position(PyObject *item, void *context)
{
    struct positions *positions = context;
    if (positions->status != RG_OK)
        return -1;
    if (positions->has_type &&
        item == (PyObject *)Py_TYPE(positions->reader->object)) {
        positions->has_type = false;
        return 0;
    }
    positions->status = rg__tell(
        positions->reader, &(struct rg__told){.value = item, .kind = RG_INDEX,
                                              .index = positions->next++});
    return positions->status == RG_OK ? 0 : -1;
}

static enum rg_status read_positions(struct rg__reader *reader,
                                     const PyTypeObject *type)
{
    struct positions positions = {
        .reader = reader, .has_type = type->tp_flags & Py_TPFLAGS_HEAPTYPE};
    type->tp_traverse(reader->object, tell_position, &positions);
    return positions.status;
}

/* functools.lru_cache: a dict of results or, when their number is limited, of
 * links in the order of use.  A link is no object the collector knows; the
 * wrapper visits what it holds. */
enum { LRU_CACHE = 9, LINK_KEY = 5, LINK_RESULT = 6 };

/* All but the function and what the wrapper needs to work: the dict, and what
 * the links hold. */
bool rg__is_in_lru_cache(PyObject *wrapper, const PyTypeObject *type,
                         PyObject *referent)
{
    PyObject *const *words = (PyObject *const *)wrapper;
    size_t count = (size_t)type->tp_basicsize / sizeof *words;
    if (words[LRU_CACHE] == referent)
        return true;
    for (size_t i = LRU_CACHE + 1; i < count; i++)
        if (words[i] == referent)
            return false;
    return referent != rg__instance_dict(wrapper);
}

/* The result that a link holds for `key`; NULL when it is no link. */
static PyObject *linked_result(struct rg__c_types *types, PyObject *link,
                               PyObject *key)
{
    PyObject *const *words = (PyObject *const *)link;
    return rg__c_is(types, link, RG__C_LRU_LINK) && words[LINK_KEY] == key
               ? words[LINK_RESULT]
               : NULL;
}

static enum rg_status read_lru_cache(struct rg__reader *reader,
                                     const PyTypeObject *type)
{
    PyObject *cache = rg__field(reader->object, type, LRU_CACHE);
    PyObject *key, *value;
    Py_ssize_t position = 0;
    if (cache == NULL || !PyDict_CheckExact(cache))
        return RG_OK;
    enum rg_status status = rg__fold(reader, cache, "cache");
    while (status == RG_OK && PyDict_Next(cache, &position, &key, &value)) {
        PyObject *result =
            linked_result(&reader->snapshot->c_types, value, key);
        bool is_direct = result == NULL;
        status = rg__tell(reader, &(struct rg__told){
                                      .value = is_direct ? value : result,
                                      .kind = RG_ITEM, .key = key,
                                      .through_plumbing = is_direct});
        if (status == RG_OK)
            status = rg__tell(reader, &(struct rg__told){
                                          .value = key, .kind = RG_KEY,
                                          .through_plumbing = is_direct});
    }
    return status;
}

/* memoryview: what it shows stands behind a buffer that several may share. */

static enum rg_status read_memoryview(struct rg__reader *reader)
{
    const PyMemoryViewObject *view = (PyMemoryViewObject *)reader->object;
    enum rg_status status = RG_OK;
    if (view->mbuf == NULL)
        return RG_OK;
    status = rg__fold(reader, (PyObject *)view->mbuf, "buffer");
    return status == RG_OK
               ? rg__tell(reader, &(struct rg__told){.value = view->view.obj,
                                                     .kind = RG_MEMBER,
                                                     .through_plumbing = true,
                                                     .word = "obj"})
               : status;
}

/* mappingproxy: a window on a dict, whose items it seems to have; its traverse
 * visits that dict, or whatever else it shows. */
static int take_mapping(PyObject *mapping, void *context)
{
    *(PyObject **)context = mapping;
    return 0;
}

static enum rg_status read_proxy(struct rg__reader *reader)
{
    PyObject *mapping = NULL, *key, *value;
    Py_ssize_t position = 0;
    PyDictProxy_Type.tp_traverse(reader->object, take_mapping, &mapping);
    if (mapping == NULL || !PyDict_CheckExact(mapping) ||
        rg__find_namespace(reader->snapshot, mapping) != NULL)
        return rg__tell(reader, &(struct rg__told){.value = mapping,
                                                   .kind = RG_MEMBER,
                                                   .word = "mapping"});
    enum rg_status status = rg__fold(reader, mapping, "mapping");
    while (status == RG_OK && PyDict_Next(mapping, &position, &key, &value))
        status = rg__tell(reader, &(struct rg__told){.value = value,
                                                     .kind = RG_ITEM,
                                                     .through_plumbing = true,
                                                     .key = key});
    return status;
}

static enum rg_status read_managed_buffer(struct rg__reader *reader)
{
    const _PyManagedBufferObject *buffer =
        (_PyManagedBufferObject *)reader->object;
    return rg__tell(reader, &(struct rg__told){.value = buffer->master.obj,
                                               .kind = RG_MEMBER,
                                               .word = "obj"});
}

enum rg_status rg__read_odd_container(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    const struct rg__c_answer *answer =
        rg__c_type(&reader->snapshot->c_types, Py_TYPE(object));
    if (Py_IS_TYPE(object, &PyDictProxy_Type))
        return read_proxy(reader);
    if (PyMemoryView_Check(object))
        return read_memoryview(reader);
    switch (answer->row == NULL ? RG__C_PLAIN : answer->row->kind) {
    case RG__C_DEQUE:
    case RG__C_SIMPLE_QUEUE:
        return read_positions(reader, answer->type);
    case RG__C_LRU_CACHE:
        return read_lru_cache(reader, answer->type);
    case RG__C_MANAGED_BUFFER:
        return read_managed_buffer(reader);
    default:
        return RG_OK;
    }
}
