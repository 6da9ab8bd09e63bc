#include "render/text_order.h"

#include <string.h>

#include "base/alloc.h"
#include "base/dominator.h"
#include "base/hash.h"
#include "base/sort.h"

/* The strong references between objects of a graph, and where ways begin. */
struct ways {
    const struct rg_graph *graph;
    struct rg_poll *poll;
    struct rg_digraph digraph;
    bool *is_held;  /* by object: a root refers to it */
    bool *is_start; /* or something that is not in the graph may */
};

static bool is_strong(const struct rg_reference *reference)
{
    return reference->referrer != RG_NONE && reference->kind != RG_WEAK;
}

static enum rg_status link_objects(struct ways *ways)
{
    const struct rg_graph *graph = ways->graph;
    uint32_t *from = rg_alloc(graph->reference_count, sizeof *from);
    uint32_t *to = rg_alloc(graph->reference_count, sizeof *to);
    enum rg_status status = RG_ENOMEM;
    size_t count = 0;
    if (from == NULL || to == NULL)
        goto fail;
    for (size_t i = 0; i < graph->reference_count; i++) {
        if (!is_strong(&graph->references[i]))
            continue;
        from[count] = graph->references[i].referrer;
        to[count++] = graph->references[i].referent;
    }
    status = rg_digraph_of_edges(&ways->digraph, (uint32_t)graph->object_count,
                                 from, to, count);
fail:
    rg_free(from);
    rg_free(to);
    return status;
}

/* Whatever a limit cut, or C code holds, may be reached from anywhere. */
static void find_starts(struct ways *ways)
{
    const struct rg_graph *graph = ways->graph;
    const uint32_t open = RG_OBJECT_LIMIT | RG_OBJECT_NOT_FOLLOWED;
    for (size_t i = 0; i < graph->reference_count; i++)
        if (graph->references[i].root != RG_NONE)
            ways->is_held[graph->references[i].referent] = true;
    for (size_t i = 0; i < graph->object_count; i++)
        ways->is_start[i] = ways->is_held[i] ||
                            graph->objects[i].rest_count != 0 ||
                            (graph->objects[i].flags & open) != 0;
    for (size_t i = 0; i < graph->native_count; i++)
        ways->is_start[graph->natives[i].object] = true;
}

static void free_ways(struct ways *ways)
{
    rg_digraph_free(&ways->digraph);
    rg_free(ways->is_held);
    rg_free(ways->is_start);
}

/* Breadth first, from what roots refer to. */
static enum rg_status measure_distances(const struct ways *ways,
                                        uint32_t *distance)
{
    uint32_t count = ways->digraph.count, queued = 0;
    uint32_t *queue = rg_alloc(count, sizeof *queue);
    enum rg_status status = RG_OK;
    if (queue == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        distance[i] = ways->is_held[i] ? 1 : RG_NONE;
        if (ways->is_held[i])
            queue[queued++] = i;
    }
    for (uint32_t head = 0; head < queued && status == RG_OK; head++) {
        uint32_t object = queue[head];
        for (uint32_t k = ways->digraph.first[object];
             k < ways->digraph.first[object + 1]; k++) {
            uint32_t referent = ways->digraph.referent[k];
            if (distance[referent] != RG_NONE)
                continue;
            distance[referent] = distance[object] + 1;
            queue[queued++] = referent;
        }
        status = rg_poll(ways->poll, 1);
    }
    rg_free(queue);
    return status;
}

/* The tree of dominators, numbered so that what an object dominates, itself
 * included, has the numbers from its own up to its end. */
struct numbering {
    uint32_t *number, *end; /* by object; end 0: nothing leads to it */
};

static void number_tree(struct numbering *numbering, uint32_t count,
                        const uint32_t *dominator, const uint32_t *order,
                        uint32_t reached)
{
    uint32_t *size = numbering->end, next = 0;
    for (uint32_t i = reached; i-- > 0;) {
        uint32_t object = order[i];
        size[object]++;
        if (dominator[object] != count)
            size[dominator[object]] += size[object];
    }
    /* Until all beneath an object are numbered, number[] is the next free one
     * there; it then stands at the end, and `size` leads back to the start. */
    for (uint32_t i = 0; i < reached; i++) {
        uint32_t object = order[i], above = dominator[object];
        uint32_t *free_number =
            above == count ? &next : &numbering->number[above];
        uint32_t start = *free_number;
        *free_number += size[object];
        numbering->number[object] = start + 1;
    }
    for (uint32_t i = 0; i < reached; i++) {
        uint32_t object = order[i], end = numbering->number[object];
        numbering->number[object] = end - size[object];
        numbering->end[object] = end;
    }
}

