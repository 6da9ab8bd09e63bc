/* json_read.h - a graph from what json.loads made of its JSON
 *
 * Private to module. */
#ifndef RG_MODULE_JSON_READ_H
#define RG_MODULE_JSON_READ_H

#include <Python.h>

#include "graph/graph.h"

/* Any object in: a graph that rg_graph_check accepts, or NULL with an
 * exception set, of one line that names the place in the JSON (ValueError).
 * Only exact dicts, lists, strings, numbers are looked into, so that no code
 * of the program runs.  The graph is the caller's. */
struct rg_graph *rg__json_read(PyObject *document);

#endif
