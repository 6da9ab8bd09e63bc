/* tables313.c - the interpreter's tables in CPython 3.13 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

static enum rg_status walk_atexit(const struct atexit_state *state,
                                  rg__table_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < state->ncallbacks; i++) {
        if (state->callbacks[i] == NULL)
            continue;
        const struct rg__table_entry entries[] = {
            {RG__TABLE_ATEXIT_CALLBACK, state->callbacks[i]->func},
            {RG__TABLE_ATEXIT_ARGUMENTS, state->callbacks[i]->args},
            {RG__TABLE_ATEXIT_KEYWORDS, state->callbacks[i]->kwargs}};
        status = rg__entries_walk(entries, sizeof entries / sizeof *entries,
                                  visit, context);
    }
    return status;
}

static enum rg_status walk_monitoring(const PyInterpreterState *interpreter,
                                      rg__table_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (int tool = 0; status == RG_OK && tool < PY_MONITORING_TOOL_IDS; tool++)
        for (int i = 0; status == RG_OK && i < _PY_MONITORING_EVENTS; i++) {
            PyObject *callable = interpreter->monitoring_callables[tool][i];
            if (callable != NULL)
                status = visit(context, RG__TABLE_MONITORING, callable);
        }
    return status;
}

enum rg_status rg__tables_walk(PyObject *modules, rg__table_fn visit,
                               void *context)
{
    const PyInterpreterState *interpreter = PyInterpreterState_Get();
    const struct rg__interpreter_marks marks = {
        interpreter->warnings.once_registry,
        interpreter->warnings.default_action, &interpreter->_initial_thread.base};
    if (!rg__marks_fit(&marks, modules))
        return RG_OK;
    const struct rg__table_entry entries[] = {
        {RG__TABLE_CODEC_SEARCH, interpreter->codecs.search_path},
        {RG__TABLE_CODEC_CACHE, interpreter->codecs.search_cache},
        {RG__TABLE_CODEC_ERRORS, interpreter->codecs.error_registry},
        {RG__TABLE_FORK_BEFORE, interpreter->before_forkers},
        {RG__TABLE_FORK_PARENT, interpreter->after_forkers_parent},
        {RG__TABLE_FORK_CHILD, interpreter->after_forkers_child},
        {RG__TABLE_AUDIT, interpreter->audit_hooks},
        {RG__TABLE_MODULES, interpreter->imports.modules_by_index},
        {RG__TABLE_INTERPRETER_DICT, interpreter->dict},
        {RG__TABLE_MODULE_COPY, interpreter->sysdict_copy},
        {RG__TABLE_MODULE_COPY, interpreter->builtins_copy}};
    enum rg_status status = rg__entries_walk(
        entries, sizeof entries / sizeof *entries, visit, context);
    if (status == RG_OK)
        status = walk_atexit(&interpreter->atexit, visit, context);
    if (status == RG_OK)
        status = walk_monitoring(interpreter, visit, context);
    return status;
}
