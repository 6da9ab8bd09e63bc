/* attributes.c - where an instance keeps its attributes
 *
 * In a dict, or in an array of values whose names are those of a table that all
 * instances of the class share. */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

/* Objects grow by whole pointers. */
static Py_ssize_t rounded_size(const PyTypeObject *type, Py_ssize_t count)
{
    const Py_ssize_t word = (Py_ssize_t)sizeof(void *);
    Py_ssize_t size = type->tp_basicsize + count * type->tp_itemsize;
    return (size + word - 1) / word * word;
}

/* A negative offset counts from the end of an object of variable size. */
static PyObject *classic_dict(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset < 0) {
        Py_ssize_t count = ((PyVarObject *)object)->ob_size;
        offset += rounded_size(type, count < 0 ? -count : count);
    }
    return offset <= 0 ? NULL : *(PyObject **)((char *)object + offset);
}

#if RG__ATTRIBUTES == RG__ATTRIBUTES_IN_DICT

PyObject *rg__instance_dict(PyObject *object)
{
    return classic_dict(object);
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    (void)object;
    return 0;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    (void)object;
    (void)i;
    *name = *value = NULL;
    return false;
}

#else

static bool has_managed_dict(PyObject *object)
{
    return Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT;
}

static PyDictKeysObject *shared_keys(PyObject *object)
{
    return ((PyHeapTypeObject *)Py_TYPE(object))->ht_cached_keys;
}

#if RG__ATTRIBUTES == RG__ATTRIBUTES_BEFORE

/* The values of an instance, or NULL. */
static PyDictValues *values_of(PyObject *object)
{
    return has_managed_dict(object) ? *_PyObject_ValuesPointer(object) : NULL;
}

PyObject *rg__instance_dict(PyObject *object)
{
    return has_managed_dict(object) ? *_PyObject_ManagedDictPointer(object)
                                    : classic_dict(object);
}

#elif RG__ATTRIBUTES == RG__ATTRIBUTES_EITHER

static PyDictValues *values_of(PyObject *object)
{
    if (!has_managed_dict(object))
        return NULL;
    PyDictOrValues either = *_PyObject_DictOrValuesPointer(object);
    return _PyDictOrValues_IsValues(either) ? _PyDictOrValues_GetValues(either)
                                            : NULL;
}

PyObject *rg__instance_dict(PyObject *object)
{
    if (!has_managed_dict(object))
        return classic_dict(object);
    PyDictOrValues either = *_PyObject_DictOrValuesPointer(object);
    return _PyDictOrValues_IsValues(either) ? NULL
                                            : _PyDictOrValues_GetDict(either);
}

#else

/* Once a dict was asked for, both are there: the dict reads and writes the
 * values inside the object, until one of the two goes away. */

PyDictValues *rg__inside_values(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_INLINE_VALUES))
        return NULL;
    PyDictValues *values = _PyObject_InlineValues(object);
    return values->valid ? values : NULL;
}

PyObject *rg__instance_dict(PyObject *object)
{
    return has_managed_dict(object)
               ? (PyObject *)_PyObject_ManagedDictPointer(object)->dict
               : classic_dict(object);
}

/* Where the dict tells them, they are not told here. */
static PyDictValues *values_of(PyObject *object)
{
#ifdef RG__DICT_TELLS_VALUES
    if (rg__instance_dict(object) != NULL)
        return NULL;
#endif
    return rg__inside_values(object);
}

#endif

Py_ssize_t rg__inline_count(PyObject *object)
{
    return values_of(object) == NULL ? 0 : shared_keys(object)->dk_nentries;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    *name = DK_UNICODE_ENTRIES(shared_keys(object))[i].me_key;
    *value = values_of(object)->values[i];
    return *name != NULL && *value != NULL;
}

#endif
