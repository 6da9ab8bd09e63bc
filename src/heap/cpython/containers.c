/* containers.c - how C types beside list, tuple, dict and set hold things
 *
 * Nobody says so but their own traverse, and its order. */
#define _PY_DATETIME_IMPL /* of datetime.h only the structs */
#include <Python.h>
#include <datetime.h>
#include <structmember.h>

#include <string.h>

#include "base/alloc.h"
#include "heap/cpython/containers.h"

/* deque, and since 3.13 SimpleQueue: their own traverse visits the items from
 * left to right, and, where it is a heap type, the object's type. */
struct positions {
    PyObject *object;
    rg__object_fn visit;
    void *context;
    bool has_type; /* still to come, among the items */
    enum rg_status status;
};

static int visit_position(PyObject *item, void *context)
{
    struct positions *positions = context;
    if (positions->status != RG_OK)
        return -1;
    if (positions->has_type && item == (PyObject *)Py_TYPE(positions->object)) {
        positions->has_type = false;
        return 0;
    }
    positions->status = positions->visit(positions->context, item);
    return positions->status == RG_OK ? 0 : -1;
}

enum rg_status rg__positions_walk(PyObject *object, const PyTypeObject *type,
                                  rg__object_fn visit, void *context)
{
    struct positions positions = {.object = object,
                                  .visit = visit,
                                  .context = context,
                                  .has_type =
                                      type->tp_flags & Py_TPFLAGS_HEAPTYPE};
    type->tp_traverse(object, visit_position, &positions);
    return positions.status;
}

/* functools.lru_cache.  A link is no object the collector knows; the wrapper
 * visits what it holds. */
enum { LRU_CACHE = 9, LRU_MAXSIZE = 12, LINK_KEY = 5, LINK_RESULT = 6 };
enum { DEQUE_MAXLEN = 8 };

int64_t rg__bound(struct rg__c_types *types, PyObject *object)
{
    const struct rg__c_answer *known = rg__c_type(types, Py_TYPE(object));
    enum rg__c_kind kind = known->row == NULL ? RG__C_PLAIN : known->row->kind;
    if (kind == RG__C_DEQUE)
        return (int64_t)(intptr_t)rg__c_at(object, DEQUE_MAXLEN);
    if (kind == RG__C_LRU_CACHE)
        return (int64_t)(intptr_t)rg__c_at(object, LRU_MAXSIZE);
    return -1;
}

PyObject *rg__lru_results(PyObject *object, const PyTypeObject *type)
{
    PyObject *results = rg__c_word(object, type, LRU_CACHE);
    return results != NULL && PyDict_CheckExact(results) ? results : NULL;
}

bool rg__is_in_lru_cache(PyObject *wrapper, const PyTypeObject *type,
                         PyObject *referent)
{
    if (rg__c_at(wrapper, LRU_CACHE) == referent)
        return true;
    for (size_t i = LRU_CACHE + 1; i < rg__c_words(type); i++)
        if (rg__c_at(wrapper, i) == referent)
            return false;
    return referent != rg__instance_dict(wrapper);
}

PyObject *rg__lru_link_result(struct rg__c_types *types, PyObject *link,
                              PyObject *key)
{
    return rg__c_is(types, link, RG__C_LRU_LINK) &&
                   rg__c_at(link, LINK_KEY) == key
               ? rg__c_at(link, LINK_RESULT)
               : NULL;
}

/* XML */

bool rg__element_parts(PyObject *element, PyObject **attributes,
                       PyObject *const **children, Py_ssize_t *count)
{
    enum { EXTRA = 5 };
    /* ElementObjectExtra */
    const struct {
        PyObject *attributes;
        Py_ssize_t length, allocated;
        PyObject *const *children;
    } *extra = (const void *)rg__c_at(element, EXTRA);
    if (extra == NULL)
        return false;
    *attributes = extra->attributes;
    *children = extra->children;
    *count = extra->children == NULL ? 0 : extra->length;
    return true;
}

