/* frame_records.c - frames that are records of the evaluation loop (3.11)
 *
 * A record becomes part of a frame object when it ends and somebody has asked
 * for that object. */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe.h>
#include <internal/pycore_stackref.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_RECORDS

static _PyInterpreterFrame *record_of_frame(const struct rg__frame *frame)
{
    return (_PyInterpreterFrame *)frame->record;
}

void rg__describe_record(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    PyCodeObject *code = RG__RECORD_CODE(record);
    int instruction = _PyInterpreterFrame_LASTI(record);
    int line = PyCode_Addr2Line(code, instruction * (int)sizeof(_Py_CODEUNIT));
    *frame =
        (struct rg__frame){.record = record,
                           .code = code,
                           .function = RG__RECORD_FUNCTION(record),
                           .globals = record->f_globals,
                           .locals = record->f_locals,
                           .object = (PyObject *)record->frame_obj,
                           .slot_count = code->co_nlocalsplus,
                           .stack_count = rg__record_stack_count(record, code),
                           .line = line > 0 ? line : 0};
}

/* The first record from this one on that is of Python code, and set up. */
static bool first_usable(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    while (record != NULL && !RG__RECORD_IS_USABLE(record))
        record = record->previous;
    if (record == NULL)
        return false;
    rg__describe_record(record, frame);
    return true;
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    return first_usable(RG__FIRST_RECORD(thread), frame);
}

bool rg__frame_back(struct rg__frame *frame)
{
    return first_usable(record_of_frame(frame)->previous, frame);
}

bool rg__frame_of_object(PyObject *object, struct rg__frame *frame)
{
    _PyInterpreterFrame *record = ((PyFrameObject *)object)->f_frame;
    if (record == NULL || record->owner != FRAME_OWNED_BY_FRAME_OBJECT)
        return false;
    rg__describe_record(record, frame);
    return true;
}

void rg__frame_of_suspended(PyObject *object, struct rg__frame *frame)
{
    rg__describe_record(((PyFrameObject *)object)->f_frame, frame);
}

bool rg__frame_is_of_generator(const struct rg__frame *frame)
{
    return record_of_frame(frame)->owner == FRAME_OWNED_BY_GENERATOR;
}

PyObject *rg__frame_object_back(PyObject *object)
{
    return (PyObject *)((PyFrameObject *)object)->f_back;
}

PyObject *rg__frame_object_trace(PyObject *object)
{
    return ((PyFrameObject *)object)->f_trace;
}

PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind)
{
    PyCodeObject *code = frame->code;
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
    *kind = kinds[i] & (CO_FAST_CELL | CO_FAST_FREE) ? RG__SLOT_CELL
                                                     : RG__SLOT_PLAIN;
    return rg__record_slot(record_of_frame(frame), i);
}

bool rg__frame_slot_is_borrowed(const struct rg__frame *frame, int i)
{
    return rg__record_slot_is_borrowed(record_of_frame(frame), i);
}

PyObject *rg__frame_stack(const struct rg__frame *frame, int i)
{
    int slot = frame->slot_count + i;
    return rg__record_slot_is_borrowed(record_of_frame(frame), slot)
               ? NULL
               : rg__record_slot(record_of_frame(frame), slot);
}

PyObject *rg__frame_top(const struct rg__frame *frame)
{
    return frame->stack_count == 0
               ? NULL
               : rg__frame_stack(frame, frame->stack_count - 1);
}

#ifdef RG__RECORD_IS_ENTRY
bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    return RG__RECORD_IS_ENTRY(record_of_frame(frame));
}
#else
/* Between the two stands a record that no code belongs to. */
bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    _PyInterpreterFrame *caller = record_of_frame(frame)->previous;
    return caller == NULL || !RG__RECORD_IS_USABLE(caller);
}
#endif

#endif
