/* objects.c - small questions about sets, strings, numbers, counts, types */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_object.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_object_deferred.h>
#endif
#if PY_VERSION_HEX >= 0x030F0000
#include <internal/pycore_lazyimportobject.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/c_types.h"
#include "heap/cpython/version.h"

/* The public struct tells more than _PySet_NextEntry, which 3.13 took away.
 * What was removed leaves a dummy behind, whose hash is -1. */
bool rg__set_next(PyObject *set, Py_ssize_t *position, PyObject **member)
{
    const PySetObject *table = (PySetObject *)set;
    for (Py_ssize_t i = *position; i <= table->mask; i++) {
        const setentry *entry = &table->table[i];
        if (entry->key == NULL || entry->hash == -1)
            continue;
        *member = entry->key;
        *position = i + 1;
        return true;
    }
    return false;
}

uint64_t rg__int_bits(PyObject *number)
{
    return (uint64_t)_PyLong_NumBits(number);
}

/* A free-threaded build lets go of an object only when the thread that made it
 * has summed up; until then the object counts one more, for that.  Functions,
 * modules and the like are made to wait so for ever. */
uint64_t rg__refcount(PyObject *object)
{
    uint64_t count = (uint64_t)Py_REFCNT(object);
#ifdef RG__COUNTS_ARE_SPLIT
    if ((object->ob_ref_shared & _Py_REF_SHARED_FLAG_MASK) == _Py_REF_QUEUED &&
        count > 0)
        count--;
#endif
    return count;
}

/* Frames, and for a class its instances, count no reference to these where they
 * use them. */
bool rg__is_deferred(PyObject *object)
{
#ifdef RG__COUNTS_ARE_DEFERRED
    return _PyObject_HasDeferredRefcount(object);
#else
    (void)object;
    return false;
#endif
}

/* No honest count comes near that of what is never freed. */
bool rg__is_immortal(PyObject *object)
{
#ifdef RG__STATIC_COUNT
    return Py_REFCNT(object) > RG__STATIC_COUNT;
#else
    return _Py_IsImmortal(object);
#endif
}

/* The characters of a legacy string are made when they are first needed. */
bool rg__str_is_ready(PyObject *str)
{
#ifdef RG__STR_MAY_BE_UNREADY
    return PyUnicode_IS_READY(str);
#else
    (void)str;
    return true;
#endif
}

bool rg__is_frozendict(PyObject *object)
{
#ifdef RG__HAS_FROZENDICT
    return PyFrozenDict_Check(object);
#else
    (void)object;
    return false; /* PEP 814 came with 3.15 */
#endif
}

bool rg__is_lazy_import(const PyObject *object)
{
#ifdef RG__HAS_LAZY_IMPORTS
    return PyLazyImport_CheckExact(object);
#else
    (void)object;
    return false; /* PEP 810 came with 3.15 */
#endif
}

PyObject *rg__exception_notes(PyObject *exception)
{
#ifdef RG__EXCEPTIONS_HAVE_NOTES
    return ((PyBaseExceptionObject *)exception)->notes;
#else
    (void)exception;
    return NULL; /* PEP 678 came with 3.11 */
#endif
}

/* Types.  Since 3.12 those of the interpreter's own are marked, and what
 * changes in them is kept by each interpreter: its dict, which lives as long as
 * the interpreter, and the subclasses. */

bool rg__may_be_own(const PyTypeObject *type)
{
#ifdef RG__OWN_TYPES_ARE_MARKED
    return type->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN;
#else
    (void)type;
    return true;
#endif
}

PyObject *rg__type_dict(PyTypeObject *type)
{
#ifdef RG__OWN_TYPES_ARE_MARKED
    PyObject *dict = PyType_GetDict(type);
    Py_XDECREF(dict); /* borrowed: the type or the interpreter has it */
    return dict;
#else
    return type->tp_dict;
#endif
}

PyObject *rg__type_subclasses(PyTypeObject *type)
{
#ifdef RG__OWN_TYPES_ARE_MARKED
    if (type->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN)
        return NULL;
#endif
    return type->tp_subclasses;
}
