/* since311.c - what CPython 3.11 to 3.15 share
 *
 * A frame is a record of the evaluation loop, with locals, cells and stack in
 * one array, `localsplus` (until313.c, since314.c: what its slots hold); it
 * becomes part of a frame object when it ends and somebody has asked for that
 * object. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_code.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_runtime.h>   /* since 3.14: the structs of frames */
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

const bool rg__has_inline_values = true;

/* Dicts */

/* The values that a dict shares names for, and its table of keys unless that
 * is shared; of a table two thirds can be used. */
uint64_t rg__dict_beside(PyObject *dict)
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

const int rg__least_digits = 1;

/* Frames */

/* The struct of a frame ends with its first place.  What runs is asked for
 * nothing. */
uint64_t rg__frame_places(PyObject *object)
{
    struct rg__generator parts = {0};
    struct rg__frame frame;
    PyObject *awaited;
    PyCodeObject *code = NULL;
    if (PyFrame_Check(object)) {
        code = PyFrame_GetCode((PyFrameObject *)object);
        Py_DECREF(code);        /* borrowed: the frame has it */
    } else if (rg__frame_of_generator(object, &frame, &awaited)) {
        code = frame.code;
    } else {
        rg__generator_parts(object, &parts);
        code = (PyCodeObject *)parts.code;
    }
    return code == NULL ? 0 : (uint64_t)(code->co_nlocalsplus +
                                         code->co_stacksize);
}

static _PyInterpreterFrame *record_of(const struct rg__frame *frame)
{
    return (_PyInterpreterFrame *)frame->record;
}

void rg__fill_common(_PyInterpreterFrame *record, PyCodeObject *code,
                     int instruction, struct rg__frame *frame)
{
    int line =
        PyCode_Addr2Line(code, instruction * (int)sizeof(_Py_CODEUNIT));
    *frame = (struct rg__frame){
        .record = record,
        .code = code,
        .globals = record->f_globals,
        .locals = record->f_locals,
        .object = (PyObject *)record->frame_obj,
        .slot_count = code->co_nlocalsplus,
        .stack_count = rg__stack_count(record, code),
        .line = line > 0 ? line : 0};
}

bool rg__first_complete(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    while (record != NULL && !rg__is_complete(record))
        record = record->previous;
    if (record == NULL)
        return false;
    rg__fill_frame(record, frame);
    return true;
}

bool rg__frame_back(struct rg__frame *frame)
{
    return rg__first_complete(record_of(frame)->previous, frame);
}

bool rg__frame_of_object(PyObject *object, struct rg__frame *frame)
{
    _PyInterpreterFrame *record = ((PyFrameObject *)object)->f_frame;
    if (record == NULL || record->owner != FRAME_OWNED_BY_FRAME_OBJECT)
        return false;
    rg__fill_frame(record, frame);
    return true;
}

PyObject *rg__frame_object_back(PyObject *object)
{
    return (PyObject *)((PyFrameObject *)object)->f_back;
}

PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind)
{
    PyCodeObject *code = frame->code;
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
    *kind = kinds[i] & (CO_FAST_CELL | CO_FAST_FREE) ? RG__SLOT_CELL
                                                     : RG__SLOT_PLAIN;
    return rg__slot(record_of(frame), i);
}

bool rg__frame_slot_is_borrowed(const struct rg__frame *frame, int i)
{
    return rg__slot_is_borrowed(record_of(frame), i);
}

PyObject *rg__frame_stack(const struct rg__frame *frame, int i)
{
    int slot = frame->slot_count + i;
    return rg__slot_is_borrowed(record_of(frame), slot)
               ? NULL
               : rg__slot(record_of(frame), slot);
}

PyObject *rg__frame_top(const struct rg__frame *frame)
{
    return frame->stack_count == 0
               ? NULL
               : rg__frame_stack(frame, frame->stack_count - 1);
}

bool rg__generator_is_running(PyObject *generator)
{
    return ((PyGenObject *)generator)->gi_frame_state == FRAME_EXECUTING;
}

/* Code */

PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i >= code->co_nfreevars)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames,
                            code->co_nlocalsplus - code->co_nfreevars + i);
}

PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i < 0 || i >= code->co_nlocalsplus)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames, i);
}

enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context)
{
    PyObject *const objects[] = {
        code->co_consts,    code->co_names,     code->co_exceptiontable,
        code->co_filename,  code->co_name,      code->co_qualname,
        code->co_linetable, code->co_localsplusnames,
        code->co_localspluskinds};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = visit(context, objects[i]);
    return status;
}

/* Exceptions */

enum rg_status rg__handled_walk(const PyThreadState *thread,
                                rg__object_fn visit, void *context)
{
    const _PyErr_StackItem *handled = thread->exc_info;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && handled != NULL; handled = handled->previous_item)
        if (handled->exc_value != NULL && handled->exc_value != Py_None)
            status = visit(context, handled->exc_value);
    return status;
}

PyObject *rg__exception_notes(PyObject *exception)
{
    return ((PyBaseExceptionObject *)exception)->notes;
}
