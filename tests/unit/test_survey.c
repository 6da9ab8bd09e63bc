/* What a heap comes to: places and types against brute force on small random
 * heaps, growth of one that is known by construction. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "dumps.h"
#include "failing_malloc.h"
#include "graph/graph.h"
#include "search/search.h"
#include "search/witness.h"
#include "survey/growing.h"
#include "survey/place.h"
#include "unit.h"

/* Random heaps: modules, then objects of a few types with references of a few
 * names; some are held by C code, some by nobody. */
enum { MODULES = 2, OBJECTS = 22, TYPES = 3, NAMES = 3 };

static uint32_t seed;

static uint32_t chance(uint32_t most)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % most;
}

static uint32_t text(struct rg_dump *dump, const char *words)
{
    uint32_t number;
    assert_int_equal(rg_texts_add(&dump->texts, words, strlen(words), &number),
                     RG_OK);
    return number;
}

static void begin(struct rg_dump *dump, uint64_t address, const char *type,
                  struct rg_dump_about about, uint64_t bytes)
{
    struct rg_dump_node node = {
        .address = address, .bytes = bytes, .references = 1};
    about.type = about.qualname = about.name = text(dump, type);
    about.generation = -1;
    assert_int_equal(rg_dump_about(dump, &about, &node.about), RG_OK);
    assert_int_equal(rg_dump_begin(dump, &node), RG_OK);
}

static void refer(struct rg_dump *dump, uint32_t to, const char *label,
                  struct rg_dump_how how)
{
    uint32_t number, words = text(dump, label);
    assert_int_equal(rg_dump_how(dump, &how, &number), RG_OK);
    assert_int_equal(rg_dump_refer(dump, to, number, words), RG_OK);
}

static void below(struct rg_dump *dump, uint32_t to, const char *label)
{
    refer(dump, to, label,
          (struct rg_dump_how){
              .mode = RG_DUMP_BELOW, .kind = RG_UNNAMED, .root = RG_NONE});
}

static const struct rg_dump_how attribute = {.mode = RG_DUMP_TOLD,
                                             .kind = RG_ATTRIBUTE,
                                             .flags = RG_DUMP_REAL,
                                             .root = RG_NONE};
static const struct rg_dump_how member = {.mode = RG_DUMP_TOLD,
                                          .kind = RG_SET_MEMBER,
                                          .flags = RG_DUMP_REAL | RG_DUMP_BARE,
                                          .root = RG_NONE};

static void refer_at_random(struct rg_dump *dump, uint32_t most)
{
    static const char *const names[NAMES] = {"a", "b", "c"};
    for (uint32_t i = chance(most + 1); i > 0; i--) {
        uint32_t to = 1 + MODULES + chance(OBJECTS);
        if (chance(3) == 0)
            refer(dump, to, "(member)", member);
        else
            refer(dump, to, names[chance(NAMES)], attribute);
    }
}

enum { FIRST_GROUP = 1 + MODULES + OBJECTS };

static struct rg_dump *random_heap(void)
{
    static const char *const types[TYPES] = {"A", "B", "C"};
    static const char *const modules[MODULES] = {"one", "two"};
    const struct rg_dump_about plain = {.shape = RG_DUMP_OBJECT};
    const struct rg_dump_about synthetic = {.shape = RG_DUMP_SYNTHETIC};
    struct rg_dump *dump = rg_dump_new();
    assert_non_null(dump);
    text(dump, "");
    begin(dump, 0x10, "", synthetic, 0);
    for (uint32_t i = 0; i < RG_DUMP_GROUP_COUNT; i++)
        below(dump, FIRST_GROUP + i, "group");
    for (uint32_t i = 0; i < MODULES; i++) {
        begin(dump, 0x1000 + i * 0x10, "dict",
              (struct rg_dump_about){.shape = RG_DUMP_OBJECT,
                                     .flags = RG_DUMP_NAMESPACE,
                                     .role = RG_ROLE_STOP},
              1);
        refer_at_random(dump, 3);
    }
    for (uint32_t i = 0; i < OBJECTS; i++) {
        begin(dump, 0x2000 + i * 0x10, types[chance(TYPES)], plain,
              1U << chance(10));
        refer_at_random(dump, 3);
    }
    for (uint32_t i = 0; i < RG_DUMP_GROUP_COUNT; i++) {
        begin(dump, 0x20 + i * 0x10, "group", synthetic, 0);
        for (uint32_t m = 0; i == RG_DUMP_MODULES && m < MODULES; m++)
            below(dump, 1 + m, modules[m]);
        if (i == RG_DUMP_NATIVE && chance(2) == 0)
            below(dump, 1 + MODULES + chance(OBJECTS), "held by C code");
    }
    assert_int_equal(rg_dump_end(dump), RG_OK);
    return dump;
}

/* Bytes of what the root reaches without these nodes. */
static uint64_t reached(const struct rg_dump *dump, const bool *without,
                        bool *is_reached)
{
    bool mine[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
    uint32_t queue[FIRST_GROUP + RG_DUMP_GROUP_COUNT];
    size_t head = 0, tail = 0;
    uint64_t bytes = 0;
    if (is_reached == NULL)
        is_reached = mine;
    is_reached[0] = true;
    for (queue[tail++] = 0; head < tail; head++) {
        uint32_t node = queue[head];
        bytes += dump->bytes[node];
        for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++)
            if (!is_reached[dump->to[i]] && !without[dump->to[i]]) {
                is_reached[dump->to[i]] = true;
                queue[tail++] = dump->to[i];
            }
    }
    return bytes;
}

