/* The rules of a sealed graph, one function per record. */
#include "graph/graph.h"

#include <math.h>

#define KNOWN_FLAGS \
    (RG_OBJECT_TARGET | RG_OBJECT_DEPTH_LIMIT | RG_OBJECT_SUSPENDED | \
     RG_OBJECT_CLASS | RG_OBJECT_NOT_FOLLOWED | RG_OBJECT_UNTRACKED_LIMIT | \
     RG_OBJECT_GARBAGE)

/* One broken rule: which record, and what should be true of it. */
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

/* A text lies inside the words; only an empty graph may have none. */
static bool is_inside(const struct rg_graph *graph, struct rg_text text)
{
    return text.offset <= graph->text_size &&
           text.size <= graph->text_size - text.offset;
}

static enum rg_status check_limits(const struct rg_graph *graph,
                                   struct rg_error *error)
{
    RULE(graph->sealed, "graph", 0, "is sealed");
    RULE(graph->max_depth >= -1, "graph", 0, "the depth limit is -1 or more");
    RULE(isfinite(graph->timeout) && graph->timeout >= 0, "graph", 0,
         "the timeout is a number of seconds, 0 or more");
    RULE(!graph->timed_out || graph->timeout > 0, "graph", 0,
         "only a walk with a timeout can have timed out");
    for (int i = 0; i < RG_UNSEEN_COUNT; i++)
        RULE(graph->unseen[i] >= -1, "graph", 0,
             "of unseen objects there are -1 (unknown), 0 or more");
    RULE(graph->object_count < RG_NONE && graph->reference_count < RG_NONE &&
             graph->rest_count < RG_NONE && graph->root_count < RG_NONE &&
             graph->target_count < RG_NONE,
         "graph", 0, "every record has an index");
    return RG_OK;
}

static enum rg_status check_root(const struct rg_graph *graph, size_t i,
                                 struct rg_error *error)
{
    const struct rg_root *root = &graph->roots[i];
    RULE(root->kind < RG_ROOT_KIND_COUNT, "root", i, "its kind is known");
    RULE(is_inside(graph, root->name) && is_inside(graph, root->thread) &&
             is_inside(graph, root->file),
         "root", i, "its words lie inside the text");
    return RG_OK;
}

/* `reference` and `rest` are where the records of this object must start:
 * each object's follow those of the object before. */
static enum rg_status check_object(const struct rg_graph *graph, size_t i,
                                   size_t reference, size_t rest,
                                   struct rg_error *error)
{
    const struct rg_object *object = &graph->objects[i];
    RULE(is_inside(graph, object->type) && is_inside(graph, object->qualname) &&
             is_inside(graph, object->module) &&
             is_inside(graph, object->detail) &&
             is_inside(graph, object->value),
         "object", i, "its words lie inside the text");
    RULE((object->flags & ~(uint32_t)KNOWN_FLAGS) == 0, "object", i,
         "its flags are known");
    RULE(object->items >= -1, "object", i, "it has -1 items or more");
    RULE(!(object->flags & RG_OBJECT_DEPTH_LIMIT) || graph->max_depth >= 0,
         "object", i, "a depth limit was in force where it cut");
    RULE(!(object->flags & RG_OBJECT_TARGET) || object->depth == 0, "object", i,
         "a target is no step away from itself");
    RULE(object->first_reference == reference &&
             object->reference_count <= graph->reference_count - reference,
         "object", i, "its references follow those of the object before");
    RULE(object->first_rest == rest &&
             object->rest_count <= graph->rest_count - rest,
         "object", i, "its rests follow those of the object before");
    return RG_OK;
}

