/* picture.h - pictures: as text, or as lines for the program that draws
 *
 * Private to module; methods of _core.Graph. */
#ifndef RG_MODULE_PICTURE_H
#define RG_MODULE_PICTURE_H

#include <Python.h>

extern const char rg__mermaid_doc[];
PyObject *rg__graph_mermaid(PyObject *graph, PyObject *args, PyObject *kwargs);

extern const char rg__view_lines_doc[];
PyObject *rg__graph_view_lines(PyObject *graph, PyObject *args,
                               PyObject *kwargs);

extern const char rg__json_doc[];
PyObject *rg__graph_json(PyObject *graph, PyObject *args, PyObject *kwargs);

/* Of the module: a graph from its line format; takes bytes. */
extern const char rg__read_lines_doc[];
PyObject *rg__read_lines(PyTypeObject *graph_type, PyObject *lines);

#endif
