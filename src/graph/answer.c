/* The records of "why is it alive": added, named, checked. */
#include "graph/answer.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

static const char *const verdict_tokens[RG_VERDICT_KIND_COUNT] = {
    [RG_VERDICT_ALIVE] = "alive",
    [RG_VERDICT_NATIVE] = "native",
    [RG_VERDICT_GARBAGE] = "garbage",
    [RG_VERDICT_ONLY_YOU] = "only-you",
    [RG_VERDICT_UNKNOWN] = "unknown",
};

static const char *const path_tokens[RG_PATH_KIND_COUNT] = {
    [RG_PATH_EMPHASISED] = "emphasised",
    [RG_PATH_FURTHER] = "further",
    [RG_PATH_ROOT] = "root",
    [RG_PATH_CUT] = "cut",
    [RG_PATH_YOURS] = "yours",
    [RG_PATH_NATIVE] = "native",
};

static int find_token(const char *const *tokens, int count, const char *text,
                      size_t size)
{
    int i = 0;
    while (i < count && (strlen(tokens[i]) != size ||
                         memcmp(tokens[i], text, size) != 0))
        i++;
    return i;
}

const char *rg_verdict_token(enum rg_verdict_kind kind)
{
    return verdict_tokens[kind];
}

enum rg_verdict_kind rg_verdict_from_token(const char *token, size_t size)
{
    return (enum rg_verdict_kind)find_token(verdict_tokens,
                                            RG_VERDICT_KIND_COUNT, token, size);
}

const char *rg_path_token(enum rg_path_kind kind)
{
    return path_tokens[kind];
}

enum rg_path_kind rg_path_from_token(const char *token, size_t size)
{
    return (enum rg_path_kind)find_token(path_tokens, RG_PATH_KIND_COUNT, token,
                                         size);
}

/* Appends one record; the index of the last must stay below RG_NONE. */
static enum rg_status append(void **items, size_t *count, size_t *capacity,
                             const void *record, size_t size)
{
    if (*count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(items, capacity, *count + 1, size) < 0)
        return RG_ENOMEM;
    memcpy((char *)*items + *count * size, record, size);
    ++*count;
    return RG_OK;
}

enum rg_status rg_graph_add_verdict(struct rg_graph *graph,
                                    const struct rg_verdict *verdict)
{
    void *items = graph->verdicts;
    enum rg_status status =
        append(&items, &graph->verdict_count, &graph->verdict_capacity, verdict,
               sizeof *verdict);
    graph->verdicts = items;
    return status;
}

enum rg_status rg_graph_add_entry(struct rg_graph *graph,
                                  const struct rg_entry *entry)
{
    void *items = graph->entries;
    enum rg_status status =
        append(&items, &graph->entry_count, &graph->entry_capacity, entry,
               sizeof *entry);
    graph->entries = items;
    return status;
}

enum rg_status rg_graph_add_path(struct rg_graph *graph,
                                 const struct rg_path *path)
{
    void *items = graph->paths;
    enum rg_status status =
        append(&items, &graph->path_count, &graph->path_capacity, path,
               sizeof *path);
    graph->paths = items;
    if (status == RG_OK)
        graph->paths[graph->path_count - 1].first_step =
            (uint32_t)graph->step_count;
    return status;
}

enum rg_status rg_graph_add_step(struct rg_graph *graph,
                                 const struct rg_step *step)
{
    void *items = graph->steps;
    enum rg_status status =
        append(&items, &graph->step_count, &graph->step_capacity, step,
               sizeof *step);
    graph->steps = items;
    return status;
}

enum rg_status rg_graph_add_native(struct rg_graph *graph,
                                   const struct rg_native *native)
{
    void *items = graph->natives;
    enum rg_status status =
        append(&items, &graph->native_count, &graph->native_capacity, native,
               sizeof *native);
    graph->natives = items;
    return status;
}

enum rg_status rg_graph_add_retained(struct rg_graph *graph,
                                     const struct rg_retained *retained)
{
    void *items = graph->retained;
    enum rg_status status =
        append(&items, &graph->retained_count, &graph->retained_capacity,
               retained, sizeof *retained);
    graph->retained = items;
    return status;
}

const struct rg_path *rg_graph_next_group(const struct rg_graph *graph,
                                          const struct rg_path *group)
{
    const struct rg_path *next = NULL;
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        bool is_behind = group == NULL ||
                         path->target_count < group->target_count ||
                         (path->target_count == group->target_count &&
                          path > group);
        if (path->kind == RG_PATH_EMPHASISED && is_behind &&
            (next == NULL || path->target_count > next->target_count))
            next = path;
    }
    return next;
}

/* The rules, one function per record. */

static enum rg_status broken(struct rg_error *error, const char *record,
                             size_t index, const char *rule)
{
    return rg_error_set(error, RG_EINTERNAL, "%s %zu: %s", record, index, rule);
}

#define RULE(holds, record, index, words) \
    do { \
        if (!(holds)) \
            return broken(error, record, index, words); \
    } while (0)

static int is_inside(const struct rg_graph *graph, struct rg_text text)
{
    return text.offset <= graph->text_size &&
           text.size <= graph->text_size - text.offset;
}

static enum rg_status check_verdict(const struct rg_graph *graph, size_t i,
                                    struct rg_error *error)
{
    const struct rg_verdict *verdict = &graph->verdicts[i];
    RULE(verdict->target == graph->targets[i], "verdict", i,
         "it stands where its target does");
    RULE(verdict->kind < RG_VERDICT_KIND_COUNT, "verdict", i,
         "its kind is known");
    RULE((verdict->flags & ~(uint32_t)RG_VERDICT_FLAGS) == 0, "verdict", i,
         "its flags are known");
    RULE(verdict->unexplained <= verdict->counted, "verdict", i,
         "no more is unexplained than was counted");
    RULE(verdict->generation >= -1, "verdict", i,
         "the generation is -1 or more");
    return RG_OK;
}

