/* sizes.c - bytes, without asking any __sizeof__
 *
 * What CPython's own containers, strings and numbers take is worked out from
 * their structs, as sys.getsizeof does; anything else takes what its type
 * says. */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_dict.h>
#endif
#if PY_VERSION_HEX >= 0x030F0000
#include <internal/pycore_bytesobject.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/c_types.h"
#include "heap/cpython/version.h"

/* Beside what a bytearray has room for. */
#ifndef RG__BYTEARRAY_HEADER
#define RG__BYTEARRAY_HEADER 0
#endif

/* Managed dicts came with 3.11. */
#ifdef Py_TPFLAGS_MANAGED_DICT
enum { MANAGED_DICT = Py_TPFLAGS_MANAGED_DICT };
#else
enum { MANAGED_DICT = 0 };
#endif

#ifdef RG__HAS_NO_LISTS
enum { HAS_GC_HEADERS = 0 };
#else
enum { HAS_GC_HEADERS = 1 };
#endif

enum {
    SET_ENTRY = 2 * sizeof(PyObject *), /* its hash beside it */
    DEQUE_BLOCK = 64,                   /* items */
    DIGIT_BITS = PYLONG_BITS_IN_DIGIT,
    DIGIT = DIGIT_BITS > 15 ? 4 : 2
};

#ifdef RG__KEYS_ARE_PRIVATE

/* The table of a dict is private to 3.10's own Objects/dict-common.h. */

struct keys {
    Py_ssize_t refcount, size;
    void *lookup;
    Py_ssize_t usable, used;
    char indices[];
};

struct key_entry {
    Py_hash_t hash;
    PyObject *key, *value;
};

/* The values that a dict shares names for, and its table of keys unless that
 * is shared; of a table two thirds can be used. */
static uint64_t dict_beside(PyObject *dict)
{
    const struct keys *keys =
        (const struct keys *)(const void *)((PyDictObject *)dict)->ma_keys;
    uint64_t places = (uint64_t)keys->size, size = 0;
    uint64_t index = places <= 0xff ? 1 : places <= 0xffff ? 2 : 4;
    if (((PyDictObject *)dict)->ma_values != NULL)
        size = places * 2 / 3 * sizeof(PyObject *);
    return keys->refcount != 1 ? size
                               : size + sizeof *keys + places * index +
                                     places * 2 / 3 * sizeof(struct key_entry);
}

#else

/* The values that a dict shares names for, and its table of keys unless that
 * is shared; of a table two thirds can be used. */
static uint64_t dict_beside(PyObject *dict)
{
    const PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    uint64_t size = 0;
    if (((PyDictObject *)dict)->ma_values != NULL)
        size = (uint64_t)(keys->dk_nentries + keys->dk_usable) *
               sizeof(PyObject *);
    if (keys->dk_refcnt != 1)
        return size;
    uint64_t entry = keys->dk_kind == DICT_KEYS_GENERAL
                         ? sizeof(PyDictKeyEntry)
                         : sizeof(PyDictUnicodeEntry);
    return size + sizeof *keys + ((uint64_t)1 << keys->dk_log2_index_bytes) +
           ((uint64_t)2 << keys->dk_log2_size) / 3 * entry;
}

#endif

#if RG__FRAMES == RG__FRAMES_ARE_OBJECTS

/* A generator's frame is an object of its own. */
static uint64_t frame_places(PyObject *object)
{
    return PyFrame_Check(object) ? (uint64_t)Py_SIZE(object) : 0;
}

#else

/* The struct of a frame ends with its first place.  What runs is asked for
 * nothing. */
static uint64_t frame_places(PyObject *object)
{
    struct rg__generator parts = {0};
    struct rg__frame frame;
    PyObject *awaited;
    PyCodeObject *code = NULL;
    if (PyFrame_Check(object)) {
        code = PyFrame_GetCode((PyFrameObject *)object);
        Py_DECREF(code); /* borrowed: the frame has it */
    } else if (rg__frame_of_generator(object, &frame, &awaited)) {
        code = frame.code;
    } else {
        rg__generator_parts(object, &parts);
        code = (PyCodeObject *)parts.code;
    }
    return code == NULL ? 0
                        : (uint64_t)(code->co_nlocalsplus + code->co_stacksize);
}

