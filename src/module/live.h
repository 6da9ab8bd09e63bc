/* live.h - live objects handed to Python: those of a type, those of a frame
 *
 * Private to module. */
#ifndef RG_MODULE_LIVE_H
#define RG_MODULE_LIVE_H

#include <Python.h>

extern const char rg__instances_doc[], rg__variables_doc[];

/* _core.instances(name, most) */
PyObject *rg__instances(PyObject *module, PyObject *args);

/* _core.variables(frame) */
PyObject *rg__variables(PyObject *module, PyObject *frame);

#endif
