/* every.c - what CPython 3.10 to 3.15 share */
#include <Python.h>

#include "heap/cpython/era.h"

/* Objects grow by whole pointers. */
static Py_ssize_t rounded_size(const PyTypeObject *type, Py_ssize_t count)
{
    const Py_ssize_t word = (Py_ssize_t)sizeof(void *);
    Py_ssize_t size = type->tp_basicsize + count * type->tp_itemsize;
    return (size + word - 1) / word * word;
}

/* A negative offset counts from the end of an object of variable size. */
PyObject *rg__classic_dict(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset < 0) {
        Py_ssize_t count = ((PyVarObject *)object)->ob_size;
        offset += rounded_size(type, count < 0 ? -count : count);
    }
    return offset <= 0 ? NULL : *(PyObject **)((char *)object + offset);
}

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

PyObject *rg__generator_qualname(PyObject *generator)
{
    struct rg__generator parts;
    rg__generator_parts(generator, &parts);
    return parts.qualname;
}

/* Managed dicts came with 3.11. */
#ifdef Py_TPFLAGS_MANAGED_DICT
enum { MANAGED_DICT = Py_TPFLAGS_MANAGED_DICT };
#else
enum { MANAGED_DICT = 0 };
#endif

uint64_t rg__header_size(PyObject *object)
{
    const uint64_t pair = 2 * sizeof(PyObject *);
    return (PyObject_IS_GC(object) ? pair : 0) +
           (Py_TYPE(object)->tp_flags & MANAGED_DICT ? pair : 0);
}

uint64_t rg__refcount(PyObject *object)
{
    return (uint64_t)Py_REFCNT(object);
}
