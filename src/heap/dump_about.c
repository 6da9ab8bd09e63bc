/* dump_about.c - what is said of an object beside its references
 *
 * The words of a type are made once; most objects have no others.  What
 * DevTools shows is what a person would say: function app.on_close, module
 * app, class app.Session; the rest stand under their type. */
#include <string.h>

#include "base/alloc.h"
#include "dump/redact.h"
#include "graph/graph.h"
#include "heap/caches.h"
#include "heap/cpython/containers.h"
#include "heap/dump_live.h"
#include "heap/word.h"

enum rg_status rg__record_words(struct rg__recorder *recorder, uint32_t *text)
{
    return rg_texts_add(&recorder->dump->texts, recorder->words.data,
                        recorder->words.size, text);
}

/* Starts the scratch buffer with a word. */
static enum rg_status start_words(struct rg__recorder *recorder,
                                  const char *word)
{
    recorder->words.size = 0;
    return rg_buffer_put(&recorder->words, word);
}

/* The str of an object that is one; nothing else. */
static enum rg_status put_str(struct rg_buffer *words, PyObject *str)
{
    return str != NULL && PyUnicode_Check(str) ? rg__word_str(str, words)
                                               : RG_OK;
}

static bool is_generator_type(const PyTypeObject *type)
{
    return type == &PyGen_Type || type == &PyCoro_Type ||
           type == &PyAsyncGen_Type;
}

static bool tells_more(struct rg__c_types *types, PyTypeObject *type)
{
    const struct rg__c_type *row = rg__c_type(types, type)->row;
    return type == &PyFunction_Type || type == &PyMethod_Type ||
           type == &PyCode_Type || type == &PyFrame_Type ||
           is_generator_type(type) ||
           PyType_FastSubclass(type, Py_TPFLAGS_TYPE_SUBCLASS) ||
           PyType_IsSubtype(type, &PyModule_Type) ||
           PyType_IsSubtype(type, &PyCFunction_Type) ||
           (row != NULL && row->kind == RG__C_TASK);
}

static enum rg_status fill_type(struct rg__recorder *recorder,
                                PyTypeObject *type,
                                struct rg__type_words *words)
{
    *words = (struct rg__type_words){
        .type = type,
        .tells_more = tells_more(&recorder->snapshot->c_types, type)};
    enum rg_status status = start_words(recorder, "");
    if (status == RG_OK)
        status = rg__word_type_name(type, &recorder->words);
    if (status == RG_OK)
        status = rg__record_words(recorder, &words->name);
    recorder->words.size = 0;
    if (status == RG_OK)
        status = rg__word_type_qualname(type, &recorder->words);
    if (status == RG_OK)
        status = rg__record_words(recorder, &words->qualname);
    recorder->words.size = 0;
    if (status == RG_OK)
        status = rg__word_type_module(type, &recorder->words);
    if (status == RG_OK)
        status = rg__record_words(recorder, &words->module);
    recorder->words.size = 0;
    if (status == RG_OK)
        status = rg__put_type(type, &recorder->words);
    return status == RG_OK ? rg__record_words(recorder, &words->full) : status;
}

struct sought_type {
    const struct rg__recorder *recorder;
    const PyTypeObject *type;
};

static bool is_sought_type(const void *context, uint32_t index)
{
    const struct sought_type *sought = context;
    return sought->recorder->types[index].type == sought->type;
}

static enum rg_status add_type(struct rg__recorder *recorder,
                               PyTypeObject *type)
{
    void *types = recorder->types;
    if (rg_grow(&types, &recorder->type_capacity, recorder->type_count + 1,
                sizeof *recorder->types) < 0)
        return RG_ENOMEM;
    recorder->types = types;
    return fill_type(recorder, type, &recorder->types[recorder->type_count]);
}

/* Valid until the words of another type are asked for. */
static enum rg_status words_of_type(struct rg__recorder *recorder,
                                    PyTypeObject *type,
                                    struct rg__type_words **words)
{
    if (rg_hash_reserve(&recorder->type_index) < 0)
        return RG_ENOMEM;
    const struct sought_type sought = {recorder, type};
    uint32_t key = rg_hash_mix((uintptr_t)type);
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&recorder->type_index, key, is_sought_type, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = add_type(recorder, type);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&recorder->type_index, slot, key,
                     (uint32_t)recorder->type_count++);
    }
    *words = &recorder->types[slot->index];
    return RG_OK;
}

