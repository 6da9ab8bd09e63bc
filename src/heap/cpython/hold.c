/* hold.c - references to objects that another process has found
 *
 * By their addresses, while CPython has stopped all threads for a visit of the
 * objects: what it does not bring is gone, or was never tracked, and what has
 * another type by now is another object. */
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
    size_t count;
    PyObject **held; /* by place */
};

static int by_object(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)((const struct wanted *)left)->object;
    uintptr_t b = (uintptr_t)((const struct wanted *)right)->object;
    return (a > b) - (a < b);
}

static int hold_one(PyObject *object, void *context)
{
    struct holding *holding = context;
    const struct wanted key = {.object = object};
    const struct wanted *found =
        rg_sort_find(holding->wanted, holding->count, sizeof *holding->wanted,
                     &key, by_object);
    if (found != NULL && Py_TYPE(object) == found->type &&
        rg__refcount(object) > 0) {
        Py_INCREF(object);
        holding->held[found->place] = object;
    }
    return 1; /* go on */
}

enum rg_status rg_heap_hold(PyObject **objects, PyTypeObject *const *types,
                            size_t count)
{
    struct holding holding = {.count = count, .held = objects};
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
    rg_free(holding.wanted);
    return RG_OK;
}
