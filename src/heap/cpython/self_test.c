/* self_test.c - whether what is known of CPython is true of this one
 *
 * Run at import, with what it calls for: objects are made, code runs. */
#include <Python.h>

#include "heap/cpython/version.h"
#include "heap/heap.h"

static bool has_known_value(PyObject *instance)
{
    PyObject *name, *value = NULL, *dict = rg__instance_dict(instance);
    if (RG__ATTRIBUTES == RG__ATTRIBUTES_IN_DICT)
        return dict != NULL && PyDict_CheckExact(dict) &&
               PyDict_GetItemString(dict, "known") == Py_None;
    for (Py_ssize_t i = 0; i < rg__inline_count(instance); i++)
        if (rg__inline_item(instance, i, &name, &value))
            return dict == NULL && value == Py_None &&
                   PyUnicode_CompareWithASCIIString(name, "known") == 0;
    return false;
}

/* An instance of a class like any other, with one attribute; NULL when memory
 * is short. */
static PyObject *new_instance(void)
{
    PyObject *type =
        PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Known");
    PyObject *instance = type == NULL ? NULL : PyObject_CallObject(type, NULL);
    Py_XDECREF(type);
    if (instance != NULL &&
        PyObject_SetAttrString(instance, "known", Py_None) < 0)
        Py_CLEAR(instance);
    return instance;
}

/* The caller's frame, compared by address before anything in it is followed. */
static bool caller_fits(void)
{
    struct rg__frame frame;
    PyThreadState *thread = PyThreadState_Get();
    PyFrameObject *known = PyThreadState_GetFrame(thread);
    if (known == NULL)
        return true; /* called from C alone: nothing to compare with */
    PyCodeObject *code = PyFrame_GetCode(known);
    bool fits = rg__frame_of_thread(thread, &frame) && frame.code == code &&
                frame.object == (PyObject *)known;
    Py_DECREF(code);
    Py_DECREF(known);
    return fits;
}

/* A namespace with a suspended generator whose one variable is the function
 * that made it; NULL when memory is short. */
static PyObject *new_generator(void)
{
    static const char program[] = "def known(value):\n"
                                  "    yield value\n"
                                  "generator = known(known)\n"
                                  "next(generator)\n";
    PyObject *names = PyDict_New(), *done = NULL;
    if (names != NULL &&
        PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) == 0)
        done = PyRun_String(program, Py_file_input, names, names);
    if (done == NULL)
        Py_CLEAR(names);
    Py_XDECREF(done);
    return names;
}

static bool generator_fits(PyObject *names)
{
    struct rg__frame frame;
    enum rg__slot_kind kind;
    PyObject *generator = PyDict_GetItemString(names, "generator");
    PyObject *function = PyDict_GetItemString(names, "known"), *name, *awaited;
    return rg__frame_of_generator(generator, &frame, &awaited) &&
           (PyObject *)frame.code == PyFunction_GET_CODE(function) &&
           (frame.function == NULL || frame.function == function) &&
           frame.globals == names && awaited == NULL && frame.slot_count == 1 &&
           rg__frame_slot(&frame, 0, &name, &kind) == function &&
           PyUnicode_CompareWithASCIIString(name, "value") == 0;
}

/* RG_MISFIT_LISTS or 0, and so on. */

/* What a new list is: told by its own header where there are no lists. */
static bool headers_fit(void)
{
    PyObject *list = PyList_New(0);
    PyErr_Clear(); /* said when memory is needed for something */
    if (list == NULL)
        return true;
    bool fit = rg__threading_fits() && rg__refcount(list) == 1;
    Py_INCREF(list);
    fit = fit && rg__refcount(list) == 2 && !rg__is_immortal(list);
    Py_DECREF(list);
    Py_DECREF(list);
    return fit && rg__is_immortal(Py_None);
}

static unsigned lists_misfit(void)
{
    if (rg_heap_needs_fork)
        return headers_fit() ? 0 : RG_MISFIT_LISTS;
    struct _gc_runtime_state *gc = rg__collector();
    PyObject *newest = gc == NULL ? NULL : PyList_New(0);
    bool fit = newest == NULL || rg__generations_fit(gc, newest);
    PyErr_Clear(); /* said when memory is needed for something */
    Py_XDECREF(newest);
    return fit ? 0 : RG_MISFIT_LISTS;
}

static enum rg_status test_attributes(unsigned *misfits)
{
    PyObject *instance = new_instance();
    if (instance == NULL)
        return RG_ENOMEM;
    if (!has_known_value(instance))
        *misfits |= RG_MISFIT_ATTRIBUTES;
    Py_DECREF(instance);
    return RG_OK;
}

/* Where frames are not what they should be, looking into one could end the
 * process: the offsets are asked first. */
static enum rg_status test_frames(unsigned *misfits)
{
    if (!rg__frame_offsets_fit()) {
        *misfits |= RG_MISFIT_FRAMES;
        return RG_OK;
    }
    PyObject *names = new_generator();
    if (names == NULL)
        return RG_ENOMEM;
    if (!caller_fits() || !generator_fits(names))
        *misfits |= RG_MISFIT_FRAMES;
    PyDict_Clear(names); /* the function refers to them */
    Py_DECREF(names);
    return RG_OK;
}

enum rg_status rg__layout_self_test(unsigned *misfits)
{
    *misfits = lists_misfit();
    enum rg_status status = test_attributes(misfits);
    if (status == RG_OK)
        status = test_frames(misfits);
    return status;
}
