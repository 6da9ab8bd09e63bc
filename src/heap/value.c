/* value.c - short values, on demand: what a person would print to tell one
 * object from the next
 *
 * Exact scalars are their own value; an instance is told by the first of a few
 * well-known attributes that is one.  Nothing is called: the characters are
 * our own (word.c). */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "heap/read.h"
#include "heap/word.h"

static const char *const telling[] = {"name", "id",   "key",  "path",
                                      "url",  "user", "title"};

static bool is_scalar(PyObject *object)
{
    return object == Py_None || PyBool_Check(object) ||
           PyLong_CheckExact(object) || PyFloat_CheckExact(object) ||
           PyUnicode_CheckExact(object) || PyBytes_CheckExact(object);
}

/* The value of a slot, looked up as far as the class is made in Python. */
static PyObject *slot(PyObject *object, const char *name)
{
    const PyTypeObject *type = Py_TYPE(object);
    for (; type != NULL && type->tp_flags & Py_TPFLAGS_HEAPTYPE;
         type = type->tp_base) {
        const struct PyMemberDef *member = type->tp_members;
        for (; member != NULL && member->name != NULL; member++)
            if (member->type == T_OBJECT_EX && strcmp(member->name, name) == 0)
                return *(PyObject **)((char *)object + member->offset);
    }
    return NULL;
}

/* Functions, classes and modules say who they are already. */
static bool is_plain_instance(PyObject *object)
{
    return Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE &&
           !PyType_Check(object) && !PyModule_Check(object);
}

static enum rg_status write_telling(PyObject *object, struct rg_buffer *out)
{
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
        PyObject *value = rg__attribute(object, telling[i]);
        if (value == NULL)
            value = slot(object, telling[i]);
        if (value == NULL || !is_scalar(value))
            continue;
        if (rg_buffer_append(out, telling[i], strlen(telling[i])) < 0 ||
            rg_buffer_append(out, "=", 1) < 0)
            return RG_ENOMEM;
        return rg__word_value(value, out);
    }
    return RG_OK;
}

enum rg_status rg__write_value(const struct rg__snapshot *snapshot,
                               PyObject *object, struct rg_buffer *out)
{
    if (is_scalar(object))
        return rg__word_value(object, out);
    if (!rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) || !is_plain_instance(object))
        return RG_OK;
    return write_telling(object, out);
}
