/* Order, levels, cycles and direction of a finished view. */
#include "graph/viewing.h"

#include <string.h>

#include "base/alloc.h"

/* Width of a drawing, fitted over many graphs: pixels per node on the widest
 * level when drawn top to bottom, per level when drawn left to right; and the
 * width of a page that shows it. */
enum {
    NODE_WIDTH = 150,
    LEVEL_WIDTH = 205,
    PAGE_WIDTH = 830,
    READABLE_WIDTH = 1200   /* shrunk by more than a third it is too small */
};

struct arrangement {
    struct rg_view *view;
    uint32_t *first;        /* node_count + 1: edges TO a node, */
    uint32_t *incoming;     /* the emphasised path first */
    uint32_t *order;        /* nodes in their new order */
    uint32_t *place;        /* of each node in `order`; RG_NONE: not met */
    uint32_t *cursor;       /* per node, of the depth-first walk */
    uint32_t *stack;
    uint8_t *state;
};

enum { UNSEEN, OPEN, DONE };

static enum rg_status allocate(struct arrangement *a, struct rg_view *view)
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

static void release(struct arrangement *a)
{
    rg_free(a->first);
    rg_free(a->incoming);
    rg_free(a->order);
    rg_free(a->place);
    rg_free(a->cursor);
    rg_free(a->stack);
    rg_free(a->state);
}

/* Edges by referent: those of the path, then the others as they were made. */
static void index_edges(struct arrangement *a)
{
    const struct rg_view *view = a->view;
    for (size_t i = 0; i < view->edge_count; i++)
        a->first[view->edges[i].referent + 1]++;
    for (size_t i = 0; i < view->node_count; i++)
        a->first[i + 1] += a->first[i];
    memcpy(a->cursor, a->first, (view->node_count + 1) * sizeof *a->cursor);
    for (int on_path = RG_VIEW_ON_PATH; on_path >= 0; on_path -= RG_VIEW_ON_PATH)
        for (uint32_t i = 0; i < view->edge_count; i++)
            if ((view->edges[i].flags & RG_VIEW_ON_PATH) == on_path)
                a->incoming[a->cursor[view->edges[i].referent]++] = i;
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
        struct rg_view_edge *edge = &view->edges[a->incoming[a->cursor[node]++]];
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

/* Nodes stand in the order of their levels. */
static void choose_direction(struct rg_view *view)
{
    size_t widest = 0, start = 0, levels = 0;
    for (size_t i = 1; i <= view->node_count; i++) {
        if (i < view->node_count &&
            view->nodes[i].level == view->nodes[start].level)
            continue;
        widest = i - start > widest ? i - start : widest;
        start = i;
        levels++;
    }
    size_t down = NODE_WIDTH * widest, across = LEVEL_WIDTH * levels;
    view->left_to_right = down > PAGE_WIDTH && down > across;
    view->is_wide = (view->left_to_right ? across : down) > READABLE_WIDTH;
}

enum rg_status rg__view_arrange(struct rg__viewing *viewing)
{
    struct arrangement arrangement = {0};
    enum rg_status status = allocate(&arrangement, viewing->view);
    if (status == RG_OK) {
        index_edges(&arrangement);
        order_nodes(&arrangement);
        mark_cycles(&arrangement);
        status = apply_order(&arrangement);
    }
    if (status == RG_OK)
        choose_direction(viewing->view);
    release(&arrangement);
    return status;
}