static bool dominates(const struct numbering *numbering, uint32_t above,
                      uint32_t object)
{
    return numbering->end[above] != 0 && numbering->end[object] != 0 &&
           numbering->number[above] <= numbering->number[object] &&
           numbering->end[object] <= numbering->end[above];
}

static void find_backs(const struct rg_graph *graph,
                       const struct numbering *numbering, bool *leads_back)
{
    for (size_t i = 0; i < graph->reference_count; i++) {
        const struct rg_reference *reference = &graph->references[i];
        leads_back[i] =
            is_strong(reference) && reference->kind != RG_INSTANCE &&
            dominates(numbering, reference->referent, reference->referrer);
    }
}

/* Uses up the forward half of the digraph. */
static enum rg_status mark_backs(struct ways *ways, bool *leads_back)
{
    uint32_t count = ways->digraph.count, reached = 0;
    uint32_t *dominator = rg_alloc(count, sizeof *dominator);
    uint32_t *order = rg_alloc(count, sizeof *order);
    struct numbering numbering = {
        .number = rg_alloc_zeroed(count, sizeof *numbering.number),
        .end = rg_alloc_zeroed(count, sizeof *numbering.end)};
    enum rg_status status = RG_ENOMEM;
    if (dominator == NULL || order == NULL || numbering.number == NULL ||
        numbering.end == NULL)
        goto fail;
    status = rg_dominators(&ways->digraph, ways->is_start, dominator, order,
                           &reached, ways->poll);
    if (status == RG_OK) {
        number_tree(&numbering, count, dominator, order, reached);
        find_backs(ways->graph, &numbering, leads_back);
    }
fail:
    rg_free(dominator);
    rg_free(order);
    rg_free(numbering.number);
    rg_free(numbering.end);
    return status;
}

/* A reference while those of its object are sorted. */
struct sorted {
    uint32_t rank;     /* objects, variables, instances of a class */
    uint32_t distance; /* of the referrer */
    uint32_t at;       /* reference */
};

static int compare_counts(uint32_t left, uint32_t right)
{
    return (left > right) - (left < right);
}

static int compare_sorted(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    int order = compare_counts(a->rank, b->rank);
    if (order == 0)
        order = compare_counts(a->distance, b->distance);
    return order != 0 ? order : compare_counts(a->at, b->at);
}

static struct sorted sorting_of(const struct rg__text_order *order,
                                const struct rg_graph *graph, uint32_t at)
{
    const struct rg_reference *reference = &graph->references[at];
    struct sorted sorted = {.distance = 0, .at = at};
    sorted.rank = reference->kind == RG_INSTANCE   ? 2
                  : reference->referrer == RG_NONE ? 1
                                                   : 0;
    if (reference->referrer != RG_NONE)
        sorted.distance = is_strong(reference)
                              ? order->distance[reference->referrer]
                              : RG_NONE;
    return sorted;
}

static int compare_by_after(const void *left, const void *right)
{
    const struct rg__placed_rest *a = left, *b = right;
    int order = compare_counts(a->after, b->after);
    return order != 0 ? order : compare_counts(a->rest, b->rest);
}

/* A rest stands behind the last one shown of its kind and owner.  Those of
 * one object are put in a table by the place in the graph's text of their
 * owner, in which each reference is looked up. */
struct rest_key {
    const struct rg_graph *graph;
    uint8_t kind;
    struct rg_text owner;
};

static bool is_rest_of(const void *context, uint32_t rest)
{
    const struct rest_key *key = context;
    const struct rg_rest *other = &key->graph->rests[rest];
    return other->kind == key->kind &&
           rg_text_is_same(other->owner, key->owner);
}

static uint32_t hash_rest_key(const struct rest_key *key)
{
    return rg_hash_mix((uint64_t)key->kind << 32 | key->owner.offset);
}

