/* collector_public.c - what CPython offered to everybody before 3.12
 *
 * A file of its own: what it calls must not be called in a forked child. */
#include <Python.h>

#include "heap/cpython/version.h"

#if RG__LISTS == RG__LISTS_IN_INTERPRETER

/* gc.get_objects() makes a list, and may not start a collection by that. */
static PyObject *tracked_objects(void)
{
    int was_enabled = PyGC_Disable();
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *list =
        gc == NULL ? NULL : PyObject_CallMethod(gc, "get_objects", NULL);
    Py_XDECREF(gc);
    if (was_enabled)
        PyGC_Enable();
    if (list != NULL && PyList_CheckExact(list))
        return list;
    PyErr_Clear();
    Py_XDECREF(list);
    return NULL;
}

/* Here an object is made after all, and an audit hook may run. */
const bool rg__public_walk_makes_nothing = false;

enum rg_status rg__gc_walk_publicly(rg__object_fn visit, void *context)
{
    PyObject *list = tracked_objects();
    enum rg_status status = list == NULL ? RG_ENOMEM : RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < PyList_GET_SIZE(list); i++)
        status = visit(context, PyList_GET_ITEM(list, i));
    Py_XDECREF(list);
    return status;
}

#endif
