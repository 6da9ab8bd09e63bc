/* The queue gives the least first, whatever comes in between. */
#include <stdlib.h>

#include "failing_malloc.h"
#include "search/queue.h"
#include "heaps.h"
#include "unit.h"

enum { ROUNDS = 300, MOST = 200 };

/* Pushed and popped in turns; a plain search of the list says what must come. */
static void the_least_comes_first(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    struct rg__queue queue = {0};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t left[MOST];
        size_t count = 0, pushed = 0;
        uint64_t last = 0, key;
        uint32_t value;
        rg__queue_clear(&queue);
        while (pushed < MOST || count > 0) {
            if (pushed < MOST && heap_below(&seed, 3) != 0) {
                uint64_t more = heap_below(&seed, 20);
                more |= heap_below(&seed, 8) == 0 ? UINT64_C(1) << 32 : 0;
                left[count++] = last + more;
                pushed++;
                assert_int_equal(rg__queue_push(&queue, last + more, 5), RG_OK);
                continue;
            }
            if (count == 0)
                continue;
            size_t least = 0;
            for (size_t i = 1; i < count; i++)
                least = left[i] < left[least] ? i : least;
            assert_true(rg__queue_pop(&queue, &key, &value));
            assert_int_equal(key, left[least]);
            assert_int_equal(value, 5);
            last = key;
            left[least] = left[--count];
        }
        assert_false(rg__queue_pop(&queue, &key, &value));
    }
    rg__queue_free(&queue);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    struct rg__queue queue = {0};
    rg__queue_clear(&queue);
    failing_malloc_at(1);
    enum rg_status status = rg__queue_push(&queue, 1, 1);
    failing_malloc_off();
    assert_int_equal(status, RG_ENOMEM);
    rg__queue_free(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_comes_first),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
