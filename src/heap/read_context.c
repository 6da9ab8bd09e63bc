/* read_context.c - context variables and thread-local attributes
 *
 * Both keep their values behind plumbing that nobody would name. */
#include "heap/cpython/containers.h"
#include "heap/read.h"
#include "heap/word.h"

static enum rg_status tell_variable_value(void *context, PyObject *variable,
                                          PyObject *value)
{
    struct rg__reader *reader = context;
    enum rg_status status = rg__tell(
        reader, &(struct rg__told){.value = value,
                                   .kind = RG_CONTEXT_VARIABLE,
                                   .through_plumbing = true,
                                   .name = rg__variable_name(variable)});
    return status == RG_OK
               ? rg__tell(reader, &(struct rg__told){.value = variable,
                                                     .kind = RG_KEY,
                                                     .through_plumbing = true})
               : status;
}

struct context_parts {
    struct rg__reader *reader;
    enum rg_status status;
};

static enum rg_status read_context_part(struct rg__reader *reader,
                                        PyObject *part)
{
    struct rg__c_types *types = &reader->snapshot->c_types;
    if (!rg__c_is(types, part, RG__C_TRIE))
        return rg__tell(reader, &(struct rg__told){.value = part,
                                                   .kind = RG_MEMBER,
                                                   .word = "previous"});
    enum rg_status status = rg__fold(reader, part, "variables");
    return status == RG_OK
               ? rg__trie_walk(types, part, tell_variable_value, reader)
               : status;
}

static int visit_context_part(PyObject *part, void *context)
{
    struct context_parts *parts = context;
    if (parts->status == RG_OK)
        parts->status = read_context_part(parts->reader, part);
    return parts->status == RG_OK ? 0 : -1;
}

enum rg_status rg__read_context(struct rg__reader *reader)
{
    struct context_parts parts = {.reader = reader};
    PyContext_Type.tp_traverse(reader->object, visit_context_part, &parts);
    return parts.status;
}

/* Thread-local attributes */

/* Of which thread the attributes are; NULL: the one that asks, or not known. */
static const PyThreadState *other_thread(PyObject *key)
{
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    const PyObject *dummy = PyWeakref_CheckRefExact(key)
                                ? ((PyWeakReference *)key)->wr_object
                                : key;
    while (thread != NULL && !rg__stands_for_thread(thread, dummy))
        thread = PyThreadState_Next(thread);
    return thread == PyThreadState_Get() ? NULL : thread;
}

/* `conn in thread worker-2`; *length: of the attribute's own name. */
static enum rg_status put_label_in_thread(struct rg__reader *reader,
                                          PyObject *name,
                                          const PyThreadState *thread,
                                          struct rg_buffer *label,
                                          size_t *length)
{
    static const char between[] = " in thread ";
    label->size = 0;
    enum rg_status status = rg__word_str(name, label);
    *length = label->size;
    if (status == RG_OK &&
        rg_buffer_append(label, between, sizeof between - 1) < 0)
        status = RG_ENOMEM;
    return status == RG_OK ? rg__thread_name(reader->snapshot, thread, label)
                           : status;
}

/* The class is called threading.local by everybody but itself. */
static enum rg_status tell_thread_attributes(struct rg__reader *reader,
                                             const PyThreadState *thread,
                                             PyObject *dict)
{
    static char public_name[] = "local";
    const struct rg_buffer name = {.data = public_name,
                                   .size = sizeof public_name - 1};
    bool is_exact =
        rg__c_row(&reader->snapshot->c_types, Py_TYPE(reader->object)) != NULL;
    struct rg_buffer label = {0};
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value)) {
        struct rg__told told = {.value = value,
                                .kind = RG_THREAD_LOCAL,
                                .through_plumbing = true,
                                .owner_text = is_exact ? &name : NULL,
                                .name = key};
        if (!PyUnicode_CheckExact(key) || !rg__wants(reader, value))
            continue;
        if (thread != NULL) {
            status =
                put_label_in_thread(reader, key, thread, &label, &told.index);
            told.label_text = &label;
        }
        if (status == RG_OK)
            status = rg__tell(reader, &told);
    }
    rg_buffer_free(&label);
    return status;
}

enum rg_status rg__read_thread_local(struct rg__reader *reader)
{
    struct rg__c_types *types = &reader->snapshot->c_types;
    PyObject *dicts = rg__local_dicts(types, reader->object), *thread, *dict;
    Py_ssize_t position = 0;
    enum rg_status status = rg__fold(reader, dicts, "dicts");
    while (status == RG_OK && dicts != NULL &&
           PyDict_Next(dicts, &position, &thread, &dict))
        if (PyDict_CheckExact(dict))
            status = tell_thread_attributes(reader, other_thread(thread), dict);
    return status;
}
