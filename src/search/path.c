#include "search/path.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "graph/graph.h"

/* A container that never has more than so many items is seldom why a program
 * grows.  Among the roots of one rank it is told when nothing else leads there,
 * however near it is: it is as far as no chain is long.  Where the rank says
 * nothing it counts as some references more. */
enum { TOLL = 2, FRONTS = TOLL + 2, PUT_OFF = 1 << 30 };

/* The nodes to be looked at, by distance, around and around: those of the
 * distance in work and of as many more as one reference may be long.  A node is
 * added when it is nearer than it seemed, so that each has it at most once. */
struct fronts {
    uint32_t *nodes[FRONTS];
    size_t count[FRONTS];
    size_t waiting; /* in all of them */
    bool puts_off;  /* what has a bound, to the end of the rank */
    bool has_put_off;
    const bool *also;             /* further sources, or NULL */
    const struct rg_route *alive; /* what suspended frames must be, or NULL */
    struct rg_poll *poll;
};

void rg_route_free(struct rg_route *route)
{
    rg_free(route->rank);
    rg_free(route->distance);
    rg_free(route->toward);
    *route = (struct rg_route){0};
}

static enum rg_status prepare_fronts(struct rg_route *route,
                                     struct fronts *fronts, size_t nodes)
{
    route->rank = rg_alloc(nodes, sizeof *route->rank);
    route->distance = rg_alloc(nodes, sizeof *route->distance);
    route->toward = rg_alloc(nodes, sizeof *route->toward);
    bool is_short = !route->rank || !route->distance || !route->toward;
    for (size_t i = 0; i < FRONTS; i++) {
        fronts->nodes[i] = rg_alloc(nodes, sizeof *fronts->nodes[i]);
        is_short = is_short || fronts->nodes[i] == NULL;
    }
    if (is_short)
        return RG_ENOMEM;
    memset(route->rank, RG_FROM_NOWHERE, nodes);
    memset(route->distance, 0xff, nodes * sizeof *route->distance);
    memset(route->toward, 0xff, nodes * sizeof *route->toward);
    return RG_OK;
}

/* Whether chains of this rank start at the node; from the caller's module only
 * some of its references count, which `may_pass` knows. */
static bool is_rank_source(const struct rg_node *node, enum rg_rank rank)
{
    /* What is not followed on purpose is a shell's. */
    bool stops = node->role & (RG_ROLE_STOP | RG_ROLE_END);
    bool is_frame = node->role & (RG_ROLE_FRAME | RG_ROLE_END);
    if (node->role & (RG_ROLE_FURNITURE | RG_ROLE_END) && rank < RG_FROM_CALLER)
        return stops && rank == RG_FROM_FURNITURE;
    switch (rank) {
    case RG_FROM_MODULE:
        return stops && !is_frame;
    case RG__FROM_TASK:
        return !stops && node->role & RG_ROLE_SUSPENDED;
    case RG_FROM_FRAME:
        return stops && is_frame;
    default:
        return stops;
    }
}

static bool may_pass(const struct rg_forward *forward, uint32_t pair,
                     enum rg_rank rank)
{
    uint32_t referrer = forward->closure->referrer[pair];
    if (!(forward->closure->nodes[referrer].role & RG_ROLE_STOP))
        return true;
    bool is_mine = rg_is_mine(forward, pair);
    if (is_mine || rank == RG_FROM_CALLER || rank == RG_FROM_ANY)
        return is_mine == (rank == RG_FROM_CALLER);
    return rg_is_furniture(forward, pair) == (rank == RG_FROM_FURNITURE);
}

static void add_to_front(struct fronts *fronts, uint32_t distance,
                         uint32_t node)
{
    size_t front = distance % FRONTS;
    fronts->nodes[front][fronts->count[front]++] = node;
    fronts->waiting++;
}

