/* since314.c - what CPython 3.14 and 3.15 share
 *
 * The slots of a frame are tagged pointers: to an object, with or without a
 * reference of their own; or no pointer at all, but a small number. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interpframe.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_stackref.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

const bool rg__visit_lists_frozen = true;

/* Three generations stand in front of the frozen one, whatever they are called:
 * 3.14.0 to 3.14.4 had a young one and the two halves of an old one. */
void *rg__generation_list(struct _gc_runtime_state *gc, int i)
{
    struct gc_generation *frozen = &gc->permanent_generation;
    return &(frozen + i - NUM_GENERATIONS)->head;
}

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

/* The values are told by the dict, and so do the traverses. */
const bool rg__keeps_values_beside_dict = false;

/* Frames */

static PyObject *object_in(_PyStackRef slot)
{
    return PyStackRef_IsNullOrInt(slot) ? NULL
                                        : PyStackRef_AsPyObjectBorrow(slot);
}

/* Of a record that the interpreter itself owns nothing else can be relied on;
 * others may run what is no code. */
bool rg__is_complete(_PyInterpreterFrame *record)
{
    PyObject *code;
    return record->owner < FRAME_OWNED_BY_INTERPRETER &&
           (code = object_in(record->f_executable)) != NULL &&
           PyCode_Check(code) && !_PyFrame_IsIncomplete(record);
}

void rg__fill_frame(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    rg__fill_common(record, _PyFrame_GetCode(record),
                    _PyInterpreterFrame_LASTI(record), frame);
    frame->function = object_in(record->f_funcobj);
}

int rg__stack_count(const _PyInterpreterFrame *record, const PyCodeObject *code)
{
    const _PyStackRef *bottom = record->localsplus + code->co_nlocalsplus;
    const _PyStackRef *top = record->stackpointer;
    return top > bottom && top - bottom <= code->co_stacksize
               ? (int)(top - bottom)
               : 0;
}

PyObject *rg__slot(const _PyInterpreterFrame *record, int i)
{
    return object_in(record->localsplus[i]);
}

bool rg__slot_is_borrowed(const _PyInterpreterFrame *record, int i)
{
    _PyStackRef slot = record->localsplus[i];
    return !PyStackRef_IsNullOrInt(slot) && !PyStackRef_RefcountOnObject(slot);
}

PyObject *rg__function_annotate(PyObject *function)
{
    return ((PyFunctionObject *)function)->func_annotate;
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
