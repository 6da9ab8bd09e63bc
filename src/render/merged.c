#include "render/merged.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "render/text_order.h"

/* So many items of a container keep their keys. */
enum { MOST_LABELS = 3 };

/* A reference that is on the way to a target. */
struct merging {
    struct rg__merged *merged;
    const struct rg_graph *graph;
    struct rg_poll *poll;
    struct rg__text_order order;
    uint32_t *edges; /* references */
    size_t edge_count;
    uint32_t *main;  /* by object: the edge by which it is shown; RG_NONE */
    uint32_t *first; /* by referrer, roots last: where its edges are in */
    uint32_t *leaving;
    uint32_t *waiting; /* objects whose way up is still to be found */
    size_t waiting_count;
    uint32_t *stamp; /* by object: the last that counted it */
    size_t member_count;
};

/* One edge, while those that are alike are put together. */
struct candidate {
    const struct rg_graph *graph;
    uint32_t edge;
};

static bool is_way(const struct merging *merging, uint32_t reference)
{
    const struct rg_reference *record = &merging->graph->references[reference];
    return record->kind != RG_WEAK && !merging->order.leads_back[reference] &&
           (record->referrer == RG_NONE ||
            merging->order.distance[record->referrer] != RG_NONE);
}

static uint32_t way_length(const struct merging *merging, uint32_t reference)
{
    uint32_t referrer = merging->graph->references[reference].referrer;
    return referrer == RG_NONE ? 0 : merging->order.distance[referrer];
}

static void await_object(struct merging *merging, uint32_t object)
{
    if (object == RG_NONE || merging->stamp[object] != 0)
        return;
    merging->stamp[object] = 1;
    merging->waiting[merging->waiting_count++] = object;
}

/* The ways to one object: all of a target, but the nearest alone of what stands
 * between. */
static void add_ways_to(struct merging *merging, uint32_t object)
{
    const struct rg_graph *graph = merging->graph;
    const struct rg_object *record = &graph->objects[object];
    uint32_t best = RG_NONE;
    for (uint32_t k = 0; k < record->reference_count; k++) {
        uint32_t reference = merging->order.shown[record->first_reference + k];
        if (!is_way(merging, reference))
            continue;
        if (best == RG_NONE ||
            way_length(merging, reference) < way_length(merging, best))
            best = reference;
        if ((record->flags & RG_OBJECT_TARGET) == 0)
            continue;
        merging->edges[merging->edge_count++] = reference;
        await_object(merging, graph->references[reference].referrer);
    }
    merging->main[object] = best;
    if (best == RG_NONE || record->flags & RG_OBJECT_TARGET)
        return;
    merging->edges[merging->edge_count++] = best;
    await_object(merging, graph->references[best].referrer);
}

static enum rg_status find_edges(struct merging *merging)
{
    const struct rg_graph *graph = merging->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->object_count; i++)
        merging->main[i] = RG_NONE;
    for (size_t i = 0; i < graph->target_count; i++)
        await_object(merging, graph->targets[i]);
    for (size_t i = 0; status == RG_OK && i < merging->waiting_count; i++) {
        add_ways_to(merging, merging->waiting[i]);
        status =
            rg_poll(merging->poll,
                    1 + graph->objects[merging->waiting[i]].reference_count);
    }
    for (size_t i = 0; i < graph->target_count; i++)
        merging->merged->unheld += merging->main[graph->targets[i]] == RG_NONE;
    return status;
}

static size_t leaves(const struct merging *merging, uint32_t reference)
{
    uint32_t referrer = merging->graph->references[reference].referrer;
    return referrer == RG_NONE ? merging->graph->object_count : referrer;
}

/* By the object that they leave: a counting sort. */
static void sort_edges(struct merging *merging)
{
    size_t places = merging->graph->object_count + 1;
    for (size_t i = 0; i < merging->edge_count; i++)
        merging->first[leaves(merging, merging->edges[i])]++;
    for (size_t i = 1; i <= places; i++)
        merging->first[i] += merging->first[i - 1];
    for (size_t i = merging->edge_count; i-- > 0;)
        merging->leaving[--merging->first[leaves(merging, merging->edges[i])]] =
            merging->edges[i];
}

