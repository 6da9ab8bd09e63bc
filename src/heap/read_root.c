/* read_root.c - variables: of modules, running frames and thread states */
#include <string.h>

#include "heap/caches.h"
#include "heap/greenlets.h"
#include "heap/reach.h"
#include "heap/read.h"
#include "heap/word.h"

/* Modules */

static enum rg_status module_root(struct rg__reader *reader,
                                  struct rg__namespace *namespace)
{
    if (namespace->root != RG_NONE)
        return RG_OK;
    struct rg_root root = {.kind = RG_ROOT_MODULE};
    reader->label.size = 0;
    enum rg_status status = rg__word_str(namespace->name, &reader->label);
    if (status == RG_OK)
        status = rg_graph_text(reader->snapshot->graph, reader->label.data,
                               reader->label.size, &root.name);
    if (status == RG_OK)
        status =
            rg_graph_add_root(reader->snapshot->graph, &root, &namespace->root);
    namespace->reach = (uint8_t)rg__reach_module(reader->snapshot, namespace);
    return status;
}

static enum rg_status tell_variable(struct rg__reader *reader,
                                    struct rg__namespace *namespace,
                                    PyObject *key, PyObject *value)
{
    if (!rg__wants(reader, value))
        return RG_OK;
    if (!namespace->is_shown)
        return rg__pass_over(reader, value);
    enum rg_status status = module_root(reader, namespace);
    struct rg__told told = {.value = value,
                            .is_root = true,
                            .root = namespace->root,
                            .owner = namespace->name,
                            .kind = namespace->is_running ? RG_GLOBAL
                                                          : RG_MODULE_VARIABLE};
    told.key_type = rg__is_lazy_import(value)
                        ? RG_KEY_VARS
                        : (enum rg_key_type)namespace->reach;
    if (PyUnicode_CheckExact(key))
        told.name = key;
    else
        told.key = key;
    return status == RG_OK ? rg__tell(reader, &told) : status;
}

enum rg_status rg__read_namespace(struct rg__reader *reader,
                                  struct rg__namespace *namespace)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    reader->furniture = namespace->furniture;
    while (status == RG_OK &&
           PyDict_Next(namespace->dict, &position, &key, &value)) {
        status = tell_variable(reader, namespace, key, value);
        if (status == RG_OK && namespace->is_shown)
            status = rg__tell(reader,
                              &(struct rg__told){.value = key, .kind = RG_KEY});
    }
    reader->furniture = RG__NO_FURNITURE;
    return status;
}

/* What C code keeps in a module: `readline (module state)`.  Everybody has the
 * module, by its name and by each of its functions, so it is where chains
 * end. */

bool rg__has_state(const struct rg__snapshot *snapshot, PyObject *object)
{
    if (!PyModule_CheckExact(object))
        return false;
    const PyModuleDef *def = PyModule_GetDef(object);
    return def != NULL && def->m_traverse != NULL &&
           rg__find_namespace(snapshot, PyModule_GetDict(object)) != NULL;
}

static enum rg_status state_words(struct rg__reader *reader, PyObject *value,
                                  struct rg_buffer *words)
{
    const struct rg__namespace *namespace =
        rg__find_namespace(reader->snapshot, PyModule_GetDict(reader->object));
    if (rg__is_kept_zone(reader->object, value))
        return rg_buffer_put(words, "zoneinfo.ZoneInfo cache");
    enum rg_status status = rg__word_str(namespace->name, words);
    return status == RG_OK ? rg_buffer_put(words, " (module state)") : status;
}

/* The root of a state. */
static enum rg_status state_root(struct rg__reader *reader, uint32_t *index)
{
    struct rg_root root = {.kind = RG_ROOT_INTERPRETER};
    reader->label.size = 0;
    enum rg_status status = state_words(reader, NULL, &reader->label);
    if (status == RG_OK)
        status = rg_graph_text(reader->snapshot->graph, reader->label.data,
                               reader->label.size, &root.name);
    return status == RG_OK
               ? rg_graph_add_root(reader->snapshot->graph, &root, index)
               : status;
}

struct state {
    struct rg__reader *reader;
    uint32_t root;
    enum rg_status status;
};

static int tell_kept(PyObject *value, void *context)
{
    static const struct rg_buffer nothing;
    struct state *state = context;
    struct rg__reader *reader = state->reader;
    if (value == PyModule_GetDict(reader->object) || !rg__wants(reader, value))
        return 0;
    struct rg_buffer words = {0};
    if (state->root == RG_NONE)
        state->status = state_root(reader, &state->root);
    if (state->status == RG_OK)
        state->status = state_words(reader, value, &words);
    if (state->status == RG_OK)
        state->status =
            rg__tell(reader, &(struct rg__told){.value = value,
                                                .kind = RG_INTERPRETER,
                                                .is_root = true,
                                                .root = state->root,
                                                .owner_text = &nothing,
                                                .label_text = &words});
    rg_buffer_free(&words);
    return state->status == RG_OK ? 0 : -1;
}

