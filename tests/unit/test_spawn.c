/* The drawing program is played by small shell scripts that hang, crash, flood
 * and lie. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "module/spawn.h"
#include "scripts.h"
#include "unit.h"

enum { BIG = 3 * 1000 * 1000 };

static void a_whole_picture_is_drawn(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "cat; echo a warning >&2; echo 'referrers-draw: done 5' >&2", 60);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, 5);
    assert_memory_equal(result.output.data, "graph", 5);
    assert_int_equal(result.messages.size, 10);
    assert_memory_equal(result.messages.data, "a warning\n", 10);
    script_drop(&result);
}

static void the_program_gets_its_arguments(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "printf '%s ' \"$@\"; echo 'referrers-draw: done 33' >&2", 10.5);
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data, "--status-line --timeout=12 -Tsvg ",
                        33);
    script_drop(&result);
}

static void big_input_and_output_pass_each_other(void **state)
{
    (void)state;
    char *input = malloc(BIG);
    assert_non_null(input);
    for (size_t i = 0; i < BIG; i++)
        input[i] = (char)(i % 251);
    script_write("cat; echo 'referrers-draw: done 3000000' >&2");
    struct script_result result = script_run_with(input, BIG, 60, NULL, NULL);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, BIG);
    assert_memory_equal(result.output.data, input, BIG);
    script_drop(&result);
    free(input);
}

/* The host may have SIGPIPE at its default, which would end it. */
static void a_program_that_does_not_read_kills_nobody(void **state)
{
    (void)state;
    char *input = calloc(1, BIG);
    assert_non_null(input);
    signal(SIGPIPE, SIG_DFL);
    script_write(
        "exec <&-; echo 'referrers-draw: the graph is bad' >&2; exit 1");
    struct script_result result = script_run_with(input, BIG, 60, NULL, NULL);
    script_assert_fails(&result, RG_EIO, "rendering failed: the graph is bad");
    free(input);
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    unlink(script_path());
    struct script_result result = script_run_with("", 0, 60, NULL, NULL);
    script_assert_fails(
        &result, RG_EINVAL,
        script_words_for_missing("is missing: reinstall referrers"));
}

static void a_program_that_is_not_executable_is_named(void **state)
{
    (void)state;
    script_write("exit 0");
    assert_int_equal(chmod(script_path(), 0644), 0);
    struct script_result result = script_run_with("", 0, 60, NULL, NULL);
    script_assert_fails(&result, RG_EINVAL,
                        script_words_for_missing("is not executable"));
}

static void a_program_that_hangs_is_killed(void **state)
{
    (void)state;
    struct script_result result = script_run("exec sleep 100", 0.3);
    assert_true(result.seconds >= 0.3 && result.seconds < 90);
    script_assert_fails(&result, RG_ETIMEOUT, "time limit of 0.30 s");
}

static void a_program_that_hangs_with_closed_streams_is_killed(void **state)
{
    (void)state;
    struct script_result result =
        script_run("exec sleep 100 <&- >&- 2>&-", 0.3);
    assert_true(result.seconds >= 0.3 && result.seconds < 90);
    script_assert_fails(&result, RG_ETIMEOUT, "time limit of 0.30 s");
}

static void a_program_that_ignores_signals_is_killed(void **state)
{
    (void)state;
    struct script_result result =
        script_run("trap '' TERM INT HUP; while :; do sleep 0.05; done", 0.3);
    script_assert_fails(&result, RG_ETIMEOUT, "time limit");
}

static void its_own_time_limit_is_a_time_limit(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "echo 'referrers-draw: the time limit is over' >&2; exit 3", 60);
    script_assert_fails(&result, RG_ETIMEOUT, "time limit of 60.00 s");
}

static void a_signal_is_named(void **state)
{
    (void)state;
    struct script_result result = script_run("kill -SEGV $$", 60);
    script_assert_fails(&result, RG_EIO, "killed by signal 11 (SIGSEGV)");
    result = script_run("kill -KILL $$", 60);
    script_assert_fails(&result, RG_EIO, "killed by signal 9");
    result = script_run("kill -USR1 $$", 60);
    script_assert_fails(&result, RG_EIO, "killed by signal 10");
}

static void a_signal_after_the_picture_is_a_failure(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "echo x; echo 'referrers-draw: done 2' >&2; kill -ABRT $$", 60);
    script_assert_fails(&result, RG_EIO, "killed by signal 6");
}

