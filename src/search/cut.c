#include "search/cut.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* More ways than this and there is no short list to be had. */
enum { MOST_WAYS = 16 * RG__CUT_LINES };

/* Levels of what cannot be changed, inside an object of C. */
enum { MOST_HIDDEN = 3 };

#define NO_LIMIT ((uint64_t)1 << 60)

/* Ways are looked for from the targets back to the roots: what is near a
 * target decides, and of a closure as large as the heap most is never looked
 * at.  So nothing is prepared for every pair: limits are worked out, and grips
 * asked for, where the search comes by. */
struct flow {
    const struct rg_forward *forward;
    uint64_t *limit; /* by pair: all its references together, and 1;
                        0: not known yet */
    uint64_t *used;  /* by pair */
    bool *on_way;    /* by node: something passes it */
    uint32_t *level; /* by node: steps to the targets; RG_NONE */
    uint32_t *next;  /* by node: the arc to try next */
    uint32_t *queue;
    uint32_t *way; /* arcs from a target to where the search is */
    uint32_t *way_node;
    size_t length; /* of the way found last */
    size_t ways;
    bool endless; /* some way has no limit at all */
    struct rg_poll *poll;
    enum rg_status status; /* of the poll */
};

/* Whether some reference of this grip leads to a node that may implement
 * references of others. */
static bool is_held_by(const struct rg_forward *forward, uint32_t node,
                       enum rg_grip grip)
{
    const struct rg_closure *closure = forward->closure;
    if (!(closure->nodes[node].role & RG_ROLE_FOLDS))
        return false;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++)
        if (rg_grip_of(forward, k) == grip)
            return true;
    return false;
}

/* Whether the cell is a variable of a frame that runs or is suspended. */
static bool is_variable(const struct rg_forward *forward, uint32_t cell)
{
    const struct rg_closure *closure = forward->closure;
    for (uint32_t k = closure->first[cell]; k < closure->first[cell + 1]; k++)
        if (rg_grip_of(forward, k) == RG_GRIP_PLUMBING &&
            closure->nodes[closure->referrer[k]].role &
                (RG_ROLE_STOP | RG_ROLE_SUSPENDED))
            return true;
    return false;
}

/* Whether no expression leads to the object itself that one would change it
 * by: a C field gives at most a copy, and what only functions close over is
 * theirs.  So is what is in a container, an iterator that only these lead to. */
static bool is_out_of_reach(const struct rg_forward *forward, uint32_t node,
                            int depth)
{
    const struct rg_closure *closure = forward->closure;
    uint32_t first = closure->first[node], k = first;
    for (; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        enum rg_grip grip = rg_grip_asked(forward, k);
        bool is_hidden =
            grip == RG_GRIP_HIDDEN ||
            (grip == RG_GRIP_CELL && !is_variable(forward, referrer)) ||
            ((grip == RG_GRIP_FIXED || grip == RG_GRIP_ITEM) && depth > 0 &&
             !(closure->nodes[referrer].role & RG_ROLE_STOP) &&
             is_out_of_reach(forward, referrer, depth - 1));
        if (!is_hidden)
            return false;
    }
    return k > first;
}

/* Whether a variable of a context can be set so that it holds nothing: a copy
 * of the context shares what it has, and has its variables still. */
static bool is_of_one_context(const struct rg_forward *forward, uint32_t trie)
{
    const struct rg_closure *closure = forward->closure;
    uint32_t node = trie;
    while (closure->nodes[node].role & RG_ROLE_INNER) {
        uint32_t first = closure->first[node];
        if (closure->first[node + 1] - first != 1)
            return false;
        node = closure->referrer[first];
    }
    return !is_out_of_reach(forward, node, MOST_HIDDEN);
}

/* Its grip as it counts here: what stands in a cache, a closure or an
 * instance's __dict__ is none of a container's items. */