static uint32_t steps_of_pair(const struct rg_forward *forward, uint32_t pair,
                              bool puts_off)
{
    if (rg_grip_of(forward, pair) == RG_GRIP_PLUMBING)
        return 0;
    unsigned role = forward->closure->nodes[forward->referent[pair]].role;
    return !(role & RG_ROLE_BOUNDED) ? 1 : puts_off ? PUT_OFF : 1 + TOLL;
}

/* Looks at the referents of a node at this distance. */
static void look_at_referents(struct rg_route *route,
                              const struct rg_forward *forward,
                              struct fronts *fronts, uint32_t node,
                              enum rg_rank rank)
{
    bool puts_off = fronts->puts_off && route->distance[node] < PUT_OFF;
    for (uint32_t j = forward->first[node]; j < forward->first[node + 1]; j++) {
        uint32_t pair, referent = forward->to[j];
        /* Most are nearer already, whatever this reference is. */
        if (route->distance[referent] <= route->distance[node])
            continue;
        pair = forward->pair[j];
        uint32_t distance =
            route->distance[node] + steps_of_pair(forward, pair, puts_off);
        if (route->rank[referent] < rank ||
            rg_grip_of(forward, pair) == RG_GRIP_TOLD_TWICE ||
            distance >= route->distance[referent] ||
            forward->closure->nodes[referent].role & RG_ROLE_STOP ||
            !may_pass(forward, pair, rank))
            continue;
        route->rank[referent] = (uint8_t)rank;
        route->distance[referent] = distance;
        route->toward[referent] = node;
        if (puts_off && distance >= PUT_OFF)
            fronts->has_put_off = true;
        else
            add_to_front(fronts, distance, referent);
    }
}

/* A suspended frame keeps nothing alive unless something keeps it; and when it
 * is asked about, the question is what that is. */
static bool may_start(const struct rg_forward *forward,
                      const struct fronts *fronts, uint32_t node,
                      enum rg_rank rank)
{
    return rank != RG__FROM_TASK ||
           (node >= forward->target_count &&
            (fronts->alive == NULL ||
             fronts->alive->rank[node] != RG_FROM_NOWHERE));
}

/* An end has no name of its own, and is told when what has one, as the history
 * of a shell, is farther than that. */
static uint32_t first_distance(const struct rg_node *node, bool puts_off)
{
    if (node->role & RG_ROLE_STOP)
        return !(node->role & RG_ROLE_BOUNDED) ? 0 : puts_off ? PUT_OFF : TOLL;
    return node->role & RG_ROLE_END ? TOLL : 0;
}

/* The sources of a rank, where chains begin.  A root can be one for several
 * ranks: a module's namespace is, for its own chains and the caller's. */
static void start_rank(struct rg_route *route, const struct rg_forward *forward,
                       struct fronts *fronts, enum rg_rank rank)
{
    const struct rg_closure *closure = forward->closure;
    for (uint32_t n = 0; n < closure->node_count; n++) {
        bool is_also = fronts->also != NULL && fronts->also[n];
        if ((!is_rank_source(&closure->nodes[n], rank) && !is_also) ||
            !may_start(forward, fronts, n, rank) ||
            (route->rank[n] < rank && !(closure->nodes[n].role & RG_ROLE_STOP)))
            continue;
        if (route->rank[n] > rank)
            route->rank[n] = (uint8_t)rank;
        route->distance[n] =
            first_distance(&closure->nodes[n], fronts->puts_off);
        if (route->distance[n] == PUT_OFF)
            fronts->has_put_off = true;
        else
            add_to_front(fronts, route->distance[n], n);
    }
}

/* Looks at the nodes of one distance, and at what is as near as they are. */
static enum rg_status empty_front(struct rg_route *route,
                                  const struct rg_forward *forward,
                                  struct fronts *fronts, enum rg_rank rank,
                                  uint32_t distance)
{
    enum rg_status status = RG_OK;
    size_t front = distance % FRONTS;
    while (status == RG_OK && fronts->count[front] > 0) {
        uint32_t node = fronts->nodes[front][--fronts->count[front]];
        fronts->waiting--;
        if (route->distance[node] == distance)
            look_at_referents(route, forward, fronts, node, rank);
        status = rg_poll(fronts->poll,
                         forward->first[node + 1] - forward->first[node] + 1);
    }
    return status;
}