/* Putting together */

static int order_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static bool is_target_of(const struct rg_graph *graph, uint32_t object)
{
    return (graph->objects[object].flags & RG_OBJECT_TARGET) != 0;
}

/* What must be the same for two edges to be one, but for their labels. */
static int compare_shapes(const struct candidate *a, const struct candidate *b)
{
    const struct rg_graph *graph = a->graph;
    const struct rg_reference *x = &graph->references[a->edge];
    const struct rg_reference *y = &graph->references[b->edge];
    const struct rg_object *to_x = &graph->objects[x->referent];
    const struct rg_object *to_y = &graph->objects[y->referent];
    int order = order_numbers(x->kind, y->kind);
    if (order == 0)
        order = rg_graph_compare_texts(graph, x->owner, y->owner);
    if (order == 0)
        order = rg_graph_compare_texts(graph, to_x->qualname, to_y->qualname);
    if (order == 0)
        order = rg_graph_compare_texts(graph, to_x->module, to_y->module);
    return order != 0 ? order
                      : order_numbers(is_target_of(graph, y->referent),
                                      is_target_of(graph, x->referent));
}

static int compare_edge_labels(const struct candidate *a,
                               const struct candidate *b)
{
    const struct rg_reference *x = &a->graph->references[a->edge];
    const struct rg_reference *y = &b->graph->references[b->edge];
    int order = x->kind == RG_INDEX ? order_numbers(x->number, y->number) : 0;
    if (order == 0)
        order = order_numbers(x->key_type, y->key_type);
    return order != 0 ? order
                      : rg_graph_compare_texts(a->graph, x->label, y->label);
}

static int by_shape_and_label(const void *left, const void *right)
{
    int order = compare_shapes(left, right);
    return order != 0 ? order : compare_edge_labels(left, right);
}

/* One node for these edges. */
static enum rg_status merge_edges(struct merging *merging, uint32_t parent,
                                  const struct candidate *alike, size_t count,
                                  bool has_labels)
{
    struct rg__merged *merged = merging->merged;
    const struct rg_graph *graph = merging->graph;
    void *nodes = merged->nodes;
    if (merged->count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&nodes, &merged->capacity, merged->count + 1,
                sizeof *merged->nodes) < 0)
        return RG_ENOMEM;
    merged->nodes = nodes;
    struct rg__merged_node *node = &merged->nodes[merged->count];
    uint32_t mark = (uint32_t)++merged->count + 1; /* 1 was there before */
    *node = (struct rg__merged_node){
        .parent = parent,
        .first_child = RG_NONE,
        .next = RG_NONE,
        .reference = alike->edge,
        .object = graph->references[alike->edge].referent,
        .has_labels = has_labels,
        .first_member = (uint32_t)merging->member_count};
    node->is_target = is_target_of(graph, node->object);
    for (size_t i = 0; i < count; i++) {
        uint32_t referent = graph->references[alike[i].edge].referent;
        node->count += merging->stamp[referent] != mark;
        merging->stamp[referent] = mark;
        if (merging->main[referent] == alike[i].edge)
            merged->member[merging->member_count++] = referent;
    }
    node->member_count = (uint32_t)merging->member_count - node->first_member;
    node->below = node->is_target ? node->count : 0;
    return RG_OK;
}

/* Edges of one shape: a node for each label, or one for all. */
static enum rg_status merge_shape(struct merging *merging, uint32_t parent,
                                  const struct candidate *alike, size_t count)
{
    size_t labels = 1;
    enum rg_status status = RG_OK;
    for (size_t i = 1; i < count; i++)
        labels += compare_edge_labels(&alike[i - 1], &alike[i]) != 0;
    if (labels > MOST_LABELS)
        return merge_edges(merging, parent, alike, count, true);
    for (size_t i = 0, end; status == RG_OK && i < count; i = end) {
        end = i + 1;
        while (end < count && compare_edge_labels(&alike[i], &alike[end]) == 0)
            end++;
        status = merge_edges(merging, parent, alike + i, end - i, false);
    }
    return status;
}

