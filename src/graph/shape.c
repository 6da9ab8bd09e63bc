#include "graph/shape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "graph/explain.h"
#include "graph/order.h"
#include "graph/path.h"

/* The longest plumbing between an object and its named referrer. */
enum { MAX_PLUMBING = 3 };

/* References to one object that are still shown when the time is up while it
 * is being named: more than anybody reads, and done in a millisecond. */
enum { LATE_CANDIDATES = 1000 };

/* A reference that could be shown. */
struct candidate {
    const struct rg_graph *graph;
    struct rg_reference reference;  /* referrer and referent not yet set */
    uint32_t node;                  /* of the referrer, */
    uint32_t object;                /* and where it stands in the table */
    uintptr_t weak;                 /* address of a weak referrer, else 0 */
    uint32_t place;                 /* in order of discovery */
};

/* What the breadth-first pass knows of an object of the graph. */
struct shown {
    uint32_t node;
    uint32_t untracked;             /* untracked objects in a row up to here */
};

struct shape {
    const struct rg_table *table;
    const struct rg_closure *closure;
    const struct rg_namer *namer;
    const struct rg_shape_limits *limits;
    struct rg_graph *graph;
    struct rg_reading *reading;
    struct rg__forward forward;
    struct rg__route route;
    uint32_t *object_of;            /* node -> object; RG_NONE not shown */
    struct shown *shown;            /* by object; also the queue */
    size_t shown_capacity;
    struct candidate *candidates;
    size_t candidate_count, candidate_capacity;
    struct rg_code_map weak_objects; /* weak referrers off the closure */
    bool is_late;                   /* the time is up: show what is at hand */
};

/* The object that shows `node`, made when it is met for the first time. */
static enum rg_status object_of(struct shape *shape, uint32_t node,
                                uint32_t depth, uint32_t untracked,
                                uint32_t *index)
{
    *index = shape->object_of[node];
    if (*index != RG_NONE)
        return RG_OK;
    const struct rg_node *found = &shape->closure->nodes[node];
    void *shown = shape->shown;
    if (rg_grow(&shown, &shape->shown_capacity, shape->graph->object_count + 1,
                sizeof *shape->shown) < 0)
        return RG_ENOMEM;
    shape->shown = shown;
    struct rg_object object = {.id = found->address, .items = -1,
                               .depth = depth};
    enum rg_status status = shape->namer->describe(shape->namer->context, found,
                                                   shape->graph, &object);
    if (!found->followed)
        object.flags |= RG_OBJECT_NOT_FOLLOWED;
    if (status == RG_OK)
        status = rg_graph_add_object(shape->graph, &object, index);
    if (status != RG_OK)
        return status;
    shape->object_of[node] = *index;
    shape->shown[*index] = (struct shown){
        .node = node,
        .untracked = found->role & RG_ROLE_UNTRACKED && depth > 0
                         ? untracked + 1 : 0};
    return RG_OK;
}

static enum rg_status add_candidate(struct shape *shape,
                                    struct rg_reference reference,
                                    uint32_t node)
{
    void *items = shape->candidates;
    if (rg_grow(&items, &shape->candidate_capacity, shape->candidate_count + 1,
                sizeof *shape->candidates) < 0)
        return RG_ENOMEM;
    shape->candidates = items;
    shape->candidates[shape->candidate_count] =
        (struct candidate){.graph = shape->graph, .reference = reference,
                           .node = node,
                           .object = node == RG_NONE
                                         ? RG_NONE
                                         : shape->closure->nodes[node].object,
                           .place = (uint32_t)shape->candidate_count};
    shape->candidate_count++;
    return RG_OK;
}