static enum rg_status check_reference(const struct rg_graph *graph,
                                      size_t referent, size_t i,
                                      struct rg_error *error)
{
    const struct rg_reference *reference = &graph->references[i];
    RULE(reference->referent == referent, "reference", i,
         "it stands with its referent");
    RULE(reference->kind < RG_KIND_COUNT, "reference", i, "its kind is known");
    RULE(reference->key_type < RG_KEY_TYPE_COUNT, "reference", i,
         "its key type is known");
    if (rg_kind_words(reference->kind)->is_variable)
        RULE(reference->root < graph->root_count &&
                 reference->referrer == RG_NONE,
             "reference", i, "a variable has a root and no referrer");
    else
        RULE(reference->referrer < graph->object_count &&
                 reference->root == RG_NONE,
             "reference", i, "an object's reference has a referrer, no root");
    RULE(is_inside(graph, reference->owner) &&
             is_inside(graph, reference->label),
         "reference", i, "its words lie inside the text");
    return RG_OK;
}

static enum rg_status check_rest(const struct rg_graph *graph, size_t referent,
                                 size_t i, struct rg_error *error)
{
    const struct rg_rest *rest = &graph->rests[i];
    const struct rg_object *object = &graph->objects[referent];
    RULE(rest->referent == referent, "rest", i, "it stands with its referent");
    RULE(rest->after < object->reference_count, "rest", i,
         "it stands behind a reference that is shown");
    RULE(i == object->first_rest || graph->rests[i - 1].after <= rest->after,
         "rest", i, "it stands behind the rest before");
    RULE(rest->kind < RG_KIND_COUNT, "rest", i, "its kind is known");
    RULE(rest->key_type < RG_KEY_TYPE_COUNT, "rest", i,
         "its key type is known");
    RULE(rest->count > 0, "rest", i, "it counts something");
    RULE(is_inside(graph, rest->owner) && is_inside(graph, rest->first) &&
             is_inside(graph, rest->last),
         "rest", i, "its words lie inside the text");
    return RG_OK;
}

static enum rg_status check_object_records(const struct rg_graph *graph,
                                           size_t i, struct rg_error *error)
{
    const struct rg_object *object = &graph->objects[i];
    enum rg_status status = RG_OK;
    for (size_t k = 0; k < object->reference_count && status == RG_OK; k++)
        status = check_reference(graph, i, object->first_reference + k, error);
    for (size_t k = 0; k < object->rest_count && status == RG_OK; k++)
        status = check_rest(graph, i, object->first_rest + k, error);
    return status;
}

/* Objects in order, so that no record is missed and none counted twice. */
static enum rg_status check_objects(const struct rg_graph *graph,
                                    struct rg_error *error)
{
    size_t reference = 0, rest = 0;
    for (size_t i = 0; i < graph->object_count; i++) {
        enum rg_status status =
            check_object(graph, i, reference, rest, error);
        if (status == RG_OK)
            status = check_object_records(graph, i, error);
        if (status != RG_OK)
            return status;
        reference += graph->objects[i].reference_count;
        rest += graph->objects[i].rest_count;
    }
    RULE(reference == graph->reference_count && rest == graph->rest_count,
         "graph", 0, "every reference and rest belongs to an object");
    return RG_OK;
}

/* Spreads an index over 64 bits, so that sums of them tell sets apart. */
static uint64_t spread(uint64_t index)
{
    index = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (index ^ index >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* The list and the flags name the same objects, each once.  Their sums stand
 * for the two sets, because checking must not need memory. */
static enum rg_status check_targets(const struct rg_graph *graph,
                                    struct rg_error *error)
{
    uint64_t flagged = 0, listed = 0;
    for (size_t i = 0; i < graph->object_count; i++)
        if (graph->objects[i].flags & RG_OBJECT_TARGET)
            flagged += spread(i);
    for (size_t i = 0; i < graph->target_count; i++) {
        RULE(graph->targets[i] < graph->object_count, "target", i,
             "it is an object");
        listed += spread(graph->targets[i]);
    }
    RULE(flagged == listed, "graph", 0, "every target is listed once");
    return RG_OK;
}

enum rg_status rg_graph_check(const struct rg_graph *graph,
                              struct rg_error *error)
{
    enum rg_status status = check_limits(graph, error);
    for (size_t i = 0; i < graph->root_count && status == RG_OK; i++)
        status = check_root(graph, i, error);
    if (status == RG_OK)
        status = check_objects(graph, error);
    if (status == RG_OK)
        status = check_targets(graph, error);
    return status == RG_OK ? rg__answer_check(graph, error) : status;
}
