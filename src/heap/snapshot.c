#include "heap/snapshot.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/sort.h"
#include "heap/word.h"

enum rg_status rg__poll(struct rg__snapshot *snapshot)
{
    const struct rg_query *query = snapshot->query;
    enum rg_status status =
        query->ask == NULL ? RG_OK : query->ask(query->ask_context);
    if (status != RG_OK && status != RG_ETIMEOUT)
        return status;
    if (snapshot->deadline > 0 && !snapshot->timed_out &&
        (status == RG_ETIMEOUT || rg_now() >= snapshot->deadline)) {
        snapshot->timed_out = true;
        return RG_ETIMEOUT;
    }
    return RG_OK;
}

static int by_dict(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)((const struct rg__namespace *)left)->dict;
    uintptr_t b = (uintptr_t)((const struct rg__namespace *)right)->dict;
    return (a > b) - (a < b);
}

struct rg__namespace *rg__find_namespace(const struct rg__snapshot *snapshot,
                                         const PyObject *dict)
{
    struct rg__namespace key = {.dict = (PyObject *)dict};
    return snapshot->namespaces.count == 0 || dict == NULL ||
                   !PyDict_Check(dict)
               ? NULL
               : bsearch(&key, snapshot->namespaces.items,
                         snapshot->namespaces.count, sizeof key, by_dict);
}

static bool has_prefix(PyObject *name, PyObject *prefix)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(prefix);
    if (PyUnicode_GET_LENGTH(name) < size)
        return false;
    for (Py_ssize_t i = 0; i < size; i++)
        if (PyUnicode_READ_CHAR(name, i) != PyUnicode_READ_CHAR(prefix, i))
            return false;
    return true;
}

static bool is_shown(const struct rg_query *query, PyObject *name)
{
    for (size_t i = 0; i < query->prefix_count; i++)
        if (has_prefix(name, query->prefixes[i]))
            return true;
    return query->all_modules;
}

/* Whether a module name belongs to this package. */
static bool is_our_module(PyObject *name)
{
    static const char package[] = "referrers";
    Py_ssize_t size = sizeof package - 1;
    for (Py_ssize_t i = 0; i < size; i++)
        if (PyUnicode_GET_LENGTH(name) <= i ||
            PyUnicode_READ_CHAR(name, i) != (Py_UCS4)package[i])
            return false;
    return PyUnicode_GET_LENGTH(name) == size ||
           PyUnicode_READ_CHAR(name, size) == '.';
}

static enum rg_status add_namespace(struct rg__snapshot *snapshot,
                                    PyObject *name, PyObject *module)
{
    PyObject *dict = PyModule_Check(module) ? PyModule_GetDict(module) : NULL;
    if (dict == NULL || !PyUnicode_CheckExact(name) || !rg__str_is_ready(name))
        return RG_OK;
    void *namespaces = snapshot->namespaces.items;
    if (rg_grow(&namespaces, &snapshot->namespaces.capacity,
                snapshot->namespaces.count + 1,
                sizeof *snapshot->namespaces.items) < 0)
        return RG_ENOMEM;
    snapshot->namespaces.items = namespaces;
    if (rg__surrounding_of_module(name) != RG__PROGRAM ||
        rg__word_is(name, "_pytest"))
        snapshot->surroundings.are_there = true;
    snapshot->namespaces.items[snapshot->namespaces.count++] =
        (struct rg__namespace){.dict = dict,
                               .name = name,
                               .is_ours = is_our_module(name),
                               .furniture =
                                   (uint8_t)rg__furniture_of_module(name),
                               .is_shown = is_shown(snapshot->query, name),
                               .root = RG_NONE};
    return RG_OK;
}

/* Whether the module calls itself `name`. */
static bool is_own_name(PyObject *dict, PyObject *name)
{
    PyObject *own = rg__dict_find(dict, "__name__");
    return own != NULL && PyUnicode_CheckExact(own) && rg__str_is_ready(own) &&
           PyUnicode_GET_LENGTH(own) == PyUnicode_GET_LENGTH(name) &&
           has_prefix(own, name);
}

/* A module listed under several names keeps the one it calls itself by, else
 * the first of them in alphabetical order. */
static void drop_aliases(struct rg__snapshot *snapshot)
{
    struct rg__namespace *all = snapshot->namespaces.items;
    size_t kept = 0;
    for (size_t i = 0; i < snapshot->namespaces.count; i++) {
        if (kept == 0 || all[kept - 1].dict != all[i].dict)
            all[kept++] = all[i];
        else if (is_own_name(all[i].dict, all[i].name))
            all[kept - 1] = all[i];
    }
    snapshot->namespaces.count = kept;
}

/* Equal dicts are put in order of the names, so that the choice among aliases
 * does not depend on the sorting. */
static int by_dict_and_name(const void *left, const void *right)
{
    int order = by_dict(left, right);
    if (order != 0)
        return order;
    return PyUnicode_Compare(((const struct rg__namespace *)left)->name,
                             ((const struct rg__namespace *)right)->name);
}

enum rg_status rg__list_namespaces(struct rg__snapshot *snapshot)
{
    PyObject *modules = snapshot->query->facts->modules, *name, *module;
    Py_ssize_t position = 0;
    if (modules == NULL)
        return RG_OK;
    while (PyDict_Next(modules, &position, &name, &module)) {
        enum rg_status status = add_namespace(snapshot, name, module);
        if (status != RG_OK)
            return status;
    }
    rg_sort_in_place(snapshot->namespaces.items, snapshot->namespaces.count,
                     sizeof *snapshot->namespaces.items, by_dict_and_name);
    drop_aliases(snapshot);
    return RG_OK;
}
