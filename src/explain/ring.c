#include "explain/ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/story.h"

/* A walk back from one node by ways with names, breadth-first. */
struct ring {
    const struct rg__asked *asked;
    const bool *inside;         /* by node: may be walked through */
    uint32_t *toward;           /* by node: the node it was come to from */
    struct rg__way *way;        /* by node: how it refers to that node */
    uint32_t *queue;
    size_t tail;
    uint32_t node;              /* whose ways are being looked at */
    uint32_t around;            /* start of the cycle looked for; RG_NONE */
    struct rg__way last;        /* how the cycle closes: a way of `around` */
    uint32_t before;            /* to this node */
    bool closed;
};

/* Among ways that are equally short the first as text: kept per referrer, and
 * for the step that closes the cycle. */
static enum rg_status look(void *context, uint32_t referrer,
                           const struct rg__way *way)
{
    struct ring *ring = context;
    if (way->root != RG_NONE || !ring->inside[referrer])
        return RG_OK;
    if (referrer == ring->around && !ring->closed) {
        ring->closed = true;
        ring->before = ring->node;
        ring->last = *way;
    }
    if (ring->toward[referrer] == RG_NONE) {
        ring->toward[referrer] = ring->node;
        ring->way[referrer] = *way;
        ring->queue[ring->tail++] = referrer;
    } else if (ring->toward[referrer] == ring->node &&
               rg__way_compare(ring->asked->graph, way,
                               &ring->way[referrer]) < 0) {
        ring->way[referrer] = *way;
    }
    return RG_OK;
}

/* Walks from `start` until `goal` says so, or a cycle closes. */
static enum rg_status walk(struct ring *ring, uint32_t start,
                           const bool *goal, uint32_t *found)
{
    size_t nodes = ring->asked->closure->node_count;
    enum rg_status status = RG_OK;
    memset(ring->toward, 0xff, nodes * sizeof *ring->toward);
    ring->tail = 0;
    ring->queue[ring->tail++] = start;
    ring->toward[start] = start;
    *found = RG_NONE;
    for (size_t head = 0; status == RG_OK && head < ring->tail; head++) {
        ring->node = ring->queue[head];
        if (goal != NULL && goal[ring->node]) {
            *found = ring->node;
            return RG_OK;
        }
        status = rg__each_way(ring->asked, ring->node, look, ring);
        if (ring->closed)
            return status;
    }
    return status;
}

/* Steps written from the root down; `from` is where they begin. */
struct steps {
    uint32_t *nodes;
    struct rg__way *ways;
    size_t count;
};

static void add_steps(struct steps *steps, const struct ring *ring,
                      uint32_t from, uint32_t to)
{
    while (from != to) {
        steps->nodes[steps->count] = ring->toward[from];
        steps->ways[steps->count++] = ring->way[from];
        from = ring->toward[from];
    }
}

static enum rg_status find(struct ring *ring, uint32_t target,
                           const struct rg__judgement *judgement,
                           struct steps *steps)
{
    uint32_t start, unused;
    struct steps tail = {0};
    size_t nodes = ring->asked->closure->node_count;
    tail.nodes = rg_alloc(nodes + 1, sizeof *tail.nodes);
    tail.ways = rg_alloc(nodes + 1, sizeof *tail.ways);
    enum rg_status status =
        tail.nodes == NULL || tail.ways == NULL ? RG_ENOMEM : RG_OK;
    ring->inside = judgement->dead;
    ring->around = RG_NONE;
    if (status == RG_OK)
        status = walk(ring, target, judgement->on_cycle, &start);
    if (status == RG_OK && start != RG_NONE) {
        add_steps(&tail, ring, start, target);
        ring->inside = judgement->on_cycle;
        ring->around = start;
        status = walk(ring, start, NULL, &unused);
    }
    if (status == RG_OK && ring->closed) {
        steps->nodes[steps->count] = ring->before;
        steps->ways[steps->count++] = ring->last;
        add_steps(steps, ring, ring->before, start);
    }
    for (size_t i = 0; status == RG_OK && i < tail.count; i++) {
        steps->nodes[steps->count] = tail.nodes[i];
        steps->ways[steps->count++] = tail.ways[i];
    }
    rg_free(tail.nodes);
    rg_free(tail.ways);
    return status;
}

enum rg_status rg__ring_add(const struct rg__asked *asked,
                            const struct rg__judgement *judgement,
                            uint32_t target, const struct rg_path *path)
{
    size_t nodes = asked->closure->node_count;
    struct ring ring = {.asked = asked};
    struct steps steps = {0};
    ring.toward = rg_alloc(nodes, sizeof *ring.toward);
    ring.way = rg_alloc(nodes, sizeof *ring.way);
    ring.queue = rg_alloc(nodes, sizeof *ring.queue);
    steps.nodes = rg_alloc(2 * nodes + 2, sizeof *steps.nodes);
    steps.ways = rg_alloc(2 * nodes + 2, sizeof *steps.ways);
    enum rg_status status = RG_ENOMEM;
    if (ring.toward != NULL && ring.way != NULL && ring.queue != NULL &&
        steps.nodes != NULL && steps.ways != NULL)
        status = find(&ring, target, judgement, &steps);
    if (status == RG_OK)
        status = rg__path_add(asked, steps.nodes, steps.ways, steps.count, path,
                              0);
    rg_free(ring.toward);
    rg_free(ring.way);
    rg_free(ring.queue);
    rg_free(steps.nodes);
    rg_free(steps.ways);
    return status;
}
