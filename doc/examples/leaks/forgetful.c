/* An extension that looks at an object and forgets Py_DECREF. */
#include <Python.h>

static PyObject *look_at(PyObject *module, PyObject *object)
{
    (void)module;
    Py_INCREF(object);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"look_at", look_at, METH_O, "Looks at an object."}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                        "forgetful",
                                        NULL,
                                        0,
                                        methods,
                                        NULL,
                                        NULL,
                                        NULL,
                                        NULL};

PyMODINIT_FUNC PyInit_forgetful(void)
{
    return PyModuleDef_Init(&definition);
}
