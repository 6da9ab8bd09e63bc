/* The cut, against every set of references that could be dropped. */
#include <stdio.h>
#include <string.h>

#include "analyses.h"
#include "base/alloc.h"
#include "failing_malloc.h"
#include "search/cut.h"
#include "unit.h"

enum { MOST_PAIRS = 14, ROUNDS = 4000 };

/* The least weight of pairs whose removal separates the target from all
 * roots: every subset is tried.  UINT64_MAX when no subset does. */
static uint64_t brute_force(const struct analysis *analysis)
{
    const struct rg_closure *closure = &analysis->closure;
    uint32_t pairs = closure->first[closure->node_count];
    uint64_t best = UINT64_MAX;
    for (uint32_t subset = 0; subset < 1u << pairs; subset++) {
        bool gone[MOST_PAIRS];
        uint64_t weight = 0;
        bool allowed = true;
        for (uint32_t k = 0; k < pairs; k++) {
            gone[k] = subset >> k & 1;
            uint64_t one = rg__cut_weight(&analysis->forward, k);
            allowed &= !gone[k] || one != 0;
            weight += gone[k] ? one * closure->multiplicity[k] : 0;
        }
        if (allowed && weight < best && !analysis_reaches(analysis, gone))
            best = weight;
    }
    return best;
}

static void compare(const struct analysis *analysis, uint32_t seed)
{
    struct rg_cut cut;
    bool gone[MOST_PAIRS] = {false};
    uint64_t expected = brute_force(analysis);
    assert_int_equal(rg_cut_init(&cut, &analysis->forward, NULL), RG_OK);
    if (expected == UINT64_MAX) {
        if (cut.state != RG_CUT_IMPOSSIBLE)
            fail_msg("seed %u: a cut where there is none", seed);
        rg_cut_free(&cut);
        return;
    }
    assert_int_equal(cut.state, RG__CUT_FOUND);
    for (size_t i = 0; i < cut.pair_count; i++)
        gone[cut.pairs[i]] = true;
    if (cut.weight != expected || analysis_reaches(analysis, gone))
        fail_msg("seed %u: weight %ju, not %ju", seed, (uintmax_t)cut.weight,
                 (uintmax_t)expected);
    rg_cut_free(&cut);
}

static void random_closures_agree_with_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 20261124;
    int compared = 0, possible = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct analysis analysis;
        uint32_t started = seed;
        unsigned count = 3 + heap_below(&seed, 7);
        if (!analysis_random(&analysis, &seed, count,
                             count + heap_below(&seed, 2 * count)))
            continue;
        const struct rg_closure *closure = &analysis.closure;
        if (closure->first[closure->node_count] <= MOST_PAIRS) {
            compare(&analysis, started);
            compared++;
            possible += analysis_reaches(&analysis, NULL);
        }
        analysis_free(&analysis);
    }
    /* Enough of them have something to cut. */
    assert_in_range(compared, ROUNDS / 2, ROUNDS);
    assert_in_range(possible, 500, ROUNDS);
}

/* root -> 1 -> 2 -> target by items: the cut nearest to the target is taken; an
 * item before an attribute; a frame's variable only without a choice. */
