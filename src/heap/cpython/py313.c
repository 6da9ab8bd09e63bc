/* py313.c - the private layouts of CPython 3.13 alone */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_object.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

const bool rg__visit_lists_frozen = false;

void *rg__generation_list(struct _gc_runtime_state *gc, int i)
{
    return i < NUM_GENERATIONS ? &gc->generations[i].head
                               : &gc->permanent_generation.head;
}

const bool rg__keeps_values_beside_dict = true;

/* Attributes */

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
static const PyDictValues *shared_values(PyObject *object)
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
    PyTypeObject *type = Py_TYPE(object);
    const PyDictValues *values = shared_values(object);
    PyObject *dict =
        rg__inline_values(object) == NULL ? NULL : rg__instance_dict(object);
    if (values == NULL && dict == NULL)
        return type->tp_traverse(object, visit, context);
    struct watch watch = {
        .visit = visit, .context = context,
        .expected = dict != NULL ? dict : first_value(values)};
    int answer = type->tp_traverse(object, visit_watching, &watch);
    if (answer != 0 || watch.seen || watch.expected == NULL)
        return answer;
    return dict != NULL ? visit(dict, context)
                        : visit_values(values, visit, context);
}

/* Frames */

/* Of a record that the C stack owns nothing else can be relied on; others may
 * run what is no code. */
bool rg__is_complete(_PyInterpreterFrame *record)
{
    return record->owner != FRAME_OWNED_BY_CSTACK &&
           PyCode_Check(record->f_executable) &&
           !_PyFrame_IsIncomplete(record);
}

void rg__fill_frame(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    rg__fill_common(record, _PyFrame_GetCode(record),
                    _PyInterpreterFrame_LASTI(record), frame);
    frame->function = record->f_funcobj;
}

PyObject *rg__awaited(const struct rg__frame *frame, int state)
{
    return state == FRAME_SUSPENDED_YIELD_FROM ? rg__frame_top(frame) : NULL;
}
