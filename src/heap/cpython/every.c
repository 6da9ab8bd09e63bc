/* every.c - what CPython 3.10 to 3.13 share */
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
    return _PyLong_NumBits(number);
}

PyObject *rg__generator_qualname(PyObject *generator)
{
    return ((PyGenObject *)generator)->gi_qualname;
}

/* The self-test */

static bool has_known_value(PyObject *instance)
{
    PyObject *name, *value = NULL, *dict = rg__instance_dict(instance);
    if (!rg__has_inline_values)
        return dict != NULL && PyDict_CheckExact(dict) &&
               PyDict_GetItemString(dict, "known") == Py_None;
    for (Py_ssize_t i = 0; i < rg__inline_count(instance); i++)
        if (rg__inline_item(instance, i, &name, &value))
            return dict == NULL && value == Py_None &&
                   PyUnicode_CompareWithASCIIString(name, "known") == 0;
    return false;
}

/* An instance of a class like any other, with one attribute; NULL when memory
 * is short. */
static PyObject *new_instance(void)
{
    PyObject *type =
        PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Known");
    PyObject *instance = type == NULL ? NULL : PyObject_CallObject(type, NULL);
    Py_XDECREF(type);
    if (instance != NULL &&
        PyObject_SetAttrString(instance, "known", Py_None) < 0)
        Py_CLEAR(instance);
    return instance;
}

static bool frames_fit(void)
{
    struct rg__frame frame;
    PyThreadState *thread = PyThreadState_Get();
    PyFrameObject *known = PyThreadState_GetFrame(thread);
    if (known == NULL)
        return true;    /* called from C alone: nothing to compare with */
    PyCodeObject *code = PyFrame_GetCode(known);
    bool fits = rg__frame_of_thread(thread, &frame) && frame.code == code &&
                frame.object == (PyObject *)known;
    Py_DECREF(code);
    Py_DECREF(known);
    return fits;
}

const char *rg__layout_self_test(void)
{
    const struct _gc_runtime_state *gc = rg__collector();
    PyObject *instance = new_instance();
    if (instance == NULL) {
        PyErr_Clear();
        return "not enough memory for the self-test";
    }
    bool attributes_fit = has_known_value(instance);
    Py_DECREF(instance);
    if (gc != NULL && !rg__generations_fit(gc))
        return "the collector's lists are not where this version keeps them";
    if (!attributes_fit)
        return "attributes are not laid out as this version lays them out";
    if (!frames_fit())
        return "frames are not laid out as this version lays them out";
    return NULL;
}
