/* frame_objects.c - frames that are frame objects, every one (3.10) */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#undef Py_BUILD_CORE

#include <frameobject.h>
#include <opcode.h>

#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_OBJECTS

static const PyFrameObject *frame_object(const struct rg__frame *frame)
{
    return frame->record;
}

/* A frame is tracked when it ends, unless it is a generator's: those always
 * are, and cannot be caught between running and ended. */
bool rg__is_running_frame(const PyFrameObject *object)
{
    return object->f_state == FRAME_EXECUTING ||
           object->f_state == FRAME_UNWINDING ||
           !_PyObject_GC_IS_TRACKED(object);
}

static int frame_line(PyFrameObject *object)
{
    if (object->f_lineno != 0)
        return object->f_lineno;
    int line = PyCode_Addr2Line(object->f_code,
                                object->f_lasti * (int)sizeof(_Py_CODEUNIT));
    return line > 0 ? line : 0;
}

static void fill_frame(PyFrameObject *object, struct rg__frame *frame)
{
    PyCodeObject *code = object->f_code;
    *frame = (struct rg__frame){
        .record = object,
        .code = code,
        .globals = object->f_globals,
        .own_globals = object->f_globals,
        .own_builtins = object->f_builtins,
        .locals = object->f_locals,
        .object = (PyObject *)object,
        .slot_count = code->co_nlocals +
                      (int)PyTuple_GET_SIZE(code->co_cellvars) +
                      (int)PyTuple_GET_SIZE(code->co_freevars),
        /* The depth is -1 while the frame runs. */
        .stack_count = object->f_stackdepth > 0 ? object->f_stackdepth : 0,
        .line = frame_line(object)};
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    if (thread->frame == NULL)
        return false;
    fill_frame(thread->frame, frame);
    return true;
}

bool rg__frame_back(struct rg__frame *frame)
{
    PyFrameObject *back = frame_object(frame)->f_back;
    if (back == NULL)
        return false;
    fill_frame(back, frame);
    return true;
}

bool rg__frame_of_object(PyObject *object, struct rg__frame *frame)
{
    PyFrameObject *kept = (PyFrameObject *)object;
    if (rg__is_running_frame(kept) || kept->f_gen != NULL)
        return false;
    fill_frame(kept, frame);
    return true;
}

void rg__frame_of_suspended(PyObject *object, struct rg__frame *frame)
{
    fill_frame((PyFrameObject *)object, frame);
}

bool rg__frame_is_of_generator(const struct rg__frame *frame)
{
    return frame_object(frame)->f_gen != NULL;
}

PyObject *rg__frame_object_back(PyObject *object)
{
    return (PyObject *)((PyFrameObject *)object)->f_back;
}

PyObject *rg__frame_object_trace(PyObject *object)
{
    return ((PyFrameObject *)object)->f_trace;
}

/* Locals, then cells, then free variables. */
PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind)
{
    const PyCodeObject *code = frame->code;
    PyObject *const names[] = {code->co_varnames, code->co_cellvars,
                               code->co_freevars};
    Py_ssize_t place = i;
    int group = 0;
    if (place >= code->co_nlocals) {
        place -= code->co_nlocals;
        group = 1;
    }
    if (group == 1 && place >= PyTuple_GET_SIZE(names[1])) {
        place -= PyTuple_GET_SIZE(names[1]);
        group = 2;
    }
    *name = PyTuple_GET_ITEM(names[group], place);
    *kind = group == 0 ? RG__SLOT_PLAIN : RG__SLOT_CELL;
    return frame_object(frame)->f_localsplus[i];
}

bool rg__frame_slot_is_borrowed(const struct rg__frame *frame, int i)
{
    (void)frame;
    (void)i;
    return false;
}

PyObject *rg__frame_stack(const struct rg__frame *frame, int i)
{
    return frame_object(frame)->f_valuestack[i];
}

/* Generators */

bool rg__generator_is_running(PyObject *generator)
{
    const PyFrameObject *object = ((PyGenObject *)generator)->gi_frame;
    return object != NULL && rg__is_running_frame(object);
}

/* The instruction that comes next is then the one that waits. */
static bool waits(const struct rg__frame *frame)
{
    const PyFrameObject *object = frame_object(frame);
    const _Py_CODEUNIT *code =
        (_Py_CODEUNIT *)PyBytes_AS_STRING(frame->code->co_code);
    return object->f_lasti >= 0 && frame->stack_count > 0 &&
           _Py_OPCODE(code[object->f_lasti + 1]) == YIELD_FROM;
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyFrameObject *object = ((PyGenObject *)generator)->gi_frame;
    *awaited = NULL;
    if (object == NULL || rg__is_running_frame(object))
        return false;
    fill_frame(object, frame);
    if (waits(frame))
        *awaited = rg__frame_stack(frame, frame->stack_count - 1);
    return true;
}

void rg__generator_parts(PyObject *generator, struct rg__generator *parts)
{
    const PyGenObject *gen = (PyGenObject *)generator;
    *parts = (struct rg__generator){.code = gen->gi_code,
                                    .name = gen->gi_name,
                                    .qualname = gen->gi_qualname,
                                    .handled = gen->gi_exc_state.exc_value};
}

/* While a frame runs it does not say how deep its stack is; its code does. */
int rg__frame_hidden_stack(const struct rg__frame *frame,
                           PyObject *const **values, bool *is_exact)
{
    const PyFrameObject *object = frame_object(frame);
    int depth = rg__stack_depth(frame->code, object->f_lasti);
    *values = object->f_valuestack;
    *is_exact = depth >= 0;
    if (object->f_stackdepth >= 0)
        return 0;
    return *is_exact && depth <= frame->code->co_stacksize
               ? depth
               : frame->code->co_stacksize;
}

bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    (void)frame;
    return true;
}

#endif
