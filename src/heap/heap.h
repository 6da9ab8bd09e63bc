/* heap.h - from live objects to the referrer graph
 *
 * The one crossing from live to detached.  Everything here runs with the GIL
 * held from the first object to the last name, allocates no Python object and
 * runs no Python code; what it returns holds no reference to anything. */
#ifndef RG_HEAP_HEAP_H
#define RG_HEAP_HEAP_H

#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "graph/graph.h"

/* Private layouts of CPython that do not read as they should in the running
 * interpreter.  What depends on them is then found by what objects tell the
 * collector, and has no name; nothing is read that might be something else. */
enum rg_misfit {
    RG_MISFIT_LISTS = 1,        /* frozen objects may be missing */
    RG_MISFIT_ATTRIBUTES = 2,   /* attributes have no names */
    RG_MISFIT_FRAMES = 4        /* running frames are not seen, variables of
                                   suspended and kept ones have no names */
};

/* What is asked.  All pointers are borrowed for the duration of the call. */
struct rg_query {
    PyObject *const *targets;
    size_t target_count;
    PyObject *hidden;           /* neither shown nor followed; may be NULL */
    const uintptr_t *excluded;  /* ids neither shown nor followed, ascending */
    size_t excluded_count;
    PyObject *const *prefixes;  /* exact str; only variables of modules whose
                                   names start with one of them */
    size_t prefix_count;
    bool all_modules;           /* prefixes do not matter */
    bool untracked;             /* a target may be an object the collector
                                   does not track */
    bool leaves;                /* also references to what refers to nothing:
                                   only sizes need them */
    int64_t max_depth;          /* -1: no limit, as for the next two */
    int64_t max_untracked;
    int64_t group_limit;
    double timeout;             /* seconds for the whole; 0: no limit */
    unsigned misfits;           /* of enum rg_misfit; 0: all can be relied on */
};

/* The referrer graph of the targets, owned by the caller; NULL with *error
 * otherwise.  RG_EINTERRUPT: Ctrl-C came during the walk; it was taken from
 * the interpreter, which has to be told again (PyErr_SetInterrupt). */
struct rg_graph *rg_heap_graph(const struct rg_query *query,
                               struct rg_error *error);

/* Reads back what is known, and sets *misfits.  RG_ENOMEM, also when a Python
 * exception is set. */
enum rg_status rg_heap_self_test(unsigned *misfits);

#endif
