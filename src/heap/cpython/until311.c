/* until311.c - what CPython 3.10 and 3.11 share */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

struct _gc_runtime_state *rg__collector(void)
{
    return &PyInterpreterState_Get()->gc;
}

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    return rg__generations_walk(rg__collector(), visit, context);
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