static enum rg_status check_entry(const struct rg_graph *graph, size_t i,
                                  struct rg_error *error)
{
    const struct rg_entry *entry = &graph->entries[i];
    RULE(entry->target < graph->verdict_count, "entry", i,
         "its target has a verdict");
    RULE(i == 0 || graph->entries[i - 1].target <= entry->target, "entry", i,
         "entries come in the order of the targets");
    RULE(entry->kind < RG_KIND_COUNT, "entry", i, "its kind is known");
    RULE((entry->flags & ~(unsigned)RG_ENTRY_FLAGS) == 0, "entry", i,
         "its flags are known");
    RULE(entry->count > 0, "entry", i, "it counts something");
    return RG_OK;
}

static enum rg_status check_path(const struct rg_graph *graph, size_t i,
                                 size_t step, struct rg_error *error)
{
    const struct rg_path *path = &graph->paths[i];
    const struct rg_path *before = i == 0 ? NULL : &graph->paths[i - 1];
    RULE(path->target < graph->target_count, "path", i, "it has a target");
    RULE(path->kind < RG_PATH_KIND_COUNT, "path", i, "its kind is known");
    RULE(before == NULL || before->target < path->target ||
             (before->target == path->target && before->kind <= path->kind),
         "path", i, "paths come by target and kind");
    RULE(path->root == RG_NONE || path->root < graph->root_count, "path", i,
         "its root is there");
    RULE(path->first_step == step && path->step_count > 0 &&
             path->step_count <= graph->step_count - step,
         "path", i, "its steps follow those of the path before");
    RULE(path->target_count > 0 && path->target_count <= graph->target_count,
         "path", i, "it counts some of the targets");
    RULE(is_inside(graph, path->awaiting), "path", i,
         "its words lie inside the text");
    RULE(path->shared_count <= path->step_count, "path", i,
         "no more steps are shared than there are");
    return RG_OK;
}

static enum rg_status check_step(const struct rg_graph *graph, size_t i,
                                 bool is_first, bool has_root,
                                 struct rg_error *error)
{
    const struct rg_step *step = &graph->steps[i];
    RULE(step->object == RG_NONE || step->object < graph->object_count, "step",
         i, "its object is there");
    RULE(step->reference == RG_NONE ||
             (step->reference < graph->reference_count &&
              graph->references[step->reference].referent == step->object),
         "step", i, "its reference leads to its object");
    RULE(step->kind < RG_KIND_COUNT && step->key_type < RG_KEY_TYPE_COUNT,
         "step", i, "its kind and key type are known");
    RULE(rg_kind_words(step->kind)->is_variable == (is_first && has_root),
         "step", i, "a variable comes first, behind a root, and nowhere else");
    RULE((step->flags & ~(unsigned)RG_STEP_FLAGS) == 0, "step", i,
         "its flags are known");
    RULE(is_inside(graph, step->owner) && is_inside(graph, step->label) &&
             is_inside(graph, step->type),
         "step", i, "its words lie inside the text");
    return RG_OK;
}

/* Paths in order, so that every step belongs to one of them. */
static enum rg_status check_paths(const struct rg_graph *graph,
                                  struct rg_error *error)
{
    size_t step = 0;
    for (size_t i = 0; i < graph->path_count; i++) {
        enum rg_status status = check_path(graph, i, step, error);
        const struct rg_path *path = &graph->paths[i];
        for (size_t k = 0; status == RG_OK && k < path->step_count; k++)
            status = check_step(graph, step + k, k == 0,
                                path->root != RG_NONE, error);
        if (status != RG_OK)
            return status;
        step += path->step_count;
    }
    RULE(step == graph->step_count, "graph", 0, "every step belongs to a path");
    return RG_OK;
}

static enum rg_status check_native(const struct rg_graph *graph, size_t i,
                                   struct rg_error *error)
{
    const struct rg_native *native = &graph->natives[i];
    RULE(native->object < graph->object_count, "native", i,
         "its object is there");
    RULE(native->count > 0, "native", i, "it counts something");
    RULE(is_inside(graph, native->holder), "native", i,
         "its words lie inside the text");
    return RG_OK;
}

static enum rg_status check_retained(const struct rg_graph *graph, size_t i,
                                     struct rg_error *error)
{
    const struct rg_retained *retained = &graph->retained[i];
    RULE(retained->object < graph->object_count, "retained", i,
         "its object is there");
    RULE(i == 0 || graph->retained[i - 1].object < retained->object, "retained",
         i, "each object is listed once, in order");
    return RG_OK;
}

enum rg_status rg__answer_check(const struct rg_graph *graph,
                                struct rg_error *error)
{
    enum rg_status status = RG_OK;
    RULE(graph->verdict_count == 0 ||
             graph->verdict_count == graph->target_count,
         "graph", 0, "every target has a verdict, or none has");
    for (size_t i = 0; i < graph->verdict_count && status == RG_OK; i++)
        status = check_verdict(graph, i, error);
    for (size_t i = 0; i < graph->entry_count && status == RG_OK; i++)
        status = check_entry(graph, i, error);
    if (status == RG_OK)
        status = check_paths(graph, error);
    for (size_t i = 0; i < graph->native_count && status == RG_OK; i++)
        status = check_native(graph, i, error);
    for (size_t i = 0; i < graph->retained_count && status == RG_OK; i++)
        status = check_retained(graph, i, error);
    return status;
}
