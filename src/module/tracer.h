/* tracer.h - stopping at a mark before CPython 3.12
 *
 * Private to module. */
#ifndef RG_MODULE_TRACER_H
#define RG_MODULE_TRACER_H

#include <Python.h>

extern const char rg__trace_doc[];

/* _core.trace(match, hit, line); _core.untrace() */
PyObject *rg__trace(PyObject *module, PyObject *args);
PyObject *rg__untrace(PyObject *module, PyObject *unused);

#endif
