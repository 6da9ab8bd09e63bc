/* generators.c - generators, coroutines and asynchronous generators (3.11)
 *
 * Before, their frame is an object of its own (frame_objects.c). */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_frame.h>
#include <internal/pycore_runtime.h> /* since 3.14: the struct */
#endif
#if PY_VERSION_HEX >> 16 == 0x030B
#define NEED_OPCODE_TABLES /* the interpreter exports none */
#include <internal/pycore_opcode.h>
#endif
#undef Py_BUILD_CORE

#include <opcode.h>

#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_RECORDS

bool rg__generator_is_running(PyObject *generator)
{
    return ((PyGenObject *)generator)->gi_frame_state == FRAME_EXECUTING;
}

/* Code is part of the frame since 3.12, and stays behind when the frame is
 * gone. */
static PyObject *code_left(PyGenObject *generator)
{
#ifdef RG__GENERATOR_CODE
    return RG__GENERATOR_CODE(generator);
#else
    PyObject *code = NULL;
    if (generator->gi_frame_state >= FRAME_CLEARED)
        code = (PyObject *)PyGen_GetCode(generator);
    Py_XDECREF(code); /* borrowed: the generator has it */
    return code;
#endif
}

void rg__generator_parts(PyObject *generator, struct rg__generator *parts)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *parts = (struct rg__generator){.code = code_left(gen),
                                    .name = gen->gi_name,
                                    .qualname = gen->gi_qualname,
                                    .handled = gen->gi_exc_state.exc_value};
}

#if RG__AWAITS == RG__AWAITS_BY_OPCODE

/* RESUME's argument says where execution resumes; from 2 on it is behind a
 * `yield from` or an `await` (_PyGen_yf). */
enum { RESUME_AFTER_YIELD_FROM = 2 };

static PyObject *awaited_by(const PyGenObject *generator,
                            const struct rg__frame *frame)
{
    const _PyInterpreterFrame *record = frame->record;
    _Py_CODEUNIT next = record->prev_instr[1];
    return generator->gi_frame_state == FRAME_SUSPENDED &&
                   RG__IS_RESUME(next) &&
                   RG__RESUME_ARGUMENT(next) >= RESUME_AFTER_YIELD_FROM
               ? rg__frame_top(frame)
               : NULL;
}

#else

static PyObject *awaited_by(const PyGenObject *generator,
                            const struct rg__frame *frame)
{
    int place = frame->stack_count - 1 - RG__ABOVE_AWAITED;
    return RG__STATE_AWAITS(generator->gi_frame_state) && place >= 0
               ? rg__frame_stack(frame, place)
               : NULL;
}

#endif

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *awaited = NULL;
    if (gen->gi_frame_state >= FRAME_EXECUTING)
        return false;
    rg__describe_record((_PyInterpreterFrame *)&gen->gi_iframe, frame);
    *awaited = awaited_by(gen, frame);
    return true;
}

#endif

PyObject *rg__generator_qualname(PyObject *generator)
{
    struct rg__generator parts;
    rg__generator_parts(generator, &parts);
    return parts.qualname;
}
