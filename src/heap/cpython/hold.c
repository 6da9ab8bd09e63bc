/* hold.c - references to objects that another process has found
 *
 * By their addresses, while CPython has stopped all threads for a visit of the
 * objects: what neither it nor an object that it brings leads to is gone, and
 * what has another type by now is another object. */
#include <Python.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "heap/cpython/cpython.h"
#include "heap/heap.h"

struct wanted {
    const PyObject *object;
    const PyTypeObject *type;
    size_t place;
};

struct holding {
    struct wanted *wanted; /* by address */
    size_t count, missing;
    PyObject **held; /* by place */
};

static int by_object(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)((const struct wanted *)left)->object;
    uintptr_t b = (uintptr_t)((const struct wanted *)right)->object;
    return (a > b) - (a < b);
}

static int hold_wanted(PyObject *object, void *context)
{
    struct holding *holding = context;
    const struct wanted key = {.object = object};
    const struct wanted *found =
        rg_sort_find(holding->wanted, holding->count, sizeof *holding->wanted,
                     &key, by_object);
    if (found != NULL && holding->held[found->place] == NULL &&
        Py_TYPE(object) == found->type && rg__refcount(object) > 0) {
        Py_INCREF(object);
        holding->held[found->place] = object;
        holding->missing--;
    }
    return 0; /* to tp_traverse: go on */
}

static int hold_one(PyObject *object, void *context)
{
    hold_wanted(object, context);
    return 1; /* go on */
}

/* What the collector untracked, a tuple of plain values, only its referrers
 * know. */
static int hold_referents(PyObject *object, void *context)
{
    const struct holding *holding = context;
    traverseproc traverse = Py_TYPE(object)->tp_traverse;
    if (traverse != NULL)
        traverse(object, hold_wanted, context);
    return holding->missing > 0;
}

enum rg_status rg_heap_hold(PyObject **objects, PyTypeObject *const *types,
                            size_t count)
{
    struct holding holding = {
        .count = count, .missing = count, .held = objects};
    holding.wanted = rg_alloc(count, sizeof *holding.wanted);
    if (holding.wanted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        holding.wanted[i] = (struct wanted){objects[i], types[i], i};
        objects[i] = NULL;
    }
    rg_sort_in_place(holding.wanted, count, sizeof *holding.wanted, by_object);
    if (count > 0)
        rg__gc_visit(hold_one, &holding);
    if (holding.missing > 0)
        rg__gc_visit(hold_referents, &holding);
    rg_free(holding.wanted);
    return RG_OK;
}
