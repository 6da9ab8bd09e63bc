/* adapter.h - objects that refer to others and do not tell the collector
 *
 * Objects of these C types are in no list and have no tp_traverse; the walk
 * finds them as referents of others.  Those of a Python class that derives from
 * one may be in a list, and their traverse passes over what is C's.
 *
 * Private to heap. */
#ifndef RG_HEAP_ADAPTER_H
#define RG_HEAP_ADAPTER_H

#include <Python.h>

#include "heap/cpython/c_types.h"
#include "heap/cpython/cpython.h"

struct rg__reader;

/* Whether objects of the type are such. */
bool rg__is_adapted(struct rg__c_types *types, const PyTypeObject *type);

/* Calls `visit` for what an object of such a type refers to by that, and tells
 * it; nothing for others. */
enum rg_status rg__adapted_walk(struct rg__c_types *types, PyObject *object,
                                rg__object_fn visit, void *context);
enum rg_status rg__adapted_read(struct rg__reader *reader);

/* numpy.ndarray (adapter_numpy.c). */
enum rg_status rg__walk_array(struct rg__c_types *types, PyObject *object,
                              rg__object_fn visit, void *context);
enum rg_status rg__read_array(struct rg__reader *reader);

#endif