/* The named references to `node`, but for those of folded plumbing. */
static enum rg_status collect_named(struct shape *shape, uint32_t node)
{
    uint32_t at = rg__reading_first(shape->reading, node);
    while (at != RG_NONE) {
        struct rg__edge edge = *rg__reading_edge(shape->reading, at);
        bool stands = true;
        enum rg_status status = RG_OK;
        if (!edge.through_plumbing)
            status = rg__reading_stands(shape->reading, edge.referrer, &stands);
        struct rg_reference reference = {
            .root = edge.root, .kind = edge.kind, .key_type = edge.key_type,
            .owner = edge.owner, .label = edge.label, .number = edge.number};
        if (status == RG_OK && stands)
            status = add_candidate(shape, reference, edge.referrer);
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(shape->reading), 1);
        if (status != RG_OK)
            return status;
        at = edge.next;
    }
    return RG_OK;
}

/* Weak references, when somebody wants to know: they are told by the object
 * itself, and neither followed nor counted. */
static enum rg_status add_weak(void *context, uintptr_t referrer,
                               const char *word)
{
    struct shape *shape = context;
    const struct rg_node node = {.address = referrer, .object = RG_NONE};
    struct rg_object words = {0};
    enum rg_status status =
        word != NULL
            ? rg_graph_text(shape->graph, word, strlen(word), &words.type)
            : shape->namer->describe(shape->namer->context, &node, shape->graph,
                                     &words);
    struct rg_reference reference = {.root = RG_NONE, .kind = RG_WEAK,
                                     .owner = words.type};
    if (status == RG_OK)
        status = add_candidate(shape, reference, RG_NONE);
    if (status == RG_OK)
        shape->candidates[shape->candidate_count - 1].weak = referrer;
    return status;
}

static enum rg_status collect_weak(struct shape *shape, uint32_t node)
{
    const struct rg_namer *namer = shape->namer;
    return namer->weak == NULL
               ? RG_OK
               : namer->weak(namer->context, &shape->closure->nodes[node],
                             add_weak, shape);
}

/* The time is up: of the references named so far the first ones, but for
 * those of what may be plumbing. */
static enum rg_status collect_late(struct shape *shape, uint32_t node)
{
    uint32_t at = rg__reading_first(shape->reading, node);
    enum rg_status status = RG_OK;
    shape->is_late = true;
    shape->candidate_count = 0;
    while (status == RG_OK && at != RG_NONE &&
           shape->candidate_count < LATE_CANDIDATES) {
        struct rg__edge edge = *rg__reading_edge(shape->reading, at);
        unsigned role = shape->closure->nodes[edge.referrer].role;
        struct rg_reference reference = {
            .root = edge.root, .kind = edge.kind, .key_type = edge.key_type,
            .owner = edge.owner, .label = edge.label, .number = edge.number};
        if (edge.through_plumbing || !(role & RG_ROLE_FOLDS))
            status = add_candidate(shape, reference, edge.referrer);
        at = edge.next;
    }
    return status;
}

/* What nobody could name: one line for each referrer, `Type (object)`. */
static enum rg_status collect_unnamed(struct shape *shape, uint32_t node)
{
    const struct rg_closure *closure = shape->closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        bool stands = true;
        if (rg__reading_unnamed(shape->reading, k) == 0)
            continue;
        enum rg_status status =
            rg__reading_stands(shape->reading, referrer, &stands);
        if (status == RG_OK && stands) {
            struct rg_object words = {0};
            status = shape->namer->describe(shape->namer->context,
                                            &closure->nodes[referrer],
                                            shape->graph, &words);
            struct rg_reference reference = {.root = RG_NONE,
                                             .kind = RG_UNNAMED,
                                             .owner = words.type};
            if (status == RG_OK)
                status = add_candidate(shape, reference, referrer);
        }
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(shape->reading), 1);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    int order = rg__order_compare(a->graph, &a->reference, &b->reference);
    if (order == 0)
        order = (a->object > b->object) - (a->object < b->object);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* Alike: same kind, owner and label shape.  A key is a shape of its own kind;
 * an attribute or variable is alike only under the same name. */
static bool are_alike(const struct rg_reference *a, const struct rg_reference *b)
{
    if (a->kind != b->kind || a->owner.offset != b->owner.offset ||
        a->owner.size != b->owner.size)
        return false;
    if (a->kind == RG_ITEM || a->kind == RG_INDEX)
        return true;
    return a->label.offset == b->label.offset && a->label.size == b->label.size;
}