enum rg_status rg__read_state(struct rg__reader *reader)
{
    struct state state = {.reader = reader, .root = RG_NONE};
    PyModule_Type.tp_traverse(reader->object, tell_kept, &state);
    return state.status;
}

/* Threads */

/* The Thread object of a thread, from threading._active, or NULL. */
static PyObject *thread_object(const struct rg__snapshot *snapshot,
                               const PyThreadState *thread)
{
    PyObject *active = NULL, *ident, *object;
    for (size_t i = 0; i < snapshot->namespaces.count && active == NULL; i++)
        if (rg__word_is(snapshot->namespaces.items[i].name, "threading"))
            active =
                rg__dict_find(snapshot->namespaces.items[i].dict, "_active");
    Py_ssize_t position = 0;
    if (active == NULL || !PyDict_CheckExact(active))
        return NULL;
    while (PyDict_Next(active, &position, &ident, &object))
        if (PyLong_CheckExact(ident) &&
            PyLong_AsUnsignedLongMask(ident) == thread->thread_id)
            return object;
    return NULL;
}

/* `thread 1` is the oldest. */
static enum rg_status put_thread_number(const struct rg__snapshot *snapshot,
                                        const PyThreadState *thread,
                                        struct rg_buffer *out)
{
    static const char word[] = "thread ";
    char digits[20];
    size_t at = sizeof digits, number = 1;
    for (size_t i = 0; i < snapshot->roots.count; i++)
        number += snapshot->roots.items[i].kind == RG__ROOT_THREAD &&
                  snapshot->roots.items[i].thread->id < thread->id;
    for (; number > 0; number /= 10)
        digits[--at] = (char)('0' + number % 10);
    return rg_buffer_append(out, word, sizeof word - 1) < 0 ||
                   rg_buffer_append(out, digits + at, sizeof digits - at) < 0
               ? RG_ENOMEM
               : RG_OK;
}

enum rg_status rg__thread_name(const struct rg__snapshot *snapshot,
                               const PyThreadState *thread,
                               struct rg_buffer *out)
{
    if (snapshot->hides_names)
        return put_thread_number(snapshot, thread, out);
    PyObject *object = thread_object(snapshot, thread);
    PyObject *name = object == NULL || !rg__fits(snapshot, RG_MISFIT_ATTRIBUTES)
                         ? NULL
                         : rg__attribute(object, "_name");
    if (name != NULL && PyUnicode_CheckExact(name))
        return rg__word_str(name, out);
    const char *word = "unnamed thread";
    for (size_t i = 0; i < snapshot->roots.count; i++)
        if (snapshot->roots.items[i].thread == thread &&
            snapshot->roots.items[i].is_main_thread)
            word = "MainThread";
    return rg_buffer_put(out, word);
}

static enum rg_status store_text(struct rg__reader *reader,
                                 struct rg_text *text)
{
    return rg_graph_text(reader->snapshot->graph, reader->label.data,
                         reader->label.size, text);
}

static enum rg_status store_str(struct rg__reader *reader, PyObject *str,
                                struct rg_text *text)
{
    reader->label.size = 0;
    if (str == NULL || !PyUnicode_Check(str))
        return RG_OK;
    enum rg_status status = rg__word_str(str, &reader->label);
    return status == RG_OK ? store_text(reader, text) : status;
}

/* Gives the root its place in the graph, once. */
static enum rg_status place_root(struct rg__reader *reader,
                                 struct rg__root *root)
{
    if (root->root != RG_NONE)
        return RG_OK;
    struct rg_root record = {.kind = RG_ROOT_THREAD};
    reader->label.size = 0;
    enum rg_status status =
        rg__thread_name(reader->snapshot, root->thread, &reader->label);
    if (status == RG_OK)
        status = store_text(reader, &record.thread);
    record.name = record.thread;
    if (root->kind == RG__ROOT_FRAME) {
        record.kind = RG_ROOT_FRAME;
        record.line = (uint32_t)root->frame.line;
        record.inner = (uint32_t)(root - reader->snapshot->roots.items);
        if (status == RG_OK)
            status = store_str(reader, root->frame.code->co_name, &record.name);
        if (status == RG_OK)
            status =
                store_str(reader, root->frame.code->co_filename, &record.file);
    }
    return status == RG_OK ? rg_graph_add_root(reader->snapshot->graph, &record,
                                               &root->root)
                           : status;
}

/* Frames */

