/* heap_type.h - the Python type around a dump that was read
 *
 * Private to module. */
#ifndef RG_MODULE_HEAP_TYPE_H
#define RG_MODULE_HEAP_TYPE_H

#include <Python.h>

#include "dump/question.h"
#include "module/state.h"

/* The type, for one module object; a new reference, or NULL with an exception
 * set. */
PyTypeObject *rg__heap_type_new(PyObject *module);

/* A new object that owns the heap; NULL with an exception set, and then the
 * heap is freed. */
PyObject *rg__heap_object_take(const struct rg__state *state,
                               struct rg_dump_heap *heap);

struct rg_dump;

/* A node's number, or None for RG_NONE; NULL with an exception set. */
static inline PyObject *rg__node_or_none(uint32_t node)
{
    if (node == RG_NONE)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(node);
}

/* The dump of a heap object, borrowed; NULL with TypeError for what is none. */
const struct rg_dump *rg__heap_object_dump(PyObject *module, PyObject *object);

#endif
