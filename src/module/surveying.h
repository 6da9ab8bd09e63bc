/* surveying.h - heaps summed up, for Python
 *
 * Private to module. */
#ifndef RG_MODULE_SURVEYING_H
#define RG_MODULE_SURVEYING_H

#include <Python.h>

PyObject *rg__survey_types(PyObject *module, PyObject *heap);
extern const char rg__survey_types_doc[];
PyObject *rg__survey_map(PyObject *module, PyObject *args);
extern const char rg__survey_map_doc[];
PyObject *rg__survey_map_chart(PyObject *module, PyObject *args);
extern const char rg__survey_map_chart_doc[];
PyObject *rg__size_words(PyObject *module, PyObject *number);
extern const char rg__size_words_doc[];
PyObject *rg__survey_growth(PyObject *module, PyObject *args);
extern const char rg__survey_growth_doc[];

#endif
