#include <string.h>

#include "base/sink.h"
#include "failing_malloc.h"
#include "unit.h"

/* The longest text rg_sink_format takes, as its header says. */
enum { LONGEST = 1023 };

static void write_one_of_each(struct rg_sink *sink)
{
    rg_sink_write(sink, "a\0b", 3);
    rg_sink_text(sink, "text");
    rg_sink_text(sink, "");
    rg_sink_format(sink, "%d-%s", 42, "x");
}

static const char one_of_each[] = "a\0btext42-x";
enum { ONE_OF_EACH_SIZE = sizeof one_of_each - 1 };

static void a_buffer_receives_every_byte(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    write_one_of_each(&sink);
    assert_int_equal(sink.status, RG_OK);
    assert_int_equal(buffer.size, ONE_OF_EACH_SIZE);
    assert_memory_equal(buffer.data, one_of_each, ONE_OF_EACH_SIZE);
    rg_buffer_free(&buffer);
}

static void memory_failure_is_remembered(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    failing_malloc_at(1);
    rg_sink_text(&sink, "lost");
    failing_malloc_off();
    assert_int_equal(sink.status, RG_ENOMEM);
    write_one_of_each(&sink);
    assert_int_equal(sink.status, RG_ENOMEM);
    assert_int_equal(buffer.size, 0);
    rg_buffer_free(&buffer);
}

struct calls {
    size_t count;
    enum rg_status answer;
};

static enum rg_status count_calls(void *context, const char *data, size_t size)
{
    (void)data;
    (void)size;
    struct calls *calls = context;
    calls->count++;
    return calls->answer;
}

static void nothing_is_written_after_a_failure(void **state)
{
    (void)state;
    struct calls calls = {.answer = RG_ETIMEOUT};
    struct rg_sink sink = {.write = count_calls, .context = &calls};
    write_one_of_each(&sink);
    assert_int_equal(calls.count, 1);
    assert_int_equal(sink.status, RG_ETIMEOUT);
}

static void an_empty_write_never_reaches_the_writer(void **state)
{
    (void)state;
    struct calls calls = {.answer = RG_EIO};
    struct rg_sink sink = {.write = count_calls, .context = &calls};
    rg_sink_write(&sink, NULL, 0);
    rg_sink_text(&sink, "");
    rg_sink_format(&sink, "%s", "");
    assert_int_equal(calls.count, 0);
    assert_int_equal(sink.status, RG_OK);
}

static void a_piece_of_the_greatest_length_fits(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_sink_format(&sink, "%*s", LONGEST, "x");
    assert_int_equal(sink.status, RG_OK);
    assert_int_equal(buffer.size, LONGEST);
    assert_int_equal(buffer.data[LONGEST - 1], 'x');
    rg_buffer_free(&buffer);
}

static void a_longer_piece_is_a_defect_and_writes_nothing(void **state)
{
    (void)state;
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_sink_format(&sink, "%*s", LONGEST + 1, "x");
    assert_int_equal(sink.status, RG_EINTERNAL);
    assert_int_equal(buffer.size, 0);
    rg_buffer_free(&buffer);
}

static void the_first_failure_is_the_one_kept(void **state)
{
    (void)state;
    struct calls calls = {.answer = RG_EIO};
    struct rg_sink sink = {.write = count_calls, .context = &calls};
    rg_sink_text(&sink, "x");
    rg_sink_format(&sink, "%*s", LONGEST + 1, "x");
    assert_int_equal(sink.status, RG_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_receives_every_byte),
        cmocka_unit_test(memory_failure_is_remembered),
        cmocka_unit_test(nothing_is_written_after_a_failure),
        cmocka_unit_test(an_empty_write_never_reaches_the_writer),
        cmocka_unit_test(a_piece_of_the_greatest_length_fits),
        cmocka_unit_test(a_longer_piece_is_a_defect_and_writes_nothing),
        cmocka_unit_test(the_first_failure_is_the_one_kept),
    };
    return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
