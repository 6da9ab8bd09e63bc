/* since313.c - what CPython 3.13 to 3.15 share
 *
 * They publish where things are, for debuggers, in a struct that stays the same
 * within a minor version: it tells where an interpreter keeps its collector,
 * which has moved between patch releases, and whether the rest is where this
 * file was compiled to look for it. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#include <internal/pycore_runtime.h>
#undef Py_BUILD_CORE

#include <string.h>

#include "heap/cpython/era.h"

/* What the running interpreter publishes, or NULL when it is not this one's
 * minor version that does. */
static const _Py_DebugOffsets *published(void)
{
    static const char cookie[] = "xdebugpy";
    const _Py_DebugOffsets *offsets = &_PyRuntime.debug_offsets;
    bool is_known = memcmp(offsets->cookie, cookie, sizeof offsets->cookie) == 0
                    && offsets->version >> 16 == PY_VERSION_HEX >> 16;
    return is_known ? offsets : NULL;
}

/* The collector */

struct _gc_runtime_state *rg__expected_collector(void)
{
    const _Py_DebugOffsets *offsets = published();
    return offsets == NULL ? NULL
                           : (struct _gc_runtime_state *)(
                                 (char *)PyInterpreterState_Get() +
                                 offsets->interpreter_state.gc);
}

bool rg__is_collecting(const struct _gc_runtime_state *gc)
{
    const _Py_DebugOffsets *offsets = published();
    return offsets != NULL &&
           *(const int *)((const char *)gc + offsets->gc.collecting) != 0;
}

/* Attributes: values inside the object, a dict in front of it
 *
 * Once a dict was asked for, both are there: the dict reads and writes the
 * values inside the object, until one of the two goes away. */

struct _dictvalues *rg__inline_values(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_INLINE_VALUES))
        return NULL;
    PyDictValues *values = _PyObject_InlineValues(object);
    return values->valid ? values : NULL;
}

PyObject *rg__instance_dict(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT))
        return rg__classic_dict(object);
    return (PyObject *)_PyObject_ManagedDictPointer(object)->dict;
}

static PyDictKeysObject *shared_keys(PyObject *object)
{
    return ((PyHeapTypeObject *)Py_TYPE(object))->ht_cached_keys;
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    if (rg__inline_values(object) == NULL ||
        (!rg__keeps_values_beside_dict && rg__instance_dict(object) != NULL))
        return 0;
    return shared_keys(object)->dk_nentries;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    *name = DK_UNICODE_ENTRIES(shared_keys(object))[i].me_key;
    *value = rg__inline_values(object)->values[i];
    return *name != NULL && *value != NULL;
}

/* Frames */

bool rg__frame_offsets_fit(void)
{
    const _Py_DebugOffsets *offsets = published();
    if (offsets == NULL)
        return false;
    const struct {
        uint64_t published, compiled;
    } pairs[] = {
        {offsets->thread_state.current_frame,
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

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    return rg__first_complete(thread->current_frame, frame);
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *awaited = NULL;
    if (gen->gi_frame_state >= FRAME_EXECUTING)
        return false;
    rg__fill_frame((_PyInterpreterFrame *)&gen->gi_iframe, frame);
    *awaited = rg__awaited(frame, gen->gi_frame_state);
    return true;
}
