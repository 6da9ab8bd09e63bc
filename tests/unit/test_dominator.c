/* Dominators, against what can no longer be reached when a node is gone. */
#include <string.h>

#include "base/alloc.h"
#include "failing_malloc.h"
#include "search/digraph.h"
#include "graph/graph.h"
#include "heaps.h"
#include "unit.h"

enum { ROUNDS = 4000 };

struct truth {
    bool reached[HEAP_MAX][HEAP_MAX + 1]; /* by node, without the other; last:
                                             with all */
};

static void reach(const struct heap *heap, const bool *is_root, unsigned gone,
                  struct truth *truth)
{
    unsigned stack[HEAP_MAX], depth = 0;
    for (unsigned n = 0; n < heap->count; n++) {
        truth->reached[n][gone] = is_root[n] && n != gone;
        if (truth->reached[n][gone])
            stack[depth++] = n;
    }
    while (depth > 0) {
        unsigned n = stack[--depth];
        for (unsigned m = 0; m < heap->count; m++) {
            if (!heap->refers[n][m] || m == gone || truth->reached[m][gone])
                continue;
            truth->reached[m][gone] = true;
            stack[depth++] = m;
        }
    }
}

static bool dominates(const struct truth *truth, unsigned one, unsigned other)
{
    return one != other && truth->reached[other][HEAP_MAX] &&
           !truth->reached[other][one];
}

/* The nearest dominator is dominated by all others. */
static uint32_t nearest(const struct heap *heap, const struct truth *truth,
                        unsigned node)
{
    uint32_t best = heap->count;
    for (unsigned n = 0; n < heap->count; n++)
        if (dominates(truth, n, node) &&
            (best == heap->count || dominates(truth, best, n)))
            best = n;
    return best;
}

static void compare(const struct heap *heap, const bool *is_root, uint32_t seed)
{
    struct rg_table table;
    struct rg_digraph graph;
    static struct truth truth;
    uint32_t dominator[HEAP_MAX], order[HEAP_MAX], reached;
    bool before[HEAP_MAX] = {false};
    assert_int_equal(heap_table(heap, false, &table), RG_OK);
    assert_int_equal(rg_digraph_init(&graph, &table, NULL), RG_OK);
    assert_int_equal(
        rg_dominators(&graph, is_root, dominator, order, &reached, NULL),
        RG_OK);
    for (unsigned gone = 0; gone < heap->count; gone++)
        reach(heap, is_root, gone, &truth);
    reach(heap, is_root, HEAP_MAX, &truth);
    unsigned expected = 0;
    for (unsigned n = 0; n < heap->count; n++) {
        expected += truth.reached[n][HEAP_MAX];
        uint32_t right =
            truth.reached[n][HEAP_MAX] ? nearest(heap, &truth, n) : RG_NONE;
        if (dominator[n] != right)
            fail_msg("seed %u: node %u: %u, not %u", seed, n, dominator[n],
                     right);
    }
    assert_int_equal(reached, expected);
    for (unsigned i = 0; i < reached; i++) {
        uint32_t above = dominator[order[i]];
        assert_true(above == heap->count || before[above]);
        before[order[i]] = true;
    }
    rg_digraph_free(&graph);
    rg_table_free(&table);
}

static void both_directions_agree(void **state)
{
    (void)state;
    uint32_t seed = 20261128;
    for (int round = 0; round < 200; round++) {
        struct heap heap;
        struct rg_table table;
        struct rg_digraph graph;
        unsigned count = 1 + heap_below(&seed, 24), edges = 0;
        heap_random(&heap, &seed, count, heap_below(&seed, 3 * count));
        assert_int_equal(heap_table(&heap, false, &table), RG_OK);
        assert_int_equal(rg_digraph_init(&graph, &table, NULL), RG_OK);
        for (uint32_t n = 0; n < graph.count; n++)
            for (uint32_t k = graph.back_first[n]; k < graph.back_first[n + 1];
                 k++, edges++)
                assert_true(heap.refers[graph.referrer[k]][n]);
        assert_int_equal(edges, graph.first[graph.count]);
        assert_int_equal(graph.back_first[0], 0);
        rg_digraph_free(&graph);
        rg_table_free(&table);
    }
}

static void random_heaps_agree_with_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 20261124;
    for (int round = 0; round < ROUNDS; round++) {
        struct heap heap;
        bool is_root[HEAP_MAX];
        uint32_t started = seed;
        unsigned count = 1 + heap_below(&seed, 24);
        heap_random(&heap, &seed, count, heap_below(&seed, 3 * count));
        memset(heap.is_root, 0, sizeof heap.is_root);
        for (unsigned n = 0; n < count; n++)
            is_root[n] = heap_below(&seed, 5) == 0;
        compare(&heap, is_root, started);
    }
}

/* As long as the heap: nothing recurses. */
static void a_long_chain_is_no_matter(void **state)
{
    (void)state;
    enum { LENGTH = 1000000 };
    struct rg_digraph graph = {.count = LENGTH};
    uint32_t *dominator = rg_alloc(LENGTH, 4), *order = rg_alloc(LENGTH, 4);
    bool *is_root = rg_alloc_zeroed(LENGTH, 1);
    uint32_t reached;
    graph.first = rg_alloc(LENGTH + 1, 4);
    graph.back_first = rg_alloc(LENGTH + 1, 4);
    graph.referent = rg_alloc(LENGTH, 4);
    graph.referrer = rg_alloc(LENGTH, 4);
    for (uint32_t n = 0; n < LENGTH; n++) {
        graph.first[n] = n;
        graph.referent[n] = n + 1;
        graph.back_first[n] = n == 0 ? 0 : n - 1;
        graph.referrer[n] = n;
    }
    graph.first[LENGTH] = graph.first[LENGTH - 1];
    graph.back_first[LENGTH] = LENGTH - 1;
    is_root[0] = true;
    assert_int_equal(
        rg_dominators(&graph, is_root, dominator, order, &reached, NULL),
        RG_OK);
    assert_int_equal(reached, LENGTH);
    assert_int_equal(dominator[0], LENGTH);
    for (uint32_t n = 1; n < LENGTH; n++)
        if (dominator[n] != n - 1)
            fail_msg("node %u: %u", n, dominator[n]);
    rg_free(dominator);
    rg_free(order);
    rg_free(is_root);
    rg_digraph_free(&graph);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    struct heap heap;
    struct rg_table table;
    uint32_t seed = 5, n = 1;
    bool is_root[HEAP_MAX] = {true};
    heap_random(&heap, &seed, 20, 50);
    memset(heap.is_root, 0, sizeof heap.is_root);
    assert_int_equal(heap_table(&heap, false, &table), RG_OK);
    for (;; n++) {
        struct rg_digraph graph = {0};
        uint32_t dominator[HEAP_MAX], order[HEAP_MAX], reached;
        failing_malloc_at(n);
        enum rg_status status = rg_digraph_init(&graph, &table, NULL);
        if (status == RG_OK)
            status = rg_dominators(&graph, is_root, dominator, order, &reached,
                                   NULL);
        failing_malloc_off();
        rg_digraph_free(&graph);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    assert_in_range(n, 10, 30);
    rg_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_agree),
        cmocka_unit_test(random_heaps_agree_with_brute_force),
        cmocka_unit_test(a_long_chain_is_no_matter),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("dominator", tests, NULL, NULL);
}
