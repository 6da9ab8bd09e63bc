#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/poll.h"
#include "failing_malloc.h"
#include "graph/graph.h"
#include "search/path.h"
#include "search/search.h"
#include "heaps.h"
#include "unit.h"

struct asked {
    const struct heap *heap;
    bool descending;
    unsigned polls, polls_allowed;
};

static unsigned object_of(const struct asked *asked, const struct rg_node *node)
{
    return node->address == 0
               ? heap_at(asked->heap, asked->descending, node->object)
               : heap_object(node->address);
}

static unsigned role(void *context, const struct rg_node *node)
{
    struct asked *asked = context;
    unsigned object = object_of(asked, node);
    return asked->heap->role[object] |
           (asked->heap->is_root[object] ? RG_ROLE_STOP | RG_ROLE_FRAME : 0);
}

/* Objects are instances of the class that is one above them. */
static enum rg_link link(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    struct asked *asked = context;
    unsigned from = object_of(asked, referrer), to = object_of(asked, referent);
    if (referrer->address == 0)
        return RG_LINK_REFERENCE;
    if (to == from + 1)
        return RG_LINK_INSTANCE;
    return to == from + 2 ? RG_LINK_PLUMBING : RG_LINK_REFERENCE;
}

static enum rg_status poll(void *context)
{
    struct asked *asked = context;
    return asked->polls++ < asked->polls_allowed ? RG_OK : RG_ETIMEOUT;
}

/* What brute force says: reaches[i] when i is in the closure, follows[i] when
 * its referrers are. */
struct truth {
    bool in[HEAP_MAX], follows[HEAP_MAX];
};

static unsigned times_shown(const struct heap *heap, unsigned i, unsigned j,
                            bool through_classes, bool *follows)
{
    unsigned times = heap->refers[i][j];
    *follows = times > 0;
    if (!(heap->role[j] & RG_ROLE_CLASS) || through_classes)
        return times;
    if (j == i + 2 && !heap->is_root[i])
        return *follows = false;
    if (j == i + 1 && !heap->is_root[i])
        *follows = times > 1;
    return times;
}

static void brute_force(const struct heap *heap, unsigned target,
                        bool through_classes, struct truth *truth)
{
    memset(truth, 0, sizeof *truth);
    truth->in[target] = truth->follows[target] = true;
    for (bool more = true; more;) {
        more = false;
        for (unsigned j = 0; j < heap->count; j++)
            for (unsigned i = 0; truth->follows[j] && i < heap->count; i++) {
                bool follows;
                if (times_shown(heap, i, j, through_classes, &follows) == 0 ||
                    (heap->role[i] & RG_ROLE_HIDDEN && i != target))
                    continue;
                follows &= !heap->is_root[i] &&
                           !(heap->role[i] & RG_ROLE_STOP && i != target);
                more |= !truth->in[i] || (follows && !truth->follows[i]);
                truth->in[i] = true;
                truth->follows[i] |= follows;
            }
    }
}

static void compare(const struct asked *asked, const struct truth *truth,
                    const struct rg_closure *closure, bool through_classes)
{
    const struct heap *heap = asked->heap;
    struct rg_error error;
    uint32_t node_of[HEAP_MAX];
    assert_int_equal(rg_closure_check(closure, &error), RG_OK);
    memset(node_of, 0xff, sizeof node_of);
    for (uint32_t n = 0; n < closure->node_count; n++) {
        unsigned object = object_of(asked, &closure->nodes[n]);
        assert_int_equal(node_of[object], RG_NONE);
        node_of[object] = n;
        /* What is hidden, or only plumbing, may have been met. */
        if (!truth->in[object])
            assert_false(closure->nodes[n].followed);
    }
    for (unsigned j = 0; j < heap->count; j++) {
        if (!truth->in[j])
            continue;
        uint32_t n = node_of[j];
        assert_int_not_equal(n, RG_NONE);
        assert_int_equal(closure->nodes[n].followed, truth->follows[j]);
        unsigned found = 0, expected = 0;
        for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++) {
            bool follows;
            unsigned i =
                object_of(asked, &closure->nodes[closure->referrer[k]]);
            assert_int_equal(
                closure->multiplicity[k],
                times_shown(heap, i, j, through_classes, &follows));
            found++;
        }
        for (unsigned i = 0; truth->follows[j] && i < heap->count; i++) {
            bool follows;
            expected += truth->in[i] &&
                        times_shown(heap, i, j, through_classes, &follows) > 0;
        }
        assert_int_equal(found, expected);
    }
}

