/* py315.c - the private layouts of CPython 3.15 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

/* On top of it is what iteration over a sequence needs: no object, or a number. */
PyObject *rg__awaited(const struct rg__frame *frame, int state)
{
    bool awaits = state == FRAME_SUSPENDED_YIELD_FROM ||
                  state == FRAME_SUSPENDED_YIELD_FROM_LOCKED;
    return awaits && frame->stack_count >= 2
               ? rg__frame_stack(frame, frame->stack_count - 2)
               : NULL;
}

bool rg__is_frozendict(PyObject *object)
{
    return PyFrozenDict_Check(object);
}