bool rg__is_child(PyObject *element, const PyObject *referent)
{
    PyObject *attributes, *const *children;
    Py_ssize_t count;
    if (!rg__element_parts(element, &attributes, &children, &count))
        return false;
    for (Py_ssize_t i = 0; i < count; i++)
        if (children[i] == referent)
            return true;
    return false;
}

size_t rg__xml_handlers(PyObject *parser, const PyTypeObject *type,
                        const char *const **names, PyObject *const **handlers)
{
    /* The order of pyexpat's enum HandlerTypes. */
    static const char *const all[] = {"StartElementHandler",
                                      "EndElementHandler",
                                      "ProcessingInstructionHandler",
                                      "CharacterDataHandler",
                                      "UnparsedEntityDeclHandler",
                                      "NotationDeclHandler",
                                      "StartNamespaceDeclHandler",
                                      "EndNamespaceDeclHandler",
                                      "CommentHandler",
                                      "StartCdataSectionHandler",
                                      "EndCdataSectionHandler",
                                      "DefaultHandler",
                                      "DefaultHandlerExpand",
                                      "NotStandaloneHandler",
                                      "ExternalEntityRefHandler",
                                      "StartDoctypeDeclHandler",
                                      "EndDoctypeDeclHandler",
                                      "EntityDeclHandler",
                                      "XmlDeclHandler",
                                      "ElementDeclHandler",
                                      "AttlistDeclHandler",
                                      "SkippedEntityHandler"};
    size_t last = rg__c_words(type) - 1;
    *names = all;
    *handlers = (PyObject *const *)rg__c_at(parser, last);
    return *handlers == NULL ? 0 : sizeof all / sizeof *all;
}

/* Windows on what others hold. */

/* The memo of 3.10's Pickler, a hash table with the objects as keys, and of its
 * Unpickler, an array of objects with gaps.  Later ones visit what is there. */
enum { PICKLER_MEMO = 2, UNPICKLER_MEMO = 3, UNPICKLER_MEMO_SIZE = 4 };

struct memo_table {
    size_t mask, used, allocated;
    struct memo_entry {
        PyObject *key;
        Py_ssize_t value;
    } *entries;
};

enum rg_status rg__memo_walk(enum rg__c_kind kind, PyObject *object,
                             rg__object_fn visit, void *context)
{
    PyObject *const *array = NULL;
    const struct memo_table *table = NULL;
    size_t count = 0;
    enum rg_status status = RG_OK;
    if (kind == RG__C_PICKLER) {
        table = (const struct memo_table *)rg__c_at(object, PICKLER_MEMO);
        count = table == NULL ? 0 : table->allocated;
    } else if (kind == RG__C_UNPICKLER) {
        array = (PyObject *const *)rg__c_at(object, UNPICKLER_MEMO);
        count =
            array == NULL ? 0 : (size_t)rg__c_at(object, UNPICKLER_MEMO_SIZE);
    }
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        PyObject *item = table == NULL ? array[i] : table->entries[i].key;
        if (item != NULL)
            status = visit(context, item);
    }
    return status;
}

PyObject *rg__memoryview_buffer(PyObject *view)
{
    return (PyObject *)((PyMemoryViewObject *)view)->mbuf;
}

PyObject *rg__memoryview_object(PyObject *view)
{
    return ((PyMemoryViewObject *)view)->view.obj;
}

PyObject *rg__buffer_object(PyObject *buffer)
{
    return ((_PyManagedBufferObject *)buffer)->master.obj;
}

static int take_mapping(PyObject *mapping, void *context)
{
    *(PyObject **)context = mapping;
    return 0;
}

PyObject *rg__proxy_mapping(PyObject *proxy)
{
    PyObject *mapping = NULL;
    PyDictProxy_Type.tp_traverse(proxy, take_mapping, &mapping);
    return mapping;
}

