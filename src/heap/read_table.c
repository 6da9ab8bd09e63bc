/* read_table.c - what the interpreter keeps, by the words of those who put it
 * there: atexit callback, SIGTERM handler, codec error handler[strict] */
#include <Python.h>

#include <string.h>

#include "base/signals.h"
#include "heap/read.h"
#include "heap/word.h"

/* The root that stands for a table, and the words for what is in it. */
static const struct {
    const char *root, *label;
} tables[RG__TABLE_COUNT] = {
    [RG__TABLE_CODEC_SEARCH] = {"codecs", "codec search function"},
    [RG__TABLE_CODEC_CACHE] = {"codecs", "codec cache"},
    [RG__TABLE_CODEC_ERRORS] = {"codecs", "codec error handler"},
    [RG__TABLE_FORK_BEFORE] = {"fork hooks", "before-fork hook"},
    [RG__TABLE_FORK_PARENT] = {"fork hooks", "after-fork hook in the parent"},
    [RG__TABLE_FORK_CHILD] = {"fork hooks", "after-fork hook in the child"},
    [RG__TABLE_AUDIT] = {"audit hooks", "audit hook"},
    [RG__TABLE_ATEXIT] = {"atexit", "atexit callback"},
    [RG__TABLE_MODULES] = {"import system", "imported extension module"},
    [RG__TABLE_INTERPRETER_DICT] = {"interpreter", "interpreter dict"},
    [RG__TABLE_MODULE_COPY] = {"import system", "saved copy of "},
    [RG__TABLE_RUNNING_TASKS] = {"asyncio", "running task"},
    [RG__TABLE_ATEXIT_CALLBACK] = {"atexit", "atexit callback"},
    [RG__TABLE_ATEXIT_ARGUMENTS] = {"atexit", "atexit callback argument"},
    [RG__TABLE_ATEXIT_KEYWORDS] = {"atexit", "atexit callback argument"},
    [RG__TABLE_MONITORING] = {"sys.monitoring", "sys.monitoring callback"},
    [RG__TABLE_SIGNAL] = {"signal", " handler"},
    [RG__TABLE_FAULTHANDLER] = {"faulthandler", "faulthandler file"},
    [RG__TABLE_FAULTHANDLER_USER] = {"faulthandler",
                                     "faulthandler signal file"},
    [RG__TABLE_FAULTHANDLER_LATER] = {"faulthandler",
                                      "faulthandler timer file"},
    [RG__TABLE_RUNNING_LOOP] = {"asyncio", "running event loop"},
    [RG__TABLE_RUNNING_TASK] = {"asyncio", "running task"},
};

/* The place of the table's root in the graph, made when it is needed; tables
 * of one name share it. */
static enum rg_status table_root(struct rg__reader *reader,
                                 enum rg__table table, uint32_t *index)
{
    uint32_t *roots = reader->snapshot->tables.roots;
    for (size_t i = 0; i < RG__TABLE_COUNT && roots[table] == RG_NONE; i++)
        if (roots[i] != RG_NONE &&
            strcmp(tables[i].root, tables[table].root) == 0)
            roots[table] = roots[i];
    enum rg_status status = RG_OK;
    if (roots[table] == RG_NONE) {
        struct rg_root root = {.kind = RG_ROOT_INTERPRETER};
        const char *name = tables[table].root;
        status = rg_graph_text(reader->snapshot->graph, name, strlen(name),
                               &root.name);
        if (status == RG_OK)
            status = rg_graph_add_root(reader->snapshot->graph, &root,
                                       &roots[table]);
    }
    *index = roots[table];
    return status;
}

/* Something in a table about to be told; `text` may be NULL. */
struct entry {
    enum rg__table table;
    PyObject *value;
    bool through_plumbing;
    bool stands_in; /* as in struct rg__told */
    PyObject *key;  /* in brackets behind the words; may be NULL */
    const struct rg_buffer *text; /* instead of the table's words */
    int number;                   /* of the tool, or 0 */
};

static enum rg_status write_table_entry(struct rg__snapshot *snapshot,
                                        const struct entry *entry,
                                        struct rg_buffer *out)
{
    enum rg_key_type type;
    uint64_t length;
    enum rg_status status =
        entry->text == NULL ? rg_buffer_put(out, tables[entry->table].label)
        : rg_buffer_append(out, entry->text->data, entry->text->size) < 0
            ? RG_ENOMEM
            : RG_OK;
    if (status != RG_OK || entry->key == NULL)
        return status;
    status = rg_buffer_put(out, "[");
    if (status == RG_OK)
        status = rg__word_key(snapshot, entry->key, &type, out, &length);
    return status == RG_OK ? rg_buffer_put(out, "]") : status;
}

