#include "explain/shape.h"

#include "base/alloc.h"
#include "explain/explain.h"
#include "graph/order.h"
#include "explain/shaping.h"

/* The longest plumbing between an object and its named referrer; and names of
 * one kind and owner that are shown of an object, unless alike references are
 * allowed more: of variables, where chains end, all but the absurd. */
enum { MAX_PLUMBING = 3, MOST_NAMES = 100, MOST_VARIABLES = 1000 };

/* Alike: same kind, owner and label shape.  A key is a shape of its own kind;
 * an attribute or variable is alike only under the same name. */
static bool are_alike(const struct rg_reference *a,
                      const struct rg_reference *b)
{
    if (a->kind != b->kind || a->owner.offset != b->owner.offset ||
        a->owner.size != b->owner.size)
        return false;
    if (a->kind == RG_ITEM || a->kind == RG_INDEX)
        return true;
    return a->label.offset == b->label.offset && a->label.size == b->label.size;
}

/* Whether the chain from a root to `node` that is emphasised comes through
 * `referrer`, or where none does, a shortest one: then no limit cuts it. */
static bool is_on_path(const struct rg__shaping *shape, uint32_t node,
                       uint32_t referrer)
{
    const struct rg__told_node *told =
        shape->story.place == NULL ? NULL : rg__story_of(&shape->story, node);
    if (told != NULL)
        return told->way.parent == referrer && referrer != RG_NONE;
    uint32_t at =
        shape->route.toward == NULL ? RG_NONE : shape->route.toward[node];
    for (int hops = 0; at != RG_NONE && hops < MAX_PLUMBING; hops++) {
        if (at == referrer)
            return true;
        if (!(shape->closure->nodes[at].role & RG_ROLE_FOLDS))
            return false;
        at = shape->route.toward[at];
    }
    return false;
}

static bool is_same_word(const struct rg_reference *a,
                         const struct rg_reference *b)
{
    return a->kind == b->kind && a->key_type == b->key_type &&
           a->number == b->number && rg_text_is_same(a->label, b->label);
}

/* Whether it is the reference that the chain comes by.  Of one referrer that
 * has very many to this object the others may be cut. */
static bool is_step(const struct rg__shaping *shape, uint32_t node,
                    const struct rg__candidate *candidate)
{
    const struct rg__told_node *told =
        shape->story.place == NULL ? NULL : rg__story_of(&shape->story, node);
    if (told == NULL || told->way.words.kind == RG_UNNAMED)
        return is_on_path(shape, node, candidate->node);
    bool is_from = told->way.root != RG_NONE
                       ? told->way.root == candidate->reference.root
                       : told->way.parent == candidate->node;
    return is_from && is_same_word(&told->way.words, &candidate->reference);
}

