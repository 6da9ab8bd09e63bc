/* adapter.h - objects that refer to others and do not tell the collector
 *
 * One table, exact type -> how to walk it and how to read it.  Such objects
 * are in no list and have no tp_traverse; the walk finds them as referents of
 * others.
 *
 * Private to heap. */
#ifndef RG_HEAP_ADAPTER_H
#define RG_HEAP_ADAPTER_H

#include <Python.h>

#include "heap/cpython/layout.h"

struct rg__reader;

struct rg__adapter {
    const char *type_name;      /* tp_name of a type that is not Python's */
    enum rg_status (*walk)(PyObject *object, rg__object_fn visit,
                           void *context);
    enum rg_status (*read)(struct rg__reader *reader);
};

/* The adapters of the types asked about lately: the question comes up for
 * every reference of the heap.  Start with all members zero. */
enum { RG__ADAPTER_SLOTS = 64 };

struct rg__adapters {
    const PyTypeObject *types[RG__ADAPTER_SLOTS];
    const struct rg__adapter *adapters[RG__ADAPTER_SLOTS];
};

/* The adapter of a type, or NULL. */
const struct rg__adapter *rg__adapter_of(struct rg__adapters *adapters,
                                         const PyTypeObject *type);

/* numpy.ndarray (adapter_numpy.c). */
enum rg_status rg__walk_array(PyObject *object, rg__object_fn visit,
                              void *context);
enum rg_status rg__read_array(struct rg__reader *reader);

#endif