/* Whether the shortest chain from a root to `node` comes through `referrer`:
 * then no limit cuts it. */
static bool is_on_path(const struct shape *shape, uint32_t node,
                       uint32_t referrer)
{
    uint32_t at = shape->route.toward[node];
    for (int hops = 0; at != RG_NONE && hops < MAX_PLUMBING; hops++) {
        if (at == referrer)
            return true;
        if (!(shape->closure->nodes[at].role & RG_ROLE_FOLDS))
            return false;
        at = shape->route.toward[at];
    }
    return false;
}

/* Nobody asks whether there is time for what is done because there is none. */
static struct rg_poll *poll_of(struct shape *shape)
{
    return shape->is_late ? NULL : rg__reading_poll(shape->reading);
}

/* A place among the objects shown for what is not to be followed. */
static enum rg_status show_unfollowed(struct shape *shape,
                                      const struct rg_object *object,
                                      uint32_t *index)
{
    void *shown = shape->shown;
    if (rg_grow(&shown, &shape->shown_capacity, shape->graph->object_count + 1,
                sizeof *shape->shown) < 0)
        return RG_ENOMEM;
    shape->shown = shown;
    enum rg_status status = rg_graph_add_object(shape->graph, object, index);
    if (status == RG_OK)
        shape->shown[*index] = (struct shown){.node = RG_NONE};
    return status;
}

/* The object that shows a weak referrer, made when it is met. */
static enum rg_status weak_object(struct shape *shape, uintptr_t address,
                                  uint32_t depth, uint32_t *index)
{
    rg_code code;
    uint32_t node = rg_closure_node(shape->closure, shape->table, address);
    if (node != RG_NONE)
        return object_of(shape, node, depth, 0, index);
    bool has_code = rg_regions_find(shape->table->regions, address, &code);
    *index = has_code ? rg_code_map_get(&shape->weak_objects, code) : RG_NONE;
    if (*index != RG_NONE)
        return RG_OK;
    const struct rg_node found = {.address = address, .object = RG_NONE};
    struct rg_object object = {.id = address, .items = -1, .depth = depth};
    enum rg_status status = shape->namer->describe(
        shape->namer->context, &found, shape->graph, &object);
    object.flags |= RG_OBJECT_NOT_FOLLOWED;
    if (status == RG_OK)
        status = show_unfollowed(shape, &object, index);
    if (status == RG_OK && has_code &&
        rg_code_map_add(&shape->weak_objects, code, *index) < 0)
        status = RG_ENOMEM;
    return status;
}

/* Adds the reference, and its referrer when it is an object.  A referrer past
 * the limit on untracked objects in a row is shown and not followed. */
static enum rg_status show(struct shape *shape, uint32_t object,
                           const struct candidate *candidate)
{
    struct rg_reference reference = candidate->reference;
    reference.referent = object;
    reference.referrer = RG_NONE;
    enum rg_status status = RG_OK;
    uint32_t depth = shape->graph->objects[object].depth + 1;
    if (candidate->weak != 0)
        status = weak_object(shape, candidate->weak, depth,
                             &reference.referrer);
    else if (reference.root == RG_NONE)
        status = object_of(shape, candidate->node, depth,
                           shape->shown[object].untracked, &reference.referrer);
    if (status == RG_OK)
        status = rg_graph_add_reference(shape->graph, &reference);
    return status == RG_OK ? rg_poll(poll_of(shape), 1) : status;
}

/* The label a rest shows: an index has its number as text. */
static enum rg_status rest_label(struct shape *shape,
                                 const struct rg_reference *reference,
                                 struct rg_text *text)
{
    if (reference->kind != RG_INDEX) {
        *text = reference->label;
        return RG_OK;
    }
    char digits[24], *end = digits + sizeof digits, *start = end;
    uint64_t number = reference->number;
    do
        *--start = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return rg_graph_text(shape->graph, start, (size_t)(end - start), text);
}

/* Shows one group of alike candidates: as many as the limit allows, and what
 * the shortest path needs; the rest is counted. */
