/* Memory without malloc: after rg_arena_enter, alloc.h, buffer.h and large.h
 * give the same as before, and malloc is never called. */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/large.h"
#include "base/sort.h"
#include "failing_malloc.h"
#include "unit.h"

enum { KIBI = 1 << 10, MEBI = 1 << 20 };

static void *from_malloc;

/* A block from before, and from then on no malloc may be called. */
static int enter(void **state)
{
    (void)state;
    from_malloc = rg_alloc(100, 1);
    rg_arena_enter();
    failing_malloc_from(1);
    return from_malloc == NULL;
}

static void fill(unsigned char *block, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        block[i] = (unsigned char)(i * 7 / 5);
}

static bool is_filled(const unsigned char *block, size_t to)
{
    for (size_t i = 0; i < to; i++)
        if (block[i] != (unsigned char)(i * 7 / 5))
            return false;
    return true;
}

static void every_size_is_aligned_and_apart_from_its_neighbours(void **state)
{
    (void)state;
    enum { COUNT = 700 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i * i * i / 600 + 1; /* up to 570 KB */
        blocks[i] = rg_alloc(sizes[i], 1);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        fill(blocks[i], 0, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_true(is_filled(blocks[i], sizes[i]));
    for (size_t i = 0; i < COUNT; i++)
        rg_free(blocks[i]);
    rg_free(NULL);
}

static void what_was_freed_is_used_again(void **state)
{
    (void)state;
    void *first = rg_alloc(1000, 1);
    rg_free(first);
    assert_ptr_equal(rg_alloc(900, 1), first);
    rg_free(first);
}

static void zeroed_means_zero_also_where_something_stood(void **state)
{
    (void)state;
    static const unsigned char zeroes[5000];
    unsigned char *block = rg_alloc(sizeof zeroes, 1);
    memset(block, 0xff, sizeof zeroes);
    rg_free(block);
    block = rg_alloc_zeroed(sizeof zeroes, 1);
    assert_memory_equal(block, zeroes, sizeof zeroes);
    rg_free(block);
    rg_free(rg_alloc_zeroed(0, 7));
}

static void resizing_keeps_what_was_there(void **state)
{
    (void)state;
    static const size_t steps[] = {1,          16,
                                   17,         100,
                                   5000,       128 * KIBI - 1,
                                   128 * KIBI, 128 * KIBI + 1,
                                   3 * MEBI,   30 * MEBI,
                                   10,         0,
                                   4 * MEBI};
    unsigned char *block = NULL;
    size_t filled = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        block = rg_resize(block, steps[i], 1);
        assert_non_null(block);
        filled = steps[i] < filled ? steps[i] : filled;
        assert_true(is_filled(block, filled));
        fill(block, filled, steps[i]);
        filled = steps[i];
    }
    rg_free(block);
}

static void the_rooms_own_structures_work(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    for (size_t i = 0; i < 100 * KIBI; i++)
        assert_int_equal(rg_buffer_append(&buffer, "0123456789", 10), 0);
    assert_memory_equal(buffer.data + buffer.size - 10, "0123456789", 10);
    rg_buffer_free(&buffer);
    unsigned char *large = NULL;
    size_t size = 0;
    for (size_t wanted = 10; wanted < 20 * MEBI; wanted *= 3) {
        large = rg_large_resize(large, &size, wanted);
        assert_non_null(large);
        assert_true(wanted == 10 || is_filled(large, wanted / 3));
        fill(large, 0, wanted);
    }
    rg_large_free(large, size);
}

static int by_value(const void *left, const void *right)
{
    return *(const unsigned char *)left - *(const unsigned char *)right;
}

static void sorting_works(void **state)
{
    (void)state;
    static unsigned char items[10000];
    fill(items, 0, sizeof items);
    assert_int_equal(rg_sort(items, sizeof items, 1, by_value, NULL), RG_OK);
    for (size_t i = 1; i < sizeof items; i++)
        assert_true(items[i - 1] <= items[i]);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    struct rlimit before, none = {.rlim_cur = 0};
    unsigned char *small = rg_alloc(100, 1), *large = rg_alloc(MEBI, 1);
    assert_non_null(small);
    assert_non_null(large);
    fill(small, 0, 100);
    fill(large, 0, MEBI);
    getrlimit(RLIMIT_AS, &before);
    none.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_AS, &none);
    void *no_block = rg_alloc(40 * MEBI, 1);
    void *no_larger = rg_resize(small, 40 * MEBI, 1);
    void *no_mapping = rg_resize(large, 40 * MEBI, 1);
    /* Small ones come from what is mapped, until that is used up. */
    size_t count = 0;
    while (count < MEBI && rg_alloc(KIBI, 1) != NULL)
        count++;
    setrlimit(RLIMIT_AS, &before);
    assert_null(no_block);
    assert_null(no_larger);
    assert_null(no_mapping);
    assert_true(count < 64 * KIBI);
    assert_true(is_filled(small, 100));
    assert_true(is_filled(large, MEBI));
    assert_non_null(rg_alloc(KIBI, 1));
    rg_free(small);
    rg_free(large);
}

