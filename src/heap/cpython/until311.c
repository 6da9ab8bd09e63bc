/* until311.c - what CPython 3.10 and 3.11 share */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/c_types.h"
#include "heap/cpython/era.h"

/* The collector */

struct _gc_runtime_state *rg__collector(void)
{
    return &PyInterpreterState_Get()->gc;
}

void *rg__generation_list(struct _gc_runtime_state *gc, int i)
{
    return i < NUM_GENERATIONS ? &gc->generations[i].head
                               : &gc->permanent_generation.head;
}

bool rg__is_collecting(const struct _gc_runtime_state *gc)
{
    return gc->collecting;
}

bool rg__frame_offsets_fit(void)
{
    return true;    /* these versions do not publish them */
}

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    return rg__generations_walk(rg__collector(), visit, context);
}

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
enum rg_status rg__gc_walk_publicly(rg__object_fn visit, void *context)
{
    PyObject *list = tracked_objects();
    enum rg_status status = list == NULL ? RG_ENOMEM : RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < PyList_GET_SIZE(list); i++)
        status = visit(context, PyList_GET_ITEM(list, i));
    Py_XDECREF(list);
    return status;
}

bool rg__gc_lists_frozen(bool publicly)
{
    return !publicly;   /* they have a list of their own */
}

/* The characters of a legacy string are made when they are first needed. */
bool rg__str_is_ready(PyObject *str)
{
    return PyUnicode_IS_READY(str);
}

PyObject *rg__function_type_params(PyObject *function)
{
    (void)function;
    return NULL;    /* PEP 695 came with 3.12 */
}

PyObject *rg__type_dict(PyTypeObject *type)
{
    return type->tp_dict;
}

/* Nothing marks them. */
bool rg__may_be_own(const PyTypeObject *type)
{
    (void)type;
    return true;
}

PyObject *rg__type_subclasses(PyTypeObject *type)
{
    return type->tp_subclasses;
}

const bool rg__has_named_generations = true;

/* Static objects start with a count that they never lose (3.11: 999,999,999);
 * no honest count comes near it. */
enum { STATIC_COUNT = 500000000 };

bool rg__is_immortal(PyObject *object)
{
    return Py_REFCNT(object) > STATIC_COUNT;
}
