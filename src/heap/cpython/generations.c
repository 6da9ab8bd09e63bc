/* generations.c - the collector's lists, one for each generation
 *
 * For eras that keep them in the interpreter's `gc` (3.10 to 3.13).  Walking
 * them lists frozen objects too, which gc.get_objects() and, before 3.14,
 * PyUnstable_GC_VisitObjects() leave out. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

static enum rg_status walk_list(PyGC_Head *list, rg__object_fn visit,
                                void *context)
{
    for (PyGC_Head *head = _PyGCHead_NEXT(list); head != list;
         head = _PyGCHead_NEXT(head)) {
        /* The next object is fetched while this one is read. */
        __builtin_prefetch(_PyGCHead_NEXT(head));
        enum rg_status status = visit(context, (PyObject *)(head + 1));
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    struct _gc_runtime_state *gc = rg__collector();
    if (gc == NULL)
        return rg__gc_walk_public(visit, context);
    enum rg_status status =
        walk_list(&gc->permanent_generation.head, visit, context);
    for (int i = NUM_GENERATIONS; status == RG_OK && i-- > 0;)
        status = walk_list(&gc->generations[i].head, visit, context);
    return status;
}

bool rg__gc_is_collecting(void)
{
    struct _gc_runtime_state *gc = rg__collector();
    return gc != NULL && gc->collecting;
}
