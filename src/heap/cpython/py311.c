/* py311.c - the private layouts of CPython 3.11 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_object.h>
#define NEED_OPCODE_TABLES  /* the interpreter does not export its own */
#include <internal/pycore_opcode.h>
#undef Py_BUILD_CORE

#include <opcode.h>

#include "heap/cpython/era.h"

/* RESUME's argument says where execution resumes; from 2 on it is behind a
 * `yield from` or an `await` (_PyGen_yf). */
enum { RESUME_AFTER_YIELD_FROM = 2 };

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

/* Attributes */

PyObject *rg__instance_dict(PyObject *object)
{
    if (Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        return *_PyObject_ManagedDictPointer(object);
    return rg__classic_dict(object);
}

static PyDictKeysObject *inline_keys(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (!(type->tp_flags & Py_TPFLAGS_MANAGED_DICT) ||
        *_PyObject_ValuesPointer(object) == NULL)
        return NULL;
    return ((PyHeapTypeObject *)type)->ht_cached_keys;
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    PyDictKeysObject *keys = inline_keys(object);
    return keys == NULL ? 0 : keys->dk_nentries;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    *name = DK_UNICODE_ENTRIES(inline_keys(object))[i].me_key;
    *value = (*_PyObject_ValuesPointer(object))->values[i];
    return *name != NULL && *value != NULL;
}

/* Frames */

bool rg__is_complete(_PyInterpreterFrame *record)
{
    return !_PyFrame_IsIncomplete(record);
}

void rg__fill_frame(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    rg__fill_common(record, record->f_code, _PyInterpreterFrame_LASTI(record),
                    frame);
    frame->function = (PyObject *)record->f_func;
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    return thread->cframe != NULL &&
           rg__first_complete(thread->cframe->current_frame, frame);
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *awaited = NULL;
    if (gen->gi_frame_state >= FRAME_EXECUTING)
        return false;
    _PyInterpreterFrame *record = (_PyInterpreterFrame *)gen->gi_iframe;
    rg__fill_frame(record, frame);
    _Py_CODEUNIT next = record->prev_instr[1];
    if (gen->gi_frame_state == FRAME_SUSPENDED &&
        _PyOpcode_Deopt[_Py_OPCODE(next)] == RESUME &&
        _Py_OPARG(next) >= RESUME_AFTER_YIELD_FROM)
        *awaited = rg__frame_top(frame);
    return true;
}

void rg__generator_parts(PyObject *generator, struct rg__generator *parts)
{
    const PyGenObject *gen = (PyGenObject *)generator;
    *parts = (struct rg__generator){.code = (PyObject *)gen->gi_code,
                                    .name = gen->gi_name,
                                    .qualname = gen->gi_qualname,
                                    .handled = gen->gi_exc_state.exc_value};
}

bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    return ((const _PyInterpreterFrame *)frame->record)->is_entry;
}
