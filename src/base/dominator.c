#include "base/dominator.h"

#include <string.h>

#include "base/alloc.h"

void rg_digraph_free(struct rg_digraph *graph)
{
    rg_free(graph->first);
    rg_free(graph->referent);
    rg_free(graph->back_first);
    rg_free(graph->referrer);
    *graph = (struct rg_digraph){0};
}

/* Groups edges by the node at one end: a counting sort. */
static enum rg_status group_edges(uint32_t count, const uint32_t *end,
                                  const uint32_t *other, size_t edge_count,
                                  uint32_t **first, uint32_t **sorted)
{
    /* Shifted by one while placing, so that in the end (*first)[n] is where n
     * starts. */
    uint32_t *next = rg_alloc_zeroed((size_t)count + 2, sizeof *next);
    *first = next;
    *sorted = rg_alloc(edge_count, sizeof **sorted);
    if (next == NULL || *sorted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < edge_count; i++)
        next[end[i] + 2]++;
    for (size_t n = 2; n < (size_t)count + 2; n++)
        next[n] += next[n - 1];
    for (size_t i = 0; i < edge_count; i++)
        (*sorted)[next[end[i] + 1]++] = other[i];
    return RG_OK;
}

enum rg_status rg_digraph_of_edges(struct rg_digraph *graph, uint32_t count,
                                   const uint32_t *from, const uint32_t *to,
                                   size_t edge_count)
{
    *graph = (struct rg_digraph){.count = count};
    if (group_edges(count, from, to, edge_count, &graph->first,
                    &graph->referent) == RG_OK &&
        group_edges(count, to, from, edge_count, &graph->back_first,
                    &graph->referrer) == RG_OK)
        return RG_OK;
    rg_digraph_free(graph);
    return RG_ENOMEM;
}

static enum rg_status fill_backward(struct rg_digraph *graph,
                                    struct rg_poll *poll)
{
    uint32_t *start = graph->back_first;
    enum rg_status status = RG_OK;
    for (uint32_t k = 0; k < graph->first[graph->count]; k++)
        start[graph->referent[k]]++;
    for (uint32_t n = 1; n <= graph->count; n++)
        start[n] += start[n - 1];
    /* Ends so far; filled from the last referrer on, they become starts. */
    for (uint32_t n = graph->count; status == RG_OK && n-- > 0;) {
        for (uint32_t k = graph->first[n + 1]; k-- > graph->first[n];)
            graph->referrer[--start[graph->referent[k]]] = n;
        status = rg_poll(poll, graph->first[n + 1] - graph->first[n] + 1);
    }
    return status;
}

enum rg_status rg_digraph_turn(struct rg_digraph *graph, struct rg_poll *poll)
{
    graph->back_first =
        rg_alloc_zeroed((size_t)graph->count + 1, sizeof *graph->back_first);
    graph->referrer =
        rg_alloc(graph->first[graph->count], sizeof *graph->referrer);
    enum rg_status status = graph->back_first == NULL || graph->referrer == NULL
                                ? RG_ENOMEM
                                : fill_backward(graph, poll);
    if (status != RG_OK)
        rg_digraph_free(graph);
    return status;
}

/* What the walk from the roots needed, and nothing after it. */
static void forget_forward(struct rg_digraph *graph)
{
    rg_free(graph->first);
    rg_free(graph->referent);
    graph->first = graph->referent = NULL;
}

void rg_digraph_isolate(struct rg_digraph *graph, uint32_t node)
{
    for (uint32_t k = graph->first[node]; k < graph->first[node + 1]; k++) {
        uint32_t referent = graph->referent[k];
        graph->referent[k] = node;
        for (uint32_t j = graph->back_first[referent];
             j < graph->back_first[referent + 1]; j++)
            if (graph->referrer[j] == node)
                graph->referrer[j] = referent;
    }
}

/* Dominators.  Nodes are known by the number at which a walk from the roots
 * meets them, from FIRST on; number 1 stands for all roots together.
 *
 * A heap has many objects: arrays take over from each other.  The caller's
 * `order` is what lists the nodes by number; the parents of the walk are kept
 * in the caller's `dominator` until the last moment; where the walk goes on is
 * kept in what becomes the semidominators. */

enum { FIRST = 2 };

struct work {
    struct rg_digraph *graph;
    const bool *is_root;
    uint32_t *number;   /* by node; 0: not reached */
    uint32_t *node;     /* by number - FIRST */
    uint32_t *parent;   /* by number - FIRST: of the walk */
    uint32_t *semi;     /* by number; while walking, by node: the
                           reference to look at next */
    uint32_t *label;    /* by number */
    uint32_t *ancestor; /* by number; 0: not linked yet */
    uint32_t met;
    struct rg_poll *poll;
};

static void meet(struct work *work, uint32_t node, uint32_t parent)
{
    uint32_t number = ++work->met;
    work->number[node] = number;
    work->node[number - FIRST] = node;
    work->parent[number - FIRST] = parent;
    work->semi[node] = work->graph->first[node];
}

