/* py314.c - the private layouts of CPython 3.14 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_tstate.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

PyObject *rg__awaited(const struct rg__frame *frame, int state)
{
    return state == FRAME_SUSPENDED_YIELD_FROM ? rg__frame_top(frame) : NULL;
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
        {state->asyncio_running_task, "running task"}};
    if (!rg__thread_offsets_fit() || i >= (int)(sizeof parts / sizeof *parts))
        return false;
    *object = parts[i].object;
    *word = parts[i].word;
    return true;
}
