#include "explain/ring.h"

#include <string.h>

#include "base/alloc.h"

void rg__rings_free(struct rg__rings *rings)
{
    rg_free(rings->nodes);
    rg_free(rings->ways);
    rg_free(rings->toward);
    rg_free(rings->way);
    rg_free(rings->queue);
    *rings = (struct rg__rings){0};
}

enum rg_status rg__rings_init(struct rg__rings *rings,
                              const struct rg__asked *asked,
                              const struct rg__judgement *judgement)
{
    size_t nodes = asked->naming.closure->node_count;
    *rings = (struct rg__rings){.asked = asked, .judgement = judgement};
    rings->toward = rg_alloc(nodes, sizeof *rings->toward);
    rings->way = rg_alloc(nodes, sizeof *rings->way);
    rings->queue = rg_alloc(nodes, sizeof *rings->queue);
    if (rings->toward == NULL || rings->way == NULL || rings->queue == NULL) {
        rg__rings_free(rings);
        return RG_ENOMEM;
    }
    memset(rings->toward, 0xff, nodes * sizeof *rings->toward);
    return RG_OK;
}

/* Among ways that are equally short the first as text: kept per referrer, and
 * for the step that closes the cycle. */
static enum rg_status look_back(void *context, uint32_t referrer,
                                const struct rg__way *way)
{
    struct rg__rings *rings = context;
    if (way->root != RG_NONE || !rings->inside[referrer])
        return RG_OK;
    if (referrer == rings->around &&
        (!rings->closed ||
         rg__way_compare(rings->asked->naming.graph, way, &rings->last) < 0)) {
        rings->closed = true;
        rings->before = rings->node;
        rings->last = *way;
    }
    if (rings->toward[referrer] == RG_NONE) {
        rings->toward[referrer] = rings->node;
        rings->way[referrer] = *way;
        rings->queue[rings->tail++] = referrer;
    } else if (referrer != rings->queue[0] &&
               rings->toward[referrer] == rings->node &&
               rg__way_compare(rings->asked->naming.graph, way,
                               &rings->way[referrer]) < 0) {
        rings->way[referrer] = *way;
    }
    return RG_OK;
}

/* Only what the last walk met is forgotten: there may be many targets. */
static void forget_walk(struct rg__rings *rings)
{
    while (rings->tail > 0)
        rings->toward[rings->queue[--rings->tail]] = RG_NONE;
}

/* Walks from `start` until `goal` says so, or a cycle closes. */
static enum rg_status walk_round(struct rg__rings *rings, uint32_t start,
                                 const bool *goal, uint32_t *found)
{
    enum rg_status status = RG_OK;
    forget_walk(rings);
    rings->queue[rings->tail++] = start;
    rings->toward[start] = start;
    *found = RG_NONE;
    for (size_t head = 0; status == RG_OK && head < rings->tail; head++) {
        rings->node = rings->queue[head];
        rings->work++;
        if (goal != NULL && goal[rings->node]) {
            *found = rings->node;
            return RG_OK;
        }
        status =
            rg__each_way(&rings->asked->naming, rings->node, look_back, rings);
        if (rings->closed)
            return status;
    }
    return status;
}

static enum rg_status add_ring_step(struct rg__rings *rings, uint32_t node,
                                    const struct rg__way *way)
{
    void *nodes = rings->nodes, *ways = rings->ways;
    if (rg_grow(&nodes, &rings->capacity, rings->count + 1,
                sizeof *rings->nodes) < 0)
        return RG_ENOMEM;
    rings->nodes = nodes;
    if (rg_grow(&ways, &rings->way_capacity, rings->count + 1,
                sizeof *rings->ways) < 0)
        return RG_ENOMEM;
    rings->ways = ways;
    rings->nodes[rings->count] = node;
    rings->ways[rings->count++] = *way;
    return RG_OK;
}

/* The steps that the last walk has come by, from where it got to back to where
 * it started. */
static enum rg_status add_ring_steps(struct rg__rings *rings, uint32_t from,
                                     uint32_t to)
{
    enum rg_status status = RG_OK;
    for (; status == RG_OK && from != to; from = rings->toward[from])
        status = add_ring_step(rings, rings->toward[from], &rings->way[from]);
    return status;
}

/* From the start of the cycle to itself. */
static enum rg_status go_around(struct rg__rings *rings, uint32_t start)
{
    uint32_t unused;
    rings->inside = rings->judgement->on_cycle;
    rings->around = start;
    enum rg_status status = walk_round(rings, start, NULL, &unused);
    if (status == RG_OK && rings->closed)
        status = add_ring_step(rings, rings->before, &rings->last);
    if (status == RG_OK && rings->closed)
        status = add_ring_steps(rings, rings->before, start);
    return status;
}

enum rg_status rg__ring_find(struct rg__rings *rings, uint32_t target)
{
    uint32_t start, unused;
    rings->count = 0;
    rings->closed = false;
    rings->inside = rings->judgement->dead;
    rings->around = RG_NONE;
    enum rg_status status =
        walk_round(rings, target, rings->judgement->on_cycle, &start);
    if (status != RG_OK || start == RG_NONE)
        return status;
    status = go_around(rings, start);
    if (status != RG_OK || start == target)
        return status;
    /* The way on to the target once more: the second walk took its place. */
    rings->closed = false;
    rings->inside = rings->judgement->dead;
    rings->around = RG_NONE;
    status = walk_round(rings, target, rings->judgement->on_cycle, &unused);
    return status == RG_OK ? add_ring_steps(rings, start, target) : status;
}
