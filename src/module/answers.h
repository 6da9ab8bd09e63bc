/* answers.h - the answers of a graph as plain Python data
 *
 * Private to module. */
#ifndef RG_MODULE_ANSWERS_H
#define RG_MODULE_ANSWERS_H

#include <Python.h>

#include "graph/graph.h"

/* A new dict of lists of dicts (python/referrers/_core.pyi says which), or
 * NULL with an exception set. */
PyObject *rg__answers(const struct rg_graph *graph);

/* What rg_explain_text writes, as a str. */
PyObject *rg__explanation(const struct rg_graph *graph);

#endif