#endif

static uint64_t size_of_str(PyObject *str)
{
    if (!PyUnicode_IS_COMPACT(str))
        return sizeof(PyUnicodeObject) +
               (uint64_t)(PyUnicode_GET_LENGTH(str) + 1) * 4;
    uint64_t header = PyUnicode_IS_COMPACT_ASCII(str)
                          ? sizeof(PyASCIIObject)
                          : sizeof(PyCompactUnicodeObject);
    return header + (uint64_t)(PyUnicode_GET_LENGTH(str) + 1) *
                        (uint64_t)PyUnicode_KIND(str);
}

/* bool has a struct with a digit in it; subclasses have theirs before what they
 * add. */
static uint64_t size_of_int(PyObject *number)
{
    const PyTypeObject *type =
        PyBool_Check(number) ? &PyLong_Type : Py_TYPE(number);
    uint64_t digits = (rg__int_bits(number) + DIGIT_BITS - 1) / DIGIT_BITS;
    const uint64_t least = RG__LEAST_DIGITS;
    if (digits < least)
        digits = least;
    return (uint64_t)type->tp_basicsize + digits * DIGIT;
}

static bool has_own_frame(PyObject *object)
{
    return PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
           PyAsyncGen_CheckExact(object);
}

static uint64_t size_of_room(const PyByteArrayObject *array)
{
    return array->ob_alloc == 0
               ? 0
               : (uint64_t)array->ob_alloc + (uint64_t)RG__BYTEARRAY_HEADER;
}

/* What an object has allocated beside itself. */
static uint64_t size_beside(struct rg__c_types *types, PyObject *object)
{
    if (PyDict_Check(object))
        return dict_beside(object);
    if (PyList_Check(object))
        return (uint64_t)((PyListObject *)object)->allocated *
               sizeof(PyObject *);
    if (PyAnySet_Check(object) &&
        ((PySetObject *)object)->table != ((PySetObject *)object)->smalltable)
        return (uint64_t)(((PySetObject *)object)->mask + 1) * SET_ENTRY;
    if (PyByteArray_Check(object))
        return size_of_room((PyByteArrayObject *)object);
    if (rg__c_is(types, object, RG__C_DEQUE))
        return ((uint64_t)Py_SIZE(object) / DEQUE_BLOCK + 1) *
               (DEQUE_BLOCK + 2) * sizeof(PyObject *);
    return (uint64_t)rg__inline_count(object) * sizeof(PyObject *);
}

/* In front of an object: what the collector and a managed dict take. */
static uint64_t header_size(PyObject *object)
{
    const uint64_t pair = 2 * sizeof(PyObject *);
    return (HAS_GC_HEADERS && PyObject_IS_GC(object) ? pair : 0) +
           (Py_TYPE(object)->tp_flags & MANAGED_DICT ? pair : 0);
}

/* The object's own block. */
static uint64_t size_of_block(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    uint64_t size = (uint64_t)type->tp_basicsize;
    if (PyUnicode_Check(object) && rg__str_is_ready(object))
        return size_of_str(object) + (PyUnicode_CheckExact(object)
                                          ? 0
                                          : size - sizeof(PyUnicodeObject));
    if (PyLong_Check(object))
        return size_of_int(object);
    if (PyFrame_Check(object) || has_own_frame(object))
        return size + frame_places(object) * (uint64_t)type->tp_itemsize;
    if (type->tp_itemsize > 0) {
        Py_ssize_t items = ((PyVarObject *)object)->ob_size;
        size += (uint64_t)(items < 0 ? -items : items) *
                (uint64_t)type->tp_itemsize;
    }
    return size;
}

uint64_t rg__size(struct rg__c_types *types, PyObject *object)
{
    return size_of_block(object) + size_beside(types, object) +
           header_size(object);
}