/* The nodes below one: from the objects that it stands for, or from roots. */
static enum rg_status merge_below(struct merging *merging, uint32_t parent,
                                  struct candidate *candidates)
{
    static const struct rg__merged_node roots = {.member_count = 1};
    const struct rg__merged_node node =
        parent == RG_NONE ? roots : merging->merged->nodes[parent];
    size_t count = 0;
    for (uint32_t i = 0; i < node.member_count; i++) {
        size_t at = parent == RG_NONE
                        ? merging->graph->object_count
                        : merging->merged->member[node.first_member + i];
        for (uint32_t k = merging->first[at]; k < merging->first[at + 1]; k++)
            candidates[count++] = (struct candidate){
                .graph = merging->graph, .edge = merging->leaving[k]};
    }
    enum rg_status status = rg_sort(candidates, count, sizeof *candidates,
                                    by_shape_and_label, merging->poll);
    for (size_t i = 0, end; status == RG_OK && i < count; i = end) {
        end = i + 1;
        while (end < count &&
               compare_shapes(&candidates[i], &candidates[end]) == 0)
            end++;
        status = merge_shape(merging, parent, candidates + i, end - i);
        if (status == RG_OK)
            status = rg_poll(merging->poll, end - i);
    }
    return status;
}

/* Level by level: every edge is looked at once. */
static enum rg_status merge_all(struct merging *merging)
{
    struct candidate *candidates =
        rg_alloc(merging->edge_count, sizeof *candidates);
    if (candidates == NULL)
        return RG_ENOMEM;
    enum rg_status status = merge_below(merging, RG_NONE, candidates);
    for (uint32_t i = 0; status == RG_OK && i < merging->merged->count; i++)
        status = merge_below(merging, i, candidates);
    rg_free(candidates);
    return status;
}

/* In order */

struct ranked {
    uint64_t below;
    uint32_t node;
};

static int by_targets(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return a->below != b->below ? (a->below < b->below ? 1 : -1)
                                : order_numbers(a->node, b->node);
}

static struct ranked *rank_nodes(const struct rg__merged *merged,
                                 enum rg_status *status)
{
    struct ranked *ranked = rg_alloc(merged->count, sizeof *ranked);
    *status = ranked == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; *status == RG_OK && i < merged->count; i++)
        ranked[i] = (struct ranked){merged->nodes[i].below, (uint32_t)i};
    if (*status == RG_OK)
        *status =
            rg_sort(ranked, merged->count, sizeof *ranked, by_targets, NULL);
    return ranked;
}

static void put_first(struct rg__merged *merged, uint32_t index)
{
    struct rg__merged_node *node = &merged->nodes[index];
    uint32_t *first = node->parent == RG_NONE
                          ? &merged->first
                          : &merged->nodes[node->parent].first_child;
    node->next = *first;
    *first = index;
}

/* The last are put first, so that those with the most targets lead. */
static enum rg_status link_children(struct rg__merged *merged)
{
    enum rg_status status;
    for (size_t i = merged->count; i-- > 0;)
        if (merged->nodes[i].parent != RG_NONE)
            merged->nodes[merged->nodes[i].parent].below +=
                merged->nodes[i].below;
    struct ranked *ranked = rank_nodes(merged, &status);
    for (size_t i = merged->count; status == RG_OK && i-- > 0;)
        put_first(merged, ranked[i].node);
    rg_free(ranked);
    return status;
}

