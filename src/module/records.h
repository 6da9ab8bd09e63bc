/* records.h - the table of records as plain Python data
 *
 * Private to module. */
#ifndef RG_MODULE_RECORDS_H
#define RG_MODULE_RECORDS_H

#include <Python.h>

/* What graph/record.h says of the records of a graph ("graph") and of a view
 * ("view"): a new dict of lists, or NULL with an exception set. */
PyObject *rg__records(PyObject *module, PyObject *unused);
extern const char rg__records_doc[];

#endif
