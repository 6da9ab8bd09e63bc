#include <string.h>

#include "base/buffer.h"
#include "failing_malloc.h"
#include "unit.h"

static void bytes_come_back_in_order(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    assert_int_equal(rg_buffer_append(&buffer, "ab\0c", 4), 0);
    assert_int_equal(rg_buffer_append(&buffer, "", 0), 0);
    assert_int_equal(rg_buffer_append(&buffer, "def", 3), 0);
    assert_int_equal(buffer.size, 7);
    assert_memory_equal(buffer.data, "ab\0cdef", 7);
    rg_buffer_free(&buffer);
}

static void an_empty_buffer_needs_no_memory(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    failing_malloc_from(1);
    assert_int_equal(rg_buffer_append(&buffer, NULL, 0), 0);
    failing_malloc_off();
    assert_int_equal(failing_malloc_count(), 0);
    assert_int_equal(buffer.size, 0);
    rg_buffer_free(&buffer);
}

static void a_long_run_is_kept(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    for (unsigned i = 0; i < 100000; i++) {
        unsigned char byte = (unsigned char)(i % 251);
        assert_int_equal(rg_buffer_append(&buffer, &byte, 1), 0);
    }
    assert_int_equal(buffer.size, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal((unsigned char)buffer.data[i], i % 251);
    rg_buffer_free(&buffer);
}

static void free_leaves_a_usable_buffer(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    rg_buffer_free(&buffer);
    assert_int_equal(rg_buffer_append(&buffer, "x", 1), 0);
    rg_buffer_free(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(buffer.capacity, 0);
    assert_int_equal(rg_buffer_append(&buffer, "y", 1), 0);
    assert_memory_equal(buffer.data, "y", 1);
    rg_buffer_free(&buffer);
}

static void a_failed_append_keeps_the_bytes(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    char large[4096];
    memset(large, 'x', sizeof large);
    assert_int_equal(rg_buffer_append(&buffer, "kept", 4), 0);
    failing_malloc_at(1);
    assert_int_equal(rg_buffer_append(&buffer, large, sizeof large), -1);
    failing_malloc_off();
    assert_true(failing_malloc_reached());
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.data, "kept", 4);
    rg_buffer_free(&buffer);
}

static void a_size_that_wraps_is_refused(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    assert_int_equal(rg_buffer_append(&buffer, "kept", 4), 0);
    assert_int_equal(rg_buffer_append(&buffer, "x", SIZE_MAX - 3), -1);
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.data, "kept", 4);
    rg_buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_in_order),
        cmocka_unit_test(an_empty_buffer_needs_no_memory),
        cmocka_unit_test(a_long_run_is_kept),
        cmocka_unit_test(free_leaves_a_usable_buffer),
        cmocka_unit_test(a_failed_append_keeps_the_bytes),
        cmocka_unit_test(a_size_that_wraps_is_refused),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
