/* until313.c - what CPython 3.11 to 3.13 share: slots of frames are pointers */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

/* stacktop is -1 while the frame is inside a C call. */
int rg__stack_count(const _PyInterpreterFrame *record, const PyCodeObject *code)
{
    int count = record->stacktop - code->co_nlocalsplus;
    return count > 0 ? count : 0;
}

PyObject *rg__slot(const _PyInterpreterFrame *record, int i)
{
    return record->localsplus[i];
}

bool rg__slot_is_borrowed(const _PyInterpreterFrame *record, int i)
{
    (void)record;
    (void)i;
    return false;
}

PyObject *rg__function_annotate(PyObject *function)
{
    (void)function;
    return NULL;    /* PEP 649 came with 3.14 */
}

bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word)
{
    (void)thread;
    (void)i;
    (void)object;
    (void)word;
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