static enum rg_status show_group(struct shape *shape, uint32_t object,
                                 size_t start, size_t end, uint32_t *shown)
{
    struct candidate *run = shape->candidates;
    uint32_t node = shape->shown[object].node;
    struct rg_rest rest = {.referent = object, .kind = run[start].reference.kind,
                           .key_type = run[start].reference.key_type,
                           .owner = run[start].reference.owner};
    int64_t limit = shape->limits->group_limit;
    bool is_variable = rg_kind_words(run[start].reference.kind)->is_variable;
    const struct rg_reference *first = NULL, *last = NULL;
    for (size_t i = start; i < end; i++) {
        if (is_variable || limit < 0 || (int64_t)(i - start) < limit ||
            is_on_path(shape, node, run[i].node)) {
            enum rg_status status = show(shape, object, &run[i]);
            if (status != RG_OK)
                return status;
            ++*shown;
            continue;
        }
        first = first == NULL ? &run[i].reference : first;
        last = &run[i].reference;
        rest.count++;
    }
    if (rest.count == 0)
        return RG_OK;
    rest.after = *shown == 0 ? RG_NONE : *shown - 1;
    enum rg_status status = rest_label(shape, first, &rest.first);
    if (status == RG_OK)
        status = rest_label(shape, last, &rest.last);
    return status == RG_OK ? rg_graph_add_rest(shape->graph, &rest) : status;
}

static enum rg_status show_candidates(struct shape *shape, uint32_t object)
{
    uint32_t shown = 0;
    size_t start = 0;
    while (start < shape->candidate_count) {
        size_t end = start + 1;
        while (end < shape->candidate_count &&
               are_alike(&shape->candidates[start].reference,
                         &shape->candidates[end].reference))
            end++;
        enum rg_status status = show_group(shape, object, start, end, &shown);
        if (status != RG_OK)
            return status;
        start = end;
    }
    return RG_OK;
}

static enum rg_status sort_candidates(struct shape *shape)
{
    return rg_sort(shape->candidates, shape->candidate_count,
                   sizeof *shape->candidates, compare_candidates,
                   poll_of(shape));
}

/* What could be shown of the references to a node, in order. */
static enum rg_status collect(struct shape *shape, uint32_t node)
{
    shape->candidate_count = 0;
    enum rg_status status = rg__reading_raise(shape->reading, node);
    if (status == RG_OK)
        status = collect_named(shape, node);
    if (status == RG_OK)
        status = collect_unnamed(shape, node);
    if (status == RG_OK)
        status = collect_weak(shape, node);
    if (status == RG_OK)
        status = sort_candidates(shape);
    if (status != RG_ETIMEOUT)
        return status;
    status = collect_late(shape, node);
    return status == RG_OK ? sort_candidates(shape) : status;
}

/* The references to one object of the graph. */
static enum rg_status expand(struct shape *shape, uint32_t object)
{
    uint32_t node = shape->shown[object].node;
    if (node == RG_NONE || !shape->closure->nodes[node].followed)
        return RG_OK;
    enum rg_status status = collect(shape, node);
    if (status != RG_OK || shape->candidate_count == 0)
        return status == RG_OK && shape->is_late ? RG_ETIMEOUT : status;
    struct rg_object *record = &shape->graph->objects[object];
    int64_t untracked = shape->limits->max_untracked;
    if (shape->limits->max_depth >= 0 &&
        (int64_t)record->depth >= shape->limits->max_depth)
        record->flags |= RG_OBJECT_DEPTH_LIMIT;
    else if (untracked >= 0 &&
             (int64_t)shape->shown[object].untracked > untracked &&
             !(record->flags & RG_OBJECT_TARGET))
        record->flags |= RG_OBJECT_UNTRACKED_LIMIT;
    else
        status = show_candidates(shape, object);
    return status == RG_OK && shape->is_late ? RG_ETIMEOUT : status;
}

