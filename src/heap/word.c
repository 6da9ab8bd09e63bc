#include "heap/word.h"

#include <string.h>

#include "base/decimal.h"
#include "base/format.h"
#include "heap/cpython/cpython.h"

enum {
    MAX_TUPLE_ITEMS = 8, /* of a tuple key that are written out */
    MAX_TUPLE_NESTING = 3,
    HALF_BYTES = 32 /* of a bytes key that are written out at each end */
};

static enum rg_status put_data(struct rg_buffer *out, const char *data,
                               size_t size)
{
    return rg_buffer_append(out, data, size) < 0 ? RG_ENOMEM : RG_OK;
}

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
    return put_data(out, bytes, size);
}

static enum rg_status put_range(PyObject *str, Py_ssize_t from, Py_ssize_t to,
                                struct rg_buffer *out)
{
    if (PyUnicode_IS_ASCII(str))
        return put_data(out, (const char *)PyUnicode_DATA(str) + from,
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

/* Keys */

/* One byte of a bytes key as repr() writes it between single quotes. */
static enum rg_status put_byte(unsigned char byte, struct rg_buffer *out)
{
    static const char digits[] = "0123456789abcdef";
    static const char plain[] = "\t\n\r'\\", letters[] = "tnr'\\";
    const char *special = byte == 0 ? NULL : strchr(plain, byte);
    char escape[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    if (special != NULL)
        return put_data(out, (char[]){'\\', letters[special - plain]}, 2);
    if (byte < 0x20 || byte >= 0x7f)
        return put_data(out, escape, sizeof escape);
    return put_data(out, (char[]){(char)byte}, 1);
}

static enum rg_status put_bytes(PyObject *bytes, struct rg_buffer *out)
{
    Py_ssize_t size = PyBytes_GET_SIZE(bytes);
    bool is_long = size > 2 * HALF_BYTES;
    enum rg_status status = rg_buffer_put(out, "b'");
    for (Py_ssize_t i = 0; status == RG_OK && i < size; i++) {
        if (is_long && i == HALF_BYTES) {
            status = put_character(out, 0x2026);
            i = size - HALF_BYTES;
        }
        if (status == RG_OK)
            status = put_byte((unsigned char)PyBytes_AS_STRING(bytes)[i], out);
    }
    return status == RG_OK ? rg_buffer_put(out, "'") : status;
}

/* The number of bits of an int that does not fit 64 of them. */
static unsigned long long bits_of(PyObject *number)
{
    return (unsigned long long)rg__int_bits(number);
}

static enum rg_status put_int(PyObject *number, struct rg_buffer *out)
{
    char digits[48];
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow == 0)
        rg_format(digits, sizeof digits, "%lld", value);
    else if (overflow > 0 && bits_of(number) <= 64)
        rg_format(digits, sizeof digits, "%llu",
                  (unsigned long long)PyLong_AsUnsignedLongLongMask(number));
    else
        rg_format(digits, sizeof digits, "int of %llu bits", bits_of(number));
    return rg_buffer_put(out, digits);
}

static enum rg_status put_float(PyObject *number, struct rg_buffer *out)
{
    char digits[RG_DECIMAL_SIZE];
    rg_decimal_write(PyFloat_AS_DOUBLE(number), digits);
    return rg_buffer_put(out, digits);
}

static enum rg_status put_constant(PyObject *key, struct rg_buffer *out)
{
    return rg_buffer_put(out, key == Py_None   ? "None"
                              : key == Py_True ? "True"
                                               : "False");
}

static enum rg_key_type key_type(PyObject *key)
{
    if (PyUnicode_CheckExact(key))
        return RG_KEY_STR;
    if (PyLong_CheckExact(key) || PyFloat_CheckExact(key))
        return RG_KEY_NUMBER;
    if (key == Py_None || PyBool_Check(key))
        return RG_KEY_CONSTANT;
    if (PyBytes_CheckExact(key))
        return RG_KEY_BYTES;
    return PyTuple_CheckExact(key) ? RG_KEY_TUPLE : RG_KEY_OBJECT;
}

static enum rg_status put_tuple(PyObject *tuple, int nesting,
                                struct rg_buffer *out);

static enum rg_status put_quoted(PyObject *str, struct rg_buffer *out)
{
    enum rg_status status = rg_buffer_put(out, "'");
    if (status == RG_OK)
        status = rg__word_str(str, out);
    return status == RG_OK ? rg_buffer_put(out, "'") : status;
}

static enum rg_status put_object(PyObject *object, struct rg_buffer *out)
{
    enum rg_status status = rg_buffer_put(out, "<");
    if (status == RG_OK)
        status = rg__word_type_name(Py_TYPE(object), out);
    return status == RG_OK ? rg_buffer_put(out, " object>") : status;
}

/* An item of a tuple; the recursion is MAX_TUPLE_NESTING deep at most. */
static enum rg_status put_item(PyObject *item, int nesting,
                               struct rg_buffer *out)
{
    if (item == NULL)
        return rg_buffer_put(out, "NULL");
    switch (key_type(item)) {
    case RG_KEY_STR:
        return put_quoted(item, out);
    case RG_KEY_NUMBER:
        return PyLong_CheckExact(item) ? put_int(item, out)
                                       : put_float(item, out);
    case RG_KEY_CONSTANT:
        return put_constant(item, out);
    case RG_KEY_BYTES:
        return put_bytes(item, out);
    case RG_KEY_TUPLE:
        if (nesting < MAX_TUPLE_NESTING)
            return put_tuple(item, nesting + 1, out);
        /* fall through */
    default:
        return put_object(item, out);
    }
}

static enum rg_status put_tuple(PyObject *tuple, int nesting,
                                struct rg_buffer *out)
{
    Py_ssize_t size = PyTuple_GET_SIZE(tuple);
    enum rg_status status = rg_buffer_put(out, "(");
    for (Py_ssize_t i = 0; status == RG_OK && i < size; i++) {
        if (i > 0)
            status = rg_buffer_put(out, ", ");
        if (status == RG_OK && i == MAX_TUPLE_ITEMS) {
            status = put_character(out, 0x2026);
            break;
        }
        if (status == RG_OK)
            status = put_item(PyTuple_GET_ITEM(tuple, i), nesting, out);
    }
    if (status == RG_OK)
        status = rg_buffer_put(out, size == 1 ? ",)" : ")");
    return status;
}

enum rg_status rg__word_key(PyObject *key, enum rg_key_type *type,
                            struct rg_buffer *out, uint64_t *length)
{
    *type = key_type(key);
    *length = 0;
    switch (*type) {
    case RG_KEY_STR:
        *length = (uint64_t)PyUnicode_GET_LENGTH(key);
        return rg__word_str(key, out);
    case RG_KEY_BYTES:
        *length = (uint64_t)PyBytes_GET_SIZE(key);
        return put_item(key, 0, out);
    case RG_KEY_TUPLE:
        *length = (uint64_t)PyTuple_GET_SIZE(key);
        return put_item(key, 0, out);
    case RG_KEY_OBJECT:
        return rg__word_type_name(Py_TYPE(key), out);
    default:
        return put_item(key, 0, out);
    }
}

enum rg_status rg__word_value(PyObject *value, struct rg_buffer *out)
{
    return put_item(value, 0, out);
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
        return size == 0 ? RG_OK : put_data(out, type->tp_name, size - 1);
    }
    PyObject *module = type->tp_dict == NULL
                           ? NULL
                           : rg__dict_find(type->tp_dict, "__module__");
    if (module == NULL || !PyUnicode_CheckExact(module) ||
        rg__word_is(module, "builtins"))
        return RG_OK;
    return rg__word_str(module, out);
}
