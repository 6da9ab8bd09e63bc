/* Order, levels and cycles of a finished view. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

struct arrangement {
    struct rg_view *view;
    uint32_t *first;    /* node_count + 1: edges TO a node, */
    uint32_t *incoming; /* the emphasised path first */
    uint32_t *order;    /* nodes in their new order */
    uint32_t *place;    /* of each node in `order`; RG_NONE: not met */
    uint32_t *cursor;   /* per node, of the depth-first walk */
    uint32_t *stack;
    uint8_t *state;
};

enum { UNSEEN, OPEN, DONE };

static enum rg_status allocate_arrangement(struct arrangement *a,
                                           struct rg_view *view)
{
    size_t nodes = view->node_count;
    a->view = view;
    a->first = rg_alloc_zeroed(nodes + 1, sizeof *a->first);
    a->incoming = rg_alloc(view->edge_count, sizeof *a->incoming);
    a->order = rg_alloc(nodes, sizeof *a->order);
    a->place = rg_alloc(nodes, sizeof *a->place);
    a->cursor = rg_alloc(nodes + 1, sizeof *a->cursor);
    a->stack = rg_alloc(nodes, sizeof *a->stack);
    a->state = rg_alloc_zeroed(nodes, sizeof *a->state);
    if (a->first == NULL || a->incoming == NULL || a->order == NULL ||
        a->place == NULL || a->cursor == NULL || a->stack == NULL ||
        a->state == NULL)
        return RG_ENOMEM;
    if (nodes != 0)
        memset(a->place, 0xff, nodes * sizeof *a->place);
    return RG_OK;
}

static void free_arrangement(struct arrangement *a)
{
    rg_free(a->first);
    rg_free(a->incoming);
    rg_free(a->order);
    rg_free(a->place);
    rg_free(a->cursor);
    rg_free(a->stack);
    rg_free(a->state);
}

/* Where an edge stands among those to the same node: the path first, then as
 * the references stand in the graph, so that a stack follows those it is like;
 * what has no reference there comes last. */
static uint32_t rank_of_kind(const struct rg_view *view,
                             const struct rg_view_edge *edge)
{
    if (edge->flags & RG_VIEW_ON_PATH)
        return 0;
    if (edge->label_count != 0)
        return edge->label[0] + 1;
    if (edge->rest == RG_NONE)
        return RG_NONE;
    const struct rg_rest *rest = &view->graph->rests[edge->rest];
    return view->graph->objects[rest->referent].first_reference + rest->after +
           1;
}

struct ranked {
    uint32_t referent, rank, edge;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->referent != b->referent)
        return a->referent < b->referent ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->edge > b->edge) - (a->edge < b->edge);
}

/* Edges by referent. */
static enum rg_status index_edges(struct arrangement *a)
{
    const struct rg_view *view = a->view;
    struct ranked *ranked = rg_alloc(view->edge_count, sizeof *ranked);
    if (ranked == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < view->edge_count; i++) {
        const struct rg_view_edge *edge = &view->edges[i];
        ranked[i] =
            (struct ranked){edge->referent, rank_of_kind(view, edge), i};
        a->first[edge->referent + 1]++;
    }
    for (size_t i = 0; i < view->node_count; i++)
        a->first[i + 1] += a->first[i];
    enum rg_status status = rg_sort(ranked, view->edge_count, sizeof *ranked,
                                    compare_ranked, view->poll);
    for (size_t i = 0; i < view->edge_count; i++)
        a->incoming[i] = ranked[i].edge;
    rg_free(ranked);
    return status;
}

/* Breadth-first from all targets. */
static void order_nodes(struct arrangement *a)
{
    struct rg_view *view = a->view;
    uint32_t tail = 0;
    for (uint32_t i = 0; i < view->node_count; i++) {
        if ((view->nodes[i].flags & RG_VIEW_TARGET) == 0)
            continue;
        a->place[i] = tail;
        a->order[tail++] = i;
    }
    for (uint32_t head = 0; head < tail; head++) {
        uint32_t node = a->order[head];
        for (uint32_t k = a->first[node]; k < a->first[node + 1]; k++) {
            uint32_t referrer = view->edges[a->incoming[k]].referrer;
            if (a->place[referrer] != RG_NONE)
                continue;
            view->nodes[referrer].level = view->nodes[node].level + 1;
            a->place[referrer] = tail;
            a->order[tail++] = referrer;
        }
    }
}

/* Depth-first from one node: an edge from a node of the current chain closes
 * a cycle.  What is left without these edges has no cycle at all. */
static void mark_cycles_from(struct arrangement *a, uint32_t start)
{
    struct rg_view *view = a->view;
    size_t depth = 0;
    if (a->state[start] != UNSEEN)
        return;
    a->state[start] = OPEN;
    a->stack[depth++] = start;
    while (depth > 0) {
        uint32_t node = a->stack[depth - 1];
        if (a->cursor[node] == a->first[node + 1]) {
            a->state[node] = DONE;
            depth--;
            continue;
        }
        struct rg_view_edge *edge =
            &view->edges[a->incoming[a->cursor[node]++]];
        if (a->state[edge->referrer] == OPEN) {
            edge->flags |= RG_VIEW_CYCLE;
        } else if (a->state[edge->referrer] == UNSEEN) {
            a->state[edge->referrer] = OPEN;
            a->stack[depth++] = edge->referrer;
        }
    }
}

static void mark_cycles(struct arrangement *a)
{
    memcpy(a->cursor, a->first, (a->view->node_count + 1) * sizeof *a->cursor);
    for (size_t i = 0; i < a->view->node_count; i++)
        mark_cycles_from(a, a->order[i]);
}

/* Moves nodes and edges to their new places. */
static enum rg_status apply_order(struct arrangement *a)
{
    struct rg_view *view = a->view;
    struct rg_view_node *nodes = rg_alloc(view->node_count, sizeof *nodes);
    struct rg_view_edge *edges = rg_alloc(view->edge_count, sizeof *edges);
    if (nodes == NULL || edges == NULL) {
        rg_free(nodes);
        rg_free(edges);
        return RG_ENOMEM;
    }
    size_t edge_count = 0;
    for (size_t i = 0; i < view->node_count; i++) {
        uint32_t node = a->order[i];
        nodes[i] = view->nodes[node];
        for (uint32_t k = a->first[node]; k < a->first[node + 1]; k++) {
            struct rg_view_edge *edge = &edges[edge_count++];
            *edge = view->edges[a->incoming[k]];
            edge->referrer = a->place[edge->referrer];
            edge->referent = a->place[edge->referent];
        }
    }
    rg_free(view->nodes);
    rg_free(view->edges);
    view->nodes = nodes;
    view->edges = edges;
    view->node_capacity = view->node_count;
    view->edge_capacity = view->edge_count;
    return RG_OK;
}

enum rg_status rg__view_arrange(struct rg_view *view)
{
    struct arrangement arrangement = {0};
    enum rg_status status = allocate_arrangement(&arrangement, view);
    if (status == RG_OK)
        status = index_edges(&arrangement);
    if (status == RG_OK) {
        order_nodes(&arrangement);
        mark_cycles(&arrangement);
        status = apply_order(&arrangement);
    }
    free_arrangement(&arrangement);
    return status;
}
