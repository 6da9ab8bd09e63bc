/* rg_format says what the C library's snprintf says, of all that it knows. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "unit.h"

/* Both in a place that is too short as well. */
#define SAME(...) \
    do { \
        char ours[200], theirs[200]; \
        for (size_t size = 0; size <= sizeof ours; size += 1 + size / 3) { \
            memset(ours, '#', sizeof ours); \
            memset(theirs, '#', sizeof theirs); \
            int our_length = rg_format(ours, size, __VA_ARGS__); \
            int length = snprintf(theirs, size, __VA_ARGS__); \
            assert_int_equal(our_length, length); \
            assert_memory_equal(ours, theirs, sizeof ours); \
        } \
    } while (0)

static void plain_text_is_itself(void **state)
{
    (void)state;
    SAME("%s", "");
    SAME("no directive");
    SAME("100 %%, %s", "yes");
}

static void integers_of_every_size(void **state)
{
    (void)state;
    static const long long values[] = {0,       1,        -1,        9,
                                       10,      255,      256,       INT_MAX,
                                       INT_MIN, UINT_MAX, LLONG_MAX, LLONG_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        long long value = values[i];
        SAME("%d %i %u", (int)value, (int)value, (unsigned)value);
        SAME("%x %X", (unsigned)value, (unsigned)value);
        SAME("%ld %lu %lx", (long)value, (unsigned long)value,
             (unsigned long)value);
        SAME("%lld %llu %llx", value, (unsigned long long)value,
             (unsigned long long)value);
        SAME("%zu %zd", (size_t)value, (ptrdiff_t)value);
        SAME("%td %jd", (ptrdiff_t)value, (intmax_t)value);
        SAME("%hd %hhd %hu %hhu", (short)value, (signed char)value,
             (unsigned short)value, (unsigned char)value);
        SAME("%" PRIu32 " %" PRIu64, (uint32_t)value, (uint64_t)value);
    }
}

static void fields(void **state)
{
    (void)state;
    SAME("[%5d] [%-5d] [%05d] [%2d] [%02x] [%08x]", 42, 42, 42, 12345, 10,
         48879u);
    SAME("[%05d] [%-5d] [%5d]", -42, -42, -42);
    SAME("[%*d] [%-*d] [%*d]", 6, 42, 6, 42, -6, 42);
    SAME("[%9s] [%-9s] [%60s]", "text", "text", "");
    SAME("[%.3s] [%.9s] [%9.3s] [%-9.3s] [%.0s]", "text", "text", "text",
         "text", "text");
    SAME("[%.*s] [%.*s]", 2, "text", -1, "text");
    SAME("[%c] [%3c] [%-3c]", 'x', 'y', 'z');
}

static void a_string_that_does_not_end_is_read_no_further(void **state)
{
    (void)state;
    const char open[] = {'a', 'b', 'c', 'd'};
    char out[10];
    assert_int_equal(rg_format(out, sizeof out, "%.*s", 4, open), 4);
    assert_string_equal(out, "abcd");
}

static void doubles(void **state)
{
    (void)state;
    static const double values[] = {0,         1,   -1,     0.25,
                                    1.005,     2.5, 99.999, 59.994,
                                    12345.678, 1e9, -0.75,  1e-9};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        SAME("%.2f [%8.2f] [%-8.2f] [%08.2f] %f", values[i], values[i],
             values[i], values[i], values[i]);
    SAME("%.0f %.0f", 41.6, 1e15);
    char out[40];
    rg_format(out, sizeof out, "%.1f %.1f %.0f", 0.25, -0.25, 2.5);
    assert_string_equal(out, "0.3 -0.3 3");
    rg_format(out, sizeof out, "%.2f %.2f", 1e300, -1e300);
    assert_string_equal(out, "inf -inf");
}

static void what_is_not_known_is_said(void **state)
{
    (void)state;
    static const char *const formats[] = {"%q", "%e", "%", "x %g", "%n", "%+d"};
    char out[40];
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const char *format = formats[i];
        assert_int_equal(rg_format(out, sizeof out, format, 1, 2), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_itself),
        cmocka_unit_test(integers_of_every_size),
        cmocka_unit_test(fields),
        cmocka_unit_test(a_string_that_does_not_end_is_read_no_further),
        cmocka_unit_test(doubles),
        cmocka_unit_test(what_is_not_known_is_said),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