/* Depth first; the parents lead back. */
static enum rg_status walk_from(struct work *work, uint32_t root)
{
    const struct rg_digraph *graph = work->graph;
    uint32_t node = root;
    enum rg_status status = RG_OK;
    meet(work, root, 1);
    while (status == RG_OK) {
        status = rg_poll(work->poll, 1);
        if (work->semi[node] == graph->first[node + 1]) {
            uint32_t parent = work->parent[work->number[node] - FIRST];
            if (parent == 1)
                break;
            node = work->node[parent - FIRST];
            continue;
        }
        uint32_t referent = graph->referent[work->semi[node]++];
        if (work->number[referent] != 0)
            continue;
        meet(work, referent, work->number[node]);
        node = referent;
    }
    return status;
}

/* The number with the least semidominator on the way from `number` up to what
 * is not linked yet; the way is shortened as it is walked.  On the way up each
 * link is turned round, so that the way down is known without a stack. */
static uint32_t evaluate(const struct work *work, uint32_t number)
{
    uint32_t *ancestor = work->ancestor, *label = work->label;
    uint32_t below = 0, at = number;
    if (ancestor[number] == 0)
        return number;
    while (ancestor[ancestor[at]] != 0) {
        uint32_t up = ancestor[at];
        ancestor[at] = below;
        below = at;
        at = up;
    }
    while (below != 0) {
        uint32_t up = at;
        at = below;
        below = ancestor[at];
        if (work->semi[label[up]] < work->semi[label[at]])
            label[at] = label[up];
        ancestor[at] = ancestor[up];
    }
    return label[number];
}

/* Of one reference to the node with this number. */
static void consider(const struct work *work, uint32_t number,
                     uint32_t referrer)
{
    uint32_t semi = work->semi[evaluate(work, referrer)];
    if (semi < work->semi[number])
        work->semi[number] = semi;
}

static enum rg_status find_semi(const struct work *work)
{
    const struct rg_digraph *graph = work->graph;
    enum rg_status status = RG_OK;
    for (uint32_t i = 1; i <= work->met; i++)
        work->semi[i] = work->label[i] = i;
    for (uint32_t i = work->met; status == RG_OK && i >= FIRST; i--) {
        uint32_t node = work->node[i - FIRST];
        if (work->is_root[node])
            work->semi[i] = 1;
        for (uint32_t k = graph->back_first[node];
             k < graph->back_first[node + 1]; k++) {
            uint32_t referrer = work->number[graph->referrer[k]];
            if (referrer != 0)
                consider(work, i, referrer);
        }
        work->ancestor[i] = work->parent[i - FIRST];
        status = rg_poll(work->poll, graph->back_first[node + 1] -
                                         graph->back_first[node] + 1);
    }
    return status;
}

/* Semi-NCA: up the dominators found so far, to the semidominator.  Only when
 * all are known do they take the place of the parents. */
static enum rg_status find_dominators(const struct work *work,
                                      uint32_t *dominator)
{
    uint32_t count = work->graph->count;
    uint32_t *by_number = work->label; /* no longer needed */
    enum rg_status status = RG_OK;
    by_number[1] = 1;
    for (uint32_t i = FIRST; status == RG_OK && i <= work->met; i++) {
        uint32_t above = work->parent[i - FIRST];
        while (above > work->semi[i])
            above = by_number[above];
        by_number[i] = above;
        status = rg_poll(work->poll, 1);
    }
    if (count > 0)
        memset(dominator, 0xff, count * sizeof *dominator);
    for (uint32_t i = FIRST; i <= work->met; i++)
        dominator[work->node[i - FIRST]] =
            by_number[i] == 1 ? count : work->node[by_number[i] - FIRST];
    return status;
}

static enum rg_status walk(struct work *work)
{
    size_t count = work->graph->count;
    work->number = rg_alloc_zeroed(count, sizeof(uint32_t));
    work->semi = rg_alloc(count + FIRST, sizeof(uint32_t));
    enum rg_status status =
        work->number == NULL || work->semi == NULL ? RG_ENOMEM : RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < count; n++) {
        if (work->is_root[n] && work->number[n] == 0)
            status = walk_from(work, n);
        if (status == RG_OK)
            status = rg_poll(work->poll, 1);
    }
    return status;
}

enum rg_status rg_dominators(struct rg_digraph *graph, const bool *is_root,
                             uint32_t *dominator, uint32_t *order,
                             uint32_t *reached, struct rg_poll *poll)
{
    struct work work = {.graph = graph,
                        .is_root = is_root,
                        .node = order,
                        .parent = dominator,
                        .met = 1,
                        .poll = poll};
    enum rg_status status = walk(&work);
    forget_forward(graph);
    if (status == RG_OK) {
        work.label = rg_alloc(graph->count + FIRST, sizeof(uint32_t));
        work.ancestor = rg_alloc_zeroed(graph->count + FIRST, sizeof(uint32_t));
        status = work.label == NULL || work.ancestor == NULL ? RG_ENOMEM
                                                             : find_semi(&work);
    }
    if (status == RG_OK)
        status = find_dominators(&work, dominator);
    *reached = work.met - 1;
    rg_free(work.number);
    rg_free(work.semi);
    rg_free(work.label);
    rg_free(work.ancestor);
    return status;
}