/* The label a rest shows: an index has its number as text. */
static enum rg_status rest_label(struct rg__shaping *shape,
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

/* Whether there are objects enough without this one.  What is on the way that
 * is emphasised is there in any case; where there is none (nobody is a witness)
 * a shortest way of each object. */
static bool is_past_limit(const struct rg__shaping *shape, uint32_t node,
                          const struct rg__candidate *candidate)
{
    int64_t limit = shape->limits->object_limit;
    bool is_past = limit >= 0 && candidate->reference.root == RG_NONE &&
                   candidate->weak == 0 &&
                   shape->object_of[candidate->node] == RG_NONE &&
                   shape->graph->object_count >= (uint64_t)limit;
    bool has_way =
        shape->story.place == NULL || rg__story_of(&shape->story, node) != NULL;
    return is_past && !(has_way && is_on_path(shape, node, candidate->node));
}

static enum rg_status note_left_out(struct rg__shaping *shape, uint32_t object,
                                    uint32_t node)
{
    struct rg_left_out *left_out = &shape->graph->left_out;
    if (shape->is_left_out == NULL)
        shape->is_left_out = rg_alloc_zeroed(shape->closure->node_count,
                                             sizeof *shape->is_left_out);
    if (shape->is_left_out == NULL)
        return RG_ENOMEM;
    shape->graph->objects[object].flags |= RG_OBJECT_COUNT_LIMIT;
    left_out->limit = (uint64_t)shape->limits->object_limit;
    left_out->objects += !shape->is_left_out[node];
    left_out->references++;
    shape->is_left_out[node] = true;
    return RG_OK;
}

/* Whether no variable of this root was shown of this object before: a root is
 * never cut. */
static enum rg_status meet_root(struct rg__shaping *shape, uint32_t object,
                                uint32_t root, bool *is_new)
{
    size_t before = shape->root_capacity;
    void *roots = shape->root_met;
    if (root >= before &&
        rg_grow(&roots, &shape->root_capacity, (size_t)root + 1,
                sizeof *shape->root_met) < 0)
        return RG_ENOMEM;
    shape->root_met = roots;
    for (; before < shape->root_capacity; before++)
        shape->root_met[before] = RG_NONE;
    *is_new = shape->root_met[root] != object;
    shape->root_met[root] = object;
    return RG_OK;
}

/* Shows candidates of one kind and owner: as many as are wanted, each root once
 * at least, and what the shortest path needs; the rest is counted. */
static enum rg_status show_run(struct rg__shaping *shape, uint32_t object,
                               size_t start, size_t end, int64_t wanted,
                               uint32_t *shown)
{
    struct rg__candidate *run = shape->candidates;
    uint32_t node = shape->shown[object].node;
    struct rg_rest rest = {.referent = object,
                           .kind = run[start].reference.kind,
                           .key_type = run[start].reference.key_type,
                           .owner = run[start].reference.owner};
    const struct rg_reference *first = NULL, *last = NULL;
    for (size_t i = start; i < end; i++) {
        bool is_wanted = wanted < 0 || (int64_t)(i - start) < wanted;
        bool is_past = is_past_limit(shape, node, &run[i]), is_new_root = false;
        uint32_t root = run[i].reference.root;
        enum rg_status status =
            root == RG_NONE ? RG_OK
                            : meet_root(shape, object, root, &is_new_root);
        if (status == RG_OK && !is_past &&
            (is_wanted || is_new_root || is_step(shape, node, &run[i]))) {
            status = rg__shape_show(shape, object, &run[i]);
            ++*shown;
            if (status == RG_OK)
                continue;
        }
        if (status != RG_OK)
            return status;
        if (is_past) {
            if (note_left_out(shape, object, run[i].node) != RG_OK)
                return RG_ENOMEM;
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

/* Alike ones of a kind and owner: those of one name, or items; of very many
 * names the first, and the rest in one. */
static enum rg_status show_family(struct rg__shaping *shape, uint32_t object,
                                  size_t start, size_t end, uint32_t *shown)
{
    const struct rg__candidate *run = shape->candidates;
    int64_t limit = shape->limits->group_limit, names = 0;
    bool is_variable = rg_kind_words(run[start].reference.kind)->is_variable;
    int64_t most = is_variable ? MOST_VARIABLES : MOST_NAMES;
    enum rg_status status = RG_OK;
    most = limit > most ? limit : most;
    while (status == RG_OK && start < end && (limit < 0 || names < most)) {
        size_t at = start + 1;
        while (at < end && are_alike(&run[start].reference, &run[at].reference))
            at++;
        status =
            show_run(shape, object, start, at, is_variable ? -1 : limit, shown);
        start = at;
        names++;
    }
    return status == RG_OK && start < end
               ? show_run(shape, object, start, end, 0, shown)
               : status;
}

static bool are_related(const struct rg_reference *a,
                        const struct rg_reference *b)
{
    return a->kind == b->kind && rg_text_is_same(a->owner, b->owner);
}

static enum rg_status show_candidates(struct rg__shaping *shape,
                                      uint32_t object)
{
    const struct rg__candidate *run = shape->candidates;
    uint32_t shown = 0;
    enum rg_status status = RG_OK;
    for (size_t start = 0, end;
         status == RG_OK && start < shape->candidate_count; start = end) {
        end = start + 1;
        while (end < shape->candidate_count &&
               are_related(&run[start].reference, &run[end].reference))
            end++;
        status = show_family(shape, object, start, end, &shown);
    }
    return status;
}

/* The references to one object of the graph. */
static enum rg_status expand(struct rg__shaping *shape, uint32_t object)
{
    uint32_t node = shape->shown[object].node;
    if (node == RG_NONE || !shape->closure->nodes[node].followed)
        return RG_OK;
    enum rg_status status = rg__shape_collect(shape, node);
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
static enum rg_status expand_all(struct rg__shaping *shape)
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
static enum rg_status order(struct rg__shaping *shape)
{
    if (shape->is_late)
        return RG_OK;
    enum rg_status status =
        rg_order_graph(shape->graph, rg__reading_poll(shape->reading));
    if (status != RG_ETIMEOUT)
        return status;
    shape->graph->timed_out = true;
    return RG_OK;
}

/* Pieces of work (poll.h) that an object is: it is described in words. */
enum { PIECES_PER_OBJECT = 32 };

static enum rg_status add_targets(struct rg__shaping *shape, size_t count)
{
    enum rg_status status = RG_OK;
    for (uint32_t node = 0; status == RG_OK && node < count; node++) {
        uint32_t object;
        status = rg__shape_object(shape, node, 0, 0, &object);
        if (status == RG_OK)
            status = rg_graph_add_target(shape->graph, object);
        if (status == RG_OK)
            status = rg_poll(rg__shape_poll(shape), PIECES_PER_OBJECT);
        if (status != RG_ETIMEOUT)
            continue;
        /* Every target is shown, come what may, and then no more. */
        shape->is_late = shape->graph->timed_out = true;
        status = RG_OK;
    }
    return status;
}

static enum rg_status allocate_shape(struct rg__shaping *shape)
{
    size_t nodes = shape->closure->node_count;
    shape->reading = rg__reading_new(shape->table, shape->closure, shape->namer,
                                     shape->graph);
    shape->object_of = rg_alloc(nodes, sizeof *shape->object_of);
    if (shape->reading == NULL || shape->object_of == NULL)
        return RG_ENOMEM;
    for (size_t n = 0; n < nodes; n++)
        shape->object_of[n] = RG_NONE;
    return RG_OK;
}

/* The paths of the targets are chosen before anything is shown, so that no
 * limit cuts what is emphasised. */
static enum rg_status tell_paths(struct rg__shaping *shape,
                                 uint32_t target_count)
{
    struct rg__asked *asked = &shape->asked;
    *asked = (struct rg__asked){.naming = {.closure = shape->closure,
                                           .namer = shape->namer,
                                           .reading = shape->reading,
                                           .object_of = shape->object_of,
                                           .graph = shape->graph},
                                .table = shape->table,
                                .target_count = target_count,
                                .witness = shape->limits->witness,
                                .forward = &shape->forward,
                                .alive = &shape->alive,
                                .route = &shape->route,
                                .story = &shape->story};
    uint32_t *targets = rg_alloc(target_count, sizeof *targets);
    if (targets == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < target_count; t++)
        targets[t] = t;
    enum rg_status status = rg__story_init(&shape->story, asked, &shape->route,
                                           targets, target_count);
    rg_free(targets);
    return status;
}

static enum rg_status prepare_shape(struct rg__shaping *shape,
                                    uint32_t target_count)
{
    enum rg_status status = allocate_shape(shape);
    if (status != RG_OK)
        return status;
    struct rg_poll *poll = rg__reading_poll(shape->reading);
    status = rg_forward_init(&shape->forward, shape->closure, target_count,
                             shape->limits->witness, poll);
    if (status == RG_OK)
        status =
            rg_route_init_alive(&shape->alive, &shape->forward, NULL, poll);
    if (status == RG_OK)
        status =
            rg_route_init(&shape->route, &shape->forward, &shape->alive, poll);
    if (status == RG_OK && shape->limits->witness != NULL)
        status = tell_paths(shape, target_count);
    if (status != RG_ETIMEOUT)
        return status;
    /* What is shown then has no shortest path, and no answers. */
    shape->is_late = shape->graph->timed_out = true;
    return RG_OK;
}

/* Everything that is to be shown, and then what there is to say about it:
 * while the graph still takes words, before its references are in order. */
static enum rg_status fill_graph(struct rg__shaping *shape,
                                 uint32_t target_count)
{
    enum rg_status status = add_targets(shape, target_count);
    if (status == RG_OK)
        status = expand_all(shape);
    if (status != RG_OK || shape->limits->witness == NULL)
        return status;
    if (!shape->is_late)
        status = rg__explain(&shape->asked);
    if (!shape->is_late && status != RG_ETIMEOUT)
        return status;
    shape->is_late = shape->graph->timed_out = true;
    return rg__explain_late(shape->graph, shape->object_of, target_count);
}

enum rg_status rg_shape(const struct rg_table *table,
                        const struct rg_closure *closure, size_t target_count,
                        const struct rg_namer *namer,
                        const struct rg_shape_limits *limits,
                        struct rg_graph *graph, struct rg_error *error)
{
    struct rg__shaping shape = {.table = table,
                                .closure = closure,
                                .namer = namer,
                                .limits = limits,
                                .graph = graph};
    graph->max_depth = limits->max_depth;
    enum rg_status status = prepare_shape(&shape, (uint32_t)target_count);
    if (status == RG_OK)
        status = fill_graph(&shape, (uint32_t)target_count);
    if (status == RG_OK)
        status = rg_graph_seal(graph, error);
    if (status == RG_OK)
        status = order(&shape);
    if (status == RG_OK)
        rg__explain_place(graph);
    rg__reading_free(shape.reading);
    rg_forward_free(&shape.forward);
    rg_route_free(&shape.alive);
    rg_route_free(&shape.route);
    rg__story_free(&shape.story);
    rg_free(shape.object_of);
    rg_free(shape.shown);
    rg_free(shape.is_left_out);
    rg_free(shape.root_met);
    rg_free(shape.candidates);
    rg_code_map_free(&shape.weak_objects);
    return status;
}
