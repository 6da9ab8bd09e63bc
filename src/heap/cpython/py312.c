/* py312.c - the private layouts of CPython 3.12 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#undef Py_BUILD_CORE

#include <opcode.h>

#include "heap/cpython/era.h"

const bool rg__visit_lists_frozen = false;

/* RESUME's argument says where execution resumes; from 2 on it is behind a
 * `yield from` or an `await` (_PyGen_yf). */
enum { RESUME_AFTER_YIELD_FROM = 2 };

struct _gc_runtime_state *rg__expected_collector(void)
{
    return &PyInterpreterState_Get()->gc;
}

void *rg__generation_list(struct _gc_runtime_state *gc, int i)
{
    return i < NUM_GENERATIONS ? &gc->generations[i].head
                               : &gc->permanent_generation.head;
}

bool rg__is_collecting(const struct _gc_runtime_state *gc)
{
    return gc->collecting;
}

bool rg__frame_offsets_fit(void)
{
    return true;    /* this version does not publish them */
}

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

/* Attributes: one pointer in front of the object, to values or to a dict */

static PyDictValues *inline_values(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT))
        return NULL;
    PyDictOrValues either = *_PyObject_DictOrValuesPointer(object);
    return _PyDictOrValues_IsValues(either) ? _PyDictOrValues_GetValues(either)
                                            : NULL;
}

PyObject *rg__instance_dict(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT))
        return rg__classic_dict(object);
    PyDictOrValues either = *_PyObject_DictOrValuesPointer(object);
    return _PyDictOrValues_IsValues(either) ? NULL
                                            : _PyDictOrValues_GetDict(either);
}

static PyDictKeysObject *shared_keys(PyObject *object)
{
    return ((PyHeapTypeObject *)Py_TYPE(object))->ht_cached_keys;
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    return inline_values(object) == NULL ? 0 : shared_keys(object)->dk_nentries;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    *name = DK_UNICODE_ENTRIES(shared_keys(object))[i].me_key;
    *value = inline_values(object)->values[i];
    return *name != NULL && *value != NULL;
}

/* Frames */

/* Of a record that the C stack owns nothing else can be relied on. */
bool rg__is_complete(_PyInterpreterFrame *record)
{
    return record->owner != FRAME_OWNED_BY_CSTACK &&
           !_PyFrame_IsIncomplete(record);
}

void rg__fill_frame(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    rg__fill_common(record, record->f_code, _PyInterpreterFrame_LASTI(record),
                    frame);
    frame->function = record->f_funcobj;
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    return thread->cframe != NULL &&
           rg__first_complete(thread->cframe->current_frame, frame);
}

static bool is_resume(_Py_CODEUNIT instruction)
{
    return instruction.op.code == RESUME ||
           instruction.op.code == INSTRUMENTED_RESUME;
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *awaited = NULL;
    if (gen->gi_frame_state >= FRAME_EXECUTING)
        return false;
    _PyInterpreterFrame *record = (_PyInterpreterFrame *)gen->gi_iframe;
    rg__fill_frame(record, frame);
    _Py_CODEUNIT next = record->prev_instr[1];
    if (gen->gi_frame_state == FRAME_SUSPENDED && is_resume(next) &&
        next.op.arg >= RESUME_AFTER_YIELD_FROM)
        *awaited = rg__frame_top(frame);
    return true;
}
