/* unlisted.c - objects the collector does not list, on every era with a GIL
 *
 * Asked about every object that is referred to, so it costs one look at the
 * object's header and one at its type. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#undef Py_BUILD_CORE

#include "heap/adapter.h"
#include "heap/cpython/layout.h"

/* The types that most referents have and that refer to nothing. */
enum {
    ATOMS = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |
            Py_TPFLAGS_BYTES_SUBCLASS
};

bool rg__is_unlisted(PyObject *object, struct rg__adapters *adapters)
{
    PyTypeObject *type = Py_TYPE(object);
    unsigned long flags = type->tp_flags;
    if (flags & ATOMS)
        return false;
    if (!(flags & Py_TPFLAGS_HAVE_GC))
        return rg__adapter_of(adapters, type) != NULL;
    if (flags & Py_TPFLAGS_TYPE_SUBCLASS)
        return !(((PyTypeObject *)object)->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
               !_PyObject_GC_IS_TRACKED(object);
    return !_PyObject_GC_IS_TRACKED(object) &&
           (type->tp_is_gc == NULL || type->tp_is_gc(object));
}
