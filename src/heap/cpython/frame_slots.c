/* frame_slots.c - what stands in the array of a frame (3.11) */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_frame.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_stackref.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_RECORDS
#if RG__SLOTS == RG__SLOTS_ARE_POINTERS

/* stacktop is -1 while the frame is inside a C call. */
int rg__record_stack_count(const _PyInterpreterFrame *record,
                           const PyCodeObject *code)
{
    int count = record->stacktop - code->co_nlocalsplus;
    return count > 0 ? count : 0;
}

PyObject *rg__record_slot(const _PyInterpreterFrame *record, int i)
{
    return record->localsplus[i];
}

bool rg__record_slot_is_borrowed(const _PyInterpreterFrame *record, int i)
{
    (void)record;
    (void)i;
    return false;
}

/* While a frame is inside a C call, its record does not say how deep the stack
 * is.  What is above that depth was left behind by earlier instructions. */
int rg__frame_hidden_stack(const struct rg__frame *frame,
                           PyObject *const **values, bool *is_exact)
{
    const _PyInterpreterFrame *record = frame->record;
    *is_exact = false;
    *values = record->localsplus + frame->slot_count;
    return record->stacktop < 0 ? frame->code->co_stacksize : 0;
}

#else

#ifndef RG__SLOT_IS_BORROWED
#define RG__SLOT_IS_BORROWED(slot) (!PyStackRef_RefcountOnObject(slot))
#endif

static PyObject *object_in_slot(_PyStackRef slot)
{
    return PyStackRef_IsNullOrInt(slot) ? NULL
                                        : PyStackRef_AsPyObjectBorrow(slot);
}

int rg__record_stack_count(const _PyInterpreterFrame *record,
                           const PyCodeObject *code)
{
    const _PyStackRef *bottom = record->localsplus + code->co_nlocalsplus;
    const _PyStackRef *top = record->stackpointer;
    return top > bottom && top - bottom <= code->co_stacksize
               ? (int)(top - bottom)
               : 0;
}

PyObject *rg__record_slot(const _PyInterpreterFrame *record, int i)
{
    return object_in_slot(record->localsplus[i]);
}

bool rg__record_slot_is_borrowed(const _PyInterpreterFrame *record, int i)
{
    _PyStackRef slot = record->localsplus[i];
    return !PyStackRef_IsNullOrInt(slot) && RG__SLOT_IS_BORROWED(slot);
}

/* The depth of a stack is always known. */
int rg__frame_hidden_stack(const struct rg__frame *frame,
                           PyObject *const **values, bool *is_exact)
{
    (void)frame;
    *values = NULL;
    *is_exact = true;
    return 0;
}

#endif
#endif
