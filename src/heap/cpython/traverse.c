/* traverse.c - what an object refers to, by its own tp_traverse
 *
 * And by what that leaves out on some versions, so that answers read alike on
 * all of them. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_dict.h>
#endif
#undef Py_BUILD_CORE

#include <frameobject.h>

#include "heap/cpython/version.h"

/* What the object's own traverse says.  Where the collector knows code, that
 * speaks of the constants alone. */
#ifdef RG__CODE_IS_TRACKED

struct code_visit {
    visitproc visit;
    void *context;
    int answer;
};

static enum rg_status visit_code_part(void *context, PyObject *part)
{
    struct code_visit *visit = context;
    visit->answer = visit->visit(part, visit->context);
    return visit->answer == 0 ? RG_OK : RG_EIO;
}

static int traverse_own(PyObject *object, visitproc visit, void *context)
{
    struct code_visit parts = {.visit = visit, .context = context};
    if (!PyCode_Check(object))
        return Py_TYPE(object)->tp_traverse(object, visit, context);
    rg__code_walk((PyCodeObject *)object, visit_code_part, &parts);
    return parts.answer;
}

#else

static int traverse_own(PyObject *object, visitproc visit, void *context)
{
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

#endif

#if RG__TRAVERSE == RG__TRAVERSE_TELLS_ALL

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    return traverse_own(object, visit, context);
}

#elif RG__TRAVERSE == RG__TRAVERSE_LACKS_FRAMES

/* Every frame is a frame object.  What it holds is told where it belongs: while
 * a thread runs it, by the root that stands for it; while it belongs to a
 * generator, by the generator; and by the frame object itself once it is
 * neither. */

static int visit_all(PyObject *const *objects, int count, visitproc visit,
                     void *context)
{
    int answer = 0;
    for (int i = 0; answer == 0 && i < count; i++)
        if (objects[i] != NULL)
            answer = visit(objects[i], context);
    return answer;
}

/* What a suspended frame holds, but for the trace function. */
static int visit_frame(const PyFrameObject *object, visitproc visit,
                       void *context)
{
    PyObject *const parts[] = {(PyObject *)object->f_code, object->f_globals,
                               object->f_builtins, object->f_locals};
    int slots = (int)(object->f_valuestack - object->f_localsplus);
    int answer = visit_all(parts, 4, visit, context);
    if (answer == 0)
        answer = visit_all(object->f_localsplus, slots, visit, context);
    if (answer == 0)
        answer = visit_all(object->f_valuestack, object->f_stackdepth, visit,
                           context);
    return answer;
}

static int visit_frame_object(PyObject *object, visitproc visit, void *context)
{
    PyFrameObject *frame = (PyFrameObject *)object;
    if (rg__is_running_frame(frame) || frame->f_gen != NULL)
        return visit_all(&frame->f_trace, 1, visit, context);
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

static int visit_generator(PyObject *object, visitproc visit, void *context)
{
    const PyGenObject *gen = (PyGenObject *)object;
    const PyFrameObject *frame = gen->gi_frame;
    PyObject *finalizer = PyAsyncGen_CheckExact(object)
                              ? ((PyAsyncGenObject *)object)->ag_finalizer
                              : NULL;
    PyObject *const parts[] = {(PyObject *)frame, gen->gi_code, gen->gi_name,
                               gen->gi_qualname, finalizer};
    PyObject *handled[RG__HANDLED_PARTS];
    const _PyErr_StackItem *item = &gen->gi_exc_state;
    int handled_count = rg__handled_parts(item->exc_type, item->exc_value,
                                          item->exc_traceback, handled);
    int answer = visit_all(parts, 5, visit, context);
    if (answer == 0)
        answer = visit_all(handled, handled_count, visit, context);
    if (answer == 0 && frame != NULL && !rg__is_running_frame(frame))
        answer = visit_frame(frame, visit, context);
    return answer;
}

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    if (PyFrame_Check(object))
        return visit_frame_object(object, visit, context);
    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
        PyAsyncGen_CheckExact(object))
        return visit_generator(object, visit, context);
    return traverse_own(object, visit, context);
}

#else

/* Up to 3.13.0 an object that has both visits the values and not the dict, and
 * the dict does not visit the values; a later patch release (seen in 3.13.5)
 * lets the object visit the dict and the dict the values.  The dict holds on to
 * the values in either case: they move into it when the object goes first.  So
 * whatever the traverse leaves out is said here. */

/* The caller's visitproc, and whether it was shown what should be shown. */
struct watch {
    visitproc visit;
    void *context;
    PyObject *expected;
    bool seen;
};

static int visit_watching(PyObject *referent, void *context)
{
    struct watch *watch = context;
    watch->seen |= referent == watch->expected;
    return watch->visit(referent, watch->context);
}

static int visit_values(const PyDictValues *values, visitproc visit,
                        void *context)
{
    int answer = 0;
    for (size_t i = 0; answer == 0 && i < values->capacity; i++)
        if (values->values[i] != NULL)
            answer = visit(values->values[i], context);
    return answer;
}

/* The values that a dict shares with an object, or NULL. */
static const PyDictValues *values_shared(PyObject *object)
{
    const PyDictValues *values =
        PyDict_Check(object) ? ((PyDictObject *)object)->ma_values : NULL;
    return values != NULL && values->embedded ? values : NULL;
}

static PyObject *first_value(const PyDictValues *values)
{
    for (size_t i = 0; i < values->capacity; i++)
        if (values->values[i] != NULL)
            return values->values[i];
    return NULL;
}

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    const PyDictValues *values = values_shared(object);
    PyObject *dict =
        rg__inside_values(object) == NULL ? NULL : rg__instance_dict(object);
    if (values == NULL && dict == NULL)
        return traverse_own(object, visit, context);
    struct watch watch = {.visit = visit,
                          .context = context,
                          .expected =
                              dict != NULL ? dict : first_value(values)};
    int answer = traverse_own(object, visit_watching, &watch);
    if (answer != 0 || watch.seen || watch.expected == NULL)
        return answer;
    return dict != NULL ? visit(dict, context)
                        : visit_values(values, visit, context);
}

#endif
