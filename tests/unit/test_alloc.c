#include <string.h>

#include "base/alloc.h"
#include "failing_malloc.h"
#include "unit.h"

/* A product of two sizes that wraps round to a small number. */
enum { WRAPPING = 16 };
static const size_t too_many = SIZE_MAX / WRAPPING + 1;

static void a_block_can_be_written_and_freed(void **state)
{
    (void)state;
    char *block = rg_alloc(3, 5);
    assert_non_null(block);
    memset(block, 1, 15);
    rg_free(block);
    rg_free(NULL);
}

static void zeroed_means_zero(void **state)
{
    (void)state;
    static const unsigned char zeroes[4096];
    unsigned char *block = rg_alloc_zeroed(sizeof zeroes, 1);
    assert_non_null(block);
    assert_memory_equal(block, zeroes, sizeof zeroes);
    rg_free(block);
}

static void nothing_is_a_block_too(void **state)
{
    (void)state;
    void *blocks[] = {rg_alloc(0, 8), rg_alloc(8, 0), rg_alloc_zeroed(0, 8),
                      rg_alloc_zeroed(8, 0), rg_resize(NULL, 0, 0)};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        assert_non_null(blocks[i]);
        rg_free(blocks[i]);
    }
}

static void resizing_to_nothing_keeps_a_block(void **state)
{
    (void)state;
    void *block = rg_alloc(10, 1);
    block = rg_resize(block, 0, 1);
    assert_non_null(block);
    rg_free(block);
}

static void a_product_that_wraps_is_refused(void **state)
{
    (void)state;
    failing_malloc_at(0);
    assert_null(rg_alloc(too_many, WRAPPING));
    assert_null(rg_resize(NULL, WRAPPING, too_many));
    failing_malloc_off();
    assert_int_equal(failing_malloc_count(), 0);
    assert_null(rg_alloc_zeroed(too_many, WRAPPING));
}

static void resize_keeps_what_was_there(void **state)
{
    (void)state;
    char *block = rg_alloc(4, 1);
    assert_non_null(block);
    memcpy(block, "abcd", 4);
    block = rg_resize(block, 100000, 1);
    assert_non_null(block);
    assert_memory_equal(block, "abcd", 4);
    rg_free(block);
}

static void a_failed_resize_leaves_the_block(void **state)
{
    (void)state;
    char *block = rg_alloc(4, 1);
    assert_non_null(block);
    memcpy(block, "abcd", 4);
    failing_malloc_at(1);
    assert_null(rg_resize(block, 8, 1));
    failing_malloc_off();
    assert_null(rg_resize(block, too_many, WRAPPING));
    assert_memory_equal(block, "abcd", 4);
    rg_free(block);
}

static void every_allocation_can_fail(void **state)
{
    (void)state;
    failing_malloc_from(1);
    assert_null(rg_alloc(1, 1));
    assert_null(rg_alloc_zeroed(1, 1));
    assert_null(rg_resize(NULL, 1, 1));
    failing_malloc_off();
    assert_int_equal(failing_malloc_count(), 3);
}

static void grow_makes_room_and_keeps_items(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(rg_grow(&items, &capacity, i + 1, sizeof(size_t)), 0);
        assert_true(capacity > i);
        ((size_t *)items)[i] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(((size_t *)items)[i], i);
    rg_free(items);
}

/* Growing by half: 10,000,000 single appends may cost some forty steps. */
static void appending_one_by_one_is_linear(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    failing_malloc_at(0);
    for (size_t i = 0; i < 10000000; i++)
        assert_int_equal(rg_grow(&items, &capacity, i + 1, 1), 0);
    failing_malloc_off();
    assert_in_range(failing_malloc_count(), 2, 60);
    rg_free(items);
}

static void grow_with_room_does_nothing(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    assert_int_equal(rg_grow(&items, &capacity, 10, 1), 0);
    void *before = items;
    size_t capacity_before = capacity;
    failing_malloc_from(1);
    assert_int_equal(rg_grow(&items, &capacity, capacity, 1), 0);
    assert_int_equal(rg_grow(&items, &capacity, 0, 1), 0);
    failing_malloc_off();
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, capacity_before);
    rg_free(items);
}

static void a_failed_grow_leaves_the_array(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    assert_int_equal(rg_grow(&items, &capacity, 1, 4), 0);
    void *before = items;
    size_t capacity_before = capacity;
    failing_malloc_at(1);
    assert_int_equal(rg_grow(&items, &capacity, capacity + 1, 4), -1);
    failing_malloc_off();
    assert_true(failing_malloc_reached());
    assert_int_equal(rg_grow(&items, &capacity, SIZE_MAX, 4), -1);
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, capacity_before);
    rg_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_can_be_written_and_freed),
        cmocka_unit_test(zeroed_means_zero),
        cmocka_unit_test(nothing_is_a_block_too),
        cmocka_unit_test(resizing_to_nothing_keeps_a_block),
        cmocka_unit_test(a_product_that_wraps_is_refused),
        cmocka_unit_test(resize_keeps_what_was_there),
        cmocka_unit_test(a_failed_resize_leaves_the_block),
        cmocka_unit_test(every_allocation_can_fail),
        cmocka_unit_test(grow_makes_room_and_keeps_items),
        cmocka_unit_test(appending_one_by_one_is_linear),
        cmocka_unit_test(grow_with_room_does_nothing),
        cmocka_unit_test(a_failed_grow_leaves_the_array),
    };
    return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
