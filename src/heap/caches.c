/* caches.c - containers that never have more than so many items
 *
 * A deque and a functools.lru_cache know their own bounds.  Some dicts of the
 * standard library are emptied when they are full, and zoneinfo's module keeps
 * in C the zones that were used last. */
#include <string.h>

#include "heap/caches.h"
#include "heap/cpython/containers.h"
#include "heap/word.h"

static const struct {
    const char *module, *variable;
    int64_t most;
} dicts[RG__LIBRARY_CACHES] = {{"re", "_cache", 512},
                               {"re", "_cache2", 256},
                               {"_strptime", "_regex_cache", 5},
                               {"urllib.parse", "_parse_cache", 20}};

static void list_library_caches(struct rg__snapshot *snapshot)
{
    snapshot->caches.are_listed = true;
    for (size_t i = 0; i < snapshot->namespaces.count; i++) {
        const struct rg__namespace *namespace = &snapshot->namespaces.items[i];
        for (size_t k = 0; k < RG__LIBRARY_CACHES; k++)
            if (rg__word_is(namespace->name, dicts[k].module))
                snapshot->caches.dicts[k] =
                    rg__dict_find(namespace->dict, dicts[k].variable);
    }
}

int64_t rg__most_items(struct rg__snapshot *snapshot, PyObject *object)
{
    if (!PyDict_CheckExact(object))
        return rg__bound(&snapshot->c_types, object);
    if (!snapshot->caches.are_listed)
        list_library_caches(snapshot);
    for (size_t k = 0; k < RG__LIBRARY_CACHES; k++)
        if (snapshot->caches.dicts[k] == object)
            return dicts[k].most;
    return -1;
}

bool rg__keeps_zones(PyObject *module)
{
    const PyModuleDef *def = PyModule_GetDef(module);
    return def != NULL && strcmp(def->m_name, "_zoneinfo") == 0;
}

bool rg__is_kept_zone(PyObject *module, PyObject *object)
{
    PyObject *type = object != NULL && rg__keeps_zones(module)
                         ? rg__dict_find(PyModule_GetDict(module), "ZoneInfo")
                         : NULL;
    return type != NULL && (PyObject *)Py_TYPE(object) == type;
}
