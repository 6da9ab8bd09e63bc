/* The records of "why is it alive": added, named, checked. */
#include "graph/answer.h"

#include "base/sort.h"
#include "graph/checking.h"

static const char *const verdict_tokens[RG_VERDICT_KIND_COUNT] = {
    [RG_VERDICT_ALIVE] = "alive",     [RG_VERDICT_NATIVE] = "native",
    [RG_VERDICT_GARBAGE] = "garbage", [RG_VERDICT_ONLY_YOU] = "only-you",
    [RG_VERDICT_UNKNOWN] = "unknown",
};

static const char *const path_tokens[RG_PATH_KIND_COUNT] = {
    [RG_PATH_EMPHASISED] = "emphasised",
    [RG_PATH_FURTHER] = "further",
    [RG_PATH_ROOT] = "root",
    [RG_PATH_CUT] = "cut",
    [RG_PATH_YOURS] = "yours",
    [RG_PATH_NATIVE] = "native",
    [RG_PATH_FIXED] = "fixed",
};

static const char *const hint_tokens[RG_HINT_KIND_COUNT] = {
    [RG_HINT_PROMPT] = "prompt",
    [RG_HINT_FINALIZER] = "finalizer",
    [RG_HINT_WEAK_KEY] = "weak-key",
    [RG_HINT_METHOD_CACHE] = "method-cache",
    [RG_HINT_LOG_RECORD] = "log-record",
    [RG_HINT_TRACEBACK] = "traceback",
    [RG_HINT_LOST_TASK] = "lost-task",
    [RG_HINT_CALLBACK] = "callback",
    [RG_HINT_TIMER] = "timer",
    [RG_HINT_EACH_ONE_MORE] = "each-one-more",
};

const char *rg_verdict_token(unsigned kind)
{
    return kind < RG_VERDICT_KIND_COUNT ? verdict_tokens[kind] : NULL;
}

const char *rg_path_token(unsigned kind)
{
    return kind < RG_PATH_KIND_COUNT ? path_tokens[kind] : NULL;
}

const char *rg_hint_token(unsigned kind)
{
    return kind < RG_HINT_KIND_COUNT ? hint_tokens[kind] : NULL;
}

enum rg_status rg_graph_add_verdict(struct rg_graph *graph,
                                    const struct rg_verdict *verdict)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_VERDICT], graph,
                            verdict);
}

enum rg_status rg_graph_add_entry(struct rg_graph *graph,
                                  const struct rg_entry *entry)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_ENTRY], graph, entry);
}

enum rg_status rg_graph_add_path(struct rg_graph *graph,
                                 const struct rg_path *path)
{
    struct rg_path placed = *path;
    placed.first_step = (uint32_t)graph->step_count;
    return rg_record_append(&rg_graph_records[RG_RECORD_PATH], graph, &placed);
}

enum rg_status rg_graph_add_step(struct rg_graph *graph,
                                 const struct rg_step *step)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_STEP], graph, step);
}

enum rg_status rg_graph_add_hint(struct rg_graph *graph,
                                 const struct rg_hint *hint)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_HINT], graph, hint);
}

enum rg_status rg_graph_add_native(struct rg_graph *graph,
                                   const struct rg_native *native)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_NATIVE], graph, native);
}

enum rg_status rg_graph_add_retained(struct rg_graph *graph,
                                     const struct rg_retained *retained)
{
    return rg_record_append(&rg_graph_records[RG_RECORD_RETAINED], graph,
                            retained);
}

const struct rg_path *rg_graph_next_group(const struct rg_graph *graph,
                                          const struct rg_path *group)
{
    const struct rg_path *next = NULL;
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        bool is_behind =
            group == NULL || path->target_count < group->target_count ||
            (path->target_count == group->target_count && path > group);
        if (path->kind == RG_PATH_EMPHASISED && is_behind &&
            (next == NULL || path->target_count > next->target_count))
            next = path;
    }
    return next;
}

/* The rules that need more than one record; those of one stand in its row. */

#define RULE(holds, record, index, words) \
    do { \
        if (!(holds)) \
            return rg__broken(error, record, index, words); \
    } while (0)

static enum rg_status check_verdict(const struct rg_graph *graph, size_t i,
                                    struct rg_error *error)
{
    RULE(graph->verdicts[i].target == graph->targets[i], RG_RECORD_VERDICT, i,
         "it stands where its target does");
    return RG_OK;
}

static enum rg_status check_entry(const struct rg_graph *graph, size_t i,
                                  struct rg_error *error)
{
    const struct rg_entry *entry = &graph->entries[i];
    RULE(entry->target < graph->verdict_count, RG_RECORD_ENTRY, i,
         "its target has a verdict");
    RULE(i == 0 || graph->entries[i - 1].target <= entry->target,
         RG_RECORD_ENTRY, i, "the ledger has the order of the targets");
    return RG_OK;
}

