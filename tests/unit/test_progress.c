/* Progress: nothing for what is quick or has no terminal, one line that is
 * taken away for what is slow. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "unit.h"

/* What was written to a pipe so far. */
static size_t read_all(int descriptor, char *text, size_t size)
{
    ssize_t got = read(descriptor, text, size - 1);
    text[got < 0 ? 0 : got] = '\0';
    return got < 0 ? 0 : (size_t)got;
}

/* A pipe whose reading end does not wait for what never comes: a byte of ours
 * is always in it. */
static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], ".", 1), 1);
}

static void what_is_quick_shows_nothing(void **state)
{
    (void)state;
    int ends[2];
    char text[200];
    open_pipe(ends);
    struct rg_progress progress = {.descriptor = ends[1], .what = "searching"};
    rg_progress_tick(&progress);
    progress.started += 1000; /* however long this program is kept waiting */
    rg_progress_tick(&progress);
    rg_progress_end(&progress);
    read_all(ends[0], text, sizeof text);
    assert_string_equal(text, ".");
    close(ends[0]);
    close(ends[1]);
}

static void what_is_slow_shows_a_line_and_takes_it_away(void **state)
{
    (void)state;
    int ends[2];
    char text[200];
    open_pipe(ends);
    struct rg_progress progress = {.descriptor = ends[1], .what = "searching"};
    rg_progress_tick(&progress);
    progress.started -= 7;
    rg_progress_tick(&progress);
    progress.last += 1000;
    rg_progress_tick(&progress); /* too soon for another */
    rg_progress_end(&progress);
    rg_progress_end(&progress);
    size_t size = read_all(ends[0], text, sizeof text);
    int seconds = 0, taken = 0;
    assert_int_equal(
        sscanf(text, ".\rreferrers: searching, %d s%n", &seconds, &taken), 1);
    assert_true(seconds >= 7);
    assert_memory_equal(text + taken, " \r", 2);
    assert_int_equal(text[size - 1], '\r');
    for (size_t i = (size_t)taken + 2; i < size - 1; i++)
        assert_int_equal(text[i], ' ');
    close(ends[0]);
    close(ends[1]);
}

static void a_terminal_that_is_gone_is_no_failure(void **state)
{
    (void)state;
    struct rg_progress none = {.descriptor = -1, .what = "searching"};
    rg_progress_tick(&none);
    assert_true(none.started == 0);
    struct rg_progress closed = {.descriptor = 999, .what = "searching"};
    rg_progress_tick(&closed);
    closed.started -= 7;
    errno = EDOM;
    rg_progress_tick(&closed);
    rg_progress_end(&closed);
    assert_int_equal(errno, EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_quick_shows_nothing),
        cmocka_unit_test(what_is_slow_shows_a_line_and_takes_it_away),
        cmocka_unit_test(a_terminal_that_is_gone_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
