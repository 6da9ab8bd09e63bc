#include <string.h>

#include "base/large.h"
#include "failing_malloc.h"
#include "unit.h"

enum { MEBI = 1 << 20 };

static void fill(unsigned char *block, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        block[i] = (unsigned char)(i * 7 / 5);
}

static void check(const unsigned char *block, size_t to)
{
    for (size_t i = 0; i < to; i++)
        assert_int_equal(block[i], (unsigned char)(i * 7 / 5));
}

/* From malloc into a mapping of its own, and on. */
static void what_was_written_stays_through_every_growth(void **state)
{
    (void)state;
    static const size_t steps[] = {10,           1000,         128 << 10,
                                   MEBI,         2 * MEBI - 1, 2 * MEBI,
                                   2 * MEBI + 1, 5 * MEBI,     40 * MEBI};
    unsigned char *block = NULL;
    size_t size = 0, filled = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        block = rg_large_resize(block, &size, steps[i]);
        assert_non_null(block);
        assert_true(size >= steps[i]);
        check(block, filled);
        fill(block, filled, steps[i]);
        filled = steps[i];
    }
    check(block, filled);
    rg_large_free(block, size);
    rg_large_free(NULL, 0);
}

static void sizes_no_memory_has_are_refused(void **state)
{
    (void)state;
    size_t size = 0;
    assert_null(rg_large_resize(NULL, &size, SIZE_MAX));
    assert_null(rg_large_resize(NULL, &size, SIZE_MAX - 3 * MEBI));
    unsigned char *block = rg_large_resize(NULL, &size, 4 * MEBI);
    fill(block, 0, 4 * MEBI);
    assert_null(rg_large_resize(block, &size, SIZE_MAX - 3 * MEBI));
    assert_int_equal(size, 4 * MEBI);
    check(block, size);
    rg_large_free(block, size);
}

static void small_blocks_come_from_malloc(void **state)
{
    (void)state;
    size_t size = 0;
    failing_malloc_at(1);
    assert_null(rg_large_resize(NULL, &size, 100));
    failing_malloc_off();
    assert_true(failing_malloc_reached());
    assert_int_equal(size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_stays_through_every_growth),
        cmocka_unit_test(sizes_no_memory_has_are_refused),
        cmocka_unit_test(small_blocks_come_from_malloc),
    };
    return cmocka_run_group_tests_name("large", tests, NULL, NULL);
}