/* Rests of one kind and owner after the first follow that one. */
static enum rg_status put_rests(struct rg__text_order *order,
                                const struct rg_graph *graph,
                                const struct rg_object *object,
                                struct rg_hash *table)
{
    if (rg_hash_restart(table, object->rest_count) < 0)
        return RG_ENOMEM;
    for (uint32_t k = 0; k < object->rest_count; k++) {
        uint32_t index = object->first_rest + k;
        const struct rg_rest *rest = &graph->rests[index];
        struct rest_key key = {graph, rest->kind, rest->owner};
        uint32_t hash = hash_rest_key(&key);
        struct rg_hash_slot *slot =
            rg_hash_slot_of(table, hash, is_rest_of, &key);
        order->rests[index] = (struct rg__placed_rest){
            .rest = index, .after = rest->after, .like = slot->index};
        if (slot->index == RG_HASH_FREE)
            rg_hash_fill(table, slot, hash, index);
    }
    return RG_OK;
}

static enum rg_status place_rests(struct rg__text_order *order,
                                  const struct rg_graph *graph,
                                  const struct rg_object *object,
                                  struct rg_hash *table, struct rg_poll *poll)
{
    if (object->rest_count == 0)
        return RG_OK;
    if (put_rests(order, graph, object, table) != RG_OK)
        return RG_ENOMEM;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[order->shown[object->first_reference + k]];
        struct rest_key key = {graph, reference->kind, reference->owner};
        const struct rg_hash_slot *slot =
            rg_hash_slot_of(table, hash_rest_key(&key), is_rest_of, &key);
        if (slot->index != RG_HASH_FREE)
            order->rests[slot->index].after = k;
    }
    struct rg__placed_rest *rests = order->rests + object->first_rest;
    for (uint32_t k = 0; k < object->rest_count; k++)
        if (rests[k].like != RG_HASH_FREE)
            rests[k].after = order->rests[rests[k].like].after;
    return rg_sort(rests, object->rest_count, sizeof *rests, compare_by_after,
                   poll);
}

static enum rg_status sort_lines(struct rg__text_order *order,
                                 const struct rg_graph *graph,
                                 struct rg_poll *poll)
{
    struct sorted *sorted = rg_alloc(graph->reference_count, sizeof *sorted);
    struct rg_hash table = {0};
    enum rg_status status = sorted == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; status == RG_OK && i < graph->object_count; i++) {
        const struct rg_object *object = &graph->objects[i];
        uint32_t first = object->first_reference;
        for (uint32_t k = 0; k < object->reference_count; k++)
            sorted[k] = sorting_of(order, graph, first + k);
        status = rg_sort(sorted, object->reference_count, sizeof *sorted,
                         compare_sorted, poll);
        for (uint32_t k = 0; k < object->reference_count; k++)
            order->shown[first + k] = sorted[k].at;
        if (status == RG_OK)
            status = place_rests(order, graph, object, &table, poll);
    }
    rg_hash_free(&table);
    rg_free(sorted);
    return status;
}

static enum rg_status find_ways(struct rg__text_order *order,
                                const struct rg_graph *graph,
                                struct rg_poll *poll)
{
    struct ways ways = {.graph = graph, .poll = poll};
    enum rg_status status = RG_ENOMEM;
    ways.is_held = rg_alloc_zeroed(graph->object_count, sizeof *ways.is_held);
    ways.is_start = rg_alloc_zeroed(graph->object_count, sizeof *ways.is_start);
    if (ways.is_held == NULL || ways.is_start == NULL)
        goto fail;
    find_starts(&ways);
    status = link_objects(&ways);
    if (status == RG_OK)
        status = measure_distances(&ways, order->distance);
    if (status == RG_OK && graph->root_count != 0)
        status = mark_backs(&ways, order->leads_back);
fail:
    free_ways(&ways);
    return status;
}

enum rg_status rg__text_order_init(struct rg__text_order *order,
                                   const struct rg_graph *graph,
                                   struct rg_poll *poll)
{
    enum rg_status status = RG_ENOMEM;
    *order = (struct rg__text_order){
        .shown = rg_alloc(graph->reference_count, sizeof *order->shown),
        .leads_back =
            rg_alloc_zeroed(graph->reference_count, sizeof *order->leads_back),
        .distance = rg_alloc(graph->object_count, sizeof *order->distance),
        .rests = rg_alloc(graph->rest_count, sizeof *order->rests)};
    if (order->shown != NULL && order->leads_back != NULL &&
        order->distance != NULL && order->rests != NULL)
        status = find_ways(order, graph, poll);
    if (status == RG_OK)
        status = sort_lines(order, graph, poll);
    if (status != RG_OK)
        rg__text_order_free(order);
    return status;
}

void rg__text_order_free(struct rg__text_order *order)
{
    rg_free(order->shown);
    rg_free(order->leads_back);
    rg_free(order->distance);
    rg_free(order->rests);
    *order = (struct rg__text_order){0};
}
