/* state.h - what one module object of referrers._core keeps
 *
 * Private to module. */
#ifndef RG_MODULE_STATE_H
#define RG_MODULE_STATE_H

#include <Python.h>

struct rg__state {
    PyTypeObject *graph_type, *heap_type;
    unsigned misfits; /* of enum rg_misfit */
    int progress;     /* a terminal's descriptor, or -1 */
    int niceness;     /* of forked children */
};

static inline struct rg__state *rg__state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

#endif
