/* read_odd.c - containers of C beside list, tuple, dict and set
 *
 * What they hold has a place or a key like that of any container, though
 * nobody says so but their own traverse. */
#include <Python.h>

#include <string.h>

#include "heap/read.h"

/* deque, and since 3.13 SimpleQueue: their traverse visits the items from left
 * to right, and then, where that is a heap type, their type. */
struct positions {
    struct rg__reader *reader;
    size_t next;
    enum rg_status status;
};

static int tell_position(PyObject *item, void *context)
{
    struct positions *positions = context;
    if (item == (PyObject *)Py_TYPE(positions->reader->object))
        return 0;
    positions->status = rg__tell(
        positions->reader, &(struct rg__told){.value = item, .kind = RG_INDEX,
                                              .index = positions->next++});
    return positions->status == RG_OK ? 0 : -1;
}

bool rg__is_deque(PyObject *object)
{
    return strcmp(Py_TYPE(object)->tp_name, "collections.deque") == 0;
}

static enum rg_status read_positions(struct rg__reader *reader)
{
    struct positions positions = {.reader = reader};
    Py_TYPE(reader->object)->tp_traverse(reader->object, tell_position,
                                         &positions);
    return positions.status;
}

/* SimpleQueue: up to 3.12 a list (read_fields.c), then a ring of its own. */
enum { SIMPLE_QUEUE_WORDS = 9 };

static bool is_simple_queue(PyObject *object)
{
    return strcmp(Py_TYPE(object)->tp_name, "_queue.SimpleQueue") == 0 &&
           Py_TYPE(object)->tp_basicsize ==
               (Py_ssize_t)(SIMPLE_QUEUE_WORDS * sizeof(void *));
}

/* functools.lru_cache: a dict of results or, when their number is limited, of
 * links in the order of use.  A link is no object the collector knows; the
 * wrapper visits what it holds. */
enum { LRU_CACHE_WORDS = 19, LRU_CACHE = 9 };
enum { LINK_WORDS = 7, LINK_KEY = 5, LINK_RESULT = 6 };

bool rg__is_lru_cache(PyObject *object)
{
    return strcmp(Py_TYPE(object)->tp_name, "functools._lru_cache_wrapper") == 0;
}

/* All but the function and what the wrapper needs to work: the dict, and what
 * the links hold. */
bool rg__is_in_lru_cache(PyObject *wrapper, PyObject *referent)
{
    PyObject *const *words = (PyObject *const *)wrapper;
    if (Py_TYPE(wrapper)->tp_basicsize !=
        (Py_ssize_t)(LRU_CACHE_WORDS * sizeof(void *)))
        return false;
    if (words[LRU_CACHE] == referent)
        return true;
    PyObject *dict = rg__instance_dict(wrapper);
    for (size_t i = LRU_CACHE + 1; i < LRU_CACHE_WORDS; i++)
        if (words[i] == referent)
            return false;
    return referent != dict;
}

/* The result that a link holds for `key`; NULL when it is no link. */
static PyObject *linked_result(PyObject *link, PyObject *key)
{
    const PyTypeObject *type = Py_TYPE(link);
    PyObject *const *words = (PyObject *const *)link;
    if (strcmp(type->tp_name, "functools._lru_list_elem") != 0 ||
        type->tp_basicsize != (Py_ssize_t)(LINK_WORDS * sizeof(void *)) ||
        words[LINK_KEY] != key)
        return NULL;
    return words[LINK_RESULT];
}

static enum rg_status read_lru_cache(struct rg__reader *reader)
{
    PyObject *cache = rg__field(reader->object, LRU_CACHE_WORDS, LRU_CACHE);
    PyObject *key, *value;
    Py_ssize_t position = 0;
    if (cache == NULL || !PyDict_CheckExact(cache))
        return RG_OK;
    enum rg_status status = rg__fold(reader, cache, "cache");
    while (status == RG_OK && PyDict_Next(cache, &position, &key, &value)) {
        PyObject *result = linked_result(value, key);
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

bool rg__is_managed_buffer(PyObject *object)
{
    return strcmp(Py_TYPE(object)->tp_name, "managedbuffer") == 0 &&
           !(Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE);
}

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

enum rg_status rg__read_odd_container(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    if (rg__is_deque(object) || is_simple_queue(object))
        return read_positions(reader);
    if (rg__is_lru_cache(object))
        return read_lru_cache(reader);
    if (Py_IS_TYPE(object, &PyDictProxy_Type))
        return read_proxy(reader);
    if (PyMemoryView_Check(object))
        return read_memoryview(reader);
    if (rg__is_managed_buffer(object))
        return rg__tell(reader, &(struct rg__told){
                                    .value = ((_PyManagedBufferObject *)object)
                                                 ->master.obj,
                                    .kind = RG_MEMBER, .word = "obj"});
    return RG_OK;
}
