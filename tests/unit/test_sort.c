/* rg_sort: sorts like qsort, whatever the length, and can be told to end. */
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "failing_malloc.h"
#include "unit.h"

/* Twenty times what is sorted at once, and a bit: several passes. */
enum { MANY = 20 * 2048 + 7 };

static int by_value(const void *left, const void *right)
{
    unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;
    return (a > b) - (a < b);
}

/* Xorshift; no value is lost when the low bits are the place. */
static void fill(unsigned *items, size_t count)
{
    unsigned x = 2463534242u;
    for (size_t i = 0; i < count; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        items[i] = x;
    }
}

static void every_length_is_sorted(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 2, 2047, 2048, 2049, 4096, 4097,
                                     3 * 2048, MANY};
    static unsigned items[MANY], expected[MANY];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t count = lengths[i];
        fill(items, count);
        memcpy(expected, items, sizeof items);
        qsort(expected, count, sizeof *expected, by_value);
        assert_int_equal(rg_sort(items, count, sizeof *items, by_value, NULL),
                         RG_OK);
        assert_memory_equal(items, expected, count * sizeof *items);
    }
}

struct patience {
    size_t left;
};

static enum rg_status ask(void *context)
{
    struct patience *patience = context;
    return patience->left-- == 0 ? RG_EINTERRUPT : RG_OK;
}

static void what_the_poll_ends_has_lost_nothing(void **state)
{
    (void)state;
    static unsigned items[MANY], expected[MANY];
    fill(expected, MANY);
    qsort(expected, MANY, sizeof *expected, by_value);
    size_t asked = 0;
    for (;; asked++) {
        struct patience patience = {.left = asked};
        struct rg_poll poll = {.ask = ask, .context = &patience};
        fill(items, MANY);
        enum rg_status status =
            rg_sort(items, MANY, sizeof *items, by_value, &poll);
        if (status == RG_OK)
            break;
        assert_int_equal(status, RG_EINTERRUPT);
        qsort(items, MANY, sizeof *items, by_value);
        assert_memory_equal(items, expected, sizeof items);
    }
    assert_true(asked > 20);
    assert_memory_equal(items, expected, sizeof items);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    static unsigned items[MANY];
    fill(items, MANY);
    /* The first that rg_sort itself asks for; qsort asks for none so short. */
    failing_malloc_from(1);
    enum rg_status status =
        rg_sort(items, MANY, sizeof *items, by_value, NULL);
    failing_malloc_off();
    assert_int_equal(status, RG_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_sorted),
        cmocka_unit_test(what_the_poll_ends_has_lost_nothing),
        cmocka_unit_test(no_memory_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
