/* key.c - keys and short values, as Python would write them
 *
 * Of objects that have no literal those are told that a person knows by a name:
 * classes, functions, members of an Enum; of numbers that are others in every
 * run, the idents of threads and the ids of objects, whose they are. */
#include <string.h>

#include "base/decimal.h"
#include "base/format.h"
#include "heap/cpython/cpython.h"
#include "heap/read.h"
#include "heap/word.h"

enum {
    MAX_TUPLE_ITEMS = 8, /* of a tuple key that are written out */
    MAX_TUPLE_NESTING = 3,
    HALF_BYTES = 32 /* of a bytes key that are written out at each end */
};

static enum rg_status put_ellipsis(struct rg_buffer *out)
{
    return rg_buffer_put(out, "\xe2\x80\xa6");
}

/* One byte of a bytes key as repr() writes it between single quotes. */
static enum rg_status put_byte(unsigned char byte, struct rg_buffer *out)
{
    static const char digits[] = "0123456789abcdef";
    static const char plain[] = "\t\n\r'\\", letters[] = "tnr'\\";
    const char *special = byte == 0 ? NULL : strchr(plain, byte);
    char escape[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    if (special != NULL)
        return rg_buffer_put_data(out, (char[]){'\\', letters[special - plain]},
                                  2);
    if (byte < 0x20 || byte >= 0x7f)
        return rg_buffer_put_data(out, escape, sizeof escape);
    return rg_buffer_put_data(out, (char[]){(char)byte}, 1);
}

static enum rg_status put_bytes(PyObject *bytes, struct rg_buffer *out)
{
    Py_ssize_t size = PyBytes_GET_SIZE(bytes);
    bool is_long = size > 2 * HALF_BYTES;
    enum rg_status status = rg_buffer_put(out, "b'");
    for (Py_ssize_t i = 0; status == RG_OK && i < size; i++) {
        if (is_long && i == HALF_BYTES) {
            status = put_ellipsis(out);
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

/* What a person calls an object */

static enum rg_status put_named(const char *word, PyObject *name,
                                struct rg_buffer *out)
{
    enum rg_status status = rg_buffer_put(out, word);
    return status == RG_OK ? rg__word_local_name(name, out) : status;
}

/* The function of a method that Python code defines, or NULL. */
static const PyFunctionObject *function_of(PyObject *object)
{
    if (PyMethod_Check(object))
        object = PyMethod_GET_FUNCTION(object);
    return PyFunction_Check(object) ? (PyFunctionObject *)object : NULL;
}

static enum rg_status put_thread(const struct rg__snapshot *snapshot,
                                 const PyThreadState *thread,
                                 struct rg_buffer *out)
{
    enum rg_status status = rg_buffer_put(out, "ident of ");
    return status == RG_OK ? rg__thread_name(snapshot, thread, out) : status;
}

/* The thread that an int is the ident of, or NULL.  Where threads are numbered
 * by the C library these are addresses, and no small numbers. */
static const PyThreadState *thread_of(const struct rg__snapshot *snapshot,
                                      PyObject *key)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(key, &overflow);
    if (snapshot == NULL || overflow != 0 || value < 1LL << 32)
        return NULL;
    for (size_t i = 0; i < snapshot->roots.count; i++)
        if (snapshot->roots.items[i].kind == RG__ROOT_THREAD &&
            snapshot->roots.items[i].thread->thread_id == (unsigned long)value)
            return snapshot->roots.items[i].thread;
    return NULL;
}

static bool is_enum(PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0;
         mro != NULL && PyTuple_CheckExact(mro) && i < PyTuple_GET_SIZE(mro);
         i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (base != NULL && base->tp_flags & Py_TPFLAGS_HEAPTYPE &&
            base->tp_dict != NULL &&
            rg__word_is(((PyHeapTypeObject *)base)->ht_name, "Enum")) {
            PyObject *module = rg__dict_find(base->tp_dict, "__module__");
            return module != NULL && rg__word_is(module, "enum");
        }
    }
    return false;
}

/* What a member of an Enum is called, or NULL. */
static PyObject *enum_name(const struct rg__snapshot *snapshot,
                           PyObject *object)
{
    if (snapshot == NULL || !rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) ||
        !(Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
        !is_enum(Py_TYPE(object)))
        return NULL;
    PyObject *name = rg__attribute(object, "_name_");
    return name != NULL && PyUnicode_CheckExact(name) ? name : NULL;
}

/* Where the module of its class has the member too, `signal.SIGTERM`, that is
 * what one would write. */
static PyObject *module_of_member(const struct rg__snapshot *snapshot,
                                  PyObject *object, PyObject *name)
{
    PyObject *dict = Py_TYPE(object)->tp_dict;
    PyObject *module = dict == NULL ? NULL : rg__dict_find(dict, "__module__");
    for (size_t i = 0; module != NULL && i < snapshot->namespaces.count; i++) {
        const struct rg__namespace *namespace = &snapshot->namespaces.items[i];
        if (rg__word_is_same(namespace->name, module))
            return rg__dict_find_str(namespace->dict, name) == object ? module
                                                                      : NULL;
    }
    return NULL;
}

static enum rg_status put_enum(const struct rg__snapshot *snapshot,
                               PyObject *object, PyObject *name,
                               struct rg_buffer *out)
{
    PyObject *module = module_of_member(snapshot, object, name);
    enum rg_status status = module != NULL
                                ? rg__word_str(module, out)
                                : rg__word_type_name(Py_TYPE(object), out);
    if (status == RG_OK)
        status = rg_buffer_put(out, ".");
    return status == RG_OK ? rg__word_str(name, out) : status;
}

/* `class Plugin`, `function key`, `Color.RED`; RG_KEY_OBJECT and nothing where
 * an object has no such name. */
static enum rg_status put_name(const struct rg__snapshot *snapshot,
                               PyObject *object, enum rg_key_type *type,
                               struct rg_buffer *out)
{
    const PyFunctionObject *function = function_of(object);
    PyObject *name = enum_name(snapshot, object);
    *type = RG_KEY_NAMED;
    if (function != NULL)
        return put_named(PyMethod_Check(object) ? "bound method " : "function ",
                         function->func_qualname, out);
    if (PyType_Check(object)) {
        enum rg_status status = rg_buffer_put(out, "class ");
        return status == RG_OK ? rg__word_type_name((PyTypeObject *)object, out)
                               : status;
    }
    *type = name == NULL ? RG_KEY_OBJECT : RG_KEY_PATH;
    return name == NULL ? RG_OK : put_enum(snapshot, object, name, out);
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

/* A tuple that is written out, and how deep inside what is written now. */
struct writing {
    struct rg__snapshot *snapshot; /* NULL: of objects nothing is said */
    int nesting;
    struct rg_buffer *out;
};

static enum rg_status put_tuple(const struct writing *writing, PyObject *tuple);

static enum rg_status put_key_str(struct rg__snapshot *snapshot, PyObject *str,
                                  struct rg_buffer *out)
{
    size_t from = out->size;
    enum rg_status status = rg__word_str(str, out);
    return status == RG_OK && snapshot != NULL && rg__may_have_address(str)
               ? rg__mask_addresses(snapshot, out, from)
               : status;
}

/* What ends a literal or begins an escape; the characters that cannot be seen
 * are escaped where the text is shown. */
static enum rg_status put_quoted(const struct writing *writing, PyObject *str)
{
    struct rg_buffer *out = writing->out;
    size_t from = out->size + 1;
    enum rg_status status = rg_buffer_put(out, "'");
    if (status == RG_OK)
        status = put_key_str(writing->snapshot, str, out);
    for (size_t i = from; status == RG_OK && i < out->size; i++) {
        if (out->data[i] != '\'' && out->data[i] != '\\')
            continue;
        status = rg_buffer_put(out, " ");
        if (status != RG_OK)
            break;
        memmove(out->data + i + 1, out->data + i, out->size - i - 1);
        out->data[i++] = '\\';
    }
    return status == RG_OK ? rg_buffer_put(out, "'") : status;
}

/* `class K`, `Color.RED`, `K object`. */
static enum rg_status put_whose(struct rg__snapshot *snapshot, PyObject *object,
                                struct rg_buffer *out)
{
    enum rg_key_type type;
    enum rg_status status = put_name(snapshot, object, &type, out);
    if (status != RG_OK || type != RG_KEY_OBJECT)
        return status;
    status = rg__word_type_name(Py_TYPE(object), out);
    return status == RG_OK ? rg_buffer_put(out, " object") : status;
}

/* `<class K>`, `Color.RED`, `<K object>`. */
static enum rg_status put_object(const struct writing *writing,
                                 PyObject *object)
{
    struct rg_buffer name = {0};
    bool is_path = enum_name(writing->snapshot, object) != NULL;
    enum rg_status status = put_whose(writing->snapshot, object, &name);
    if (status == RG_OK)
        status = rg_buffer_put(writing->out, is_path ? "" : "<");
    if (status == RG_OK)
        status = rg_buffer_put_data(writing->out, name.data, name.size);
    rg_buffer_free(&name);
    return status == RG_OK ? rg_buffer_put(writing->out, is_path ? "" : ">")
                           : status;
}

/* What an int stands for; RG_KEY_NUMBER and nothing where it is a number. */
static enum rg_status put_meaning(struct rg__snapshot *snapshot,
                                  PyObject *number, enum rg_key_type *type,
                                  struct rg_buffer *out)
{
    const PyThreadState *thread = thread_of(snapshot, number);
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    bool is_address = false;
    PyObject *object = NULL;
    *type = RG_KEY_THREAD;
    if (thread != NULL)
        return put_thread(snapshot, thread, out);
    enum rg_status status =
        snapshot == NULL || overflow != 0 || value < 0
            ? RG_OK
            : rg__find_address(snapshot, (unsigned long long)value, &is_address,
                               &object);
    *type = is_address ? RG_KEY_NAMED : RG_KEY_NUMBER;
    if (status != RG_OK || !is_address)
        return status;
    if (object == NULL)
        return rg_buffer_put(out, "id of an object");
    status = rg_buffer_put(out, "id of ");
    return status == RG_OK ? put_whose(snapshot, object, out) : status;
}

static enum rg_status put_number(const struct writing *writing,
                                 PyObject *number)
{
    enum rg_key_type type = RG_KEY_NUMBER;
    struct rg_buffer *out = writing->out;
    size_t from = out->size;
    if (PyFloat_CheckExact(number))
        return put_float(number, out);
    enum rg_status status = rg_buffer_put(out, "<");
    if (status == RG_OK && writing->nesting > 0)
        status = put_meaning(writing->snapshot, number, &type, out);
    if (status == RG_OK && type != RG_KEY_NUMBER)
        return rg_buffer_put(out, ">");
    out->size = from;
    return status == RG_OK ? put_int(number, out) : status;
}

/* An item of a tuple; the recursion is MAX_TUPLE_NESTING deep at most. */
static enum rg_status put_item(const struct writing *writing, PyObject *item)
{
    struct rg_buffer *out = writing->out;
    if (item == NULL)
        return rg_buffer_put(out, "NULL");
    switch (key_type(item)) {
    case RG_KEY_STR:
        return put_quoted(writing, item);
    case RG_KEY_NUMBER:
        return put_number(writing, item);
    case RG_KEY_CONSTANT:
        return put_constant(item, out);
    case RG_KEY_BYTES:
        return put_bytes(item, out);
    case RG_KEY_TUPLE:
        if (writing->nesting < MAX_TUPLE_NESTING)
            return put_tuple(writing, item);
        /* fall through */
    default:
        return put_object(writing, item);
    }
}

static enum rg_status put_tuple(const struct writing *writing, PyObject *tuple)
{
    struct writing inside = *writing;
    struct rg_buffer *out = writing->out;
    Py_ssize_t size = PyTuple_GET_SIZE(tuple);
    enum rg_status status = rg_buffer_put(out, "(");
    inside.nesting++;
    for (Py_ssize_t i = 0; status == RG_OK && i < size; i++) {
        if (i > 0)
            status = rg_buffer_put(out, ", ");
        if (status == RG_OK && i == MAX_TUPLE_ITEMS) {
            status = put_ellipsis(out);
            break;
        }
        if (status == RG_OK)
            status = put_item(&inside, PyTuple_GET_ITEM(tuple, i));
    }
    if (status == RG_OK)
        status = rg_buffer_put(out, size == 1 ? ",)" : ")");
    return status;
}

static enum rg_status put_key_object(struct rg__snapshot *snapshot,
                                     PyObject *key, enum rg_key_type *type,
                                     struct rg_buffer *out)
{
    enum rg_status status = put_name(snapshot, key, type, out);
    if (status != RG_OK || *type != RG_KEY_OBJECT)
        return status;
    return rg__word_type_name(Py_TYPE(key), out);
}

enum rg_status rg__word_key(struct rg__snapshot *snapshot, PyObject *key,
                            enum rg_key_type *type, struct rg_buffer *out,
                            uint64_t *length)
{
    const struct writing writing = {.snapshot = snapshot, .out = out};
    enum rg_status status = RG_OK;
    *length = 0;
    *type = RG_KEY_NUMBER;
    if (PyLong_CheckExact(key))
        status = put_meaning(snapshot, key, type, out);
    if (status != RG_OK || *type != RG_KEY_NUMBER)
        return status;
    *type = key_type(key);
    switch (*type) {
    case RG_KEY_STR:
        *length = (uint64_t)PyUnicode_GET_LENGTH(key);
        return put_key_str(snapshot, key, out);
    case RG_KEY_BYTES:
        *length = (uint64_t)PyBytes_GET_SIZE(key);
        return put_item(&writing, key);
    case RG_KEY_TUPLE:
        *length = (uint64_t)PyTuple_GET_SIZE(key);
        return put_item(&writing, key);
    case RG_KEY_OBJECT:
        return put_key_object(snapshot, key, type, out);
    default:
        return put_item(&writing, key);
    }
}

enum rg_status rg__word_value(PyObject *value, struct rg_buffer *out)
{
    return put_item(&(struct writing){.out = out}, value);
}
