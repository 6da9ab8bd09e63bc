/* tables.c - what the interpreter itself keeps: handlers, hooks, callbacks
 *
 * A container of the interpreter's is a place where chains end, like a module's
 * namespace; what stands in structs of C is one root more.  read_table.c knows
 * what to call them. */
#include <Python.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "heap/snapshot.h"
#include "heap/word.h"

static int by_container(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)((const struct rg__container *)left)->object;
    uintptr_t b = (uintptr_t)((const struct rg__container *)right)->object;
    return (a > b) - (a < b);
}

const struct rg__container *
rg__find_container(const struct rg__snapshot *snapshot, const PyObject *object)
{
    struct rg__container key = {.object = (PyObject *)object};
    return snapshot->tables.container_count == 0 ||
                   !(PyDict_Check(object) || PyList_Check(object))
               ? NULL
               : bsearch(&key, snapshot->tables.containers,
                         snapshot->tables.container_count, sizeof key,
                         by_container);
}

static enum rg_status add_container(struct rg__snapshot *snapshot,
                                    enum rg__table table, PyObject *object)
{
    void *containers = snapshot->tables.containers;
    if (rg_grow(&containers, &snapshot->tables.container_capacity,
                snapshot->tables.container_count + 1,
                sizeof *snapshot->tables.containers) < 0)
        return RG_ENOMEM;
    snapshot->tables.containers = containers;
    snapshot->tables.containers[snapshot->tables.container_count++] =
        (struct rg__container){.object = object, .table = table};
    return RG_OK;
}

static enum rg_status add_kept(struct rg__snapshot *snapshot,
                               enum rg__table table, PyObject *object,
                               int number)
{
    void *kept = snapshot->tables.kept;
    if (rg_grow(&kept, &snapshot->tables.kept_capacity,
                snapshot->tables.kept_count + 1,
                sizeof *snapshot->tables.kept) < 0)
        return RG_ENOMEM;
    snapshot->tables.kept = kept;
    snapshot->tables.kept[snapshot->tables.kept_count++] =
        (struct rg__kept){.object = object, .table = table, .number = number};
    return RG_OK;
}

/* The list of audit hooks is hidden from the collector, so that no walk finds
 * it: what is in it is listed here. */
static enum rg_status add_audit_hooks(struct rg__snapshot *snapshot,
                                      PyObject *hooks)
{
    enum rg_status status = RG_OK;
    if (!PyList_CheckExact(hooks))
        return RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < PyList_GET_SIZE(hooks); i++)
        if (PyList_GET_ITEM(hooks, i) != NULL)
            status = add_kept(snapshot, RG__TABLE_AUDIT,
                              PyList_GET_ITEM(hooks, i), 0);
    return status;
}

/* Two tools would be needed for two references; what else has the method sees
 * it as a value of its own. */
const struct rg__kept *rg__find_tool_method(const struct rg__snapshot *snapshot,
                                            PyObject *object)
{
    if (!snapshot->tables.has_tool_methods || !PyCFunction_Check(object) ||
        rg__refcount(object) != 1)
        return NULL;
    for (size_t i = 0; i < snapshot->tables.kept_count; i++)
        if (snapshot->tables.kept[i].object == object &&
            snapshot->tables.kept[i].table == RG__TABLE_MONITORING)
            return &snapshot->tables.kept[i];
    return NULL;
}

static enum rg_status add_entry(void *context, enum rg__table table,
                                PyObject *object, int number)
{
    if (table == RG__TABLE_AUDIT)
        return add_audit_hooks(context, object);
    if (table == RG__TABLE_ATEXIT || table == RG__TABLE_ATEXIT_ARGUMENTS)
        ((struct rg__snapshot *)context)->tables.has_atexit_tuples = true;
    if (table == RG__TABLE_MONITORING && PyCFunction_Check(object) &&
        PyCFunction_GET_SELF(object) != NULL)
        ((struct rg__snapshot *)context)->tables.has_tool_methods = true;
    return table < RG__TABLE_CONTAINER_COUNT
               ? add_container(context, table, object)
               : add_kept(context, table, object, number);
}

/* A module that was initialised in one phase leaves a copy of its namespace
 * behind, for when it is imported again. */
static enum rg_status add_module_copies(struct rg__snapshot *snapshot)
{
    PyObject *modules = snapshot->query->facts->modules, *name, *module;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    if (modules == NULL)
        return RG_OK;
    while (status == RG_OK && PyDict_Next(modules, &position, &name, &module)) {
        const PyModuleDef *def =
            PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
        if (def != NULL && def->m_base.m_copy != NULL)
            status = add_container(snapshot, RG__TABLE_MODULE_COPY,
                                   def->m_base.m_copy);
    }
    return status;
}

/* Where asyncio keeps the loops that run now and their tasks, up to 3.13. */
static enum rg_status add_running_tasks(struct rg__snapshot *snapshot)
{
    PyObject *modules = snapshot->query->facts->modules;
    PyObject *module =
        modules == NULL ? NULL : rg__dict_find(modules, "asyncio.tasks");
    PyObject *dict = module == NULL || !PyModule_Check(module)
                         ? NULL
                         : PyModule_GetDict(module);
    PyObject *tasks =
        dict == NULL ? NULL : rg__dict_find(dict, "_current_tasks");
    return tasks == NULL || !PyDict_CheckExact(tasks)
               ? RG_OK
               : add_container(snapshot, RG__TABLE_RUNNING_TASKS, tasks);
}

/* Since 3.14 each thread has its own. */
static enum rg_status add_running_of_threads(struct rg__snapshot *snapshot)
{
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    PyObject *loop, *task;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && thread != NULL &&
           rg__thread_runs(thread, &loop, &task);
         thread = PyThreadState_Next(thread)) {
        if (loop != NULL)
            status = add_kept(snapshot, RG__TABLE_RUNNING_LOOP, loop, 0);
        if (status == RG_OK && task != NULL)
            status = add_kept(snapshot, RG__TABLE_RUNNING_TASK, task, 0);
    }
    return status;
}

static enum rg_status add_signal_handlers(struct rg__snapshot *snapshot)
{
    PyObject *const *handlers = snapshot->query->facts->handlers;
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < RG_SIGNAL_COUNT; i++)
        if (handlers[i] != NULL)
            status = add_kept(snapshot, RG__TABLE_SIGNAL, handlers[i], i);
    return status;
}

enum rg_status rg__list_tables(struct rg__snapshot *snapshot)
{
    for (size_t i = 0; i < RG__TABLE_COUNT; i++)
        snapshot->tables.roots[i] = RG_NONE;
    enum rg_status status =
        rg__tables_walk(snapshot->query->facts->modules, add_entry, snapshot);
    if (status == RG_OK)
        status = add_module_copies(snapshot);
    if (status == RG_OK)
        status = add_running_tasks(snapshot);
    if (status == RG_OK)
        status = add_running_of_threads(snapshot);
    if (status == RG_OK)
        status = add_signal_handlers(snapshot);
    rg_sort_in_place(snapshot->tables.containers,
                     snapshot->tables.container_count,
                     sizeof *snapshot->tables.containers, by_container);
    return status;
}
