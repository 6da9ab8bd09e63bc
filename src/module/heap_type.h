/* heap_type.h - the Python type around a dump that was read
 *
 * Private to module. */
#ifndef RG_MODULE_HEAP_TYPE_H
#define RG_MODULE_HEAP_TYPE_H

#include <Python.h>

/* The type, for one module object; a new reference, or NULL with an exception
 * set. */
PyTypeObject *rg__heap_type_new(PyObject *module);

/* A heap from the file behind a descriptor. */
PyObject *rg__load_heap(PyObject *module, PyObject *descriptor);
extern const char rg__load_heap_doc[];

#endif