/* datetime and time: in structs that datetime.h publishes. */
PyObject *rg__time_zone(enum rg__c_kind kind, PyObject *object)
{
    const PyDateTime_DateTime *datetime = (PyDateTime_DateTime *)object;
    const PyDateTime_Time *time = (PyDateTime_Time *)object;
    if (kind == RG__C_DATETIME)
        return datetime->hastzinfo ? datetime->tzinfo : NULL;
    return time->hastzinfo ? time->tzinfo : NULL;
}

bool rg__is_in_trie(struct rg__c_types *types, const PyObject *object)
{
    return rg__c_is(types, object, RG__C_TRIE) ||
           rg__c_is(types, object, RG__C_TRIE_NODE);
}

/* A Context keeps its values in a hash array mapped trie (PEP 567): the nodes
 * still to be read, and what the one being read holds. */
struct trie {
    struct rg__c_types *types;
    rg__entry_fn visit;
    void *context;
    PyObject **nodes;
    size_t node_count, node_capacity;
    PyObject *value; /* visited; its variable comes next */
    enum rg_status status;
};

static enum rg_status push_node(struct trie *trie, PyObject *node)
{
    void *nodes = trie->nodes;
    if (rg_grow(&nodes, &trie->node_capacity, trie->node_count + 1,
                sizeof *trie->nodes) < 0)
        return RG_ENOMEM;
    trie->nodes = nodes;
    trie->nodes[trie->node_count++] = node;
    return RG_OK;
}

PyObject *rg__variable_name(PyObject *variable)
{
    const struct PyMemberDef *member = Py_TYPE(variable)->tp_members;
    for (; member != NULL && member->name != NULL; member++)
        if (strcmp(member->name, "name") == 0)
            return *(PyObject **)((char *)variable + member->offset);
    return NULL;
}

/* Nodes are visited from the last slot to the first: a node beneath, or a value
 * and then its variable. */
static int visit_slot(PyObject *object, void *context)
{
    struct trie *trie = context;
    if (trie->status != RG_OK)
        return -1;
    if (trie->value != NULL) {
        if (PyContextVar_CheckExact(object))
            trie->status = trie->visit(trie->context, object, trie->value);
        trie->value = NULL;
    } else if (rg__c_is(trie->types, object, RG__C_TRIE_NODE)) {
        trie->status = push_node(trie, object);
    } else {
        trie->value = object;
    }
    return trie->status == RG_OK ? 0 : -1;
}

enum rg_status rg__trie_walk(struct rg__c_types *types, PyObject *root,
                             rg__entry_fn visit, void *context)
{
    struct trie trie = {.types = types, .visit = visit, .context = context};
    trie.status = push_node(&trie, root);
    while (trie.status == RG_OK && trie.node_count > 0) {
        PyObject *node = trie.nodes[--trie.node_count];
        trie.value = NULL;
        Py_TYPE(node)->tp_traverse(node, visit_slot, &trie);
    }
    rg_free(trie.nodes);
    return trie.status;
}

/* A thread-local keeps a dict for each thread, in a dict by what stands for the
 * thread: what goes with it, or up to 3.12 a weak reference to that. */
static bool stands_for_thread(struct rg__c_types *types, PyObject *key)
{
    return rg__c_is(types,
                    PyWeakref_CheckRefExact(key)
                        ? ((PyWeakReference *)key)->wr_object
                        : key,
                    RG__C_THREAD_DUMMY);
}

bool rg__is_thread_dicts(struct rg__c_types *types, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    return PyDict_CheckExact(dict) &&
           PyDict_Next(dict, &position, &key, &value) &&
           stands_for_thread(types, key) && PyDict_CheckExact(value);
}

struct local_parts {
    struct rg__c_types *types;
    PyObject *dicts;
};

static int find_dicts(PyObject *part, void *context)
{
    struct local_parts *parts = context;
    if (rg__is_thread_dicts(parts->types, part))
        parts->dicts = part;
    return 0;
}

PyObject *rg__local_dicts(struct rg__c_types *types, PyObject *object)
{
    struct local_parts parts = {.types = types};
    rg__c_type(types, Py_TYPE(object))
        ->type->tp_traverse(object, find_dicts, &parts);
    return parts.dicts;
}
