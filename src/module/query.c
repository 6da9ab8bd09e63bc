#define PY_SSIZE_T_CLEAN
#include "module/query.h"

#include <frameobject.h> /* PyFrame_Check, which 3.10 has only there */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* None: no limit; else an integer of at least `least`. */
static int read_limit(PyObject *value, const char *name, long long least,
                      int64_t *limit)
{
    *limit = -1;
    if (value == Py_None)
        return 0;
    PyObject *number = PyNumber_Index(value);
    if (number == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError,
                         "%s must be an integer or None, not %s", name,
                         Py_TYPE(value)->tp_name);
        return -1;
    }
    int overflow;
    long long read = PyLong_AsLongLongAndOverflow(number, &overflow);
    Py_DECREF(number);
    if (overflow > 0)
        return 0;
    if (overflow < 0 || read < least) {
        PyErr_Format(PyExc_ValueError,
                     "%s must be at least %lld, or None for no limit", name,
                     least);
        return -1;
    }
    *limit = read;
    return 0;
}

static int read_timeout(PyObject *value, double *timeout)
{
    *timeout = 0;
    if (value == Py_None)
        return 0;
    double seconds = PyFloat_AsDouble(value);
    if (seconds == -1 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError,
                         "timeout must be a number of seconds or None, not %s",
                         Py_TYPE(value)->tp_name);
        return -1;
    }
    if (isnan(seconds) || seconds <= 0) {
        PyErr_SetString(PyExc_ValueError, "timeout must be more than 0 "
                                          "seconds, or None for no limit");
        return -1;
    }
    *timeout = isinf(seconds) ? 0 : seconds;
    return 0;
}

static int by_value(const void *left, const void *right)
{
    uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
    return (a > b) - (a < b);
}

/* Ids are what id() gives; one that no address can be excludes nothing. */
static int read_id(PyObject *item, uintptr_t *id)
{
    if (!PyLong_Check(item)) {
        PyErr_Format(PyExc_TypeError,
                     "exclude_object_ids must hold integers as id() gives "
                     "them, not %s",
                     Py_TYPE(item)->tp_name);
        return -1;
    }
    *id = (uintptr_t)PyLong_AsUnsignedLongLong(item);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        *id = 0;
    }
    return 0;
}

/* The items as a tuple; a value that has none is an error that names the
 * option. */
static PyObject *read_sequence(PyObject *value, const char *name)
{
    PyObject *items = PySequence_Tuple(value);
    if (items == NULL && PyErr_ExceptionMatches(PyExc_TypeError) &&
        Py_TYPE(value)->tp_iter == NULL)
        PyErr_Format(PyExc_TypeError, "%s must be iterable or None, not %s",
                     name, Py_TYPE(value)->tp_name);
    return items;
}

static int read_excluded(struct rg__arguments *arguments, PyObject *value)
{
    if (value == Py_None)
        return 0;
    PyObject *ids = read_sequence(value, "exclude_object_ids");
    if (ids == NULL)
        return -1;
    Py_ssize_t count = PyTuple_GET_SIZE(ids);
    int result = -1;
    arguments->excluded = rg_alloc((size_t)count, sizeof *arguments->excluded);
    if (arguments->excluded == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (read_id(PyTuple_GET_ITEM(ids, i), &arguments->excluded[i]) < 0)
            goto done;
    if (count > 1)
        qsort(arguments->excluded, (size_t)count, sizeof *arguments->excluded,
              by_value);
    arguments->query.excluded = arguments->excluded;
    arguments->query.excluded_count = (size_t)count;
    result = 0;
done:
    Py_DECREF(ids);
    return result;
}

static int read_prefixes(struct rg__arguments *arguments, PyObject *value)
{
    arguments->query.all_modules = value == Py_None;
    if (value == Py_None)
        return 0;
    if (PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "module_prefixes must be a list of "
                                         "names, not one str");
        return -1;
    }
    arguments->prefixes = read_sequence(value, "module_prefixes");
    if (arguments->prefixes == NULL)
        return -1;
    Py_ssize_t count = PyTuple_GET_SIZE(arguments->prefixes);
    for (Py_ssize_t i = 0; i < count; i++)
        if (!PyUnicode_CheckExact(PyTuple_GET_ITEM(arguments->prefixes, i))) {
            PyErr_SetString(PyExc_TypeError,
                            "module_prefixes must hold str only");
            return -1;
        }
    arguments->query.prefixes = ((PyTupleObject *)arguments->prefixes)->ob_item;
    arguments->query.prefix_count = (size_t)count;
    return 0;
}

