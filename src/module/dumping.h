/* dumping.h - a whole heap into a file
 *
 * Private to module. */
#ifndef RG_MODULE_DUMPING_H
#define RG_MODULE_DUMPING_H

#include <Python.h>

PyObject *rg__dump(PyObject *module, PyObject *args);
extern const char rg__dump_doc[];

#endif
