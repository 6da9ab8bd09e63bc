#include "graph/cut.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* More ways than this and there is no short list to be had. */
enum { MOST_WAYS = 16 * RG__CUT_LINES };

#define NO_LIMIT ((uint64_t)1 << 60)

struct flow {
    const struct rg__forward *forward;
    uint64_t *limit;            /* by pair: all its references together */
    uint64_t *used;             /* by pair */
    uint32_t *level;            /* by node: steps from the roots; RG_NONE */
    uint32_t *next;             /* by node: the arc to try next */
    uint32_t *queue;
    uint32_t *way;              /* arcs from a root to where the search is */
    uint32_t *way_node;
    size_t ways;
    bool endless;               /* some way has no limit at all */
    struct rg_poll *poll;
    enum rg_status status;      /* of the poll */
};

/* Whether the referrer only implements references of others: what its items
 * are is then for those to say. */
static bool is_plumbing(const struct rg__forward *forward, uint32_t node)
{
    const struct rg_closure *closure = forward->closure;
    if (!(closure->nodes[node].role & RG_ROLE_FOLDS))
        return false;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++)
        if (rg__grip(forward, k) == RG_GRIP_PLUMBING)
            return true;
    return false;
}

static uint64_t weigh(enum rg_grip grip, bool of_plumbing)
{
    switch (grip) {
    case RG_GRIP_ITEM:
        return RG__WEIGHT_ITEM + (of_plumbing ? 1 : 0);
    case RG_GRIP_ATTRIBUTE:
        return RG__WEIGHT_ITEM + 1;
    case RG_GRIP_VARIABLE:
        return RG__WEIGHT_ITEM + 2;
    case RG_GRIP_OTHER:
        return RG__WEIGHT_ITEM + 3;
    case RG_GRIP_FRAME:
        return RG__WEIGHT_FRAME;
    case RG_GRIP_FIXED:
    case RG_GRIP_PLUMBING:
    case RG_GRIP_TOLD_TWICE:
        return 0;
    }
    return 0;
}

uint64_t rg__cut_weight(const struct rg__forward *forward, uint32_t pair)
{
    return weigh(rg__grip(forward, pair),
                 is_plumbing(forward, forward->closure->referrer[pair]));
}

/* All references of a pair have to go. */
static void set_limits(struct flow *flow)
{
    const struct rg__forward *forward = flow->forward;
    for (uint32_t n = 0; n < forward->closure->node_count; n++) {
        bool of_plumbing = is_plumbing(forward, n);
        for (uint32_t j = forward->first[n]; j < forward->first[n + 1]; j++) {
            uint32_t pair = forward->pair[j];
            uint64_t weight = weigh(rg__grip(forward, pair), of_plumbing);
            flow->limit[pair] =
                weight == 0 ? NO_LIMIT
                            : weight * forward->closure->multiplicity[pair];
            if (rg__grip(forward, pair) == RG_GRIP_TOLD_TWICE)
                flow->limit[pair] = 0;
        }
    }
}

/* Roots, and what was found but not asked for its own referrers: an instance
 * that holds its class may be held by anything. */
static bool is_source(const struct rg__forward *forward, uint32_t node)
{
    const struct rg_node *record = &forward->closure->nodes[node];
    return record->role & RG_ROLE_STOP || !record->followed;
}

static bool is_sink(const struct rg__forward *forward, uint32_t node)
{
    return node < forward->target_count;
}

/* Arcs of a node: first its own pairs, then back along those that lead to it.
 * Gives the node at the other end and what can still pass; 0: nothing. */
static uint64_t arc(const struct flow *flow, uint32_t node, uint32_t i,
                    uint32_t *pair, uint32_t *other)
{
    const struct rg__forward *forward = flow->forward;
    uint32_t own = forward->first[node + 1] - forward->first[node];
    if (i < own) {
        *pair = forward->pair[forward->first[node] + i];
        *other = forward->referent[*pair];
        if (rg__is_mine(forward, *pair))
            return 0;
        return flow->limit[*pair] - flow->used[*pair];
    }
    *pair = forward->closure->first[node] + (i - own);
    *other = forward->closure->referrer[*pair];
    return flow->used[*pair];
}

static uint32_t arc_count(const struct flow *flow, uint32_t node)
{
    const struct rg__forward *forward = flow->forward;
    return forward->first[node + 1] - forward->first[node] +
           forward->closure->first[node + 1] - forward->closure->first[node];
}

/* Steps from the roots along arcs that something can still pass; whether a
 * target is reached. */
static bool measure(struct flow *flow)
{
    const struct rg__forward *forward = flow->forward;
    size_t nodes = forward->closure->node_count, tail = 0;
    bool reached = false;
    memset(flow->level, 0xff, nodes * sizeof *flow->level);
    memset(flow->next, 0, nodes * sizeof *flow->next);
    for (uint32_t n = 0; n < nodes; n++)
        if (is_source(forward, n) && !is_sink(forward, n)) {
            flow->level[n] = 0;
            flow->queue[tail++] = n;
        }
    for (size_t head = 0; head < tail; head++) {
        uint32_t node = flow->queue[head], pair, other;
        uint32_t count = is_sink(forward, node) ? 0 : arc_count(flow, node);
        for (uint32_t i = 0; i < count; i++) {
            if (arc(flow, node, i, &pair, &other) == 0 ||
                flow->level[other] != RG_NONE)
                continue;
            flow->level[other] = flow->level[node] + 1;
            reached |= is_sink(forward, other);
            flow->queue[tail++] = other;
        }
        flow->status = rg_poll(flow->poll, 1);
        if (flow->status != RG_OK)
            return false;
    }
    return reached;
}

