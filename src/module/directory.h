/* directory.h - opening a directory among files that somebody else arranges
 *
 * Python has no call for openat2, and it is what keeps a path inside the root
 * directory of another process, whatever links and mounts are in it. */
#ifndef RG_MODULE_DIRECTORY_H
#define RG_MODULE_DIRECTORY_H

#include <Python.h>

extern const char rg__open_in_root_doc[];
extern const char rg__open_inside_doc[];

PyObject *rg__open_in_root(PyObject *module, PyObject *args);
PyObject *rg__open_inside(PyObject *module, PyObject *args);

#endif