/* How the entry's reference is told: rg__tell, rg__folded ... */
typedef enum rg_status (*telling)(struct rg__reader *reader,
                                  const struct rg__told *told);

static enum rg_status pass_entry(struct rg__reader *reader,
                                 const struct entry *entry, telling tell)
{
    struct rg_buffer words = {0};
    struct rg__told told = {.value = entry->value,
                            .kind = RG_INTERPRETER,
                            .through_plumbing = entry->through_plumbing,
                            .stands_in = entry->stands_in,
                            .index = (size_t)entry->number,
                            .is_root = true,
                            .label_text = &words};
    if (entry->value == NULL || !rg__wants(reader, entry->value))
        return RG_OK;
    enum rg_status status = table_root(reader, entry->table, &told.root);
    if (status == RG_OK)
        status = write_table_entry(reader->snapshot, entry, &words);
    if (status == RG_OK)
        status = tell(reader, &told);
    rg_buffer_free(&words);
    return status;
}

static enum rg_status tell_table_entry(struct rg__reader *reader,
                                       const struct entry *entry)
{
    return pass_entry(reader, entry, rg__tell);
}

/* Arguments stand in a tuple and a dict that nobody would name; inside the
 * tuple of 3.14 these are no references of the table's own. */

static enum rg_status fold_itself(struct rg__reader *reader,
                                  const struct rg__told *told)
{
    return rg__fold_inner(reader, told->value, told);
}

/* From here on the entry is about what is in the plumbing that it was. */
static enum rg_status go_inside(struct rg__reader *reader, struct entry *entry,
                                bool inner)
{
    enum rg_status status =
        pass_entry(reader, entry, inner ? fold_itself : rg__folded);
    entry->through_plumbing = entry->stands_in = true;
    return status;
}

static enum rg_status tell_arguments(struct rg__reader *reader,
                                     PyObject *arguments, bool inner)
{
    struct entry entry = {.table = RG__TABLE_ATEXIT_ARGUMENTS,
                          .value = arguments,
                          .through_plumbing = inner,
                          .stands_in = inner};
    if (arguments == NULL || !PyTuple_CheckExact(arguments) ||
        rg__is_target(reader->snapshot, arguments))
        return tell_table_entry(reader, &entry);
    enum rg_status status = go_inside(reader, &entry, inner);
    for (Py_ssize_t i = 0; status == RG_OK && i < PyTuple_GET_SIZE(arguments);
         i++) {
        entry.value = PyTuple_GET_ITEM(arguments, i);
        status = tell_table_entry(reader, &entry);
    }
    return status;
}

static enum rg_status tell_keywords(struct rg__reader *reader,
                                    PyObject *keywords, bool inner)
{
    struct entry entry = {.table = RG__TABLE_ATEXIT_KEYWORDS,
                          .value = keywords,
                          .through_plumbing = inner,
                          .stands_in = inner};
    if (keywords == NULL || !PyDict_CheckExact(keywords) ||
        rg__is_target(reader->snapshot, keywords))
        return tell_table_entry(reader, &entry);
    enum rg_status status = go_inside(reader, &entry, inner);
    Py_ssize_t position = 0;
    while (status == RG_OK &&
           PyDict_Next(keywords, &position, &entry.key, &entry.value))
        status = tell_table_entry(reader, &entry);
    return status;
}

/* The object of a method of C: the events of one tool have a method each. */
static enum rg_status tell_callback(struct rg__reader *reader,
                                    const struct rg__kept *kept)
{
    struct entry entry = {
        .table = kept->table, .value = kept->object, .number = kept->number};
    if (rg__is_target(reader->snapshot, kept->object) ||
        rg__find_tool_method(reader->snapshot, kept->object) == NULL)
        return tell_table_entry(reader, &entry);
    enum rg_status status = go_inside(reader, &entry, false);
    entry.value = PyCFunction_GET_SELF(kept->object);
    return status == RG_OK ? tell_table_entry(reader, &entry) : status;
}

/* Since 3.14: a function, its arguments and keywords in a tuple. */
static enum rg_status tell_atexit_tuple(struct rg__reader *reader,
                                        PyObject *tuple)
{
    struct entry entry = {.table = RG__TABLE_ATEXIT, .value = tuple};
    if (!PyTuple_CheckExact(tuple) || PyTuple_GET_SIZE(tuple) != 3 ||
        rg__is_target(reader->snapshot, tuple))
        return tell_table_entry(reader, &entry);
    enum rg_status status = go_inside(reader, &entry, false);
    entry.value = PyTuple_GET_ITEM(tuple, 0);
    if (status == RG_OK)
        status = tell_table_entry(reader, &entry);
    if (status == RG_OK)
        status = tell_arguments(reader, PyTuple_GET_ITEM(tuple, 1), true);
    return status == RG_OK
               ? tell_keywords(reader, PyTuple_GET_ITEM(tuple, 2), true)
               : status;
}