struct put_off {
    uint32_t distance, node;
};

static int by_put_off(const void *left, const void *right)
{
    const struct put_off *a = left, *b = right;
    return (a->distance > b->distance) - (a->distance < b->distance);
}

/* What was put off, nearest first.  RG_ENOMEM, or what the poll says. */
static enum rg_status list_put_off(const struct rg_route *route,
                                   const struct rg_forward *forward,
                                   const struct fronts *fronts,
                                   enum rg_rank rank, struct put_off **list,
                                   size_t *count)
{
    uint32_t nodes = forward->closure->node_count;
    *list = rg_alloc(nodes, sizeof **list);
    if (*list == NULL)
        return RG_ENOMEM;
    for (uint32_t n = 0; n < nodes; n++)
        if (route->rank[n] == rank && route->distance[n] != RG_NONE &&
            route->distance[n] >= PUT_OFF)
            (*list)[(*count)++] = (struct put_off){route->distance[n], n};
    return rg_sort(*list, *count, sizeof **list, by_put_off, fronts->poll);
}

static enum rg_status spread_put_off(struct rg_route *route,
                                     const struct rg_forward *forward,
                                     struct fronts *fronts, enum rg_rank rank)
{
    struct put_off *list;
    size_t count = 0;
    uint32_t distance = 0;
    enum rg_status status =
        list_put_off(route, forward, fronts, rank, &list, &count);
    for (size_t i = 0; status == RG_OK && (i < count || fronts->waiting > 0);
         distance++) {
        if (fronts->waiting == 0)
            distance = list[i].distance;
        for (; i < count && list[i].distance == distance; i++)
            if (route->distance[list[i].node] == distance)
                add_to_front(fronts, distance, list[i].node);
        status = empty_front(route, forward, fronts, rank, distance);
    }
    rg_free(list);
    return status;
}

static enum rg_status spread_rank(struct rg_route *route,
                                  const struct rg_forward *forward,
                                  struct fronts *fronts, enum rg_rank rank)
{
    enum rg_status status = RG_OK;
    fronts->has_put_off = false;
    start_rank(route, forward, fronts, rank);
    for (uint32_t distance = 0; status == RG_OK && fronts->waiting > 0;
         distance++)
        status = empty_front(route, forward, fronts, rank, distance);
    return status == RG_OK && fronts->has_put_off
               ? spread_put_off(route, forward, fronts, rank)
               : status;
}

static enum rg_status find_ranks(struct rg_route *route,
                                 const struct rg_forward *forward,
                                 enum rg_rank from, enum rg_rank to,
                                 struct fronts *fronts)
{
    *route = (struct rg_route){0};
    enum rg_status status =
        prepare_fronts(route, fronts, forward->closure->node_count);
    for (enum rg_rank rank = from; status == RG_OK && rank <= to; rank++)
        status = spread_rank(route, forward, fronts, rank);
    for (size_t i = 0; i < FRONTS; i++)
        rg_free(fronts->nodes[i]);
    if (status != RG_OK)
        rg_route_free(route);
    return status;
}

enum rg_status rg_route_init(struct rg_route *route,
                             const struct rg_forward *forward,
                             const struct rg_route *alive, struct rg_poll *poll)
{
    struct fronts fronts = {.alive = alive, .puts_off = true, .poll = poll};
    return find_ranks(route, forward, RG_FROM_MODULE, RG_FROM_CALLER, &fronts);
}

enum rg_status rg_route_init_alive(struct rg_route *route,
                                   const struct rg_forward *forward,
                                   const bool *also, struct rg_poll *poll)
{
    struct fronts fronts = {.also = also, .poll = poll};
    return find_ranks(route, forward, RG_FROM_ANY, RG_FROM_ANY, &fronts);
}
