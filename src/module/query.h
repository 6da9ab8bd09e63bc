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
    PyObject *targets;   /* list, borrowed from the call */
    PyObject *prefixes;  /* tuple of exact str, or NULL; owned */
    uintptr_t *excluded; /* owned */
    bool many;           /* errors name the index in the list */
    bool fork;           /* look in a forked child */
};

/* Reads the call's arguments but the targets.  0, or -1 with an exception set;
 * to be released in either case. */
int rg__arguments_read(struct rg__arguments *arguments, PyObject *args,
                       PyObject *kwargs);

/* The targets, as they stand in the list now: nothing may run between this and
 * the look.  0, or -1 with an exception set. */
int rg__arguments_take_targets(struct rg__arguments *arguments);

void rg__arguments_release(struct rg__arguments *arguments);

#endif
