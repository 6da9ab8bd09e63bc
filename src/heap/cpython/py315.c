/* py315.c - the private layouts of CPython 3.15 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_bytesobject.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_tstate.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

const int rg__bytearray_header = _PyBytesObject_SIZE;

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

bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word)
{
    const _PyThreadStateImpl *state = (const _PyThreadStateImpl *)thread;
    const struct {
        PyObject *object;
        const char *word;
    } parts[] = {
        {state->asyncio_running_loop, "running event loop"},
        {state->lazy_imports, "lazy imports"},
        {state->asyncio_running_task, "running task"}};
    if (!rg__thread_offsets_fit() || i >= (int)(sizeof parts / sizeof *parts))
        return false;
    *object = parts[i].object;
    *word = parts[i].word;
    return true;
}
