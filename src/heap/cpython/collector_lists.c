/* collector_lists.c - where the collector keeps its lists
 *
 * They have frozen objects, and what 3.12 itself sets aside at the first
 * collection; what CPython offers to everybody has not, before 3.14.  And
 * PyUnstable_GC_VisitObjects writes to every object, which copies the heap of a
 * process that was forked. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

#if RG__LISTS == RG__LISTS_IN_INTERPRETER

struct _gc_runtime_state *rg__collector(void)
{
    return &PyInterpreterState_Get()->gc;
}

bool rg__gc_lists_frozen(bool publicly)
{
    return !publicly; /* they have a list of their own */
}

#else

/* Whether CPython's own walk leaves frozen objects out. */
#ifndef RG__WALK_LACKS_FROZEN
#define RG__WALK_LACKS_FROZEN 0
#endif

#ifdef RG__HAS_NO_LISTS

struct _gc_runtime_state *rg__collector(void)
{
    return NULL;
}

#else

static struct _gc_runtime_state *expected_collector(void)
{
#if RG__LISTS == RG__LISTS_PUBLISHED
    return rg__published_collector();
#else
    return &PyInterpreterState_Get()->gc;
#endif
}

/* Where an interpreter keeps the lists may change within a minor version.  So
 * CPython is asked, each time, for the first object of its walk: in front of it
 * stands the head of a list, and only when that is where it is expected are the
 * lists read. */

static int take_list_head(PyObject *first, void *context)
{
    *(PyGC_Head **)context = _PyGCHead_PREV((PyGC_Head *)first - 1);
    return 0; /* no more */
}

struct _gc_runtime_state *rg__collector(void)
{
    struct _gc_runtime_state *gc = expected_collector();
    PyGC_Head *head = NULL;
    PyUnstable_GC_VisitObjects(take_list_head, &head);
    for (int i = 0; gc != NULL && i < NUM_GENERATIONS; i++)
        if (head == rg__generation_list(gc, i))
            return gc;
    return NULL;
}

#endif

struct visiting {
    rg__object_fn visit;
    void *context;
    enum rg_status status;
};

const bool rg__public_walk_makes_nothing = true;

static int visit_listed(PyObject *object, void *context)
{
    struct visiting *visiting = context;
    if (visiting->status == RG_OK && !rg__is_intern_table(object))
        visiting->status = visiting->visit(visiting->context, object);
    return visiting->status == RG_OK;
}

enum rg_status rg__gc_walk_publicly(rg__object_fn visit, void *context)
{
    struct visiting visiting = {.visit = visit, .context = context};
    PyUnstable_GC_VisitObjects(visit_listed, &visiting);
    return visiting.status;
}

bool rg__gc_lists_frozen(bool publicly)
{
    return !RG__WALK_LACKS_FROZEN || (!publicly && rg__collector() != NULL);
}

#endif

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    struct _gc_runtime_state *gc = rg__collector();
    return gc != NULL ? rg__generations_walk(gc, visit, context)
                      : rg__gc_walk_publicly(visit, context);
}
