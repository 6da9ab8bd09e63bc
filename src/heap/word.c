#include "heap/word.h"

#include <string.h>

#include "heap/cpython/cpython.h"

static enum rg_status put_character(struct rg_buffer *out, Py_UCS4 c)
{
    char bytes[4];
    size_t size;
    if (c < 0x80) {
        bytes[0] = (char)c;
        size = 1;
    } else if (c < 0x800) {
        bytes[0] = (char)(0xc0 | c >> 6);
        bytes[1] = (char)(0x80 | (c & 0x3f));
        size = 2;
    } else if (c < 0x10000) {
        bytes[0] = (char)(0xe0 | c >> 12);
        bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (c & 0x3f));
        size = 3;
    } else {
        bytes[0] = (char)(0xf0 | c >> 18);
        bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (c & 0x3f));
        size = 4;
    }
    return rg_buffer_put_data(out, bytes, size);
}

static enum rg_status put_range(PyObject *str, Py_ssize_t from, Py_ssize_t to,
                                struct rg_buffer *out)
{
    if (PyUnicode_IS_ASCII(str))
        return rg_buffer_put_data(out, (const char *)PyUnicode_DATA(str) + from,
                                  (size_t)(to - from));
    int kind = (int)PyUnicode_KIND(str);
    const void *data = PyUnicode_DATA(str);
    enum rg_status status = RG_OK;
    for (Py_ssize_t i = from; status == RG_OK && i < to; i++)
        status = put_character(out, PyUnicode_READ(kind, data, i));
    return status;
}

enum rg_status rg__word_str(PyObject *str, struct rg_buffer *out)
{
    if (!rg__str_is_ready(str))
        return rg_buffer_put(out,
                             "str"); /* a legacy wchar_t string (3.10, 3.11) */
    Py_ssize_t length = PyUnicode_GET_LENGTH(str);
    if (length <= 2 * RG__WORD_HALF)
        return put_range(str, 0, length, out);
    enum rg_status status = put_range(str, 0, RG__WORD_HALF, out);
    if (status == RG_OK)
        status = put_character(out, 0x2026);
    if (status == RG_OK)
        status = put_range(str, length - RG__WORD_HALF, length, out);
    return status;
}

void rg__word_make_local(struct rg_buffer *out, size_t from)
{
    static const char locals[] = "<locals>.";
    size_t start = from, size = sizeof locals - 1;
    for (size_t i = from; i + size <= out->size; i++)
        if (memcmp(out->data + i, locals, size) == 0)
            start = i + size;
    if (start == from)
        return;
    memmove(out->data + from, out->data + start, out->size - start);
    out->size -= start - from;
}

enum rg_status rg__word_local_name(PyObject *str, struct rg_buffer *out)
{
    size_t from = out->size;
    if (str == NULL || !PyUnicode_Check(str))
        return RG_OK;
    enum rg_status status = rg__word_str(str, out);
    if (status == RG_OK)
        rg__word_make_local(out, from);
    return status;
}

bool rg__word_is(PyObject *object, const char *text)
{
    if (!PyUnicode_CheckExact(object) || !rg__str_is_ready(object) ||
        !PyUnicode_IS_COMPACT_ASCII(object))
        return false;
    size_t size = strlen(text);
    return (size_t)PyUnicode_GET_LENGTH(object) == size &&
           memcmp(PyUnicode_DATA(object), text, size) == 0;
}

PyObject *rg__dict_find(PyObject *dict, const char *key)
{
    PyObject *found_key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &found_key, &value))
        if (rg__word_is(found_key, key))
            return value;
    return NULL;
}

bool rg__word_is_same(PyObject *a, PyObject *b)
{
    if (a == b)
        return true;
    return PyUnicode_CheckExact(a) && PyUnicode_CheckExact(b) &&
           rg__str_is_ready(a) && rg__str_is_ready(b) &&
           PyUnicode_KIND(a) == PyUnicode_KIND(b) &&
           PyUnicode_GET_LENGTH(a) == PyUnicode_GET_LENGTH(b) &&
           memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b),
                  (size_t)PyUnicode_GET_LENGTH(a) *
                      (size_t)PyUnicode_KIND(a)) == 0;
}

PyObject *rg__dict_find_str(PyObject *dict, PyObject *key)
{
    PyObject *found, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &found, &value))
        if (rg__word_is_same(found, key))
            return value;
    return NULL;
}

/* Types */

static bool is_heap_type(PyTypeObject *type)
{
    return type->tp_flags & Py_TPFLAGS_HEAPTYPE;
}

/* tp_name of a static type is "module.name", or "name" for builtins. */
static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot == NULL ? name : dot + 1;
}

enum rg_status rg__word_type_name(PyTypeObject *type, struct rg_buffer *out)
{
    if (is_heap_type(type))
        return rg__word_str(((PyHeapTypeObject *)type)->ht_name, out);
    return rg_buffer_put(out, last_part(type->tp_name));
}

enum rg_status rg__word_type_qualname(PyTypeObject *type, struct rg_buffer *out)
{
    PyObject *qualname =
        is_heap_type(type) ? ((PyHeapTypeObject *)type)->ht_qualname : NULL;
    if (qualname != NULL)
        return rg__word_str(qualname, out);
    return rg__word_type_name(type, out);
}

enum rg_status rg__word_type_module(PyTypeObject *type, struct rg_buffer *out)
{
    if (!is_heap_type(type)) {
        const char *name = last_part(type->tp_name);
        size_t size = (size_t)(name - type->tp_name);
        return size == 0 ? RG_OK
                         : rg_buffer_put_data(out, type->tp_name, size - 1);
    }
    PyObject *module = type->tp_dict == NULL
                           ? NULL
                           : rg__dict_find(type->tp_dict, "__module__");
    if (module == NULL || !PyUnicode_CheckExact(module) ||
        rg__word_is(module, "builtins"))
        return RG_OK;
    return rg__word_str(module, out);
}