static void sizes_that_no_memory_has_are_refused(void **state)
{
    (void)state;
    assert_null(rg_alloc(SIZE_MAX, 1));
    assert_null(rg_alloc(SIZE_MAX - 100, 1));
    assert_null(rg_alloc(SIZE_MAX / 16 + 1, 16));
    void *block = rg_alloc(MEBI, 1);
    assert_null(rg_resize(block, SIZE_MAX - 20, 1));
    rg_free(block);
}

/* Whether a process that does so ends: by a signal, or by a sanitizer. */
static bool ends(void (*defect)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGILL, SIG_DFL);
        signal(SIGTRAP, SIG_DFL);
        defect();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
}

static void free_twice(void)
{
    void *block = rg_alloc(10, 1);
    rg_free(block);
    rg_free(block);
}

static void free_from_before(void)
{
    rg_free(from_malloc);
}

static void resize_from_before(void)
{
    rg_resize(from_malloc, 1000, 1);
}

static void free_overrun(void)
{
    char *first = rg_alloc(16, 1), *second = rg_alloc(16, 1);
    char *lower = first < second ? first : second;
    memset(lower, 1, 40);
    rg_free(lower == first ? second : first);
}

static void free_something_within(void)
{
    rg_free((char *)rg_alloc(100, 1) + 16);
}

static void take_a_freed_one_overrun(void)
{
    char *block = rg_alloc(3000, 1);
    rg_free(block);
    memset(block - 16, 0, 16);
    rg_alloc(3000, 1);
}

static void a_defect_ends_the_process_at_once(void **state)
{
    (void)state;
    void (*const defects[])(void) = {
        free_twice,   free_from_before,      resize_from_before,
        free_overrun, free_something_within, take_a_freed_one_overrun};
    for (size_t i = 0; i < sizeof defects / sizeof *defects; i++)
        assert_true(ends(defects[i]));
}

/* Last: what all of this asked malloc for. */
static void malloc_was_never_called(void **state)
{
    (void)state;
    failing_malloc_off();
    assert_int_equal(failing_malloc_count(), 0);
    assert_true(rg_arena_is_entered());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_aligned_and_apart_from_its_neighbours),
        cmocka_unit_test(what_was_freed_is_used_again),
        cmocka_unit_test(zeroed_means_zero_also_where_something_stood),
        cmocka_unit_test(resizing_keeps_what_was_there),
        cmocka_unit_test(the_rooms_own_structures_work),
        cmocka_unit_test(sorting_works),
        cmocka_unit_test(no_memory_is_an_answer),
        cmocka_unit_test(sizes_that_no_memory_has_are_refused),
        cmocka_unit_test(a_defect_ends_the_process_at_once),
        cmocka_unit_test(malloc_was_never_called),
    };
    return cmocka_run_group_tests_name("arena", tests, enter, NULL);
}
