/* role.c - what an object found is to the search */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "heap/caches.h"
#include "heap/cpython/containers.h"
#include "heap/greenlets.h"
#include "heap/read.h"
#include "heap/snapshot.h"
#include "heap/word.h"

static int by_address_value(const void *left, const void *right)
{
    uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
    return (a > b) - (a < b);
}

static bool is_among(uintptr_t address, const uintptr_t *sorted, size_t count)
{
    return count != 0 && bsearch(&address, sorted, count, sizeof *sorted,
                                 by_address_value) != NULL;
}

/* Dicts, tuples and cells implement attributes, closures and variables; an
 * instance may have a dict of another class for its namespace. */
static bool folds(struct rg__c_types *types, PyObject *object)
{
    return PyDict_Check(object) || PyTuple_CheckExact(object) ||
           PyCell_Check(object) ||
           rg__c_is(types, object, RG__C_MANAGED_BUFFER);
}

/* Whether it is a generator, coroutine or greenlet that is suspended, or one
 * that runs. */
static unsigned role_of_generator(struct rg__snapshot *snapshot,
                                  PyObject *object)
{
    struct rg__frame frame;
    PyObject *awaited;
    if (object == snapshot->asking.asker)
        return RG_ROLE_RUNNING;
    if (rg__greenlet_frame(snapshot, object, &frame))
        return RG_ROLE_SUSPENDED |
               (PyObject_IS_GC(object) ? 0 : RG_ROLE_PINNED);
    if (!rg__fits(snapshot, RG_MISFIT_FRAMES) ||
        !(PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
          PyAsyncGen_CheckExact(object)))
        return 0;
    if (rg__generator_is_running(object))
        return RG_ROLE_RUNNING;
    if (!rg__frame_of_generator(object, &frame, &awaited))
        return 0;
    const struct rg__namespace *globals =
        rg__find_namespace(snapshot, frame.globals);
    return RG_ROLE_SUSPENDED |
           (globals != NULL && globals->furniture != RG__NO_FURNITURE
                ? RG_ROLE_FURNITURE
                : 0);
}

/* Each of them is one root, and so is each thread. */
static unsigned role_of_furniture(unsigned furniture)
{
    return furniture == RG__NO_FURNITURE
               ? 0
               : RG_ROLE_FURNITURE | furniture << RG_ROLE_BITS;
}

static unsigned role_of_frame(const struct rg__root *root)
{
    enum {
        FIRST = RG__FURNITURE_COUNT + RG__MOST_TOOLS,
        MOST = UINT16_MAX - FIRST
    };
    uint32_t number = root->thread_number % MOST;
    return RG_ROLE_STOP | RG_ROLE_FRAME |
           (root->furniture != RG__NO_FURNITURE
                ? role_of_furniture(root->furniture)
                : (FIRST + number) << RG_ROLE_BITS);
}

/* What a tool of sys.monitoring keeps through them is one root. */
static unsigned role_of_tool_method(const struct rg__snapshot *snapshot,
                                    PyObject *object)
{
    const struct rg__kept *kept = rg__find_tool_method(snapshot, object);
    return kept == NULL
               ? 0
               : RG_ROLE_FOLDS | (RG__FURNITURE_COUNT +
                                  (unsigned)kept->number % RG__MOST_TOOLS)
                                     << RG_ROLE_BITS;
}

/* A greenlet that is suspended is in the collector's lists whatever it says. */
static bool is_tracked(struct rg__snapshot *snapshot, PyObject *object)
{
    return (PyObject_IS_GC(object) && PyObject_GC_IsTracked(object)) ||
           (snapshot->greenlets.are_there &&
            rg__c_is(&snapshot->c_types, object, RG__C_GREENLET));
}

