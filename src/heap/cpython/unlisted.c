/* unlisted.c - objects the collector does not list, on every era with a GIL
 *
 * Asked about every reference of the heap, so it costs one look at the
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

static bool is_unlisted(PyObject *object, struct rg__adapters *adapters)
{
    PyTypeObject *type = Py_TYPE(object);
    unsigned long flags = type->tp_flags;
    if (!(flags & Py_TPFLAGS_HAVE_GC))
        return rg__adapter_of(adapters, type) != NULL;
    if (flags & Py_TPFLAGS_TYPE_SUBCLASS)
        return !(((PyTypeObject *)object)->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
               !_PyObject_GC_IS_TRACKED(object);
    return !_PyObject_GC_IS_TRACKED(object) &&
           (type->tp_is_gc == NULL || type->tp_is_gc(object));
}

size_t rg__unlisted(PyObject *const *objects, size_t count,
                    struct rg__adapters *adapters, uint32_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!(Py_TYPE(objects[i])->tp_flags & ATOMS) &&
            is_unlisted(objects[i], adapters))
            places[kept++] = (uint32_t)i;
    return kept;
}