/* Names */

static enum rg_status tell_more(struct rg__recorder *recorder, PyObject *object,
                                struct rg_dump_about *about)
{
    enum rg_status status = start_words(recorder, "");
    if (status == RG_OK)
        status = rg__put_detail(recorder->snapshot, object, &recorder->words);
    if (status == RG_OK && recorder->dump->is_redacted &&
        rg__c_is(&recorder->snapshot->c_types, object, RG__C_TASK))
        status = rg_dump_redact_value(&recorder->words);
    if (status == RG_OK)
        status = rg__record_words(recorder, &about->detail);
    if (status == RG_OK)
        status = start_words(recorder, "");
    if (status == RG_OK)
        status = rg__put_who(recorder->snapshot, object, &recorder->words);
    if (status != RG_OK || recorder->words.size == 0)
        return status;
    about->flags |= RG_DUMP_WHO;
    return rg__record_words(recorder, &about->name);
}

/* A module's namespace goes by the module's name. */
static enum rg_status name_namespace(struct rg__recorder *recorder,
                                     const struct rg__namespace *namespace,
                                     struct rg_dump_about *about)
{
    enum rg_status status = start_words(recorder, "module ");
    about->flags |= RG_DUMP_NAMESPACE | (namespace->is_ours ? RG_DUMP_OURS : 0);
    if (status == RG_OK)
        status = rg__word_str(namespace->name, &recorder->words);
    return status == RG_OK ? rg__record_words(recorder, &about->name) : status;
}

static enum rg_status wait_for(struct rg__recorder *recorder,
                               struct rg_dump_about *about)
{
    struct rg_graph *graph = recorder->snapshot->graph;
    struct rg_text text = {0};
    enum rg_status status = recorder->witness.awaiting(
        recorder->witness.context, &recorder->referrer, graph, &text);
    if (status == RG_OK && text.size > 0)
        status =
            rg_texts_add(&recorder->dump->texts, rg_graph_bytes(graph, text),
                         text.size, &about->awaiting);
    return status;
}

/* Nodes */

/* Objects come in the order of the generations, oldest first. */
static int generation_of(struct rg__recorder *recorder, PyObject *object,
                         unsigned table_flags)
{
    for (int i = 0; i < RG__GENERATIONS; i++)
        if (object == recorder->firsts[i].first)
            recorder->generation = recorder->firsts[i].number;
    return table_flags & RG_TABLE_UNTRACKED ? -1 : recorder->generation;
}

/* Objects of a type that have no words of their own are mostly alike. */
static enum rg_status number_plain(struct rg__recorder *recorder,
                                   const struct rg_dump_about *about,
                                   struct rg__type_words *words,
                                   uint32_t *number)
{
    if (words->last_number != 0 &&
        memcmp(&words->last, about, sizeof *about) == 0) {
        *number = words->last_number - 1;
        return RG_OK;
    }
    enum rg_status status = rg_dump_about(recorder->dump, about, number);
    if (status == RG_OK) {
        words->last = *about;
        words->last_number = *number + 1;
    }
    return status;
}

static enum rg_status about_object(struct rg__recorder *recorder,
                                   PyObject *object, unsigned table_flags,
                                   uint32_t *number)
{
    struct rg__type_words *words;
    enum rg_status status = words_of_type(recorder, Py_TYPE(object), &words);
    if (status != RG_OK)
        return status;
    struct rg_dump_about about = {
        .type = words->name,
        .qualname = words->qualname,
        .module = words->module,
        .name = words->full,
        .role = recorder->referrer.role,
        .shape = RG_DUMP_OBJECT,
        .generation = generation_of(recorder, object, table_flags)};
    recorder->type_name = recorder->owner = words->name;
    if (rg__has_own_name(Py_TYPE(object))) {
        recorder->words.size = 0;
        status = rg__put_owner(object, &recorder->words);
        if (status == RG_OK)
            status = rg__record_words(recorder, &recorder->owner);
        if (status != RG_OK)
            return status;
    }
    if (table_flags & RG_TABLE_UNTRACKED)
        about.flags |= RG_DUMP_UNTRACKED;
    if (PyType_Check(object))
        about.flags |= RG_DUMP_CLASS;
    if (rg__is_immortal(object))
        about.flags |= RG_DUMP_IMMORTAL;
    if (recorder->dump->has_values && PyUnicode_CheckExact(object))
        about.shape = RG_DUMP_STRING;
    const struct rg__namespace *namespace =
        rg__find_namespace(recorder->snapshot, object);
    if (namespace == NULL && !words->tells_more)
        return number_plain(recorder, &about, words, number);
    if (words->tells_more)
        status = tell_more(recorder, object, &about);
    if (status == RG_OK && namespace != NULL)
        status = name_namespace(recorder, namespace, &about);
    if (status == RG_OK && about.role & RG_ROLE_SUSPENDED)
        status = wait_for(recorder, &about);
    return status == RG_OK ? rg_dump_about(recorder->dump, &about, number)
                           : status;
}

