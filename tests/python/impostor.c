/* An extension that makes types of C under any name, laid out in its own way:
 * the third word is an object, those behind it are no addresses of anything.
 * Compiled by test_c_types.py. */
#include <Python.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    PyObject_HEAD PyObject *content;
    uintptr_t junk[];
} Impostor;

/* Words of a header that is longer without a GIL. */
enum { MORE = sizeof(PyObject) / sizeof(void *) - 2 };

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    if (Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Impostor *)object)->content);
    return 0;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    int is_on_heap = type->tp_flags & Py_TPFLAGS_HEAPTYPE ? 1 : 0;
    if (PyType_IS_GC(type))
        PyObject_GC_UnTrack(object);
    Py_XDECREF(((Impostor *)object)->content);
    type->tp_free(object);
    if (is_on_heap)
        Py_DECREF(type);
}

static PyObject *make_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *content;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O", &content))
        return NULL;
    Impostor *made = (Impostor *)type->tp_alloc(type, 0);
    if (made == NULL)
        return NULL;
    size_t size = (size_t)type->tp_basicsize - sizeof *made;
    Py_INCREF(content);
    made->content = content;
    memset(made->junk, 'A', size);
    return (PyObject *)made;
}

static PyType_Slot slots[] = {
    {Py_tp_new, make_new}, {Py_tp_dealloc, dealloc}, {0, NULL}};
static PyType_Slot gc_slots[] = {{Py_tp_new, make_new},
                                 {Py_tp_dealloc, dealloc},
                                 {Py_tp_traverse, traverse},
                                 {0, NULL}};

static unsigned long flags_for(int has_gc)
{
    return Py_TPFLAGS_DEFAULT | (has_gc ? Py_TPFLAGS_HAVE_GC : 0);
}

/* on_heap(name, words, has_gc, is_immutable) */
static PyObject *on_heap(PyObject *module, PyObject *args)
{
    const char *name;
    int words, has_gc, is_immutable;
    if (!PyArg_ParseTuple(args, "siii", &name, &words, &has_gc, &is_immutable))
        return NULL;
    /* CPython 3.10 keeps the pointer. */
    PyType_Spec spec = {strdup(name), (words + MORE) * (int)sizeof(void *), 0,
                        (unsigned)flags_for(has_gc), has_gc ? gc_slots : slots};
    if (is_immutable)
        spec.flags |= Py_TPFLAGS_IMMUTABLETYPE;
    return PyType_FromModuleAndSpec(module, &spec, NULL);
}

/* in_static(name, words, has_gc): as a static type is; it is never freed. */
static PyObject *in_static(PyObject *module, PyObject *args)
{
    const char *name;
    int words, has_gc;
    (void)module;
    if (!PyArg_ParseTuple(args, "sii", &name, &words, &has_gc))
        return NULL;
    PyTypeObject *type = calloc(1, sizeof *type);
    Py_SET_REFCNT(type, 1);
    type->tp_name = strdup(name);
    type->tp_basicsize = (words + MORE) * (int)sizeof(void *);
    type->tp_flags = flags_for(has_gc);
    type->tp_new = make_new;
    type->tp_dealloc = dealloc;
    type->tp_traverse = has_gc ? traverse : NULL;
    if (PyType_Ready(type) < 0)
        return NULL;
    Py_INCREF(type);
    return (PyObject *)type;
}

static PyMethodDef methods[] = {{"on_heap", on_heap, METH_VARARGS, NULL},
                                {"in_static", in_static, METH_VARARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static struct PyModuleDef_Slot module_slots[] = {
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "impostor", NULL, 0,   methods,
    module_slots,          NULL,       NULL, NULL};

PyMODINIT_FUNC PyInit_impostor(void)
{
    return PyModuleDef_Init(&definition);
}
