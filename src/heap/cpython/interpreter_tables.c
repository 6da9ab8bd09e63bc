/* interpreter_tables.c - what an interpreter keeps for itself
 *
 * The fields of its struct move between patch releases of one version (3.13.1,
 * 3.14.5), so they are read only when landmarks around them stand where this
 * file was compiled to find them. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"
#include "heap/word.h"

/* Where it keeps warnings' registry and default action is compared with what
 * the module _warnings shows, and where it has its first thread with the
 * oldest thread there is: when both fit, so does what lies between. */

static bool first_thread_fits(const PyInterpreterState *interpreter)
{
#ifdef RG__FIRST_THREAD
    return &interpreter->RG__FIRST_THREAD == rg__oldest_thread();
#else
    (void)interpreter;
    return rg__oldest_thread() != NULL;
#endif
}

static bool landmarks_fit(const PyInterpreterState *interpreter,
                          PyObject *modules)
{
    PyObject *warnings =
        modules == NULL ? NULL : rg__dict_find(modules, "_warnings");
    PyObject *names = warnings == NULL || !PyModule_Check(warnings)
                          ? NULL
                          : PyModule_GetDict(warnings);
    PyObject *registry = interpreter->warnings.once_registry;
    return names != NULL && registry != NULL &&
           rg__dict_find(names, "_onceregistry") == registry &&
           rg__dict_find(names, "_defaultaction") ==
               interpreter->warnings.default_action &&
           first_thread_fits(interpreter);
}

/* What stands in a table; NULL: nothing. */
struct table_entry {
    enum rg__table table;
    PyObject *object;
};

static enum rg_status walk_entries(const struct table_entry *entries,
                                   size_t count, rg__table_fn visit,
                                   void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        if (entries[i].object != NULL)
            status = visit(context, entries[i].table, entries[i].object, 0);
    return status;
}

#ifdef RG__ATEXIT_IS_ARRAY
static enum rg_status walk_atexit(const PyInterpreterState *interpreter,
                                  rg__table_fn visit, void *context)
{
    const struct atexit_state *state = &interpreter->atexit;
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < state->ncallbacks; i++) {
        if (state->callbacks[i] == NULL)
            continue;
        const struct table_entry entries[] = {
            {RG__TABLE_ATEXIT_CALLBACK, state->callbacks[i]->func},
            {RG__TABLE_ATEXIT_ARGUMENTS, state->callbacks[i]->args},
            {RG__TABLE_ATEXIT_KEYWORDS, state->callbacks[i]->kwargs}};
        status = walk_entries(entries, sizeof entries / sizeof *entries, visit,
                              context);
    }
    return status;
}
#else
static enum rg_status walk_atexit(const PyInterpreterState *interpreter,
                                  rg__table_fn visit, void *context)
{
    const struct table_entry entry = {RG__TABLE_ATEXIT,
                                      interpreter->atexit.callbacks};
    return walk_entries(&entry, 1, visit, context);
}
#endif

static enum rg_status walk_monitoring(const PyInterpreterState *interpreter,
                                      rg__table_fn visit, void *context)
{
    enum rg_status status = RG_OK;
#ifdef RG__HAS_MONITORING
    for (int tool = 0; status == RG_OK && tool < PY_MONITORING_TOOL_IDS; tool++)
        for (int i = 0; status == RG_OK && i < _PY_MONITORING_EVENTS; i++) {
            PyObject *callable = interpreter->monitoring_callables[tool][i];
            if (callable != NULL)
                status = visit(context, RG__TABLE_MONITORING, callable, tool);
        }
#else
    (void)interpreter;
    (void)visit;
    (void)context;
#endif
    return status;
}

/* The module faulthandler keeps files in the runtime, and since 3.14 its
 * traverse does not say so.  That it names this interpreter there shows that it
 * stands where this file was compiled to find it; nothing else does, so that
 * the signals of who has never called faulthandler.enable() are not read. */
#ifdef RG__FAULTHANDLER_IS_SILENT
static enum rg_status walk_faulthandler(const PyInterpreterState *interpreter,
                                        rg__table_fn visit, void *context)
{
    const struct _faulthandler_runtime_state *state = &_PyRuntime.faulthandler;
    bool is_here = state->fatal_error.interp == interpreter;
    const struct table_entry entries[] = {
        {RG__TABLE_FAULTHANDLER, is_here ? state->fatal_error.file : NULL},
        {RG__TABLE_FAULTHANDLER_LATER,
         state->thread.interp == interpreter ? state->thread.file : NULL}};
    enum rg_status status =
        walk_entries(entries, sizeof entries / sizeof *entries, visit, context);
    if (!is_here || state->user_signals == NULL)
        return status;
    for (int i = 0; status == RG_OK && i < Py_NSIG; i++) {
        const struct faulthandler_user_signal *user = &state->user_signals[i];
        const struct table_entry entry = {RG__TABLE_FAULTHANDLER_USER,
                                          user->file};
        if (user->enabled && user->interp == interpreter)
            status = walk_entries(&entry, 1, visit, context);
    }
    return status;
}
#else
static enum rg_status walk_faulthandler(const PyInterpreterState *interpreter,
                                        rg__table_fn visit, void *context)
{
    (void)interpreter;
    (void)visit;
    (void)context;
    return RG_OK;
}
#endif

enum rg_status rg__tables_walk(PyObject *modules, rg__table_fn visit,
                               void *context)
{
    const PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (!landmarks_fit(interpreter, modules))
        return RG_OK;
    const struct table_entry entries[] = {
        {RG__TABLE_CODEC_SEARCH, interpreter->RG__CODEC_SEARCH},
        {RG__TABLE_CODEC_CACHE, interpreter->RG__CODEC_CACHE},
        {RG__TABLE_CODEC_ERRORS, interpreter->RG__CODEC_ERRORS},
        {RG__TABLE_FORK_BEFORE, interpreter->before_forkers},
        {RG__TABLE_FORK_PARENT, interpreter->after_forkers_parent},
        {RG__TABLE_FORK_CHILD, interpreter->after_forkers_child},
        {RG__TABLE_AUDIT, interpreter->audit_hooks},
        {RG__TABLE_MODULES, interpreter->RG__MODULES_BY_INDEX},
        {RG__TABLE_INTERPRETER_DICT, interpreter->dict},
#ifdef RG__HAS_COPY_OF_SYS
        {RG__TABLE_MODULE_COPY, interpreter->sysdict_copy},
#endif
        {RG__TABLE_MODULE_COPY, interpreter->builtins_copy}};
    enum rg_status status =
        walk_entries(entries, sizeof entries / sizeof *entries, visit, context);
    if (status == RG_OK)
        status = walk_atexit(interpreter, visit, context);
    if (status == RG_OK)
        status = walk_monitoring(interpreter, visit, context);
    if (status == RG_OK)
        status = walk_faulthandler(interpreter, visit, context);
    return status;
}