static int collector_has(PyObject *object)
{
    return PyObject_IS_GC(object) && PyObject_GC_IsTracked(object);
}

/* Programs match the beginning. */
#define UNTRACKED "Some target objects are not tracked by the garbage collector"
#define SEARCH \
    "pass search_for_untracked_objects=True to search for them all the same"

int rg__arguments_take_targets(struct rg__arguments *arguments)
{
    Py_ssize_t count = PyList_GET_SIZE(arguments->targets);
    for (Py_ssize_t i = 0; !arguments->query.untracked && i < count; i++) {
        if (collector_has(PyList_GET_ITEM(arguments->targets, i)))
            continue;
        if (arguments->many)
            PyErr_Format(PyExc_ValueError,
                         UNTRACKED ", target_objects[%zd] for one: " SEARCH, i);
        else
            PyErr_SetString(PyExc_ValueError, UNTRACKED ": " SEARCH);
        return -1;
    }
    arguments->query.targets = ((PyListObject *)arguments->targets)->ob_item;
    arguments->query.target_count = (size_t)count;
    arguments->query.hidden = arguments->targets;
    return 0;
}

int rg__arguments_read(struct rg__arguments *arguments, PyObject *args,
                       PyObject *kwargs)
{
    static char *names[] = {"targets",
                            "max_depth",
                            "exclude_object_ids",
                            "module_prefixes",
                            "search_for_untracked_objects",
                            "max_untracked_search_depth",
                            "timeout",
                            "single_object_referrer_limit",
                            "object_limit",
                            "weak",
                            "values",
                            "explain",
                            "sizes",
                            "many",
                            "given",
                            "fork",
                            "asker",
                            NULL};
    PyObject *targets, *depth = Py_None, *excluded = Py_None;
    PyObject *asker = Py_None;
    PyObject *prefixes = Py_None, *untracked_depth = Py_None;
    PyObject *timeout = Py_None, *limit = Py_None, *most = Py_None;
    int untracked = 0, weak = 0, values = 0, explain = 0;
    int sizes = 0, many = 0, fork = 0;
    unsigned long long given = 0;
    struct rg_query *query = &arguments->query;
    *arguments = (struct rg__arguments){0};
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "O|$OOOpOOOOpppppKpO:graph", names, &targets, &depth,
            &excluded, &prefixes, &untracked, &untracked_depth, &timeout,
            &limit, &most, &weak, &values, &explain, &sizes, &many, &given,
            &fork, &asker))
        return -1;
    if (!PyList_Check(targets)) {
        PyErr_Format(PyExc_ValueError, "target_objects must be a list, not %s",
                     Py_TYPE(targets)->tp_name);
        return -1;
    }
    arguments->targets = targets;
    query->call[0] = args;
    query->call[1] = kwargs;
    /* Only compared, until the walk has met a list there: an argument would be
     * held by the call itself. */
    query->given = (PyObject *)(uintptr_t)given;
    query->untracked = untracked;
    query->nobody_asks = asker == Py_False;
    query->asker = PyFrame_Check(asker) ? asker : NULL;
    query->weak = weak;
    query->values = values;
    query->explain = explain;
    query->sizes = sizes;
    if (read_limit(depth, "max_depth", 0, &query->max_depth) < 0 ||
        read_limit(untracked_depth, "max_untracked_search_depth", 0,
                   &query->max_untracked) < 0 ||
        read_limit(limit, "single_object_referrer_limit", 1,
                   &query->group_limit) < 0 ||
        read_limit(most, "object_limit", 1, &query->object_limit) < 0 ||
        read_timeout(timeout, &query->timeout) < 0 ||
        read_excluded(arguments, excluded) < 0 ||
        read_prefixes(arguments, prefixes) < 0)
        return -1;
    arguments->many = many;
    arguments->fork = fork;
    return 0;
}

void rg__arguments_release(struct rg__arguments *arguments)
{
    Py_CLEAR(arguments->prefixes);
    rg_free(arguments->excluded);
    arguments->excluded = NULL;
}