static void search_one(struct heap *heap, unsigned target, bool descending,
                       bool through_classes)
{
    struct rg_table table;
    struct rg_closure closure;
    struct truth truth;
    struct asked asked = {
        .heap = heap, .descending = descending, .polls_allowed = 1000000};
    const struct rg_finder finder = {
        .context = &asked, .role = role, .link = link, .poll = poll};
    uintptr_t address = heap_address(target);
    assert_int_equal(heap_table(heap, descending, &table), RG_OK);
    assert_int_equal(
        rg_search(&table, &address, 1, through_classes, &finder, &closure),
        RG_OK);
    brute_force(heap, target, through_classes, &truth);
    compare(&asked, &truth, &closure, through_classes);
    rg_closure_free(&closure);
    rg_table_free(&table);
}

static void random_roles(struct heap *heap, uint32_t *seed)
{
    for (unsigned i = 0; i < heap->count; i++) {
        if (heap->is_root[i])
            continue;
        if (heap_below(seed, 8) == 0)
            heap->role[i] |= RG_ROLE_CLASS;
        if (heap_below(seed, 20) == 0)
            heap->role[i] |= RG_ROLE_HIDDEN;
        else if (heap_below(seed, 15) == 0)
            heap->role[i] |= RG_ROLE_STOP;
    }
}

static unsigned some_object(const struct heap *heap, uint32_t *seed)
{
    unsigned target = heap_below(seed, heap->count);
    for (unsigned tries = 0; heap->is_root[target] && tries < HEAP_MAX; tries++)
        target = (target + 1) % heap->count;
    return target;
}

static void random_heaps_agree_with_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    for (int round = 0; round < 5000; round++) {
        struct heap heap;
        unsigned count = 2 + heap_below(&seed, HEAP_MAX - 2);
        heap_random(&heap, &seed, count, heap_below(&seed, 3 * count));
        random_roles(&heap, &seed);
        unsigned target = some_object(&heap, &seed);
        if (!heap.is_root[target])
            search_one(&heap, target, round % 2, round % 4 < 2);
    }
}

/* Adds a few references at random to a chain, and searches from its end. */
static void search_chain(struct heap *heap, unsigned target, int round,
                         uint32_t *seed)
{
    for (int extra = 0; extra < round % 10; extra++)
        heap->refers[heap_below(seed, HEAP_MAX)][heap_below(seed, HEAP_MAX)]++;
    search_one(heap, target, round % 2, true);
}

/* In one order the first sweep closes them, in the other the second. */
static void long_chains_agree(void **state)
{
    (void)state;
    uint32_t seed = 99;
    for (int round = 0; round < 200; round++) {
        struct heap heap = {.count = HEAP_MAX};
        for (unsigned i = 0; i + 1 < HEAP_MAX; i++)
            heap.refers[i + 1][i] = 1;
        search_chain(&heap, 0, round, &seed);
    }
}

/* A chain from the middle, each link on the other side of all those before it:
 * a sweep finds one or two of them, and most are left to the index. */
static void zigzag(struct heap *heap)
{
    unsigned at = HEAP_MAX / 2;
    for (unsigned step = 1; step < HEAP_MAX - 1; step++) {
        unsigned next = step % 2 ? at - step : at + step;
        heap->refers[next][at] = 1;
        at = next;
    }
}

static void zigzag_chains_agree(void **state)
{
    (void)state;
    uint32_t seed = 77;
    for (int round = 0; round < 200; round++) {
        struct heap heap = {.count = HEAP_MAX};
        zigzag(&heap);
        search_chain(&heap, HEAP_MAX / 2, round, &seed);
    }
}