static enum rg_status allocate_merging(struct merging *merging)
{
    const struct rg_graph *graph = merging->graph;
    size_t objects = graph->object_count, edges = graph->reference_count;
    merging->edges = rg_alloc(edges, sizeof *merging->edges);
    merging->leaving = rg_alloc(edges, sizeof *merging->leaving);
    merging->main = rg_alloc(objects, sizeof *merging->main);
    merging->waiting = rg_alloc(objects, sizeof *merging->waiting);
    merging->first = rg_alloc_zeroed(objects + 2, sizeof *merging->first);
    merging->stamp = rg_alloc_zeroed(objects, sizeof *merging->stamp);
    merging->merged->member =
        rg_alloc(objects, sizeof *merging->merged->member);
    return merging->edges == NULL || merging->leaving == NULL ||
                   merging->main == NULL || merging->waiting == NULL ||
                   merging->first == NULL || merging->stamp == NULL ||
                   merging->merged->member == NULL
               ? RG_ENOMEM
               : RG_OK;
}

enum rg_status rg__merged_init(struct rg__merged *merged,
                               const struct rg_graph *graph,
                               struct rg_poll *poll)
{
    struct merging merging = {.merged = merged, .graph = graph, .poll = poll};
    *merged = (struct rg__merged){.graph = graph, .first = RG_NONE};
    enum rg_status status = rg__text_order_init(&merging.order, graph, poll);
    if (status != RG_OK)
        return status;
    status = allocate_merging(&merging);
    if (status == RG_OK)
        status = find_edges(&merging);
    if (status == RG_OK) {
        sort_edges(&merging);
        status = merge_all(&merging);
    }
    if (status == RG_OK)
        status = link_children(merged);
    rg__text_order_free(&merging.order);
    rg_free(merging.edges);
    rg_free(merging.leaving);
    rg_free(merging.main);
    rg_free(merging.waiting);
    rg_free(merging.first);
    rg_free(merging.stamp);
    if (status != RG_OK)
        rg__merged_free(merged);
    return status;
}

/* Of those below one, the first stay that are among the `most`; the rest is
 * one count. */
static enum rg_status drop_rest(struct rg__merged *merged, const bool *stays,
                                uint32_t parent)
{
    uint32_t *link =
        parent == RG_NONE ? &merged->first : &merged->nodes[parent].first_child;
    struct rg__merged_node more = {.parent = parent,
                                   .first_child = RG_NONE,
                                   .next = RG_NONE,
                                   .reference = RG_NONE,
                                   .object = RG_NONE};
    void *nodes = merged->nodes;
    while (*link != RG_NONE && stays[*link])
        link = &merged->nodes[*link].next;
    for (uint32_t at = *link; at != RG_NONE; at = merged->nodes[at].next) {
        more.count++;
        more.below += merged->nodes[at].below;
    }
    if (more.count == 0)
        return RG_OK;
    *link = (uint32_t)merged->count;
    if (rg_grow(&nodes, &merged->capacity, merged->count + 1,
                sizeof *merged->nodes) < 0)
        return RG_ENOMEM;
    merged->nodes = nodes;
    merged->nodes[merged->count++] = more;
    return RG_OK;
}

enum rg_status rg__merged_keep(struct rg__merged *merged, size_t most)
{
    size_t count = merged->count;
    enum rg_status status;
    if (count <= most)
        return RG_OK;
    struct ranked *ranked = rank_nodes(merged, &status);
    bool *stays = rg_alloc_zeroed(count, sizeof *stays);
    if (stays == NULL)
        status = RG_ENOMEM;
    for (size_t i = 0; status == RG_OK && i < most; i++)
        stays[ranked[i].node] = true;
    if (status == RG_OK)
        status = drop_rest(merged, stays, RG_NONE);
    for (uint32_t i = 0; status == RG_OK && i < count; i++)
        if (stays[i])
            status = drop_rest(merged, stays, i);
    rg_free(ranked);
    rg_free(stays);
    return status;
}

void rg__merged_free(struct rg__merged *merged)
{
    rg_free(merged->nodes);
    rg_free(merged->member);
    *merged = (struct rg__merged){0};
}
