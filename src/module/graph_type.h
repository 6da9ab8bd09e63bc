/* graph_type.h - the Python type around a referrer graph
 *
 * Private to module. */
#ifndef RG_MODULE_GRAPH_TYPE_H
#define RG_MODULE_GRAPH_TYPE_H

#include <Python.h>

#include "base/error.h"
#include "graph/graph.h"

/* The type, for one module object; a new reference, or NULL with an exception
 * set. */
PyTypeObject *rg__graph_type_new(PyObject *module);

/* An object of that type around a graph, which it takes over, on failure too.
 * NULL with an exception set. */
PyObject *rg__graph_object_take(PyTypeObject *type, struct rg_graph *graph);

/* The graph inside such an object, which keeps it. */
const struct rg_graph *rg__graph_borrow(PyObject *self);

/* Sets the exception that belongs to an error; returns NULL. */
PyObject *rg__raise(const struct rg_error *error);

/* A poll that asks for signals; RG_EINTERRUPT: a handler raised something. */
enum rg_status rg__ask_signals(void *unused);

#endif