static void a_target_nothing_refers_to_is_alone(void **state)
{
    (void)state;
    struct heap heap = {.count = 3};
    heap.refers[0][1] = 1;
    search_one(&heap, 2, false, false);
    search_one(&heap, 0, true, false);
}

static void duplicate_targets_are_one(void **state)
{
    (void)state;
    struct heap heap = {.count = 4};
    heap.refers[1][0] = heap.refers[2][3] = 1;
    struct rg_table table;
    struct rg_closure closure;
    struct asked asked = {.heap = &heap, .polls_allowed = 1000};
    const struct rg_finder finder = {
        .context = &asked, .role = role, .link = link, .poll = poll};
    uintptr_t targets[] = {heap_address(0), heap_address(3), heap_address(0)};
    assert_int_equal(heap_table(&heap, false, &table), RG_OK);
    assert_int_equal(
        rg_search(&table, targets, 3, RG_THROUGH_NONE, &finder, &closure),
        RG_OK);
    assert_int_equal(closure.node_count, 4);
    assert_int_equal(closure.nodes[0].address, targets[0]);
    assert_int_equal(closure.nodes[1].address, targets[1]);
    assert_false(closure.root_reached);
    rg_closure_free(&closure);
    rg_table_free(&table);
}

/* An object that refers `count` times to `referent`. */
static void add_references(struct rg_table *table, uintptr_t referent,
                           int count)
{
    static const uintptr_t object = ADDRESS(0x7f1234600000);
    assert_int_equal(rg_table_begin(table, object + table->count * 64, 0),
                     RG_OK);
    for (int i = 0; i < count; i++)
        assert_int_equal(rg_table_refer(table, &referent, 1), RG_OK);
}

static void running_out_of_time_leaves_a_closure(void **state)
{
    (void)state;
    struct rg_table table;
    struct rg_closure closure;
    struct rg_error error;
    struct heap heap = {.count = 2};
    struct asked asked = {.heap = &heap, .polls_allowed = 0};
    const struct rg_finder finder = {
        .context = &asked, .role = role, .link = link, .poll = poll};
    uintptr_t target = heap_address(0), other = heap_address(1);
    assert_int_equal(rg_table_init(&table), RG_OK);
    /* Far enough from either end for a poll on the way. */
    add_references(&table, other, 3000000);
    add_references(&table, target, 1);
    add_references(&table, other, 3000000);
    assert_int_equal(rg_table_end(&table), RG_OK);
    assert_int_equal(
        rg_search(&table, &target, 1, RG_THROUGH_NONE, &finder, &closure),
        RG_ETIMEOUT);
    assert_int_equal(rg_closure_check(&closure, &error), RG_OK);
    assert_int_equal(closure.node_count, 1);
    rg_closure_free(&closure);
    rg_table_free(&table);
}

static unsigned no_role(void *context, const struct rg_node *node)
{
    (void)context;
    (void)node;
    return 0;
}

/* What was found is grouped whole even when the time is up meanwhile;
 * the question is asked again and again. */
