/* tables.c - whether the interpreter's struct is where and what we think
 *
 * Its fields move between patch releases of one version (3.13.1, 3.14.5), so
 * they are read only when landmarks around them stand where this file was
 * compiled to find them. */
#include <Python.h>

#include "heap/cpython/era.h"
#include "heap/word.h"

static const PyThreadState *oldest_thread(void)
{
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    const PyThreadState *oldest = thread;
    for (; thread != NULL; thread = PyThreadState_Next(thread))
        if (thread->id < oldest->id)
            oldest = thread;
    return oldest;
}

bool rg__marks_fit(const struct rg__interpreter_marks *marks,
                   PyObject *modules)
{
    PyObject *warnings =
        modules == NULL ? NULL : rg__dict_find(modules, "_warnings");
    PyObject *names = warnings == NULL || !PyModule_Check(warnings)
                          ? NULL
                          : PyModule_GetDict(warnings);
    return names != NULL && marks->once_registry != NULL &&
           rg__dict_find(names, "_onceregistry") == marks->once_registry &&
           rg__dict_find(names, "_defaultaction") == marks->default_action &&
           (marks->first_thread == NULL ||
            marks->first_thread == oldest_thread());
}

enum rg_status rg__entries_walk(const struct rg__table_entry *entries,
                                size_t count, rg__table_fn visit,
                                void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        if (entries[i].object != NULL)
            status = visit(context, entries[i].table, entries[i].object);
    return status;
}
