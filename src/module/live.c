#define PY_SSIZE_T_CLEAN
#include "module/live.h"

#include <frameobject.h> /* PyFrame_Check, which 3.10 has only there */

#include "heap/heap.h"
#include "module/graph_type.h"
#include "module/live_forked.h"
#include "module/look.h"
#include "module/state.h"

const char rg__instances_doc[] =
    "instances($module, name, most, /)\n"
    "--\n"
    "\n"
    "The live objects of the type called `name` (module.qualname, or qualname\n"
    "alone): a list of the first `most` (None: all), how many there are, the\n"
    "full names of the types that `name` means (with more than one there are\n"
    "no objects), and whether such objects can be listed at all.";

const char rg__variables_doc[] =
    "variables($module, frame, /)\n"
    "--\n"
    "\n"
    "A dict of the variables of a frame, read without frame.f_locals.";

/* The list is filled before any other code can run; it takes over the
 * references to `held` objects. */
static PyObject *object_list(const struct rg_instances *found, size_t held)
{
    PyObject *list = PyList_New((Py_ssize_t)held);
    for (size_t i = 0; i < held; i++)
        if (list != NULL)
            PyList_SET_ITEM(list, (Py_ssize_t)i, found->objects[i]);
        else
            Py_DECREF(found->objects[i]);
    return list;
}

/* In this process.  0, or -1 with *error. */
static int find_here(const struct rg_query *how, const char *name, size_t most,
                     struct rg_instances *found, size_t *held,
                     struct rg_error *error)
{
    *held = 0;
    if (rg_heap_instances(how, name, found, error) != 0)
        return -1;
    *held = found->count < most ? found->count : most;
    for (size_t i = 0; i < *held; i++)
        Py_INCREF(found->objects[i]);
    return 0;
}

static PyObject *name_list(const struct rg_instances *found)
{
    PyObject *text =
        PyUnicode_DecodeUTF8(found->names.size == 0 ? "" : found->names.data,
                             (Py_ssize_t)found->names.size, "replace");
    PyObject *names = text == NULL ? NULL : PyUnicode_Splitlines(text, 0);
    Py_XDECREF(text);
    return names;
}

static PyObject *answer_of(const struct rg_instances *found, size_t held)
{
    PyObject *list = object_list(found, held);
    PyObject *names = list == NULL ? NULL : name_list(found);
    PyObject *answer =
        names == NULL
            ? NULL
            : Py_BuildValue("OnOO", list, (Py_ssize_t)found->count, names,
                            found->is_listable ? Py_True : Py_False);
    Py_XDECREF(list);
    Py_XDECREF(names);
    return answer;
}

PyObject *rg__instances(PyObject *module, PyObject *args)
{
    const char *name;
    PyObject *limit;
    size_t most = SIZE_MAX;
    if (!PyArg_ParseTuple(args, "sO:instances", &name, &limit))
        return NULL;
    if (limit != Py_None) {
        most = PyLong_AsSize_t(limit);
        if (most == (size_t)-1 && PyErr_Occurred())
            return NULL;
    }
    struct rg_instances found;
    struct rg_error error = {0};
    PyObject *answer = NULL;
    struct rg_progress progress = {.descriptor = rg__state_of(module)->progress,
                                   .what = "searching"};
    /* Up to 3.11 the allocation of a list can start a collection, which would
     * free what was found. */
    int was_enabled = PyGC_Disable();
    struct rg_facts facts;
    unsigned misfits = rg__state_of(module)->misfits;
    rg_heap_ask(&facts, misfits);
    const struct rg_query how = {.misfits = misfits,
                                 .facts = &facts,
                                 .ask = rg__look_ask,
                                 .ask_context = &progress};
    size_t held;
    if ((rg_heap_needs_fork
             ? rg__forked_instances(&how, name, most,
                                    rg__state_of(module)->niceness, &progress,
                                    &found, &held, &error)
             : find_here(&how, name, most, &found, &held, &error)) == 0)
        answer = answer_of(&found, held);
    rg_heap_asked(&facts);
    if (was_enabled)
        PyGC_Enable();
    rg_progress_end(&progress);
    rg_instances_free(&found);
    if (answer == NULL && !PyErr_Occurred()) {
        if (error.status != RG_EINTERRUPT)
            return rg__raise(&error);
        if (rg__look_interrupted() == 0)
            PyErr_SetString(PyExc_RuntimeError, "interrupted");
    }
    return answer;
}

static int put_variable(void *context, PyObject *name, PyObject *value)
{
    return PyDict_SetItem(context, name, value);
}

/* Where frames are not laid out as expected Python itself has to be asked. */
static int put_locals(PyObject *frame, PyObject *variables)
{
    PyObject *locals = PyObject_GetAttrString(frame, "f_locals");
    int failed = locals == NULL ? -1 : PyDict_Update(variables, locals);
    Py_XDECREF(locals);
    return failed;
}

PyObject *rg__variables(PyObject *module, PyObject *frame)
{
    if (!PyFrame_Check(frame)) {
        PyErr_Format(PyExc_TypeError, "a frame is needed, not %s",
                     Py_TYPE(frame)->tp_name);
        return NULL;
    }
    PyObject *variables = PyDict_New();
    int failed = variables == NULL ? -1
                 : rg__state_of(module)->misfits & RG_MISFIT_FRAMES
                     ? put_locals(frame, variables)
                     : rg_heap_variables(frame, put_variable, variables);
    if (failed)
        Py_CLEAR(variables);
    return variables;
}
