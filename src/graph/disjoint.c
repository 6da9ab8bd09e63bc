/* The search starts at the target and goes backwards, cheapest nodes first
 * (Dijkstra, 1959), and ends at the first root: what is near decides, and the
 * rest of a large closure is never looked at. */
#include "graph/disjoint.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* What was met before weighs more than any length. */
#define SHARED ((uint64_t)1 << 32)

struct entry {
    uint64_t cost;
    uint32_t node;
};

struct search {
    const struct rg__forward *forward;
    struct rg_poll *poll;
    bool *met_node, *met_pair;
    uint64_t *cost;             /* by node; UINT64_MAX: not reached */
    uint32_t *by;               /* by node: the pair towards the target */
    struct entry *heap;
    size_t heap_count, heap_capacity;
};

static enum rg_status push(struct search *search, uint64_t cost, uint32_t node)
{
    void *heap = search->heap;
    if (rg_grow(&heap, &search->heap_capacity, search->heap_count + 1,
                sizeof *search->heap) < 0)
        return RG_ENOMEM;
    search->heap = heap;
    size_t at = search->heap_count++;
    while (at > 0 && search->heap[(at - 1) / 2].cost > cost) {
        search->heap[at] = search->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    search->heap[at] = (struct entry){.cost = cost, .node = node};
    return RG_OK;
}

static struct entry pop(struct search *search)
{
    struct entry first = search->heap[0];
    struct entry last = search->heap[--search->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < search->heap_count; at = child) {
        if (child + 1 < search->heap_count &&
            search->heap[child + 1].cost < search->heap[child].cost)
            child++;
        if (search->heap[child].cost >= last.cost)
            break;
        search->heap[at] = search->heap[child];
    }
    if (search->heap_count > 0)
        search->heap[at] = last;
    return first;
}

static bool is_stop(const struct search *search, uint32_t node)
{
    return search->forward->closure->nodes[node].role &
           (RG_ROLE_STOP | RG_ROLE_END);
}

/* What a step from a node to one of its referrers adds. */
static uint64_t step_cost(const struct search *search, uint32_t pair,
                          uint32_t referrer)
{
    uint64_t cost =
        rg__grip(search->forward, pair) == RG_GRIP_PLUMBING ? 0 : 1;
    if (search->met_pair[pair])
        cost += SHARED;
    if (search->met_node[referrer] && !is_stop(search, referrer))
        cost += SHARED;
    return cost;
}

/* Goes on from the cheapest node; *root is RG_NONE when there is no path. */
static enum rg_status find(struct search *search, uint32_t target,
                           uint32_t *root)
{
    const struct rg_closure *closure = search->forward->closure;
    memset(search->cost, 0xff, closure->node_count * sizeof *search->cost);
    search->heap_count = 0;
    search->cost[target] = 0;
    enum rg_status status = push(search, 0, target);
    *root = RG_NONE;
    while (status == RG_OK && search->heap_count > 0) {
        struct entry entry = pop(search);
        if (entry.cost > search->cost[entry.node])
            continue;
        if (is_stop(search, entry.node)) {
            *root = entry.node;
            return RG_OK;
        }
        for (uint32_t k = closure->first[entry.node];
             status == RG_OK && k < closure->first[entry.node + 1]; k++) {
            uint32_t referrer = closure->referrer[k];
            uint64_t cost = entry.cost + step_cost(search, k, referrer);
            if (cost >= search->cost[referrer] ||
                rg__grip(search->forward, k) == RG_GRIP_TOLD_TWICE ||
                rg__is_mine(search->forward, k))
                continue;
            search->cost[referrer] = cost;
            search->by[referrer] = k;
            status = push(search, cost, referrer);
        }
        if (status == RG_OK)
            status = rg_poll(search->poll, 1);
    }
    return status;
}

/* Writes down the path found, and remembers what it met. */
static enum rg_status keep(struct search *search, uint32_t root,
                           uint32_t target, struct rg__trail *trail)
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
static bool is_known(const struct rg__trails *trails,
                     const struct rg__trail *trail)
{
    for (size_t i = 0; i < trails->count; i++)
        if (trails->trails[i].pair_count == trail->pair_count &&
            memcmp(trails->trails[i].pairs, trail->pairs,
                   trail->pair_count * sizeof *trail->pairs) == 0)
            return true;
    return false;
}

static enum rg_status find_all(struct search *search, uint32_t target,
                               size_t most, struct rg__trails *trails)
{
    enum rg_status status = RG_OK;
    while (status == RG_OK && trails->count < most) {
        uint32_t root;
        struct rg__trail trail = {0};
        status = find(search, target, &root);
        if (status == RG_OK && root == RG_NONE)
            break;
        if (status == RG_OK)
            status = keep(search, root, target, &trail);
        if (status == RG_OK && !is_known(trails, &trail)) {
            trails->trails[trails->count++] = trail;
            continue;
        }
        rg_free(trail.pairs);
        break;
    }
    return status;
}

enum rg_status rg__trails_init(struct rg__trails *trails,
                               const struct rg__forward *forward,
                               uint32_t target, size_t most,
                               struct rg_poll *poll)
{
    size_t nodes = forward->closure->node_count;
    uint32_t pairs = forward->closure->first[nodes];
    struct search search = {.forward = forward, .poll = poll};
    enum rg_status status = RG_ENOMEM;
    *trails = (struct rg__trails){0};
    trails->trails = rg_alloc_zeroed(most, sizeof *trails->trails);
    search.met_node = rg_alloc_zeroed(nodes, sizeof *search.met_node);
    search.met_pair = rg_alloc_zeroed(pairs, sizeof *search.met_pair);
    search.cost = rg_alloc(nodes, sizeof *search.cost);
    search.by = rg_alloc(nodes, sizeof *search.by);
    if (trails->trails != NULL && search.met_node != NULL &&
        search.met_pair != NULL && search.cost != NULL && search.by != NULL)
        status = find_all(&search, target, most, trails);
    rg_free(search.met_node);
    rg_free(search.met_pair);
    rg_free(search.cost);
    rg_free(search.by);
    rg_free(search.heap);
    if (status != RG_OK)
        rg__trails_free(trails);
    return status;
}

void rg__trails_free(struct rg__trails *trails)
{
    for (size_t i = 0; i < trails->count; i++)
        rg_free(trails->trails[i].pairs);
    rg_free(trails->trails);
    *trails = (struct rg__trails){0};
}
