/* Routes, further paths and cycles, against brute force. */
#include <string.h>

#include "analyses.h"
#include "base/alloc.h"
#include "failing_malloc.h"
#include "search/cycle.h"
#include "search/disjoint.h"
#include "graph/graph.h"
#include "search/path.h"
#include "unit.h"

enum { ROUNDS = 4000, MOST_TRAILS = 4, MOST_NODES = 9 };

/* Every simple path from a root to the target, cheapest by (shared, length):
 * depth first, backwards. */
struct all_paths {
    const struct analysis *analysis;
    bool met_node[HEAP_MAX], met_pair[HEAP_MAX * HEAP_MAX];
    bool on_path[HEAP_MAX];
    uint64_t best;
};

static void try_all(struct all_paths *all, uint32_t node, uint64_t cost)
{
    const struct rg_closure *closure = &all->analysis->closure;
    if (closure->nodes[node].role & RG_ROLE_STOP) {
        all->best = cost < all->best ? cost : all->best;
        return;
    }
    all->on_path[node] = true;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        bool stops = closure->nodes[referrer].role & RG_ROLE_STOP;
        uint64_t step =
            rg_grip_of(&all->analysis->forward, k) != RG_GRIP_PLUMBING;
        step += all->met_pair[k] ? (uint64_t)1 << 32 : 0;
        step += all->met_node[referrer] && !stops ? (uint64_t)1 << 32 : 0;
        if (!all->on_path[referrer] && !rg_is_mine(&all->analysis->forward, k))
            try_all(all, referrer, cost + step);
    }
    all->on_path[node] = false;
}

/* The cost of a trail as it was when it was found; then it has been met. */
static uint64_t walk_trail(struct all_paths *all, const struct rg_trail *trail)
{
    const struct analysis *analysis = all->analysis;
    const struct rg_closure *closure = &analysis->closure;
    uint64_t cost = 0;
    uint32_t node = closure->referrer[trail->pairs[0]];
    assert_true(closure->nodes[node].role & RG_ROLE_STOP);
    for (size_t i = 0; i < trail->pair_count; i++) {
        uint32_t k = trail->pairs[i];
        assert_int_equal(closure->referrer[k], node);
        bool stops = closure->nodes[node].role & RG_ROLE_STOP;
        cost += rg_grip_of(&analysis->forward, k) != RG_GRIP_PLUMBING;
        cost += all->met_pair[k] ? (uint64_t)1 << 32 : 0;
        cost += all->met_node[node] && !stops ? (uint64_t)1 << 32 : 0;
        node = analysis->forward.referent[k];
    }
    assert_int_equal(node, 0);
    assert_int_equal(cost >> 32, trail->shared);
    for (size_t i = 0; i < trail->pair_count; i++) {
        all->met_pair[trail->pairs[i]] = true;
        all->met_node[analysis->forward.referent[trail->pairs[i]]] =
            analysis->forward.referent[trail->pairs[i]] != 0;
    }
    return cost;
}

static void further_paths_share_as_little_as_can_be(void **state)
{
    (void)state;
    uint32_t seed = 815;
    int second = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct analysis analysis;
        unsigned count = 3 + heap_below(&seed, MOST_NODES - 3);
        if (!analysis_random(&analysis, &seed, count,
                             count + heap_below(&seed, count)))
            continue;
        struct rg_trails trails;
        struct rg_route alive;
        struct all_paths all = {.analysis = &analysis};
        assert_int_equal(
            rg_route_init_alive(&alive, &analysis.forward, NULL, NULL), RG_OK);
        assert_int_equal(rg_trails_init(&trails, &analysis.forward, &alive, 0,
                                        MOST_TRAILS, NULL),
                         RG_OK);
        for (size_t i = 0; i < trails.count; i++) {
            all.best = UINT64_MAX;
            try_all(&all, 0, 0);
            assert_int_equal(walk_trail(&all, &trails.trails[i]), all.best);
        }
        if (trails.count == 0) {
            all.best = UINT64_MAX;
            try_all(&all, 0, 0);
            assert_true(all.best == UINT64_MAX);
        }
        second += trails.count > 1;
        rg_trails_free(&trails);
        rg_route_free(&alive);
        analysis_free(&analysis);
    }
    assert_in_range(second, 200, ROUNDS);
}

/* Distances by relaxing every pair until nothing changes, one rank after the
 * other.  A suspended frame starts chains when something keeps it and it is
 * not the target. */
static bool starts(const struct rg_node *node, int rank, bool is_kept)
{
    bool stops = node->role & RG_ROLE_STOP, frame = node->role & RG_ROLE_FRAME;
    bool is_furniture = node->role & RG_ROLE_FURNITURE;
    const bool by_rank[] = {stops && !frame && !is_furniture,
                            !stops && node->role & RG_ROLE_SUSPENDED &&
                                is_kept && !is_furniture,
                            stops && frame && !is_furniture, stops, stops};
    return by_rank[rank];
}

/* Which references of a root count: the caller's in the last rank, those of
 * what runs the program in the one before, all others in the first ones. */
static bool passes(const struct analysis *analysis, uint32_t pair, int rank)
{
    uint32_t from = analysis->closure.referrer[pair];
    bool is_furniture =
        analysis->closure.nodes[from].role & RG_ROLE_FURNITURE ||
        rg_grip_asked(&analysis->forward, pair) == RG_GRIP_KEPT;
    if (rg_is_mine(&analysis->forward, pair))
        return rank == 4;
    return is_furniture ? rank == 3 : rank < 3;
}

