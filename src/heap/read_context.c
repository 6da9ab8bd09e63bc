/* read_context.c - context variables and thread-local attributes
 *
 * Both keep their values behind plumbing that nobody would name: a Context in
 * a hash array mapped trie (PEP 567), a threading.local in a dict per thread. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "base/alloc.h"
#include "heap/read.h"
#include "heap/word.h"

bool rg__is_in_trie(struct rg__c_types *types, const PyObject *object)
{
    return rg__c_is(types, object, RG__C_TRIE) ||
           rg__c_is(types, object, RG__C_TRIE_NODE);
}

/* The nodes of a trie still to be read, and what the one being read holds. */
struct trie {
    struct rg__reader *reader;
    PyObject **nodes;
    size_t node_count, node_capacity;
    PyObject *value;            /* visited; its variable comes next */
    enum rg_status status;
};

static enum rg_status push(struct trie *trie, PyObject *node)
{
    void *nodes = trie->nodes;
    if (rg_grow(&nodes, &trie->node_capacity, trie->node_count + 1,
                sizeof *trie->nodes) < 0)
        return RG_ENOMEM;
    trie->nodes = nodes;
    trie->nodes[trie->node_count++] = node;
    return RG_OK;
}

/* A context variable shows its name as a C member. */
static PyObject *variable_name(PyObject *variable)
{
    const struct PyMemberDef *member = Py_TYPE(variable)->tp_members;
    for (; member != NULL && member->name != NULL; member++)
        if (strcmp(member->name, "name") == 0)
            return *(PyObject **)((char *)variable + member->offset);
    return NULL;
}

static enum rg_status tell_slot(struct trie *trie, PyObject *variable)
{
    if (!PyContextVar_CheckExact(variable))
        return RG_OK;
    enum rg_status status = rg__tell(
        trie->reader,
        &(struct rg__told){.value = trie->value, .kind = RG_CONTEXT_VARIABLE,
                           .through_plumbing = true,
                           .name = variable_name(variable)});
    return status == RG_OK
               ? rg__tell(trie->reader,
                          &(struct rg__told){.value = variable, .kind = RG_KEY,
                                             .through_plumbing = true})
               : status;
}

/* Nodes are visited from the last slot to the first: a node beneath, or a value
 * and then its variable. */
static int visit_slot(PyObject *object, void *context)
{
    struct trie *trie = context;
    if (trie->status != RG_OK)
        return -1;
    if (trie->value != NULL) {
        trie->status = tell_slot(trie, object);
        trie->value = NULL;
    } else if (rg__c_is(&trie->reader->snapshot->c_types, object,
                        RG__C_TRIE_NODE)) {
        trie->status = push(trie, object);
    } else {
        trie->value = object;
    }
    return trie->status == RG_OK ? 0 : -1;
}

static enum rg_status read_trie(struct rg__reader *reader, PyObject *root)
{
    struct trie trie = {.reader = reader};
    trie.status = push(&trie, root);
    while (trie.status == RG_OK && trie.node_count > 0) {
        PyObject *node = trie.nodes[--trie.node_count];
        trie.value = NULL;
        Py_TYPE(node)->tp_traverse(node, visit_slot, &trie);
    }
    rg_free(trie.nodes);
    return trie.status;
}

struct parts {
    struct rg__reader *reader;
    enum rg_status status;
};

static int visit_context_part(PyObject *part, void *context)
{
    struct parts *parts = context;
    if (parts->status != RG_OK)
        return -1;
    if (rg__c_is(&parts->reader->snapshot->c_types, part, RG__C_TRIE)) {
        parts->status = rg__fold(parts->reader, part, "variables");
        if (parts->status == RG_OK)
            parts->status = read_trie(parts->reader, part);
    } else {
        parts->status = rg__tell(parts->reader,
                                 &(struct rg__told){.value = part,
                                                    .kind = RG_MEMBER,
                                                    .word = "previous"});
    }
    return parts->status == RG_OK ? 0 : -1;
}

enum rg_status rg__read_context(struct rg__reader *reader)
{
    struct parts parts = {.reader = reader};
    Py_TYPE(reader->object)->tp_traverse(reader->object, visit_context_part,
                                         &parts);
    return parts.status;
}

/* Thread-local attributes */

/* The class is called threading.local by everybody but itself. */
static enum rg_status tell_attributes(struct rg__reader *reader, PyObject *dict)
{
    static char public_name[] = "local";
    const struct rg_buffer name = {.data = public_name,
                                   .size = sizeof public_name - 1};
    bool is_exact = rg__c_row(&reader->snapshot->c_types,
                              Py_TYPE(reader->object)) != NULL;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value))
        if (PyUnicode_CheckExact(key))
            status = rg__tell(
                reader, &(struct rg__told){.value = value,
                                           .kind = RG_THREAD_LOCAL,
                                           .through_plumbing = true,
                                           .owner_text = is_exact ? &name : NULL,
                                           .name = key});
    return status;
}

/* Stands for a thread: what goes with it, or up to 3.12 a weak reference to
 * that. */
static bool is_thread_key(struct rg__c_types *types, PyObject *key)
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
           is_thread_key(types, key) && PyDict_CheckExact(value);
}

/* The dict of dicts, one for each thread. */
static int visit_local_part(PyObject *part, void *context)
{
    struct parts *parts = context;
    PyObject *key, *dict;
    Py_ssize_t position = 0;
    if (parts->status != RG_OK)
        return -1;
    if (!PyDict_CheckExact(part))
        return 0;
    while (parts->status == RG_OK &&
           PyDict_Next(part, &position, &key, &dict)) {
        if (!is_thread_key(&parts->reader->snapshot->c_types, key) ||
            !PyDict_CheckExact(dict))
            return 0;
        if (position == 1)
            parts->status = rg__fold(parts->reader, part, "dicts");
        if (parts->status == RG_OK)
            parts->status = tell_attributes(parts->reader, dict);
    }
    return parts->status == RG_OK ? 0 : -1;
}

enum rg_status rg__read_thread_local(struct rg__reader *reader)
{
    struct parts parts = {.reader = reader};
    const struct rg__c_answer *answer =
        rg__c_type(&reader->snapshot->c_types, Py_TYPE(reader->object));
    answer->type->tp_traverse(reader->object, visit_local_part, &parts);
    return parts.status;
}
