#define PY_SSIZE_T_CLEAN
#include "module/taken.h"

#include "module/graph_type.h"

/* NULL, with an exception set. */
static PyObject *raise_status(enum rg_status status)
{
    struct rg_error error;
    if (PyErr_Occurred())
        return NULL;
    if (status == RG_ENOMEM)
        rg_error_no_memory(&error);
    else
        rg_error_set(&error, status, "writing failed (status %d)", (int)status);
    return rg__raise(&error);
}

static const char *start_of(const struct rg_buffer *buffer)
{
    return buffer->data == NULL ? "" : buffer->data;
}

PyObject *rg__take_str(struct rg_buffer *buffer, enum rg_status status,
                       const char *errors)
{
    PyObject *text =
        status == RG_OK ? PyUnicode_DecodeUTF8(start_of(buffer),
                                               (Py_ssize_t)buffer->size, errors)
                        : raise_status(status);
    rg_buffer_free(buffer);
    return text;
}

PyObject *rg__take_bytes(struct rg_buffer *buffer, enum rg_status status)
{
    PyObject *bytes = status == RG_OK
                          ? PyBytes_FromStringAndSize(start_of(buffer),
                                                      (Py_ssize_t)buffer->size)
                          : raise_status(status);
    rg_buffer_free(buffer);
    return bytes;
}
