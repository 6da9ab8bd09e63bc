/* What could be shown of the references to one object, in the order in which
 * it would be.
 *
 * Named references, unnamed ones and weak ones, as the reading tells them;
 * when the time is up, those that it has told so far.  How many of them are
 * shown is for shape.c to say. */
#include "explain/shaping.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "graph/order.h"

/* References to one object that are still shown when the time is up while it
 * is being named: more than anybody reads, and done in a millisecond. */
enum { LATE_CANDIDATES = 1000 };

static enum rg_status add_candidate(struct rg__shaping *shape,
                                    struct rg_reference reference,
                                    uint32_t node)
{
    void *items = shape->candidates;
    if (rg_grow(&items, &shape->candidate_capacity, shape->candidate_count + 1,
                sizeof *shape->candidates) < 0)
        return RG_ENOMEM;
    shape->candidates = items;
    shape->candidates[shape->candidate_count] = (struct rg__candidate){
        .graph = shape->graph,
        .reference = reference,
        .node = node,
        .object =
            node == RG_NONE ? RG_NONE : shape->closure->nodes[node].object,
        .place = (uint32_t)shape->candidate_count};
    shape->candidate_count++;
    return RG_OK;
}

/* The named references to `node`, but for those of folded plumbing. */
static enum rg_status collect_named(struct rg__shaping *shape, uint32_t node)
{
    uint32_t at = rg__reading_first(shape->reading, node);
    while (at != RG_NONE) {
        struct rg__edge edge = *rg__reading_edge(shape->reading, at);
        bool stands = true;
        enum rg_status status = RG_OK;
        if (!edge.through_plumbing)
            status = rg__reading_stands(shape->reading, edge.referrer, &stands);
        struct rg_reference reference = rg__edge_words(&edge);
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
    struct rg__shaping *shape = context;
    const struct rg_node node = {.address = referrer, .object = RG_NONE};
    struct rg_object words = {0};
    enum rg_status status =
        word != NULL
            ? rg_graph_text(shape->graph, word, strlen(word), &words.type)
            : shape->namer->describe(shape->namer->context, &node, shape->graph,
                                     &words);
    struct rg_reference reference = {
        .root = RG_NONE, .kind = RG_WEAK, .owner = words.type};
    if (status == RG_OK)
        status = add_candidate(shape, reference, RG_NONE);
    if (status == RG_OK)
        shape->candidates[shape->candidate_count - 1].weak = referrer;
    return status;
}

static enum rg_status collect_weak(struct rg__shaping *shape, uint32_t node)
{
    const struct rg_namer *namer = shape->namer;
    return namer->weak == NULL
               ? RG_OK
               : namer->weak(namer->context, &shape->closure->nodes[node],
                             add_weak, shape);
}

/* The time is up: of the references named so far the first ones, but for
 * those of what may be plumbing. */
static enum rg_status collect_late(struct rg__shaping *shape, uint32_t node)
{
    uint32_t at = rg__reading_first(shape->reading, node);
    enum rg_status status = RG_OK;
    shape->is_late = true;
    shape->candidate_count = 0;
    while (status == RG_OK && at != RG_NONE &&
           shape->candidate_count < LATE_CANDIDATES) {
        struct rg__edge edge = *rg__reading_edge(shape->reading, at);
        unsigned role = shape->closure->nodes[edge.referrer].role;
        struct rg_reference reference = rg__edge_words(&edge);
        if (edge.through_plumbing || !(role & RG_ROLE_FOLDS))
            status = add_candidate(shape, reference, edge.referrer);
        at = edge.next;
    }
    return status;
}

/* What nobody could name: one line for each referrer, `Type (object)`. */
static enum rg_status collect_unnamed(struct rg__shaping *shape, uint32_t node)
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
            struct rg_reference reference = {
                .root = RG_NONE, .kind = RG_UNNAMED, .owner = words.type};
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
    const struct rg__candidate *a = left, *b = right;
    int order = rg_order_compare(a->graph, &a->reference, &b->reference);
    if (order == 0)
        order = (a->object > b->object) - (a->object < b->object);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static enum rg_status sort_candidates(struct rg__shaping *shape)
{
    return rg_sort(shape->candidates, shape->candidate_count,
                   sizeof *shape->candidates, compare_candidates,
                   rg__shape_poll(shape));
}

enum rg_status rg__shape_collect(struct rg__shaping *shape, uint32_t node)
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