static struct rg_survey *surveyed(const struct rg_dump *dump)
{
    struct rg_survey *survey;
    assert_int_equal(rg_survey_new(&dump, 1, false, NULL, &survey), RG_OK);
    assert_int_equal(rg_survey_weigh(survey), RG_OK);
    return survey;
}

static void places_keep_what_goes_with_them(void **state)
{
    (void)state;
    for (seed = 1; seed < 100000; seed += 97) {
        uint32_t old_seed = seed;
        struct rg_dump *dump = random_heap();
        struct rg_survey *survey = surveyed(dump);
        const struct rg__look *look = &survey->looks[0];
        const bool nothing[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
        uint64_t whole = reached(dump, nothing, NULL);
        for (uint32_t p = 0; p < survey->place_count; p++) {
            bool without[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
            for (uint32_t n = rg__part(survey, p, 0)->head; n != RG_NONE;
                 n = look->next[n])
                without[n] = true;
            assert_int_equal(rg__part(survey, p, 0)->retained,
                             whole - reached(dump, without, NULL));
        }
        rg_survey_free(survey);
        rg_dump_free(dump);
        seed = old_seed;
    }
}

static void what_is_reached_has_a_place(void **state)
{
    (void)state;
    for (seed = 5; seed < 20000; seed += 89) {
        uint32_t old_seed = seed;
        struct rg_dump *dump = random_heap();
        struct rg_survey *survey = surveyed(dump);
        const bool nothing[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
        bool is_reached[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
        struct rg_survey_sum sum;
        uint64_t garbage = 0;
        reached(dump, nothing, is_reached);
        for (uint32_t n = 1; n < FIRST_GROUP; n++) {
            assert_int_equal(survey->looks[0].place[n] != RG_NONE,
                             is_reached[n]);
            garbage += !is_reached[n];
        }
        assert_int_equal(rg_survey_sum(survey, 0, &sum), RG_OK);
        assert_int_equal(sum.objects, FIRST_GROUP - 1 - garbage);
        assert_in_range(sum.garbage, 0, garbage);
        rg_survey_free(survey);
        rg_dump_free(dump);
        seed = old_seed;
    }
}

/* What goes with the instances of a type that no other one dominates: those
 * are found by taking one away after the other. */
static void types_keep_what_goes_with_them(void **state)
{
    (void)state;
    for (seed = 3; seed < 30000; seed += 83) {
        uint32_t old_seed = seed;
        struct rg_dump *dump = random_heap();
        struct rg_type_row *rows;
        size_t count;
        const bool nothing[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
        bool all[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
        uint64_t whole = reached(dump, nothing, all);
        assert_int_equal(rg_survey_types(dump, NULL, &rows, &count), RG_OK);
        for (size_t r = 0; r < count; r++) {
            uint64_t kept = 0, number = 0;
            bool is_below[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
            for (int round = 0; round < 2; round++)
                for (uint32_t n = 1; n < FIRST_GROUP; n++) {
                    bool without[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
                    bool left[FIRST_GROUP + RG_DUMP_GROUP_COUNT] = {0};
                    if (rg_dump_about_of(dump, n)->qualname !=
                            rows[r].qualname ||
                        !all[n])
                        continue;
                    without[n] = true;
                    uint64_t goes = whole - reached(dump, without, left);
                    for (uint32_t m = 1; round == 0 && m < FIRST_GROUP; m++)
                        is_below[m] |= m != n && all[m] && !left[m];
                    kept += round == 1 && !is_below[n] ? goes : 0;
                    number += round;
                }
            for (uint32_t n = 1; n < FIRST_GROUP; n++)
                number += !all[n] && rg_dump_about_of(dump, n)->qualname ==
                                         rows[r].qualname;
            assert_int_equal(rows[r].retained, kept);
            assert_in_range(rows[r].count, 0, number);
        }
        rg_free(rows);
        rg_dump_free(dump);
        seed = old_seed;
    }
}

/* Failure */

static void each_allocation_may_fail(void **state)
{
    (void)state;
    struct rg_dump *dump;
    assert_int_equal(dumps_make(&dump), RG_OK);
    const struct rg_dump *const looks[] = {dump, dump};
    for (size_t n = 1;; n++) {
        struct rg_survey *survey = NULL;
        struct rg_place_row *rows = NULL;
        struct rg_type_row *types = NULL;
        struct rg_growth growth = {0};
        struct rg_survey_sum sum;
        size_t count;
        failing_malloc_at(n);
        enum rg_status status = rg_survey_types(dump, NULL, &types, &count);
        if (status == RG_OK)
            status = rg_survey_new(looks, 2, true, NULL, &survey);
        if (status == RG_OK)
            status = rg_survey_weigh(survey);
        if (status == RG_OK)
            status = rg_survey_heaviest(survey, 0, 10, &rows, &count);
        if (status == RG_OK)
            status = rg_survey_sum(survey, 0, &sum);
        if (status == RG_OK)
            status = rg_survey_growth(survey, 1, &growth);
        failing_malloc_off();
        rg_free(types);
        rg_free(rows);
        rg_growth_free(&growth);
        rg_survey_free(survey);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    rg_dump_free(dump);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_keep_what_goes_with_them),
        cmocka_unit_test(what_is_reached_has_a_place),
        cmocka_unit_test(types_keep_what_goes_with_them),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
