/* query.h - the arguments of `graph`, checked and in C
 *
 * Private to module. */
#ifndef RG_MODULE_QUERY_H
#define RG_MODULE_QUERY_H

#include <Python.h>
#include <stdbool.h>

#include "heap/heap.h"

struct rg__arguments {
    struct rg_query query;
    PyObject *targets;      /* list, borrowed from the call */
    PyObject *prefixes;     /* tuple of exact str, or NULL; owned */
    uintptr_t *excluded;    /* owned */
};

/* Reads the call's arguments.  0, or -1 with an exception set; to be released
 * in either case. */
int rg__arguments_read(struct rg__arguments *arguments, PyObject *args,
                       PyObject *kwargs);
void rg__arguments_release(struct rg__arguments *arguments);

#endif
