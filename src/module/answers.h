/* answers.h - the answers of a graph as plain Python data
 *
 * Private to module. */
#ifndef RG_MODULE_ANSWERS_H
#define RG_MODULE_ANSWERS_H

#include <Python.h>

#include "graph/graph.h"

/* A new dict of lists of dicts (python/referrers/_core.pyi says which), or
 * NULL with an exception set.  `names` is a tuple of the lists that are wanted,
 * an empty one for all; `keywords`, which may be NULL, can name a target, of
 * which alone is told then, and ask for paths without their steps. */
PyObject *rg__answers(const struct rg_graph *graph, PyObject *names,
                      PyObject *keywords);

/* What rg_explain_text writes, as a str. */
PyObject *rg__explanation(const struct rg_graph *graph);

#endif
