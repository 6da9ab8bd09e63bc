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
