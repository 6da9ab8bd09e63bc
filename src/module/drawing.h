/* drawing.h - `draw`: the drawing program, from Python
 *
 * Private to module. */
#ifndef RG_MODULE_DRAWING_H
#define RG_MODULE_DRAWING_H

#include <Python.h>

/* draw(program, arguments, data, timeout) -> (reason, output, messages) */
PyObject *rg__draw(PyObject *module, PyObject *args, PyObject *kwargs);
extern const char rg__draw_doc[];

#endif