static unsigned role_of_object(struct rg__snapshot *snapshot, PyObject *object)
{
    const struct rg_query *query = snapshot->query;
    if (rg__is_left_out(snapshot, object) ||
        rg__is_of_this_call(snapshot, object) ||
        is_among((uintptr_t)object, query->excluded, query->excluded_count))
        return RG_ROLE_HIDDEN;
    const struct rg__namespace *namespace =
        rg__find_namespace(snapshot, object);
    if (namespace != NULL)
        return namespace->is_ours
                   ? RG_ROLE_HIDDEN
                   : RG_ROLE_STOP | role_of_furniture(namespace->furniture);
    if (rg__find_container(snapshot, object) != NULL)
        return RG_ROLE_STOP;
    if (rg__has_state(snapshot, object))
        return RG_ROLE_STOP | (rg__keeps_zones(object) ? RG_ROLE_BOUNDED : 0);
    enum rg__surrounding surrounding = rg__surrounding_of(snapshot, object);
    if (surrounding == RG__DEBUGGER)
        return RG_ROLE_HIDDEN;
    if (surrounding == RG__RUNNER)
        return RG_ROLE_STOP | role_of_furniture(RG__PYTEST);
    unsigned role = is_tracked(snapshot, object) ? 0 : RG_ROLE_UNTRACKED;
    if (surrounding == RG__SHELL)
        role |= RG_ROLE_END;
    if (PyType_Check(object))
        role |= RG_ROLE_CLASS;
    if (folds(&snapshot->c_types, object))
        role |= RG_ROLE_FOLDS;
    if (rg__is_in_trie(&snapshot->c_types, object))
        role |= RG_ROLE_FOLDS | RG_ROLE_INNER;
    if (rg__most_items(snapshot, object) >= 0)
        role |= RG_ROLE_BOUNDED;
    return role | role_of_generator(snapshot, object) |
           role_of_tool_method(snapshot, object);
}

unsigned rg__role(void *context, const struct rg_node *node)
{
    struct rg__snapshot *snapshot = context;
    if (node->address != 0)
        return role_of_object(snapshot, (PyObject *)node->address);
    const struct rg__root *root =
        &snapshot->roots.items[snapshot->table.object[node->object]];
    return root->kind == RG__ROOT_TABLES ? RG_ROLE_STOP : role_of_frame(root);
}

/* The tuples that hold classes for no other reason than to relate them. */
static void list_class_plumbing(struct rg__snapshot *snapshot)
{
    uintptr_t *found =
        rg_alloc(snapshot->types.count * 2, sizeof *snapshot->types.plumbing);
    size_t count = 0;
    snapshot->types.has_plumbing = true;
    if (found == NULL)
        return; /* the tuples are then shown: more, and still true */
    for (size_t i = 0; i < snapshot->types.count; i++) {
        const PyTypeObject *type = snapshot->types.items[i];
        if (type->tp_mro != NULL)
            found[count++] = (uintptr_t)type->tp_mro;
        if (type->tp_bases != NULL)
            found[count++] = (uintptr_t)type->tp_bases;
    }
    rg_sort_in_place(found, count, sizeof *found, by_address_value);
    snapshot->types.plumbing = found;
    snapshot->types.plumbing_count = count;
}

static bool is_descriptor_of(PyObject *object, PyObject *type)
{
    PyTypeObject *kind = Py_TYPE(object);
    return (kind == &PyGetSetDescr_Type || kind == &PyMemberDescr_Type ||
            kind == &PyMethodDescr_Type || kind == &PyClassMethodDescr_Type ||
            kind == &PyWrapperDescr_Type) &&
           (PyObject *)PyDescr_TYPE(object) == type;
}

/* A tuple of class plumbing that only the class it belongs to refers to.  Who
 * has the other in its __mro__ has it, or one that has it, for a base; a single
 * base is the __base__ as well. */
static bool is_of_one_class(PyObject *tuple, PyObject *type)
{
    return rg__refcount(tuple) == 1 &&
           (PyTuple_GET_SIZE(tuple) == 1 ||
            PyTuple_GET_ITEM(tuple, PyTuple_GET_SIZE(tuple) - 1) ==
                (PyObject *)&PyBaseObject_Type ||
            tuple == ((PyTypeObject *)type)->tp_mro);
}

enum rg_link rg__link(void *context, const struct rg_node *referrer,
                      const struct rg_node *referent)
{
    struct rg__snapshot *snapshot = context;
    PyObject *object = (PyObject *)referrer->address;
    PyObject *type = (PyObject *)referent->address;
    if (object == NULL)
        return RG_LINK_REFERENCE;
    if ((PyObject *)Py_TYPE(object) == type)
        return RG_LINK_INSTANCE;
    if (PyType_Check(object))
        return (PyObject *)((PyTypeObject *)object)->tp_base == type
                   ? RG_LINK_PLUMBING
                   : RG_LINK_REFERENCE;
    if (is_descriptor_of(object, type))
        return rg__refcount(object) == 1 ? RG_LINK_OWN : RG_LINK_PLUMBING;
    if (!PyTuple_CheckExact(object))
        return RG_LINK_REFERENCE;
    if (!snapshot->types.has_plumbing)
        list_class_plumbing(snapshot);
    if (!is_among((uintptr_t)object, snapshot->types.plumbing,
                  snapshot->types.plumbing_count))
        return RG_LINK_REFERENCE;
    return is_of_one_class(object, type) ? RG_LINK_OWN : RG_LINK_PLUMBING;
}
