/* heap_read.h - a heap from a file
 *
 * Private to module. */
#ifndef RG_MODULE_HEAP_READ_H
#define RG_MODULE_HEAP_READ_H

#include <Python.h>

/* A heap from the file behind a descriptor. */
PyObject *rg__load_heap(PyObject *module, PyObject *descriptor);
extern const char rg__load_heap_doc[];

#endif