static void among_equals_the_nicest_is_taken(void **state)
{
    (void)state;
    struct rg_node nodes[] = {{.address = 16, .followed = true},
                              {.address = 32, .followed = true},
                              {.address = 48, .followed = true},
                              {.address = 64, .role = RG_ROLE_STOP}};
    uint32_t first[] = {0, 1, 2, 3, 3}, referrer[] = {1, 2, 3};
    uint32_t multiplicity[] = {1, 1, 1}, forward_first[] = {0, 0, 1, 2, 3};
    uint32_t pair[] = {0, 1, 2}, referent[] = {0, 1, 2};
    static const struct {
        uint8_t grips[3];
        uint32_t expected;
    } cases[] = {
        {{RG_GRIP_ITEM, RG_GRIP_ITEM, RG_GRIP_VARIABLE}, 0},
        {{RG_GRIP_ITEM, RG_GRIP_ATTRIBUTE, RG_GRIP_VARIABLE}, 0},
        {{RG_GRIP_ATTRIBUTE, RG_GRIP_ITEM, RG_GRIP_VARIABLE}, 1},
        {{RG_GRIP_ATTRIBUTE, RG_GRIP_FIXED, RG_GRIP_VARIABLE}, 0},
        {{RG_GRIP_FIXED, RG_GRIP_CELL, RG_GRIP_VARIABLE}, 2},
        {{RG_GRIP_FIXED, RG_GRIP_CACHE, RG_GRIP_ITEM}, 1},
        {{RG_GRIP_OTHER, RG_GRIP_FRAME, RG_GRIP_FIXED}, 0},
        {{RG_GRIP_FIXED, RG_GRIP_FRAME, RG_GRIP_FRAME}, 1},
        {{RG_GRIP_FIXED, RG_GRIP_PLUMBING, RG_GRIP_VARIABLE}, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t grips[3];
        struct rg_closure closure = {.nodes = nodes,
                                     .node_count = 4,
                                     .first = first,
                                     .referrer = referrer,
                                     .multiplicity = multiplicity};
        struct rg_forward forward = {.closure = &closure,
                                     .target_count = 1,
                                     .first = forward_first,
                                     .pair = pair,
                                     .referent = referent,
                                     .grip = grips};
        struct rg_cut cut;
        memcpy(grips, cases[i].grips, sizeof grips);
        assert_int_equal(rg_cut_init(&cut, &forward, NULL), RG_OK);
        assert_int_equal(cut.state, RG__CUT_FOUND);
        assert_int_equal(cut.pair_count, 1);
        assert_int_equal(cut.pairs[0], cases[i].expected);
        rg_cut_free(&cut);
    }
}

/* More references than anybody would read are counted as that. */
static void very_many_references_are_no_list(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct rg_closure closure = {.node_count = MANY + 1};
    struct rg_forward forward = {.closure = &closure, .target_count = 1};
    closure.nodes = rg_alloc_zeroed(MANY + 1, sizeof *closure.nodes);
    closure.first = rg_alloc_zeroed(MANY + 2, sizeof(uint32_t));
    closure.referrer = rg_alloc(MANY, sizeof(uint32_t));
    closure.multiplicity = rg_alloc(MANY, sizeof(uint32_t));
    forward.first = rg_alloc_zeroed(MANY + 2, sizeof(uint32_t));
    forward.pair = rg_alloc(MANY, sizeof(uint32_t));
    forward.referent = rg_alloc_zeroed(MANY, sizeof(uint32_t));
    forward.grip = rg_alloc_zeroed(MANY, 1);
    closure.nodes[0].followed = true;
    for (uint32_t i = 0; i < MANY; i++) {
        closure.nodes[i + 1].role = RG_ROLE_STOP;
        closure.referrer[i] = i + 1;
        closure.multiplicity[i] = 1;
        forward.pair[i] = i;
        forward.first[i + 1] = i;
        closure.first[i + 1] = MANY;
    }
    forward.first[MANY + 1] = closure.first[MANY + 1] = MANY;
    struct rg_cut cut;
    assert_int_equal(rg_cut_init(&cut, &forward, NULL), RG_OK);
    assert_int_equal(cut.state, RG_CUT_TOO_LARGE);
    rg_cut_free(&cut);
    rg_forward_free(&forward);
    rg_closure_free(&closure);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    uint32_t seed = 7;
    struct analysis analysis;
    while (!analysis_random(&analysis, &seed, 12, 30))
        ;
    size_t n = 1;
    for (;; n++) {
        struct rg_cut cut;
        failing_malloc_at(n);
        enum rg_status status = rg_cut_init(&cut, &analysis.forward, NULL);
        failing_malloc_off();
        rg_cut_free(&cut);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    assert_in_range(n, 7, 20);
    analysis_free(&analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_closures_agree_with_brute_force),
        cmocka_unit_test(among_equals_the_nicest_is_taken),
        cmocka_unit_test(very_many_references_are_no_list),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