static void relax(const struct analysis *analysis, int rank, const bool *kept,
                  uint8_t *ranks, uint32_t *distance)
{
    const struct rg_closure *closure = &analysis->closure;
    uint32_t mine[HEAP_MAX];
    for (uint32_t n = 0; n < closure->node_count; n++) {
        bool taken =
            ranks[n] < rank && !(closure->nodes[n].role & RG_ROLE_STOP);
        mine[n] = starts(&closure->nodes[n], rank, kept[n] && n > 0) && !taken
                      ? 0
                      : RG_NONE;
    }
    for (bool more = true; more;) {
        more = false;
        for (uint32_t n = 0; n < closure->node_count; n++)
            for (uint32_t k = closure->first[n]; k < closure->first[n + 1];
                 k++) {
                uint32_t from = closure->referrer[k];
                uint32_t step =
                    rg_grip_of(&analysis->forward, k) != RG_GRIP_PLUMBING;
                bool stops = closure->nodes[from].role & RG_ROLE_STOP;
                if (mine[from] == RG_NONE || mine[n] <= mine[from] + step ||
                    ranks[n] < rank || (stops && !passes(analysis, k, rank)))
                    continue;
                mine[n] = mine[from] + step;
                more = true;
            }
    }
    for (uint32_t n = 0; n < closure->node_count; n++)
        if (mine[n] != RG_NONE && ranks[n] > rank) {
            ranks[n] = (uint8_t)rank;
            distance[n] = mine[n];
        }
}

static void routes_agree_with_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 4242;
    for (int round = 0; round < ROUNDS; round++) {
        struct analysis analysis;
        unsigned count = 3 + heap_below(&seed, HEAP_MAX - 3);
        if (!analysis_random(&analysis, &seed, count,
                             count + heap_below(&seed, 2 * count)))
            continue;
        uint8_t ranks[HEAP_MAX];
        uint32_t distance[HEAP_MAX];
        struct rg_route route, alive;
        memset(ranks, RG_FROM_NOWHERE, sizeof ranks);
        memset(distance, 0xff, sizeof distance);
        bool kept[HEAP_MAX];
        analysis_keeps(&analysis, kept);
        for (int rank = 0; rank < 5; rank++)
            relax(&analysis, rank, kept, ranks, distance);
        assert_int_equal(
            rg_route_init_alive(&alive, &analysis.forward, NULL, NULL), RG_OK);
        assert_int_equal(rg_route_init(&route, &analysis.forward, &alive, NULL),
                         RG_OK);
        for (uint32_t n = 0; n < analysis.closure.node_count; n++) {
            assert_int_equal(route.rank[n], ranks[n]);
            assert_int_equal(route.distance[n], distance[n]);
        }
        bool reaches = false;
        const struct rg_closure *closure = &analysis.closure;
        bool gone[HEAP_MAX * HEAP_MAX] = {false};
        reaches = analysis_reaches(&analysis, gone);
        assert_int_equal(alive.rank[0] == RG_FROM_ANY, reaches);
        (void)closure;
        rg_route_free(&route);
        rg_route_free(&alive);
        analysis_free(&analysis);
    }
}

/* A node is on a cycle when it reaches itself inside the part. */
static void cycles_agree_with_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 99;
    for (int round = 0; round < ROUNDS; round++) {
        struct analysis analysis;
        unsigned count = 2 + heap_below(&seed, 30);
        if (!analysis_random(&analysis, &seed, count, 2 * count))
            continue;
        const struct rg_closure *closure = &analysis.closure;
        bool part[HEAP_MAX], on_cycle[HEAP_MAX];
        bool reaches[HEAP_MAX][HEAP_MAX] = {{false}};
        size_t nodes = closure->node_count;
        for (size_t n = 0; n < nodes; n++)
            part[n] = heap_below(&seed, 5) != 0;
        for (uint32_t n = 0; n < nodes; n++)
            for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++)
                reaches[closure->referrer[k]][n] =
                    part[n] && part[closure->referrer[k]];
        for (size_t m = 0; m < nodes; m++)
            for (size_t i = 0; i < nodes; i++)
                for (size_t j = 0; j < nodes; j++)
                    reaches[i][j] |= reaches[i][m] && reaches[m][j];
        assert_int_equal(rg_cycles(closure, part, on_cycle, NULL), RG_OK);
        for (size_t n = 0; n < nodes; n++)
            assert_int_equal(on_cycle[n], reaches[n][n]);
        analysis_free(&analysis);
    }
}

static enum rg_status everything(const struct analysis *analysis)
{
    struct rg_route route = {0};
    struct rg_trails trails = {0};
    bool part[HEAP_MAX], on_cycle[HEAP_MAX];
    memset(part, 1, sizeof part);
    enum rg_status status =
        rg_route_init_alive(&route, &analysis->forward, NULL, NULL);
    if (status == RG_OK)
        status = rg_trails_init(&trails, &analysis->forward, &route, 0,
                                MOST_TRAILS, NULL);
    if (status == RG_OK)
        status = rg_cycles(&analysis->closure, part, on_cycle, NULL);
    rg_route_free(&route);
    rg_trails_free(&trails);
    return status;
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    uint32_t seed = 7;
    struct analysis analysis;
    while (!analysis_random(&analysis, &seed, 20, 60))
        ;
    size_t n = 1;
    for (;; n++) {
        failing_malloc_at(n);
        enum rg_status status = everything(&analysis);
        failing_malloc_off();
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    assert_in_range(n, 15, 60);
    analysis_free(&analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(further_paths_share_as_little_as_can_be),
        cmocka_unit_test(routes_agree_with_brute_force),
        cmocka_unit_test(cycles_agree_with_brute_force),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
