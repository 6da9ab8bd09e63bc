/* An extension whose types do not heed what `visit` answers: their tp_traverse
 * goes on to the end, whatever it was told, and says that all went well.  It is
 * a fault that no collection ever shows, and common in code written by hand.
 * Compiled by test_heedless.py and memory_failures.py. */
#include <Python.h>

#include <signal.h>

typedef struct {
    PyObject_HEAD PyObject **items;
    Py_ssize_t count;
    Py_ssize_t interrupts_at; /* the visit that a Ctrl-C comes before; once */
    Py_ssize_t traversed;     /* how often */
    Py_ssize_t refused;       /* visits that were answered with a failure */
    Py_ssize_t welcomed;      /* visits answered with 0 after such a one */
} Bag;

static int bag_traverse(PyObject *object, visitproc visit, void *context)
{
    Bag *bag = (Bag *)object;
    Py_ssize_t refused = bag->refused;
    bag->traversed++;
#if PY_VERSION_HEX >= 0x03090000
    (void)visit((PyObject *)Py_TYPE(object), context);
#endif
    for (Py_ssize_t i = 0; i < bag->count; i++) {
        if (i + 1 == bag->interrupts_at) {
            bag->interrupts_at = 0;
            raise(SIGINT);
        }
        if (visit(bag->items[i], context) != 0)
            bag->refused++;
        else if (bag->refused > refused)
            bag->welcomed++;
    }
    return 0;
}

static int bag_clear(PyObject *object)
{
    Bag *bag = (Bag *)object;
    PyObject **items = bag->items;
    Py_ssize_t count = bag->count;
    bag->items = NULL;
    bag->count = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(items[i]);
    PyMem_Free(items);
    return 0;
}

static void bag_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    bag_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

/* Bag(items, times=1): each item so many times over. */
static PyObject *bag_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *list;
    Py_ssize_t times = 1;
    static char *names[] = {"items", "times", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|n", names, &PyList_Type,
                                     &list, &times))
        return NULL;
    Bag *bag = (Bag *)type->tp_alloc(type, 0);
    if (bag == NULL)
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(list);
    bag->items = PyMem_Calloc((size_t)(size * times) + 1, sizeof *bag->items);
    if (bag->items == NULL) {
        Py_DECREF(bag);
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < size * times; i++) {
        bag->items[i] = PyList_GET_ITEM(list, i % size);
        Py_INCREF(bag->items[i]);
        bag->count = i + 1;
    }
    return (PyObject *)bag;
}

static PyObject *interrupt_at(PyObject *object, PyObject *visit)
{
    ((Bag *)object)->interrupts_at = PyLong_AsSsize_t(visit);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* (traversed, refused, welcomed) since it was asked last. */
static PyObject *heard(PyObject *object, PyObject *nothing)
{
    Bag *bag = (Bag *)object;
    PyObject *all =
        Py_BuildValue("nnn", bag->traversed, bag->refused, bag->welcomed);
    (void)nothing;
    bag->traversed = bag->refused = bag->welcomed = 0;
    return all;
}

static PyMethodDef bag_methods[] = {
    {"interrupt_at", interrupt_at, METH_O,
     "Before which visit; the first is 1."},
    {"heard", heard, METH_NOARGS, "(traversed, refused, welcomed)"},
    {NULL, NULL, 0, NULL}};

static PyType_Slot bag_slots[] = {
    {Py_tp_new, bag_new},           {Py_tp_dealloc, bag_dealloc},
    {Py_tp_traverse, bag_traverse}, {Py_tp_clear, bag_clear},
    {Py_tp_methods, bag_methods},   {0, NULL}};

static PyType_Spec bag_spec = {"heedless.Bag", sizeof(Bag), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                               bag_slots};

/* A thread-local of C: its traverse asks threading.local's, and does not heed
 * the answer of that either.  While `is_repeating` it asks a second time, as
 * if all had begun anew; a collection must not see that. */
static int is_repeating;

static int local_traverse(PyObject *object, visitproc visit, void *context)
{
    traverseproc base = Py_TYPE(object)->tp_base->tp_traverse;
    (void)base(object, visit, context);
    if (is_repeating)
        (void)base(object, visit, context);
    return 0;
}

static PyType_Slot local_slots[] = {{Py_tp_traverse, local_traverse},
                                    {0, NULL}};

static PyType_Spec local_spec = {"heedless.Local", 0, 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                 local_slots};

static PyObject *repeat(PyObject *module, PyObject *whether)
{
    (void)module;
    is_repeating = PyObject_IsTrue(whether);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"repeat", repeat, METH_O, "Whether Local says everything twice."},
    {NULL, NULL, 0, NULL}};

static PyObject *make_local(void)
{
    PyObject *thread = PyImport_ImportModule("_thread");
    PyObject *base =
        thread == NULL ? NULL : PyObject_GetAttrString(thread, "_local");
    PyObject *bases = base == NULL ? NULL : PyTuple_Pack(1, base);
    PyObject *type =
        bases == NULL ? NULL : PyType_FromSpecWithBases(&local_spec, bases);
    Py_XDECREF(thread);
    Py_XDECREF(base);
    Py_XDECREF(bases);
    return type;
}

static int fill(PyObject *module)
{
    PyObject *bag = PyType_FromSpec(&bag_spec), *local = make_local();
    if (bag == NULL || local == NULL ||
        PyModule_AddObject(module, "Bag", bag) < 0 ||
        PyModule_AddObject(module, "Local", local) < 0)
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
    PyModuleDef_HEAD_INIT, "heedless", NULL, 0,   methods,
    module_slots,          NULL,       NULL, NULL};

PyMODINIT_FUNC PyInit_heedless(void)
{
    return PyModuleDef_Init(&definition);
}