static enum rg_grip own_grip(const struct rg_forward *forward, uint32_t pair)
{
    enum rg_grip grip = rg_grip_asked(forward, pair);
    uint32_t referrer = forward->closure->referrer[pair];
    if (forward->closure->nodes[referrer].role & RG_ROLE_FURNITURE &&
        grip != RG_GRIP_PLUMBING)
        return RG_GRIP_FIXED; /* there is no name to drop */
    if (grip == RG_GRIP_CELL)
        return is_variable(forward, referrer) ? RG_GRIP_FRAME : RG_GRIP_FIXED;
    if (grip == RG_GRIP_OTHER &&
        forward->closure->nodes[referrer].role & RG_ROLE_INNER)
        return is_of_one_context(forward, referrer) ? grip : RG_GRIP_FIXED;
    if (grip == RG_GRIP_ITEM &&
        (is_out_of_reach(forward, referrer, MOST_HIDDEN) ||
         is_held_by(forward, referrer, RG_GRIP_CACHE)))
        return RG_GRIP_FIXED;
    if (grip == RG_GRIP_ITEM && is_held_by(forward, referrer, RG_GRIP_PLUMBING))
        return RG_GRIP_ATTRIBUTE;
    return grip;
}

uint64_t rg__cut_weight(const struct rg_forward *forward, uint32_t pair)
{
    switch (own_grip(forward, pair)) {
    case RG_GRIP_ITEM:
    case RG_GRIP_CACHE:
        return RG__WEIGHT_REFERENCE;
    case RG_GRIP_ATTRIBUTE:
        return RG__WEIGHT_REFERENCE + 1;
    case RG_GRIP_VARIABLE:
    case RG_GRIP_KEPT:
        return RG__WEIGHT_REFERENCE + 2;
    case RG_GRIP_OTHER:
        return RG__WEIGHT_REFERENCE + 3;
    case RG_GRIP_FRAME:
        return RG__WEIGHT_REFERENCE + RG__WEIGHT_LOCAL;
    case RG_GRIP_CELL:
    case RG_GRIP_FIXED:
    case RG_GRIP_HIDDEN:
    case RG_GRIP_PLUMBING:
    case RG_GRIP_TOLD_TWICE:
        return 0;
    }
    return 0;
}

/* Whether a cache that has a limit reaches the object through its dict as well,
 * as it does its keys: clearing it is one thing to do, so that one of the ways
 * counts. */
static bool is_key_of_cache(const struct rg_forward *forward, uint32_t pair)
{
    const struct rg_closure *closure = forward->closure;
    uint32_t object = forward->referent[pair];
    if (!(closure->nodes[closure->referrer[pair]].role & RG_ROLE_BOUNDED) ||
        rg_grip_asked(forward, pair) != RG_GRIP_CACHE)
        return false;
    for (uint32_t k = closure->first[object]; k < closure->first[object + 1];
         k++) {
        uint32_t dict = closure->referrer[k], first = closure->first[dict];
        if (closure->nodes[dict].role & RG_ROLE_FOLDS &&
            closure->first[dict + 1] - first == 1 &&
            closure->referrer[first] == closure->referrer[pair] &&
            rg_grip_asked(forward, first) == RG_GRIP_CACHE)
            return true;
    }
    return false;
}

/* All references of a pair have to go; 0: it holds nothing by itself. */
static uint64_t limit_of(const struct flow *flow, uint32_t pair)
{
    const struct rg_forward *forward = flow->forward;
    if (flow->limit[pair] != 0)
        return flow->limit[pair] - 1;
    enum rg_grip grip = rg_grip_asked(forward, pair);
    uint64_t weight = rg__cut_weight(forward, pair), limit = NO_LIMIT;
    if (rg_is_mine(forward, pair) || grip == RG_GRIP_TOLD_TWICE ||
        is_key_of_cache(forward, pair))
        limit = 0;
    else if (weight != 0)
        limit = grip == RG_GRIP_CACHE
                    ? weight
                    : weight * forward->closure->multiplicity[pair];
    flow->limit[pair] = limit + 1;
    return limit;
}

/* Roots, and what may be held by more than was looked for: an instance that
 * was not followed, and the class that such instances hold. */
static bool is_flow_source(const struct rg_forward *forward, uint32_t node)
{
    const struct rg_closure *closure = forward->closure;
    const struct rg_node *record = &closure->nodes[node];
    return record->role & RG_ROLE_STOP || !record->followed ||
           (closure->classes_are_open && record->role & RG_ROLE_CLASS);
}

/* Whether more can pass.  The limit does not matter where nothing passes yet:
 * most pairs need no weighing. */
static bool has_room(const struct flow *flow, uint32_t pair)
{
    if (flow->used[pair] > 0)
        return limit_of(flow, pair) > flow->used[pair];
    return !rg_is_mine(flow->forward, pair) &&
           !rg_is_told_twice(flow->forward, pair) &&
           !is_key_of_cache(flow->forward, pair);
}

static uint32_t own_count(const struct flow *flow, uint32_t node)
{
    const uint32_t *first = flow->forward->closure->first;
    return first[node + 1] - first[node];
}

