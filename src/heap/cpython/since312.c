/* since312.c - what CPython 3.12 to 3.15 share */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_runtime.h>
#undef Py_BUILD_CORE

#include "heap/cpython/c_types.h"
#include "heap/cpython/era.h"

/* The collector
 *
 * Its lists have frozen objects, and what 3.12 itself sets aside at the first
 * collection; before 3.14 PyUnstable_GC_VisitObjects has not.  And it writes to
 * every object, which copies the heap of a process that was forked.  But where
 * an interpreter keeps the lists may change within a minor version.  So CPython
 * is asked, each time, for the first object of its walk: in front of it stands
 * the head of a list, and only when that is where it is expected are the lists
 * read. */

static int take_list_head(PyObject *first, void *context)
{
    *(PyGC_Head **)context = _PyGCHead_PREV((PyGC_Head *)first - 1);
    return 0;   /* no more */
}

struct _gc_runtime_state *rg__collector(void)
{
    struct _gc_runtime_state *gc = rg__expected_collector();
    PyGC_Head *head = NULL;
    PyUnstable_GC_VisitObjects(take_list_head, &head);
    for (int i = 0; gc != NULL && i < NUM_GENERATIONS; i++)
        if (head == rg__generation_list(gc, i))
            return gc;
    return NULL;
}

struct visiting {
    rg__object_fn visit;
    void *context;
    enum rg_status status;
};

static int visit_object(PyObject *object, void *context)
{
    struct visiting *visiting = context;
    if (visiting->status == RG_OK && !rg__is_intern_table(object))
        visiting->status = visiting->visit(visiting->context, object);
    return visiting->status == RG_OK;
}

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    struct _gc_runtime_state *gc = rg__collector();
    return gc != NULL ? rg__generations_walk(gc, visit, context)
                      : rg__gc_walk_publicly(visit, context);
}

const bool rg__public_walk_makes_nothing = true;

enum rg_status rg__gc_walk_publicly(rg__object_fn visit, void *context)
{
    struct visiting visiting = {.visit = visit, .context = context};
    PyUnstable_GC_VisitObjects(visit_object, &visiting);
    return visiting.status;
}

bool rg__gc_lists_frozen(bool publicly)
{
    return rg__visit_lists_frozen || (!publicly && rg__collector() != NULL);
}

bool rg__str_is_ready(PyObject *str)
{
    (void)str;  /* legacy strings are gone */
    return true;
}

PyObject *rg__function_type_params(PyObject *function)
{
    return ((PyFunctionObject *)function)->func_typeparams;
}

/* The tp_dict of a static type of CPython's own is NULL: each interpreter has
 * its own, which lives as long as the interpreter. */
PyObject *rg__type_dict(PyTypeObject *type)
{
    PyObject *dict = PyType_GetDict(type);
    Py_XDECREF(dict);
    return dict;
}

bool rg__may_be_own(const PyTypeObject *type)
{
    return type->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN;
}

PyObject *rg__type_subclasses(PyTypeObject *type)
{
    return type->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN ? NULL
                                                       : type->tp_subclasses;
}

/* Code is part of the frame, and stays behind when the frame is gone. */
void rg__generator_parts(PyObject *generator, struct rg__generator *parts)
{
    const PyGenObject *gen = (PyGenObject *)generator;
    *parts = (struct rg__generator){.name = gen->gi_name,
                                    .qualname = gen->gi_qualname,
                                    .handled = gen->gi_exc_state.exc_value};
    if (gen->gi_frame_state >= FRAME_CLEARED)
        parts->code = (PyObject *)PyGen_GetCode((PyGenObject *)generator);
    Py_XDECREF(parts->code);    /* borrowed: the generator has it */
}

const bool rg__has_named_generations = false;

bool rg__is_immortal(PyObject *object)
{
    return _Py_IsImmortal(object);
}

/* Between the two stands a record that no code belongs to. */
bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    const _PyInterpreterFrame *record = frame->record;
    return record->previous == NULL || !rg__is_complete(record->previous);
}
