/* facts.c - what only the interpreter itself can say
 *
 * The calls in here may make an object, or take memory with malloc: a look
 * makes them before it begins, and a forked child never does. */
#include <Python.h>

#include <signal.h>

#include "heap/cpython/c_types.h"
#include "heap/cpython/cpython.h"
#include "heap/snapshot.h"
#include "heap/word.h"

_Static_assert(RG_SIGNAL_COUNT >= NSIG, "every signal has a place");

/* An exiting interpreter clears sys.modules first, and PyImport_GetModuleDict
 * would then end the process.  PyImport_GetModule knows better; it is asked
 * for a name that nobody has, and only when sys.modules is no dict, because it
 * looks that name up. */
static PyObject *all_modules(void)
{
    PyObject *listed = PySys_GetObject("modules"); /* borrowed */
    if (listed == NULL || !PyDict_Check(listed)) {
        PyObject *name = PyUnicode_FromString("referrers: no module");
        PyObject *module = name == NULL ? NULL : PyImport_GetModule(name);
        bool has_none = name == NULL || PyErr_Occurred() != NULL;
        PyErr_Clear();
        Py_XDECREF(module);
        Py_XDECREF(name);
        if (has_none)
            return NULL;
    }
    return PyImport_GetModuleDict();
}

/* The function that a module of C has as `name`; NULL when the module was not
 * imported, or somebody put another function there. */
static PyObject *c_function(PyObject *modules, const char *module_name,
                            const char *name, int flags)
{
    PyObject *module =
        modules == NULL ? NULL : rg__dict_find(modules, module_name);
    if (module == NULL || !PyModule_Check(module))
        return NULL;
    PyObject *function = rg__dict_find(PyModule_GetDict(module), name);
    return function != NULL && rg__is_function_of(function, module, name, flags)
               ? function
               : NULL;
}

/* Such a function runs nothing but C.  NULL when it raised something. */
static PyObject *call_function(PyObject *function, PyObject *argument)
{
    PyObject *answer = PyCFunction_GET_FUNCTION(function)(
        PyCFunction_GET_SELF(function), argument);
    if (answer == NULL)
        PyErr_Clear();
    return answer;
}

/* What gc.get_freeze_count() says; -1 when gc was not imported. */
static int64_t ask_freeze_count(PyObject *modules)
{
    PyObject *function =
        c_function(modules, "gc", "get_freeze_count", METH_NOARGS);
    PyObject *number = function == NULL ? NULL : call_function(function, NULL);
    int overflow;
    int64_t count =
        number == NULL ? -1 : PyLong_AsLongLongAndOverflow(number, &overflow);
    Py_XDECREF(number);
    return count;
}

static void ask_handlers(struct rg_facts *facts)
{
    PyObject *function =
        c_function(facts->modules, "_signal", "getsignal", METH_O);
    for (int i = 1; function != NULL && i < NSIG; i++) {
        PyObject *number = PyLong_FromLong(i); /* small: none is made */
        PyObject *handler =
            number == NULL ? NULL : call_function(function, number);
        if (handler != NULL && handler != Py_None && !PyLong_Check(handler))
            facts->handlers[i] = handler;
        if (!rg_heap_needs_fork || facts->handlers[i] == NULL)
            Py_XDECREF(handler); /* the table has it */
        Py_XDECREF(number);
    }
}

void rg_heap_ask(struct rg_facts *facts, unsigned misfits)
{
    *facts = (struct rg_facts){.modules = all_modules()};
    if (facts->modules != NULL && !PyDict_Check(facts->modules))
        facts->modules = NULL;
    if (!rg__gc_lists_frozen(misfits & RG_MISFIT_LISTS))
        facts->freeze_count = ask_freeze_count(facts->modules);
    if (rg_heap_needs_fork)
        Py_XINCREF(facts->modules);
    ask_handlers(facts);
}

void rg_heap_asked(struct rg_facts *facts)
{
    if (!rg_heap_needs_fork)
        return;
    Py_CLEAR(facts->modules);
    for (int i = 0; i < RG_SIGNAL_COUNT; i++)
        Py_CLEAR(facts->handlers[i]);
}

uint32_t rg__times_in_facts(const struct rg_facts *facts,
                            const PyObject *object)
{
    if (!rg_heap_needs_fork)
        return 0;
    uint32_t times = facts->modules == object;
    for (int i = 0; i < RG_SIGNAL_COUNT; i++)
        times += facts->handlers[i] == object;
    return times;
}

bool rg_heap_can_be_forked(unsigned misfits)
{
    return !(misfits & RG_MISFIT_LISTS) || rg__public_walk_makes_nothing;
}

static enum rg_status count_object(void *context, PyObject *object)
{
    (void)object;
    ++*(uint64_t *)context;
    return RG_OK;
}

uint64_t rg_heap_count(unsigned misfits)
{
    uint64_t found = 0;
    if (misfits & RG_MISFIT_LISTS)
        rg__gc_walk_publicly(count_object, &found);
    else
        rg__gc_walk(count_object, &found);
    return found;
}