static enum rg_status value_text_of(struct rg__recorder *recorder,
                                    PyObject *object, uint32_t *value)
{
    if (!recorder->dump->has_values)
        return RG_OK;
    recorder->words.size = 0;
    enum rg_status status =
        rg__write_value(recorder->snapshot, object, &recorder->words);
    if (status == RG_OK && recorder->dump->is_redacted &&
        recorder->words.size > 0)
        status = rg_dump_redact_value(&recorder->words);
    return status == RG_OK ? rg__record_words(recorder, value) : status;
}

static uint32_t capped(uint64_t count)
{
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

enum rg_status rg__record_object(struct rg__recorder *recorder,
                                 PyObject *object, unsigned table_flags)
{
    struct rg_dump_node node = {
        .address = (uint64_t)(uintptr_t)object,
        .bytes = rg__size(&recorder->snapshot->c_types, object),
        .references = capped(
            rg__refcount(object) -
            rg__times_in_facts(recorder->snapshot->query->facts, object)),
        .items =
            capped((uint64_t)(rg__item_count(recorder->snapshot, object) + 1))};
    recorder->referrer.address = (uintptr_t)object;
    recorder->referrer.role = rg__role(recorder->snapshot, &recorder->referrer);
    enum rg_status status =
        about_object(recorder, object, table_flags, &node.about);
    if (status == RG_OK)
        status = value_text_of(recorder, object, &node.value);
    if (status == RG_OK)
        status = rg_dump_begin(recorder->dump, &node);
    int64_t most = rg__most_items(recorder->snapshot, object);
    if (status != RG_OK || most < 0)
        return status;
    return rg_dump_add_bound(
        recorder->dump, &(struct rg_dump_bound){
                            .node = (uint32_t)recorder->dump->node_count - 1,
                            .most = (uint64_t)most});
}

static enum rg_status name_root(struct rg__recorder *recorder,
                                const struct rg__root *root)
{
    struct rg_buffer *words = &recorder->words;
    enum rg_status status;
    switch (root->kind) {
    case RG__ROOT_FRAME:
        status = start_words(recorder, "frame ");
        return status == RG_OK ? put_str(words, root->frame.code->co_name)
                               : status;
    case RG__ROOT_THREAD:
        status = start_words(recorder, "thread ");
        return status == RG_OK
                   ? rg__thread_name(recorder->snapshot, root->thread, words)
                   : status;
    case RG__ROOT_TABLES:
        break;
    }
    return start_words(recorder, "single callbacks and handlers");
}

enum rg_status rg__record_root(struct rg__recorder *recorder,
                               const struct rg__root *root)
{
    struct rg_dump_about about = {
        .flags = RG_DUMP_ROOT, .generation = -1, .shape = RG_DUMP_SYNTHETIC};
    struct rg_dump_node node = {0};
    if (root->kind == RG__ROOT_FRAME)
        node.address = (uint64_t)(uintptr_t)root->frame.record;
    if (root->kind == RG__ROOT_THREAD)
        node.address = (uint64_t)(uintptr_t)root->thread;
    recorder->referrer.address = 0;
    recorder->referrer.role = rg__role(recorder->snapshot, &recorder->referrer);
    recorder->type_name = recorder->owner = 0;
    about.role = recorder->referrer.role;
    enum rg_status status = name_root(recorder, root);
    if (status == RG_OK)
        status = rg__record_words(recorder, &about.name);
    if (status == RG_OK)
        status = rg_dump_about(recorder->dump, &about, &node.about);
    return status == RG_OK ? rg_dump_begin(recorder->dump, &node) : status;
}
