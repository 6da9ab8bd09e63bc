/* tables314.c - the interpreter's tables in CPython 3.14 and 3.15 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_interp.h>
#undef Py_BUILD_CORE

#include "heap/cpython/era.h"

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
        {RG__TABLE_MODULE_COPY, interpreter->builtins_copy},
        {RG__TABLE_ATEXIT, interpreter->atexit.callbacks}};
    enum rg_status status = rg__entries_walk(
        entries, sizeof entries / sizeof *entries, visit, context);
    if (status == RG_OK)
        status = walk_monitoring(interpreter, visit, context);
    return status;
}