/* Sends what fits along the way found. */
static void send(struct flow *flow, size_t length)
{
    uint64_t least = NO_LIMIT;
    uint32_t pair, other;
    for (size_t i = 0; i < length; i++) {
        uint64_t room = arc(flow, flow->way_node[i], flow->way[i], &pair, &other);
        least = room < least ? room : least;
    }
    flow->endless |= least > NO_LIMIT / 2;
    for (size_t i = 0; i < length; i++) {
        const struct rg__forward *forward = flow->forward;
        uint32_t node = flow->way_node[i];
        bool is_own = flow->way[i] < forward->first[node + 1] - forward->first[node];
        arc(flow, node, flow->way[i], &pair, &other);
        if (is_own)
            flow->used[pair] += least;
        else
            flow->used[pair] -= least;
    }
    flow->ways++;
}

/* From one root along ascending levels; false when no way is left. */
static bool find_way(struct flow *flow, uint32_t source)
{
    size_t length = 0;
    uint32_t node = source;
    for (;;) {
        uint32_t pair, other, count = arc_count(flow, node);
        uint32_t *i = &flow->next[node];
        while (*i < count &&
               (arc(flow, node, *i, &pair, &other) == 0 ||
                flow->level[other] != flow->level[node] + 1))
            ++*i;
        if (*i == count) {
            if (length == 0)
                return false;
            node = flow->way_node[--length];
            flow->next[node]++;
            continue;
        }
        flow->way_node[length] = node;
        flow->way[length++] = *i;
        node = other;
        if (is_sink(flow->forward, node)) {
            send(flow, length);
            return true;
        }
    }
}

static void saturate(struct flow *flow)
{
    while (!flow->endless && flow->ways < MOST_WAYS && measure(flow))
        for (uint32_t n = 0; n < flow->forward->closure->node_count; n++)
            while (flow->level[n] == 0 && !flow->endless &&
                   flow->ways < MOST_WAYS && find_way(flow, n))
                ;
}

/* The pairs from what the roots still reach to what they do not. */
static enum rg_status collect(struct rg__cut *cut, const struct flow *flow)
{
    const struct rg_closure *closure = flow->forward->closure;
    uint64_t references = 0;
    uint32_t pairs = closure->first[closure->node_count];
    for (int pass = 0; pass < 2; pass++) {
        size_t count = 0;
        for (uint32_t k = 0; k < pairs; k++) {
            if (flow->level[closure->referrer[k]] == RG_NONE ||
                flow->level[flow->forward->referent[k]] != RG_NONE ||
                rg__is_mine(flow->forward, k) || flow->limit[k] == 0)
                continue;
            if (pass == 1) {
                cut->pairs[count] = k;
                references += closure->multiplicity[k];
                cut->weight += flow->limit[k];
            }
            count++;
        }
        if (pass == 0)
            cut->pairs = rg_alloc(count, sizeof *cut->pairs);
        if (cut->pairs == NULL)
            return RG_ENOMEM;
        cut->pair_count = count;
    }
    cut->state = references > RG__CUT_LINES ? RG__CUT_TOO_LARGE : RG__CUT_FOUND;
    return RG_OK;
}

static enum rg_status prepare(struct flow *flow)
{
    size_t nodes = flow->forward->closure->node_count;
    uint32_t pairs = flow->forward->closure->first[nodes];
    flow->limit = rg_alloc(pairs, sizeof *flow->limit);
    flow->used = rg_alloc_zeroed(pairs, sizeof *flow->used);
    flow->level = rg_alloc(nodes, sizeof *flow->level);
    flow->next = rg_alloc(nodes, sizeof *flow->next);
    flow->queue = rg_alloc(nodes, sizeof *flow->queue);
    flow->way = rg_alloc(nodes, sizeof *flow->way);
    flow->way_node = rg_alloc(nodes, sizeof *flow->way_node);
    if (!flow->limit || !flow->used || !flow->level || !flow->next ||
        !flow->queue || !flow->way || !flow->way_node)
        return RG_ENOMEM;
    set_limits(flow);
    return RG_OK;
}

enum rg_status rg__cut_init(struct rg__cut *cut,
                            const struct rg__forward *forward,
                            struct rg_poll *poll)
{
    struct flow flow = {.forward = forward, .poll = poll};
    *cut = (struct rg__cut){.state = RG__CUT_IMPOSSIBLE};
    enum rg_status status = prepare(&flow);
    if (status == RG_OK) {
        saturate(&flow);
        status = flow.status;
        if (!flow.endless && flow.ways == MOST_WAYS)
            cut->state = RG__CUT_TOO_LARGE;
        else if (status == RG_OK && !flow.endless)
            status = collect(cut, &flow);
    }
    rg_free(flow.limit);
    rg_free(flow.used);
    rg_free(flow.level);
    rg_free(flow.next);
    rg_free(flow.queue);
    rg_free(flow.way);
    rg_free(flow.way_node);
    if (status != RG_OK)
        rg__cut_free(cut);
    return status;
}

void rg__cut_free(struct rg__cut *cut)
{
    rg_free(cut->pairs);
    *cut = (struct rg__cut){0};
}