static void the_status_is_told(void **state)
{
    (void)state;
    struct script_result result = script_run("echo oops >&2; exit 7", 60);
    script_assert_fails(&result, RG_EIO, "ended with status 7: oops");
    result = script_run("exit 7", 60);
    script_assert_fails(&result, RG_EIO, "ended with status 7");
}

static void ending_without_a_word_is_a_failure(void **state)
{
    (void)state;
    struct script_result result = script_run("echo '<svg'", 60);
    script_assert_fails(&result, RG_EIO, "before the picture was whole");
}

static void half_a_picture_is_a_failure(void **state)
{
    (void)state;
    struct script_result result =
        script_run("echo half; echo 'referrers-draw: done 99' >&2", 60);
    script_assert_fails(&result, RG_EIO, "99 bytes 5 arrived");
}

static void an_empty_picture_is_a_failure(void **state)
{
    (void)state;
    struct script_result result =
        script_run("echo 'referrers-draw: done 0' >&2", 60);
    script_assert_fails(&result, RG_EIO, "empty picture");
}

static void a_strange_status_line_is_a_failure(void **state)
{
    (void)state;
    struct script_result result =
        script_run("echo 'referrers-draw: done 1x' >&2", 60);
    script_assert_fails(&result, RG_EIO, "rendering failed: done 1x");
}

static void closing_the_picture_early_is_no_harm(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "echo x; exec >&-; sleep 0.2; echo 'referrers-draw: done 2' >&2", 60);
    assert_int_equal(result.status, RG_OK);
    script_drop(&result);
}

static void endless_messages_are_bounded(void **state)
{
    (void)state;
    struct script_result result = script_run(
        "i=0; while [ $i -lt 300 ]; do printf '%010000d\\n' $i >&2; "
        "i=$((i+1)); done; echo x; echo 'referrers-draw: done 2' >&2",
        60);
    assert_int_equal(result.status, RG_OK);
    assert_true(result.messages.size < 1200000);
    assert_true(result.messages.size > 400000);
    script_drop(&result);
}

static void what_the_buffers_held_stays(void **state)
{
    (void)state;
    struct script_result result = {0};
    script_write("echo x; echo 'referrers-draw: done 2' >&2");
    rg_buffer_append(&result.output, "before", 6);
    rg_buffer_append(&result.messages, "before", 6);
    result.status = rg_spawn_draw(script_path(), NULL, "", 0, 60, NULL, NULL,
                                  &result.output, &result.messages, NULL);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, 8);
    assert_memory_equal(result.output.data, "beforex\n", 8);
    assert_int_equal(result.messages.size, 6);
    script_drop(&result);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    size_t failures = 0;
    script_write("cat; echo 'referrers-draw: done 5' >&2");
    for (size_t n = 1;; n++) {
        failing_malloc_at(n);
        struct script_result result =
            script_run_with("graph", 5, 60, NULL, NULL);
        failing_malloc_off();
        if (!failing_malloc_reached()) {
            assert_int_equal(result.status, RG_OK);
            script_drop(&result);
            break;
        }
        failures++;
        script_assert_fails(&result, RG_ENOMEM, "not enough memory");
    }
    assert_true(failures >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_picture_is_drawn),
        cmocka_unit_test(the_program_gets_its_arguments),
        cmocka_unit_test(big_input_and_output_pass_each_other),
        cmocka_unit_test(a_program_that_does_not_read_kills_nobody),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(a_program_that_is_not_executable_is_named),
        cmocka_unit_test(a_program_that_hangs_is_killed),
        cmocka_unit_test(a_program_that_hangs_with_closed_streams_is_killed),
        cmocka_unit_test(a_program_that_ignores_signals_is_killed),
        cmocka_unit_test(its_own_time_limit_is_a_time_limit),
        cmocka_unit_test(a_signal_is_named),
        cmocka_unit_test(a_signal_after_the_picture_is_a_failure),
        cmocka_unit_test(the_status_is_told),
        cmocka_unit_test(ending_without_a_word_is_a_failure),
        cmocka_unit_test(half_a_picture_is_a_failure),
        cmocka_unit_test(an_empty_picture_is_a_failure),
        cmocka_unit_test(a_strange_status_line_is_a_failure),
        cmocka_unit_test(closing_the_picture_early_is_no_harm),
        cmocka_unit_test(endless_messages_are_bounded),
        cmocka_unit_test(what_the_buffers_held_stays),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("spawn", tests, script_set_up,
                                       script_tear_down);
}
