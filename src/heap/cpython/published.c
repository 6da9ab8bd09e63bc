/* published.c - what CPython publishes since 3.13
 *
 * It says where things are, for debuggers, in a struct that stays the same
 * within a minor version: where an interpreter keeps its collector, which has
 * moved between patch releases, and whether the rest is where this file was
 * compiled to look for it. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_runtime.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_frame.h>
#include <internal/pycore_interp.h>
#endif
#undef Py_BUILD_CORE

#include <string.h>

#include "heap/cpython/version.h"

#if RG__LISTS == RG__LISTS_PUBLISHED

/* What the running interpreter publishes, or NULL when it is not this one's
 * minor version that does. */
static const _Py_DebugOffsets *published(void)
{
    static const char cookie[] = "xdebugpy";
    const _Py_DebugOffsets *offsets = &_PyRuntime.debug_offsets;
    bool is_known =
        memcmp(offsets->cookie, cookie, sizeof offsets->cookie) == 0 &&
        offsets->version >> 16 == PY_VERSION_HEX >> 16;
    return is_known ? offsets : NULL;
}

struct _gc_runtime_state *rg__published_collector(void)
{
    const _Py_DebugOffsets *offsets = published();
    return offsets == NULL
               ? NULL
               : (struct _gc_runtime_state *)((char *)PyInterpreterState_Get() +
                                              offsets->interpreter_state.gc);
}

bool rg__threading_fits(void)
{
    const _Py_DebugOffsets *offsets = published();
#ifdef RG__HAS_NO_LISTS
    const bool expected = true;
#else
    const bool expected = false;
#endif
    return offsets != NULL && (offsets->free_threaded != 0) == expected;
}

bool rg__published_is_collecting(const struct _gc_runtime_state *gc)
{
    const _Py_DebugOffsets *offsets = published();
    return offsets != NULL &&
           *(const int *)((const char *)gc + offsets->gc.collecting) != 0;
}

bool rg__frame_offsets_fit(void)
{
    const _Py_DebugOffsets *offsets = published();
    if (offsets == NULL)
        return false;
    const struct {
        uint64_t published, compiled;
    } pairs[] = {{offsets->thread_state.current_frame,
                  offsetof(PyThreadState, current_frame)},
                 {offsets->interpreter_frame.size, sizeof(_PyInterpreterFrame)},
                 {offsets->interpreter_frame.previous,
                  offsetof(_PyInterpreterFrame, previous)},
                 {offsets->interpreter_frame.executable,
                  offsetof(_PyInterpreterFrame, f_executable)},
                 {offsets->interpreter_frame.instr_ptr,
                  offsetof(_PyInterpreterFrame, instr_ptr)},
                 {offsets->interpreter_frame.localsplus,
                  offsetof(_PyInterpreterFrame, localsplus)},
                 {offsets->interpreter_frame.owner,
                  offsetof(_PyInterpreterFrame, owner)},
                 {offsets->code_object.localsplusnames,
                  offsetof(PyCodeObject, co_localsplusnames)},
                 {offsets->code_object.localspluskinds,
                  offsetof(PyCodeObject, co_localspluskinds)},
                 {offsets->code_object.co_code_adaptive,
                  offsetof(PyCodeObject, co_code_adaptive)}};
    bool fit = true;
    for (size_t i = 0; fit && i < sizeof pairs / sizeof *pairs; i++)
        fit = pairs[i].published == pairs[i].compiled;
    return fit;
}

bool rg__thread_offsets_fit(void)
{
    const _Py_DebugOffsets *offsets = published();
    return offsets != NULL &&
           offsets->thread_state.size == sizeof(PyThreadState);
}

#else

bool rg__threading_fits(void)
{
    return true;
}

bool rg__frame_offsets_fit(void)
{
    return true;
}

bool rg__thread_offsets_fit(void)
{
    return true;
}

#endif