static enum rg_status read_list(struct rg__reader *reader, enum rg__table table,
                                PyObject *list)
{
    enum rg_status status = RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (item == NULL)
            continue;
        status = table == RG__TABLE_ATEXIT
                     ? tell_atexit_tuple(reader, item)
                     : tell_table_entry(reader, &(struct entry){.table = table,
                                                                .value = item});
    }
    return status;
}

/* `saved copy of sys.modules`: the module's name is part of the words. */
static enum rg_status tell_copied(struct rg__reader *reader, PyObject *module,
                                  PyObject *key, PyObject *value)
{
    struct rg_buffer words = {0};
    struct entry entry = {
        .table = RG__TABLE_MODULE_COPY, .value = value, .text = &words};
    if (!rg__wants(reader, value))
        return RG_OK;
    enum rg_status status =
        rg_buffer_put(&words, tables[RG__TABLE_MODULE_COPY].label);
    if (status == RG_OK && module != NULL && PyUnicode_CheckExact(module))
        status = rg__word_str(module, &words);
    if (status == RG_OK && PyUnicode_CheckExact(key)) {
        status = rg_buffer_put(&words, ".");
        if (status == RG_OK)
            status = rg__word_str(key, &words);
    }
    if (status == RG_OK)
        status = tell_table_entry(reader, &entry);
    rg_buffer_free(&words);
    return status;
}

static enum rg_status read_table_dict(struct rg__reader *reader,
                                      enum rg__table table, PyObject *dict)
{
    PyObject *key, *value, *module = rg__dict_find(dict, "__name__");
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value)) {
        status = table == RG__TABLE_MODULE_COPY
                     ? tell_copied(reader, module, key, value)
                     : tell_table_entry(reader, &(struct entry){.table = table,
                                                                .value = value,
                                                                .key = key});
        if (status == RG_OK)
            status = rg__tell(reader,
                              &(struct rg__told){.value = key, .kind = RG_KEY});
    }
    return status;
}

static enum rg_status read_running_tasks(struct rg__reader *reader,
                                         PyObject *dict)
{
    const struct rg_buffer loop = {.data = (char[]){"running event loop"},
                                   .size = sizeof "running event loop" - 1};
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value)) {
        status = tell_table_entry(
            reader, &(struct entry){.table = RG__TABLE_RUNNING_TASKS,
                                    .value = key,
                                    .text = &loop});
        if (status == RG_OK)
            status = tell_table_entry(
                reader, &(struct entry){.table = RG__TABLE_RUNNING_TASKS,
                                        .value = value});
    }
    return status;
}

enum rg_status rg__read_container(struct rg__reader *reader,
                                  const struct rg__container *container)
{
    if (PyList_CheckExact(container->object))
        return read_list(reader, container->table, container->object);
    if (container->table == RG__TABLE_RUNNING_TASKS)
        return read_running_tasks(reader, container->object);
    return PyDict_CheckExact(container->object)
               ? read_table_dict(reader, container->table, container->object)
               : RG_OK;
}

static enum rg_status tell_handler(struct rg__reader *reader,
                                   const struct rg__kept *kept)
{
    struct rg_buffer words = {0};
    char name[RG_SIGNAL_NAME_SIZE];
    rg_signal_name(kept->number, name);
    enum rg_status status = rg_buffer_put(&words, name);
    if (status == RG_OK)
        status = rg_buffer_put(&words, tables[RG__TABLE_SIGNAL].label);
    if (status == RG_OK)
        status = tell_table_entry(reader, &(struct entry){.table = kept->table,
                                                          .value = kept->object,
                                                          .text = &words});
    rg_buffer_free(&words);
    return status;
}

enum rg_status rg__read_kept(struct rg__reader *reader)
{
    const struct rg__snapshot *snapshot = reader->snapshot;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->tables.kept_count;
         i++) {
        const struct rg__kept *kept = &snapshot->tables.kept[i];
        switch (kept->table) {
        case RG__TABLE_SIGNAL:
            status = tell_handler(reader, kept);
            break;
        case RG__TABLE_MONITORING:
            status = tell_callback(reader, kept);
            break;
        case RG__TABLE_ATEXIT_ARGUMENTS:
            status = tell_arguments(reader, kept->object, false);
            break;
        case RG__TABLE_ATEXIT_KEYWORDS:
            status = tell_keywords(reader, kept->object, false);
            break;
        default:
            status = tell_table_entry(
                reader,
                &(struct entry){.table = kept->table, .value = kept->object});
        }
    }
    return status;
}
