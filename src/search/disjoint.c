/* The search starts at the target and goes backwards, cheapest nodes first
 * (Dijkstra, 1959), and ends at the first root.  What is still to come counts
 * with what is behind (A*; Hart, Nilsson and Raphael, 1968): how far each node
 * is from the roots is known already, so that of a closure as large as the
 * heap little more is looked at than the paths themselves. */
#include "search/disjoint.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"
#include "search/queue.h"

/* What was met before weighs more than any length. */
#define SHARED ((uint64_t)1 << 32)

struct search {
    const struct rg_forward *forward;
    const uint32_t *distance; /* by node: from the roots; RG_NONE: no way */
    struct rg_poll *poll;
    bool *met_node, *met_pair;
    uint64_t *cost; /* by node: to the target */
    uint32_t *by;   /* by node: the pair towards the target;
                       RG_NONE: not done */
    uint32_t *done;
    size_t done_count;
    struct rg__queue open; /* pairs that lead on from what is done; the
                             cost is that of the whole path, at least */
};

static bool is_trail_root(const struct search *search, uint32_t node)
{
    return search->forward->closure->nodes[node].role &
           (RG_ROLE_STOP | RG_ROLE_END);
}

/* What a step from a node to one of its referrers adds. */
static uint64_t step_cost(const struct search *search, uint32_t pair,
                          uint32_t referrer)
{
    uint64_t cost =
        rg_grip_of(search->forward, pair) == RG_GRIP_PLUMBING ? 0 : 1;
    if (search->met_pair[pair])
        cost += SHARED;
    if (search->met_node[referrer] && !is_trail_root(search, referrer))
        cost += SHARED;
    return cost;
}

/* Whoever refers to a node that is done; the target itself is no way to it. */
static enum rg_status spread_trails(struct search *search, uint32_t node,
                                    uint32_t target)
{
    const struct rg_closure *closure = search->forward->closure;
    enum rg_status status = RG_OK;
    for (uint32_t k = closure->first[node];
         status == RG_OK && k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        if (search->by[referrer] == RG_NONE && referrer != target &&
            search->distance[referrer] != RG_NONE &&
            !rg_is_mine(search->forward, k))
            status = rg__queue_push(&search->open,
                                    search->cost[node] +
                                        step_cost(search, k, referrer) +
                                        search->distance[referrer],
                                    k);
        if (status == RG_OK)
            status = rg_poll(search->poll, 1);
    }
    return status;
}

/* Goes on from the cheapest pair; *root is RG_NONE when there is no path. */
static enum rg_status find_trail(struct search *search, uint32_t target,
                                 uint32_t *root)
{
    const struct rg_closure *closure = search->forward->closure;
    while (search->done_count > 0)
        search->by[search->done[--search->done_count]] = RG_NONE;
    rg__queue_clear(&search->open);
    search->cost[target] = 0;
    enum rg_status status = spread_trails(search, target, target);
    *root = RG_NONE;
    uint64_t cost;
    uint32_t pair;
    while (status == RG_OK && rg__queue_pop(&search->open, &cost, &pair)) {
        uint32_t node = closure->referrer[pair];
        if (search->by[node] == RG_NONE &&
            !rg_is_told_twice(search->forward, pair)) {
            search->by[node] = pair;
            search->cost[node] = cost - search->distance[node];
            search->done[search->done_count++] = node;
            if (is_trail_root(search, node)) {
                *root = node;
                return RG_OK;
            }
            status = spread_trails(search, node, target);
        }
        if (status == RG_OK)
            status = rg_poll(search->poll, 1);
    }
    return status;
}

/* Writes down the path found, and remembers what it met. */
static enum rg_status keep_trail(struct search *search, uint32_t root,
                                 uint32_t target, struct rg_trail *trail)
{
    size_t count = 0;
    for (uint32_t n = root; n != target;
         n = search->forward->referent[search->by[n]])
        count++;
    trail->pairs = rg_alloc(count, sizeof *trail->pairs);
    if (trail->pairs == NULL)
        return RG_ENOMEM;
    trail->pair_count = count;
    trail->shared = (uint32_t)(search->cost[root] / SHARED);
    uint32_t node = root;
    for (size_t i = 0; i < count; i++) {
        uint32_t pair = search->by[node];
        trail->pairs[i] = pair;
        search->met_pair[pair] = true;
        node = search->forward->referent[pair];
        search->met_node[node] = node != target;
    }
    return RG_OK;
}

/* Whether the path just kept is one of those before. */
static bool is_known(const struct rg_trails *trails,
                     const struct rg_trail *trail)
{
    for (size_t i = 0; i < trails->count; i++)
        if (trails->trails[i].pair_count == trail->pair_count &&
            memcmp(trails->trails[i].pairs, trail->pairs,
                   trail->pair_count * sizeof *trail->pairs) == 0)
            return true;
    return false;
}

static enum rg_status find_all(struct search *search, uint32_t target,
                               size_t most, struct rg_trails *trails)
{
    enum rg_status status = RG_OK;
    while (status == RG_OK && trails->count < most) {
        uint32_t root;
        struct rg_trail trail = {0};
        status = find_trail(search, target, &root);
        if (status == RG_OK && root == RG_NONE)
            break;
        if (status == RG_OK)
            status = keep_trail(search, root, target, &trail);
        if (status == RG_OK && !is_known(trails, &trail)) {
            trails->trails[trails->count++] = trail;
            continue;
        }
        rg_free(trail.pairs);
        break;
    }
    return status;
}

enum rg_status rg_trails_init(struct rg_trails *trails,
                              const struct rg_forward *forward,
                              const struct rg_route *alive, uint32_t target,
                              size_t most, struct rg_poll *poll)
{
    size_t nodes = forward->closure->node_count;
    uint32_t pairs = forward->closure->first[nodes];
    struct search search = {
        .forward = forward, .poll = poll, .distance = alive->distance};
    enum rg_status status = RG_ENOMEM;
    *trails = (struct rg_trails){0};
    trails->trails = rg_alloc_zeroed(most, sizeof *trails->trails);
    search.met_node = rg_alloc_zeroed(nodes, sizeof *search.met_node);
    search.met_pair = rg_alloc_zeroed(pairs, sizeof *search.met_pair);
    search.cost = rg_alloc(nodes, sizeof *search.cost);
    search.by = rg_alloc(nodes, sizeof *search.by);
    search.done = rg_alloc(nodes, sizeof *search.done);
    if (search.by != NULL)
        memset(search.by, 0xff, nodes * sizeof *search.by);
    if (trails->trails && search.met_node && search.met_pair && search.cost &&
        search.by && search.done)
        status = find_all(&search, target, most, trails);
    rg_free(search.met_node);
    rg_free(search.met_pair);
    rg_free(search.cost);
    rg_free(search.by);
    rg_free(search.done);
    rg__queue_free(&search.open);
    if (status != RG_OK)
        rg_trails_free(trails);
    return status;
}

void rg_trails_free(struct rg_trails *trails)
{
    for (size_t i = 0; i < trails->count; i++)
        rg_free(trails->trails[i].pairs);
    rg_free(trails->trails);
    *trails = (struct rg_trails){0};
}