/* Breadth first; an object that is met is an object to be expanded. */
static enum rg_status expand_all(struct shape *shape)
{
    enum rg_status status = RG_OK;
    for (uint32_t object = 0;
         status == RG_OK && object < shape->graph->object_count; object++)
        status = expand(shape, object);
    if (status != RG_ETIMEOUT)
        return status;
    shape->is_late = shape->graph->timed_out = true;
    return RG_OK;
}

/* Ties keep the order of discovery when there is no time for more. */
static enum rg_status order(struct shape *shape)
{
    if (shape->is_late)
        return RG_OK;
    enum rg_status status =
        rg__order_graph(shape->graph, rg__reading_poll(shape->reading));
    if (status != RG_ETIMEOUT)
        return status;
    shape->graph->timed_out = true;
    return RG_OK;
}

static enum rg_status add_targets(struct shape *shape, size_t count)
{
    enum rg_status status = RG_OK;
    for (uint32_t node = 0; status == RG_OK && node < count; node++) {
        uint32_t object;
        status = object_of(shape, node, 0, 0, &object);
        if (status == RG_OK)
            status = rg_graph_add_target(shape->graph, object);
        if (status == RG_OK)
            status = rg_poll(poll_of(shape), 1);
        if (status == RG_ETIMEOUT)
            status = RG_OK;     /* every target is shown, come what may */
    }
    return status;
}

static enum rg_status prepare(struct shape *shape,
                              const struct rg_table *table,
                              size_t target_count)
{
    size_t nodes = shape->closure->node_count;
    shape->reading = rg__reading_new(table, shape->closure, shape->namer,
                                     shape->graph);
    shape->object_of = rg_alloc(nodes, sizeof *shape->object_of);
    if (shape->reading == NULL || shape->object_of == NULL)
        return RG_ENOMEM;
    for (size_t n = 0; n < nodes; n++)
        shape->object_of[n] = RG_NONE;
    enum rg_status status = rg__forward_init(
        &shape->forward, shape->closure, (uint32_t)target_count,
        shape->limits->witness, false);
    return status == RG_OK ? rg__route_init(&shape->route, &shape->forward)
                           : status;
}

/* Everything that is to be shown, and then what there is to say about it:
 * while the graph still takes words, before its references are in order. */
static enum rg_status fill(struct shape *shape, const struct rg_table *table,
                           size_t target_count)
{
    enum rg_status status = add_targets(shape, target_count);
    if (status == RG_OK)
        status = expand_all(shape);
    if (status != RG_OK || shape->limits->witness == NULL)
        return status;
    const struct rg__asked asked = {
        .table = table, .closure = shape->closure,
        .target_count = (uint32_t)target_count, .namer = shape->namer,
        .witness = shape->limits->witness, .reading = shape->reading,
        .forward = &shape->forward, .route = &shape->route,
        .object_of = shape->object_of, .graph = shape->graph};
    if (!shape->is_late)
        status = rg__explain(&asked);
    if (!shape->is_late && status != RG_ETIMEOUT)
        return status;
    shape->is_late = shape->graph->timed_out = true;
    return rg__explain_late(&asked);
}

enum rg_status rg_shape(const struct rg_table *table,
                        const struct rg_closure *closure, size_t target_count,
                        const struct rg_namer *namer,
                        const struct rg_shape_limits *limits,
                        struct rg_graph *graph, struct rg_error *error)
{
    struct shape shape = {.table = table, .closure = closure, .namer = namer, .limits = limits,
                          .graph = graph};
    graph->max_depth = limits->max_depth;
    enum rg_status status = prepare(&shape, table, target_count);
    if (status == RG_OK)
        status = fill(&shape, table, target_count);
    if (status == RG_OK)
        status = rg_graph_seal(graph, error);
    if (status == RG_OK)
        status = order(&shape);
    if (status == RG_OK)
        rg__explain_place(graph);
    rg__reading_free(shape.reading);
    rg__forward_free(&shape.forward);
    rg__route_free(&shape.route);
    rg_free(shape.object_of);
    rg_free(shape.shown);
    rg_free(shape.candidates);
    rg_code_map_free(&shape.weak_objects);
    return status;
}
