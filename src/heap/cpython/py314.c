/* py314.c - the private layouts of CPython 3.14 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

PyObject *rg__awaited(const struct rg__frame *frame, int state)
{
    return state == FRAME_SUSPENDED_YIELD_FROM ? rg__frame_top(frame) : NULL;
}