/* Arcs by which a node is reached: first the pairs that lead to it, then, where
 * something passes, back along its own.  Gives the node at the other end, and
 * says whether something can still pass. */
static bool arc(const struct flow *flow, uint32_t node, uint32_t i,
                uint32_t *pair, uint32_t *other)
{
    const struct rg_forward *forward = flow->forward;
    uint32_t own = own_count(flow, node);
    if (i < own) {
        *pair = forward->closure->first[node] + i;
        *other = forward->closure->referrer[*pair];
        return has_room(flow, *pair);
    }
    *pair = forward->pair[forward->first[node] + (i - own)];
    *other = forward->referent[*pair];
    return flow->used[*pair] > 0;
}

static uint32_t arc_count(const struct flow *flow, uint32_t node)
{
    const uint32_t *first = flow->forward->first;
    return own_count(flow, node) +
           (flow->on_way[node] ? first[node + 1] - first[node] : 0);
}

/* Whether the search is to go on after so many steps. */
static bool may_go_on(struct flow *flow, size_t steps)
{
    if (flow->status == RG_OK)
        flow->status = rg_poll(flow->poll, steps);
    return flow->status == RG_OK;
}

/* The arcs of one node; whether a root is at the end of one. */
static bool measure_node(struct flow *flow, uint32_t node, size_t *tail)
{
    uint32_t count = arc_count(flow, node);
    bool found = false;
    for (uint32_t i = 0; i < count && may_go_on(flow, 1); i++) {
        uint32_t pair, other;
        if (!arc(flow, node, i, &pair, &other) || flow->level[other] != RG_NONE)
            continue;
        flow->level[other] = flow->level[node] + 1;
        if (is_flow_source(flow->forward, other))
            found = true;
        else
            flow->queue[(*tail)++] = other;
    }
    return found;
}

/* Steps to the targets along arcs that something can still pass, as far as the
 * nearest root; whether there is one. */
static bool measure_flow(struct flow *flow)
{
    const struct rg_forward *forward = flow->forward;
    size_t nodes = forward->closure->node_count, tail = 0;
    uint32_t enough = RG_NONE;
    memset(flow->level, 0xff, nodes * sizeof *flow->level);
    memset(flow->next, 0, nodes * sizeof *flow->next);
    for (uint32_t n = 0; n < forward->target_count; n++) {
        flow->level[n] = 0;
        flow->queue[tail++] = n;
    }
    for (size_t head = 0; head < tail; head++) {
        uint32_t node = flow->queue[head];
        if (flow->level[node] == enough)
            break;
        if (measure_node(flow, node, &tail) && enough == RG_NONE)
            enough = flow->level[node] + 1;
        if (!may_go_on(flow, 1))
            return false;
    }
    return enough != RG_NONE;
}

/* Sends what fits along the way found. */
static void send(struct flow *flow, size_t length)
{
    uint64_t least = NO_LIMIT;
    uint32_t pair, other;
    for (size_t i = 0; i < length; i++) {
        uint32_t node = flow->way_node[i];
        arc(flow, node, flow->way[i], &pair, &other);
        uint64_t room = flow->used[pair];
        if (flow->way[i] < own_count(flow, node))
            room = limit_of(flow, pair) - flow->used[pair];
        least = room < least ? room : least;
    }
    flow->endless |= least > NO_LIMIT / 2;
    flow->length = length;
    for (size_t i = 0; i < length; i++) {
        uint32_t node = flow->way_node[i];
        bool is_own = flow->way[i] < own_count(flow, node);
        arc(flow, node, flow->way[i], &pair, &other);
        if (is_own)
            flow->used[pair] += least;
        else
            flow->used[pair] -= least;
        flow->on_way[node] = flow->on_way[other] = true;
    }
    flow->ways++;
}

/* From one target along ascending levels to a root; false when no way is left.
 * What is on a way since the levels were measured has arcs behind those it had:
 * they lead to lower levels, and nowhere. */
