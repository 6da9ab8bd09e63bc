/* weak.c - weak references to an object, on demand
 *
 * An object has a list of them, so that no walk is needed.  Those that the
 * containers of the module weakref make are told as these containers: the
 * callback that takes the entry out again knows whose it is. */
#include <Python.h>

#include <string.h>

#include "heap/snapshot.h"
#include "heap/testimony.h"
#include "heap/word.h"

/* The first weak reference to an object, or NULL.  Static types of Python's own
 * keep theirs elsewhere. */
static PyWeakReference *first_weak(PyObject *object)
{
    Py_ssize_t offset = Py_TYPE(object)->tp_weaklistoffset;
    if (offset == 0 ||
        (PyType_Check(object) &&
         !(((PyTypeObject *)object)->tp_flags & Py_TPFLAGS_HEAPTYPE)))
        return NULL;
    return *(PyWeakReference **)((char *)object + offset);
}

/* Whether it is one of a module's own functions. */
static bool is_function_of_module(const struct rg__snapshot *snapshot,
                                  PyObject *function, const char *module)
{
    const struct rg__namespace *globals = rg__find_namespace(
        snapshot, ((PyFunctionObject *)function)->func_globals);
    return globals != NULL && rg__word_is(globals->name, module);
}

/* The functions by which the containers clean up, and the one default argument
 * that all of them have: a weak reference to the container. */
static bool is_cleanup(const struct rg__snapshot *snapshot, PyObject *function)
{
    static const char *const names[] = {
        "WeakValueDictionary.__init__.<locals>.remove",
        "WeakKeyDictionary.__init__.<locals>.remove",
        "WeakSet.__init__.<locals>._remove"};
    PyObject *name = ((PyFunctionObject *)function)->func_qualname;
    if (!is_function_of_module(snapshot, function, "weakref") &&
        !is_function_of_module(snapshot, function, "_weakrefset"))
        return false;
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names; i++)
        if (rg__word_is(name, names[i]))
            return true;
    return false;
}

static PyObject *container_of(const struct rg__snapshot *snapshot,
                              const PyWeakReference *weak)
{
    PyObject *callback = weak->wr_callback;
    if (callback == NULL || !PyFunction_Check(callback) ||
        !is_cleanup(snapshot, callback))
        return NULL;
    PyObject *defaults = ((PyFunctionObject *)callback)->func_defaults;
    if (defaults == NULL || !PyTuple_CheckExact(defaults) ||
        PyTuple_GET_SIZE(defaults) == 0 ||
        !PyWeakref_CheckRefExact(PyTuple_GET_ITEM(defaults, 0)))
        return NULL;
    PyObject *container =
        ((PyWeakReference *)PyTuple_GET_ITEM(defaults, 0))->wr_object;
    return container == Py_None ? NULL : container;
}

/* What everybody says for the type weakref.ref, whose name differs between
 * versions; so do the proxies'. */
static const char *weak_word(const PyWeakReference *weak)
{
    if (PyWeakref_CheckRefExact((PyObject *)weak))
        return "weakref";
    return PyWeakref_CheckProxy((PyObject *)weak) ? "weakproxy" : NULL;
}

const char *rg__weak_parts(const struct rg__snapshot *snapshot,
                           PyObject *object, PyObject **referent,
                           PyObject **container)
{
    const PyWeakReference *weak = (PyWeakReference *)object;
    *referent = weak->wr_object == Py_None ? NULL : weak->wr_object;
    *container = container_of(snapshot, weak);
    return weak_word(weak);
}

/* Whether the key is a weak reference to an object, or the callback of one. */
static bool watches(PyObject *key, PyObject *object)
{
    if (PyWeakref_Check(key))
        return ((PyWeakReference *)key)->wr_object == object;
    for (PyWeakReference *weak = first_weak(object); weak != NULL;
         weak = weak->wr_next)
        if (weak->wr_callback == key)
            return true;
    return false;
}

bool rg__is_watched(void *context, const struct rg_node *dict,
                    const struct rg_node *value, const struct rg_node *object)
{
    PyObject *there = (PyObject *)dict->address, *key, *item;
    Py_ssize_t position = 0;
    (void)context;
    if (there == NULL || !PyDict_Check(there) || object->address == 0)
        return false;
    while (PyDict_Next(there, &position, &key, &item))
        if (item == (PyObject *)value->address &&
            watches(key, (PyObject *)object->address))
            return true;
    return false;
}

/* Whether the query leaves it out. */
static bool is_excluded(const struct rg__snapshot *snapshot, PyObject *object)
{
    const struct rg_node node = {.address = (uintptr_t)object};
    return rg__role((void *)snapshot, &node) & RG_ROLE_HIDDEN;
}

enum rg_status rg__weak_walk(void *context, const struct rg_node *node,
                             rg_weak_fn visit, void *visit_context)
{
    const struct rg__snapshot *snapshot = context;
    PyObject *object = (PyObject *)node->address;
    enum rg_status status = RG_OK;
    if (object == NULL)
        return RG_OK;
    for (PyWeakReference *weak = first_weak(object);
         status == RG_OK && weak != NULL; weak = weak->wr_next) {
        PyObject *container = container_of(snapshot, weak);
        PyObject *referrer = container != NULL ? container : (PyObject *)weak;
        if (!is_excluded(snapshot, referrer))
            status = visit(visit_context, (uintptr_t)referrer,
                           container != NULL ? NULL : weak_word(weak));
    }
    return status;
}
