/* The hash table, against a plain search. */
#include <string.h>

#include "base/hash.h"
#include "failing_malloc.h"
#include "unit.h"

enum { NUMBERS = 5000, RANGE = 3000 };

struct sought {
    const uint32_t *numbers;
    uint32_t number;
};

static bool is_number(const void *context, uint32_t index)
{
    const struct sought *sought = context;
    return sought->numbers[index] == sought->number;
}

static uint32_t state = 7;

static uint32_t random_number(void)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % RANGE;
}

/* Few keys, so that different numbers have the same one. */
static uint32_t key_of(uint32_t number)
{
    return rg_hash_mix(number / 3);
}

static struct rg_hash_slot *slot_of(const struct rg_hash *hash,
                                    const uint32_t *numbers, uint32_t number)
{
    const struct sought sought = {numbers, number};
    return rg_hash_slot_of(hash, key_of(number), is_number, &sought);
}

static void everything_is_found_once(void **unused)
{
    (void)unused;
    struct rg_hash hash = {0};
    static uint32_t numbers[NUMBERS], place[RANGE];
    uint32_t count = 0;
    memset(place, 0xff, sizeof place);
    for (int i = 0; i < NUMBERS; i++) {
        uint32_t number = random_number();
        assert_int_equal(rg_hash_reserve(&hash), 0);
        struct rg_hash_slot *slot = slot_of(&hash, numbers, number);
        assert_int_equal(slot->index, place[number]);
        if (slot->index != RG_HASH_FREE)
            continue;
        numbers[count] = number;
        place[number] = count;
        rg_hash_fill(&hash, slot, key_of(number), count++);
        assert_true(2 * hash.count <= hash.slot_count);
    }
    assert_int_equal(hash.count, count);
    rg_hash_free(&hash);
    assert_null(hash.slots);
}

static void a_table_starts_again_with_the_room_it_needs(void **unused)
{
    (void)unused;
    struct rg_hash hash = {0};
    uint32_t numbers[100];
    for (uint32_t count = 100; count > 0; count -= 20) {
        assert_int_equal(rg_hash_restart(&hash, count), 0);
        assert_int_equal(hash.count, 0);
        for (uint32_t i = 0; i < count; i++) {
            numbers[i] = 7 * i;
            struct rg_hash_slot *slot = slot_of(&hash, numbers, numbers[i]);
            assert_int_equal(slot->index, RG_HASH_FREE);
            rg_hash_fill(&hash, slot, key_of(numbers[i]), i);
        }
        assert_true(hash.slot_count < 8 * count);
    }
    rg_hash_free(&hash);
}

static void a_failed_allocation_leaves_the_table_as_it_was(void **unused)
{
    (void)unused;
    struct rg_hash hash = {0};
    uint32_t numbers[1000];
    bool has_failed = false;
    for (uint32_t i = 0; i < 1000; i++) {
        failing_malloc_at(1);
        if (rg_hash_reserve(&hash) < 0) {
            has_failed = true;
            failing_malloc_off();
            assert_int_equal(hash.count, i);
            assert_int_equal(rg_hash_reserve(&hash), 0);
        }
        failing_malloc_off();
        numbers[i] = i;
        rg_hash_fill(&hash, slot_of(&hash, numbers, i), key_of(i), i);
    }
    assert_true(has_failed);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(slot_of(&hash, numbers, i)->index, i);
    failing_malloc_at(1);
    assert_int_equal(rg_hash_restart(&hash, 100000), -1);
    failing_malloc_off();
    assert_int_equal(hash.count, 1000);
    rg_hash_free(&hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_found_once),
        cmocka_unit_test(a_table_starts_again_with_the_room_it_needs),
        cmocka_unit_test(a_failed_allocation_leaves_the_table_as_it_was),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
