/* generations.c - the collector's lists, one for each generation
 *
 * Reading them finds frozen objects too, which gc.get_objects() and, before
 * 3.14, PyUnstable_GC_VisitObjects() leave out. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
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

enum rg_status rg__generations_walk(struct _gc_runtime_state *gc,
                                    rg__object_fn visit, void *context)
{
    enum rg_status status =
        walk_list(&gc->permanent_generation.head, visit, context);
    for (int i = NUM_GENERATIONS; status == RG_OK && i-- > 0;)
        status = walk_list(&gc->generations[i].head, visit, context);
    return status;
}

bool rg__gc_is_collecting(void)
{
    const struct _gc_runtime_state *gc = rg__collector();
    return gc != NULL && gc->collecting;
}

/* A new object is the last of the youngest generation: the next is the head. */
bool rg__generations_fit(const struct _gc_runtime_state *gc)
{
    PyObject *known = PyList_New(0);
    if (known == NULL) {
        PyErr_Clear();
        return true;    /* said when memory is needed for something */
    }
    PyGC_Head *head = (PyGC_Head *)known - 1;
    bool fits = _PyGCHead_NEXT(head) == &gc->generations[0].head;
    Py_DECREF(known);
    return fits;
}
