/* An extension of the kind that the collector cannot look into: a type without
 * tp_traverse that holds an object in its struct, one whose tp_traverse does not
 * tell it, and a function that takes a reference and forgets to give it back.  Compiled by test_native.py. */
#include <Python.h>
#include <stddef.h>

typedef struct {
    PyObject_HEAD double
        weight; /* so that the reference is not the first word */
    PyObject *content;
} Box;

static PyObject *box_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *content;
    static char *names[] = {"content", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", names, &content))
        return NULL;
    Box *box = (Box *)type->tp_alloc(type, 0);
    if (box == NULL)
        return NULL;
    Py_INCREF(content);
    box->content = content;
    return (PyObject *)box;
}

static void box_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(((Box *)object)->content);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyType_Slot slots[] = {
    {Py_tp_new, box_new}, {Py_tp_dealloc, box_dealloc}, {0, NULL}};

static PyType_Spec spec = {"opaque.Box", sizeof(Box), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

static int silent_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    return 0;
}

static void silent_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(((Box *)object)->content);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyType_Slot silent_slots[] = {{Py_tp_new, box_new},
                                     {Py_tp_dealloc, silent_dealloc},
                                     {Py_tp_traverse, silent_traverse},
                                     {0, NULL}};

static PyType_Spec silent_spec = {"opaque.Silent", sizeof(Box), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                  silent_slots};

static PyObject *look_at(PyObject *module, PyObject *object)
{
    (void)module;
    Py_INCREF(object);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"look_at", look_at, METH_O, "Looks at an object, and keeps it."},
    {NULL, NULL, 0, NULL}};

static int fill(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    PyObject *silent = PyType_FromSpec(&silent_spec);
    if (type == NULL || PyModule_AddObject(module, "Box", type) < 0 ||
        silent == NULL || PyModule_AddObject(module, "Silent", silent) < 0 ||
        PyModule_AddIntConstant(module, "OFFSET",
                                (long)offsetof(Box, content)) < 0)
        return -1;
    return 0;
}

static struct PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)fill},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "opaque", NULL, 0,   methods,
    module_slots,          NULL,     NULL, NULL};

PyMODINIT_FUNC PyInit_opaque(void)
{
    return PyModuleDef_Init(&definition);
}
