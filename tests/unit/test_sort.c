/* rg_sort: sorts like qsort, whatever the length, and can be told to end. */
#include <stdio.h>
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
    static const size_t lengths[] = {0,    1,    2,    2047,     2048,
                                     2049, 4096, 4097, 3 * 2048, MANY};
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

/* One run is all there is: it is asked about while it is looked at. */
static void what_is_in_order_may_be_ended_too(void **state)
{
    (void)state;
    static unsigned items[MANY], expected[MANY];
    for (int falls = 0; falls < 2; falls++) {
        struct patience patience = {.left = 1};
        struct rg_poll poll = {.ask = ask, .context = &patience};
        for (unsigned i = 0; i < MANY; i++) {
            expected[i] = i;
            items[i] = falls ? MANY - 1 - i : i;
        }
        assert_int_equal(rg_sort(items, MANY, sizeof *items, by_value, &poll),
                         RG_EINTERRUPT);
        qsort(items, MANY, sizeof *items, by_value);
        assert_memory_equal(items, expected, sizeof items);
    }
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    static unsigned items[MANY];
    fill(items, MANY);
    failing_malloc_from(1);
    enum rg_status status = rg_sort(items, MANY, sizeof *items, by_value, NULL);
    failing_malloc_off();
    assert_int_equal(status, RG_ENOMEM);
}

/* With a byte that tells one record from the next, and an odd size. */
struct odd {
    unsigned char key[3];
};

static int by_key(const void *left, const void *right)
{
    return memcmp(left, right, 2);
}

static void equal_ones_keep_their_order(void **state)
{
    (void)state;
    static struct odd items[MANY];
    static unsigned keys[MANY];
    fill(keys, MANY);
    for (size_t i = 0; i < MANY; i++)
        items[i] = (struct odd){
            {keys[i] % 7, keys[i] % 5, (unsigned char)(i * 255 / MANY)}};
    assert_int_equal(rg_sort(items, MANY, sizeof *items, by_key, NULL), RG_OK);
    for (size_t i = 1; i < MANY; i++)
        assert_true(memcmp(&items[i - 1], &items[i], sizeof *items) <= 0);
}

static void in_place_needs_nothing(void **state)
{
    (void)state;
    static unsigned items[MANY], expected[MANY];
    for (size_t count = 0; count <= MANY; count += 1 + count / 2) {
        fill(items, count);
        memcpy(expected, items, sizeof items);
        qsort(expected, count, sizeof *expected, by_value);
        failing_malloc_from(1);
        rg_sort_in_place(items, count, sizeof *items, by_value);
        failing_malloc_off();
        assert_int_equal(failing_malloc_count(), 0);
        assert_memory_equal(items, expected, count * sizeof *items);
    }
    static char large[50][100];
    for (int i = 0; i < 50; i++)
        snprintf(large[i], sizeof large[i], "%099d", i * 37 % 50);
    rg_sort_in_place(large, 50, sizeof *large,
                     (int (*)(const void *, const void *))strcmp);
    for (int i = 0; i < 50; i++)
        assert_int_equal(atoi(large[i]), i);
    rg_sort_in_place(NULL, 0, 4, by_value);
}

/* Of sorted numbers, several of each, and of none. */
static void the_first_equal_one_is_found(void **state)
{
    (void)state;
    static const unsigned items[] = {2, 2, 2, 4, 6, 6, 8};
    enum { COUNT = sizeof items / sizeof *items };
    for (size_t count = 0; count <= COUNT; count++)
        for (unsigned key = 0; key <= 9; key++) {
            const unsigned *expected = NULL;
            for (size_t i = count; i-- > 0;)
                if (items[i] == key)
                    expected = &items[i];
            assert_ptr_equal(
                rg_sort_find(items, count, sizeof *items, &key, by_value),
                expected);
        }
    unsigned key = 1;
    assert_null(rg_sort_find(NULL, 0, sizeof key, &key, by_value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_sorted),
        cmocka_unit_test(what_the_poll_ends_has_lost_nothing),
        cmocka_unit_test(what_is_in_order_may_be_ended_too),
        cmocka_unit_test(no_memory_is_an_answer),
        cmocka_unit_test(equal_ones_keep_their_order),
        cmocka_unit_test(in_place_needs_nothing),
        cmocka_unit_test(the_first_equal_one_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
