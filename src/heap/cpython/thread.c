/* thread.c - what a thread state holds */
#define Py_BUILD_CORE 1
#include <Python.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_tstate.h>
#endif
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

const PyThreadState *rg__oldest_thread(void)
{
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    const PyThreadState *oldest = thread;
    for (; thread != NULL; thread = PyThreadState_Next(thread))
        if (thread->id < oldest->id)
            oldest = thread;
    return oldest;
}

#if PY_VERSION_HEX < 0x030B0000

/* The class and the traceback stand beside the exception, which refers to them
 * as well.  They are told only when it does not. */
int rg__handled_parts(PyObject *type, PyObject *value, PyObject *traceback,
                      PyObject **objects)
{
    int count = 0;
    if (value != NULL && PyExceptionInstance_Check(value)) {
        if (type == (PyObject *)Py_TYPE(value))
            type = NULL;
        if (traceback == ((PyBaseExceptionObject *)value)->traceback)
            traceback = NULL;
    }
    PyObject *const all[RG__HANDLED_PARTS] = {value, type, traceback};
    for (int i = 0; i < RG__HANDLED_PARTS; i++)
        if (all[i] != NULL && all[i] != Py_None)
            objects[count++] = all[i];
    return count;
}

static enum rg_status walk_handled(const _PyErr_StackItem *item,
                                   rg__object_fn visit, void *context)
{
    PyObject *objects[RG__HANDLED_PARTS];
    int count = rg__handled_parts(item->exc_type, item->exc_value,
                                  item->exc_traceback, objects);
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < count; i++)
        status = visit(context, objects[i]);
    return status;
}

#else

static enum rg_status walk_handled(const _PyErr_StackItem *item,
                                   rg__object_fn visit, void *context)
{
    return item->exc_value == NULL || item->exc_value == Py_None
               ? RG_OK
               : visit(context, item->exc_value);
}

#endif

enum rg_status rg__handled_walk(const PyThreadState *thread,
                                rg__object_fn visit, void *context)
{
    const _PyErr_StackItem *item = thread->exc_info;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && item != NULL; item = item->previous_item)
        status = walk_handled(item, visit, context);
    return status;
}

#ifdef RG__THREAD_PARTS
bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word)
{
    const _PyThreadStateImpl *state = (const _PyThreadStateImpl *)thread;
    const struct {
        PyObject *object;
        const char *word;
    } parts[] = {RG__THREAD_PARTS(state)};
    if (!rg__thread_offsets_fit() || i >= (int)(sizeof parts / sizeof *parts))
        return false;
    *object = parts[i].object;
    *word = parts[i].word;
    return true;
}
#else
bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word)
{
    (void)thread;
    (void)i;
    (void)object;
    (void)word;
    return false;
}
#endif

#ifdef RG__RUNNING_LOOP
bool rg__thread_runs(const PyThreadState *thread, PyObject **loop,
                     PyObject **task)
{
    const _PyThreadStateImpl *state = (const _PyThreadStateImpl *)thread;
    if (!rg__thread_offsets_fit())
        return false;
    *loop = state->RG__RUNNING_LOOP;
    *task = state->RG__RUNNING_TASK;
    return true;
}
#else
bool rg__thread_runs(const PyThreadState *thread, PyObject **loop,
                     PyObject **task)
{
    (void)thread;
    (void)loop;
    (void)task;
    return false;
}
#endif

#ifdef RG__LOCAL_KEY
bool rg__stands_for_thread(const PyThreadState *thread, const PyObject *object)
{
    return RG__LOCAL_KEY(thread) == object;
}
#else
/* The thread has one in its dict for each thread-local. */
bool rg__stands_for_thread(const PyThreadState *thread, const PyObject *object)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (thread->dict != NULL &&
           PyDict_Next(thread->dict, &position, &key, &value))
        if (value == object)
            return true;
    return false;
}
#endif
