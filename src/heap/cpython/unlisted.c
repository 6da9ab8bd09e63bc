/* unlisted.c - objects the collector does not list
 *
 * Asked about every object that is referred to, so it costs one look at the
 * object's header and one at its type. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#undef Py_BUILD_CORE

#include "heap/adapter.h"
#include "heap/cpython/cpython.h"

/* The types that most referents have and that refer to nothing. */
enum {
    ATOMS = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |
    Py_TPFLAGS_BYTES_SUBCLASS
};

/* A type made in C is in no list, nor is one that the collector untracked. */
static enum rg__listing listing_of_type(PyTypeObject *type)
{
    return type->tp_flags & Py_TPFLAGS_HEAPTYPE && _PyObject_GC_IS_TRACKED(type)
               ? RG__LISTED
               : RG__UNLISTED;
}

enum rg__listing rg__listing(PyObject *object, struct rg__c_types *types)
{
    PyTypeObject *type = Py_TYPE(object);
    unsigned long flags = type->tp_flags;
    /* An instance of a subclass may have attributes. */
    if (flags & ATOMS && !(flags & Py_TPFLAGS_HAVE_GC))
        return RG__LEAF;
    if (!(flags & Py_TPFLAGS_HAVE_GC))
        return rg__is_adapted(types, type) ? RG__UNLISTED : RG__LEAF;
    if (flags & Py_TPFLAGS_TYPE_SUBCLASS)
        return listing_of_type((PyTypeObject *)object);
    /* A greenlet that is suspended says that it is none of the collector's, and
     * is in its lists. */
    if (type->tp_is_gc != NULL && !type->tp_is_gc(object) &&
        !rg__c_is(types, object, RG__C_GREENLET))
        return RG__LEAF;
    return _PyObject_GC_IS_TRACKED(object) ? RG__LISTED : RG__UNLISTED;
}