static void grouping_asks_whether_to_go_on(void **state)
{
    (void)state;
    enum { MANY = 300000 };
    struct rg_table table;
    struct rg_error error;
    struct heap heap = {.count = 2};
    uintptr_t target = heap_address(0);
    unsigned polls = UINT_MAX;
    assert_int_equal(rg_table_init(&table), RG_OK);
    for (int i = 0; i < MANY; i++)
        add_references(&table, target, 1);
    assert_int_equal(rg_table_end(&table), RG_OK);
    for (int round = 0; round < 2; round++) {
        struct rg_closure closure;
        struct asked asked = {.heap = &heap, .polls_allowed = polls};
        const struct rg_finder finder = {
            .context = &asked, .role = no_role, .link = link, .poll = poll};
        assert_int_equal(
            rg_search(&table, &target, 1, RG_THROUGH_NONE, &finder, &closure),
            round == 0 ? RG_OK : RG_ETIMEOUT);
        assert_int_equal(rg_closure_check(&closure, &error), RG_OK);
        assert_int_equal(closure.node_count, MANY + 1);
        assert_int_equal(closure.first[1], MANY);
        rg_closure_free(&closure);
        /* The search asks once for 8,192 of them; grouping goes through all
         * of them twice, and counts sixteen as one piece. */
        assert_true(asked.polls > MANY / 8192 + MANY / 16 / RG_POLL_INTERVAL);
        polls = asked.polls - 1;
    }
    rg_table_free(&table);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    struct heap heap = {.count = HEAP_MAX};
    struct rg_table table;
    zigzag(&heap);
    assert_int_equal(heap_table(&heap, true, &table), RG_OK);
    struct asked asked = {
        .heap = &heap, .descending = true, .polls_allowed = 1000};
    const struct rg_finder finder = {
        .context = &asked, .role = role, .link = link, .poll = poll};
    uintptr_t target = heap_address(HEAP_MAX / 2);
    for (size_t n = 1;; n++) {
        struct rg_closure closure;
        struct rg_forward forward = {0};
        struct rg_route route = {0};
        failing_malloc_at(n);
        enum rg_status status =
            rg_search(&table, &target, 1, RG_THROUGH_NONE, &finder, &closure);
        if (status == RG_OK)
            status = rg_forward_init(&forward, &closure, 1, NULL, NULL);
        if (status == RG_OK)
            status = rg_route_init(&route, &forward, NULL, NULL);
        failing_malloc_off();
        rg_route_free(&route);
        rg_forward_free(&forward);
        rg_closure_free(&closure);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    rg_table_free(&table);
}

/* 4 <- 3 <- 2 <- frame, and 4 <- 1 <- module by a longer way: the module's
 * chain is preferred, then the frame's where no other comes. */
static void paths_prefer_modules_to_frames(void **state)
{
    (void)state;
    struct heap heap = {.count = 8};
    heap.refers[2][4] = heap.refers[7][2] = 1; /* frame -> 2 -> 4 */
    heap.refers[1][4] = heap.refers[0][1] = heap.refers[5][0] = 1;
    heap.is_root[7] = true;
    heap.role[5] = RG_ROLE_STOP;
    struct rg_table table;
    struct rg_closure closure;
    struct rg_forward forward;
    struct rg_route route;
    struct asked asked = {.heap = &heap, .polls_allowed = 1000};
    const struct rg_finder finder = {
        .context = &asked, .role = role, .link = link, .poll = poll};
    uintptr_t target = heap_address(4);
    assert_int_equal(heap_table(&heap, false, &table), RG_OK);
    assert_int_equal(
        rg_search(&table, &target, 1, RG_THROUGH_NONE, &finder, &closure),
        RG_OK);
    assert_true(closure.root_reached);
    assert_int_equal(rg_forward_init(&forward, &closure, 1, NULL, NULL), RG_OK);
    assert_int_equal(rg_route_init(&route, &forward, NULL, NULL), RG_OK);
    const unsigned way[] = {1, 0, 5};
    uint32_t at = 0;
    for (int i = 0; i < 3; i++) {
        at = route.toward[at];
        assert_int_equal(closure.nodes[at].address, heap_address(way[i]));
    }
    assert_int_equal(route.toward[at], RG_NONE);
    uint32_t two = rg_closure_node(&closure, &table, heap_address(2));
    assert_int_equal(closure.nodes[route.toward[two]].address, 0);
    rg_route_free(&route);
    rg_forward_free(&forward);
    rg_closure_free(&closure);
    rg_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_heaps_agree_with_brute_force),
        cmocka_unit_test(long_chains_agree),
        cmocka_unit_test(zigzag_chains_agree),
        cmocka_unit_test(a_target_nothing_refers_to_is_alone),
        cmocka_unit_test(duplicate_targets_are_one),
        cmocka_unit_test(running_out_of_time_leaves_a_closure),
        cmocka_unit_test(grouping_asks_whether_to_go_on),
        cmocka_unit_test(failing_memory_is_an_answer),
        cmocka_unit_test(paths_prefer_modules_to_frames),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