static enum rg_status check_answer_path(const struct rg_graph *graph, size_t i,
                                        size_t step, struct rg_error *error)
{
    const struct rg_path *path = &graph->paths[i];
    const struct rg_path *before = i == 0 ? NULL : &graph->paths[i - 1];
    RULE(before == NULL || before->target < path->target ||
             (before->target == path->target && before->kind <= path->kind),
         RG_RECORD_PATH, i, "paths come by target and kind");
    RULE(path->first_step == step && path->step_count > 0 &&
             path->step_count <= graph->step_count - step,
         RG_RECORD_PATH, i, "its steps follow those of the path before");
    RULE(path->target_count > 0 && path->target_count <= graph->target_count,
         RG_RECORD_PATH, i, "it counts some of the targets");
    RULE(path->shared_count <= path->step_count, RG_RECORD_PATH, i,
         "no more steps are shared than there are");
    return RG_OK;
}

static enum rg_status check_step(const struct rg_graph *graph, size_t i,
                                 bool is_first, bool has_root,
                                 struct rg_error *error)
{
    const struct rg_step *step = &graph->steps[i];
    RULE(step->reference == RG_NONE ||
             graph->references[step->reference].referent == step->object,
         RG_RECORD_STEP, i, "its reference leads to its object");
    RULE(rg_kind_words(step->kind)->is_variable == (is_first && has_root),
         RG_RECORD_STEP, i,
         "a variable comes first, behind a root, and nowhere else");
    return RG_OK;
}

/* Paths in order, so that every step belongs to one of them. */
static enum rg_status check_paths(const struct rg_graph *graph,
                                  struct rg_error *error)
{
    size_t step = 0;
    for (size_t i = 0; i < graph->path_count; i++) {
        enum rg_status status = check_answer_path(graph, i, step, error);
        const struct rg_path *path = &graph->paths[i];
        for (size_t k = 0; status == RG_OK && k < path->step_count; k++)
            status = check_step(graph, step + k, k == 0, path->root != RG_NONE,
                                error);
        if (status != RG_OK)
            return status;
        step += path->step_count;
    }
    RULE(step == graph->step_count, RG_RECORD_COUNT, 0,
         "every step belongs to a path");
    return RG_OK;
}

static enum rg_status check_hint(const struct rg_graph *graph, size_t i,
                                 struct rg_error *error)
{
    RULE(i == 0 || graph->hints[i - 1].target <= graph->hints[i].target,
         RG_RECORD_HINT, i, "hints have the order of the targets");
    return RG_OK;
}

static enum rg_status check_retained(const struct rg_graph *graph, size_t i,
                                     struct rg_error *error)
{
    RULE(i == 0 || graph->retained[i - 1].object < graph->retained[i].object,
         RG_RECORD_RETAINED, i, "each object is listed once, in order");
    return RG_OK;
}

enum rg_status rg__answer_check(const struct rg_graph *graph,
                                struct rg_error *error)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->verdict_count && status == RG_OK; i++)
        status = check_verdict(graph, i, error);
    for (size_t i = 0; i < graph->entry_count && status == RG_OK; i++)
        status = check_entry(graph, i, error);
    if (status == RG_OK)
        status = check_paths(graph, error);
    for (size_t i = 0; i < graph->hint_count && status == RG_OK; i++)
        status = check_hint(graph, i, error);
    for (size_t i = 0; i < graph->retained_count && status == RG_OK; i++)
        status = check_retained(graph, i, error);
    return status;
}

static int by_retained_object(const void *left, const void *right)
{
    const struct rg_retained *a = left, *b = right;
    return (a->object > b->object) - (a->object < b->object);
}

const struct rg_retained *rg_graph_retained_by(const struct rg_graph *graph,
                                               uint32_t object)
{
    const struct rg_retained key = {.object = object};
    return rg_sort_find(graph->retained, graph->retained_count, sizeof key,
                        &key, by_retained_object);
}

/* A number out of a file may be any. */
static uint32_t name_size(const struct rg_step *step)
{
    return step->kind == RG_THREAD_LOCAL && step->number != 0 &&
                   step->number < step->label.size
               ? (uint32_t)step->number
               : step->label.size;
}

struct rg_text rg_step_name(const struct rg_step *step)
{
    return (struct rg_text){step->label.offset, name_size(step)};
}

struct rg_text rg_step_thread(const struct rg_step *step)
{
    uint32_t size = name_size(step);
    return (struct rg_text){step->label.offset + size, step->label.size - size};
}

struct rg_reference rg_step_words(const struct rg_step *step)
{
    return (struct rg_reference){.kind = step->kind,
                                 .key_type = step->key_type,
                                 .owner = step->owner,
                                 .label = step->label,
                                 .number = step->number};
}