static bool find_way(struct flow *flow, uint32_t target)
{
    size_t length = 0;
    uint32_t node = target;
    while (may_go_on(flow, 1)) {
        uint32_t pair, other, count = arc_count(flow, node);
        uint32_t *i = &flow->next[node];
        while (*i < count && may_go_on(flow, 1) &&
               (!arc(flow, node, *i, &pair, &other) ||
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
        if (is_flow_source(flow->forward, node)) {
            send(flow, length);
            return true;
        }
    }
    return false;
}

static void saturate(struct flow *flow)
{
    while (!flow->endless && flow->ways < MOST_WAYS && measure_flow(flow))
        for (uint32_t n = 0; n < flow->forward->target_count; n++)
            while (!flow->endless && flow->ways < MOST_WAYS &&
                   find_way(flow, n))
                ;
}

/* The pairs into what still leads to the targets, from what does not: the last
 * measuring went everywhere, and found no root. */
static enum rg_status collect(struct rg_cut *cut, const struct flow *flow)
{
    const struct rg_closure *closure = flow->forward->closure;
    uint64_t references = 0;
    size_t capacity = 0;
    for (uint32_t n = 0; n < closure->node_count; n++) {
        if (flow->level[n] == RG_NONE)
            continue;
        for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++) {
            if (flow->level[closure->referrer[k]] != RG_NONE ||
                limit_of(flow, k) == 0)
                continue;
            void *pairs = cut->pairs;
            if (rg_grow(&pairs, &capacity, cut->pair_count + 1,
                        sizeof *cut->pairs) < 0)
                return RG_ENOMEM;
            cut->pairs = pairs;
            cut->pairs[cut->pair_count++] = k;
            references += closure->multiplicity[k];
            cut->weight += limit_of(flow, k);
        }
    }
    cut->state = references > RG__CUT_LINES ? RG_CUT_TOO_LARGE : RG__CUT_FOUND;
    return RG_OK;
}

/* The way found last, on which nothing has a limit. */
static enum rg_status collect_endless(struct rg_cut *cut,
                                      const struct flow *flow)
{
    cut->pairs = rg_alloc(flow->length, sizeof *cut->pairs);
    if (cut->pairs == NULL)
        return RG_ENOMEM;
    for (size_t i = flow->length; i-- > 0;) {
        uint32_t pair, other;
        if (flow->way[i] >= own_count(flow, flow->way_node[i])) {
            cut->pair_count = 0; /* it undoes others: no way of its own */
            return RG_OK;
        }
        arc(flow, flow->way_node[i], flow->way[i], &pair, &other);
        cut->pairs[cut->pair_count++] = pair;
    }
    return RG_OK;
}

static enum rg_status prepare_flow(struct flow *flow)
{
    size_t nodes = flow->forward->closure->node_count;
    uint32_t pairs = flow->forward->closure->first[nodes];
    flow->limit = rg_alloc_zeroed(pairs, sizeof *flow->limit);
    flow->used = rg_alloc_zeroed(pairs, sizeof *flow->used);
    flow->on_way = rg_alloc_zeroed(nodes, sizeof *flow->on_way);
    flow->level = rg_alloc(nodes, sizeof *flow->level);
    flow->next = rg_alloc(nodes, sizeof *flow->next);
    flow->queue = rg_alloc(nodes, sizeof *flow->queue);
    flow->way = rg_alloc(nodes, sizeof *flow->way);
    flow->way_node = rg_alloc(nodes, sizeof *flow->way_node);
    if (!flow->limit || !flow->used || !flow->on_way || !flow->level ||
        !flow->next || !flow->queue || !flow->way || !flow->way_node)
        return RG_ENOMEM;
    return RG_OK;
}

enum rg_status rg_cut_init(struct rg_cut *cut, const struct rg_forward *forward,
                           struct rg_poll *poll)
{
    struct flow flow = {.forward = forward, .poll = poll};
    *cut = (struct rg_cut){.state = RG_CUT_IMPOSSIBLE};
    enum rg_status status = prepare_flow(&flow);
    if (status == RG_OK) {
        saturate(&flow);
        status = flow.status;
        if (!flow.endless && flow.ways == MOST_WAYS)
            cut->state = RG_CUT_TOO_LARGE;
        else if (status == RG_OK && !flow.endless)
            status = collect(cut, &flow);
        else if (status == RG_OK)
            status = collect_endless(cut, &flow);
    }
    rg_free(flow.limit);
    rg_free(flow.used);
    rg_free(flow.on_way);
    rg_free(flow.level);
    rg_free(flow.next);
    rg_free(flow.queue);
    rg_free(flow.way);
    rg_free(flow.way_node);
    if (status != RG_OK)
        rg_cut_free(cut);
    return status;
}

void rg_cut_free(struct rg_cut *cut)
{
    rg_free(cut->pairs);
    *cut = (struct rg_cut){0};
}