/* The locals of a class body or of exec'ed code live in a dict. */
static enum rg_status tell_locals_dict(struct rg__reader *reader,
                                       const struct rg__root *root,
                                       const struct rg__told *pattern)
{
    PyObject *locals = root->frame.locals, *key, *value;
    if (locals == NULL || root->is_namespace_frame)
        return RG_OK;
    struct rg__told told = *pattern;
    told.value = locals;
    told.kind = RG_TEMPORARY;
    if (!PyDict_Check(locals) || rg__is_target(reader->snapshot, locals))
        return rg__tell(reader, &told);
    enum rg_status status = rg__folded(reader, &told);
    Py_ssize_t position = 0;
    while (status == RG_OK && PyDict_Next(locals, &position, &key, &value)) {
        told = *pattern;
        told.value = value;
        told.through_plumbing = told.stands_in = true;
        if (PyUnicode_CheckExact(key))
            told.name = key;
        else
            told.key = key;
        status = rg__tell(reader, &told);
    }
    return status;
}

/* What a frame holds besides its variables. */
static enum rg_status tell_frame_parts(struct rg__reader *reader,
                                       const struct rg__frame *frame,
                                       const struct rg__told *pattern)
{
    PyObject *const running[] = {frame->function, (PyObject *)frame->code,
                                 frame->object, frame->own_globals,
                                 frame->own_builtins};
    struct rg__told told = *pattern;
    enum rg_status status = RG_OK;
    told.kind = RG_RUNNING;
    for (size_t i = 0; status == RG_OK && i < sizeof running / sizeof *running;
         i++) {
        told.value = running[i];
        status = rg__tell(reader, &told);
    }
    told.kind = RG_TEMPORARY;
    for (int i = 0; status == RG_OK && i < frame->stack_count; i++) {
        told.value = rg__frame_stack(frame, i);
        status = rg__tell(reader, &told);
    }
    return status;
}

static enum rg_status read_frame(struct rg__reader *reader,
                                 const struct rg__root *root)
{
    struct rg__told pattern = {.kind = RG_LOCAL,
                               .is_root = true,
                               .root = root->root,
                               .owner = root->frame.code->co_name};
    enum rg_status status = rg__tell_slots(reader, &root->frame, &pattern);
    if (status == RG_OK)
        status = tell_locals_dict(reader, root, &pattern);
    if (status == RG_OK)
        status = tell_frame_parts(reader, &root->frame, &pattern);
    return status;
}

struct parts {
    struct rg__reader *reader;
    struct rg__told told;
};

static enum rg_status tell_part(void *context, PyObject *part)
{
    struct parts *parts = context;
    parts->told.value = part;
    return rg__tell(parts->reader, &parts->told);
}

static enum rg_status read_thread(struct rg__reader *reader,
                                  const struct rg__root *root)
{
    const PyThreadState *thread = root->thread;
    struct rg_buffer name = {0};
    enum rg_status status = rg__thread_name(reader->snapshot, thread, &name);
    struct rg__told told = {.kind = RG_THREAD_STATE,
                            .is_root = true,
                            .root = root->root,
                            .owner_text = &name};
    const struct rg__told parts[] = {
        {.value = thread->c_traceobj, .word = "trace function"},
        {.value = thread->c_profileobj, .word = "profile function"},
        {.value = thread->async_gen_firstiter,
         .word = "asynchronous generator hook"},
        {.value = thread->async_gen_finalizer,
         .word = "asynchronous generator finalizer"},
        {.value = thread->context, .word = "current context"},
        {.value = thread->async_exc, .word = "exception to be raised"}};
    for (size_t i = 0; status == RG_OK && i < sizeof parts / sizeof *parts;
         i++) {
        told.value = parts[i].value;
        told.word = parts[i].word;
        status = rg__tell(reader, &told);
    }
    for (int i = 0;
         status == RG_OK && rg__thread_part(thread, i, &told.value, &told.word);
         i++)
        status = rg__tell(reader, &told);
    told.word = "current greenlet";
    struct parts more = {.reader = reader, .told = told};
    if (status == RG_OK)
        status =
            rg__thread_greenlets(reader->snapshot, thread, tell_part, &more);
    more.told.word = "exception being handled";
    if (status == RG_OK)
        status = rg__handled_walk(thread, tell_part, &more);
    rg_buffer_free(&name);
    return status;
}

enum rg_status rg__read_root(struct rg__reader *reader, struct rg__root *root)
{
    if (root->kind == RG__ROOT_TABLES)
        return rg__read_kept(reader);
    enum rg_status status = place_root(reader, root);
    if (status != RG_OK)
        return status;
    reader->furniture = root->furniture;
    status = root->kind == RG__ROOT_FRAME ? read_frame(reader, root)
                                          : read_thread(reader, root);
    reader->furniture = RG__NO_FURNITURE;
    return status;
}
