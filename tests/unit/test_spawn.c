/* The drawing program is played by small shell scripts that hang, crash, flood
 * and lie. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "module/spawn.h"
#include "unit.h"

enum { PATH_SIZE = 512, BIG = 3 * 1000 * 1000 };

static char directory[PATH_SIZE];

struct result {
    enum rg_status status;
    struct rg_buffer output, messages;
    struct rg_error error;
    double seconds;
};

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *script_path(void)
{
    static char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/program", directory);
    return path;
}

/* Writes the program: a shell script. */
static void write_script(const char *body)
{
    unlink(script_path());
    FILE *stream = fopen(script_path(), "w");
    assert_non_null(stream);
    fprintf(stream, "#!/bin/sh\n%s\n", body);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(chmod(script_path(), 0755), 0);
}

static struct result run_with(const char *input, size_t size, double timeout,
                              int (*interrupted)(void *), void *context)
{
    struct result result = {0};
    char format[] = "-Tsvg";
    char *arguments[] = {format, NULL};
    double start = seconds_now();
    result.status = rg_spawn_draw(script_path(), arguments, input, size,
                                  timeout, interrupted, context,
                                  &result.output, &result.messages,
                                  &result.error);
    result.seconds = seconds_now() - start;
    return result;
}

static struct result run_script(const char *body, double timeout)
{
    write_script(body);
    return run_with("graph", 5, timeout, NULL, NULL);
}

static void drop(struct result *result)
{
    rg_buffer_free(&result->output);
    rg_buffer_free(&result->messages);
}

static void assert_fails(struct result *result, enum rg_status status,
                         const char *words)
{
    assert_int_equal(result->status, status);
    assert_int_equal(result->error.status, status);
    if (strstr(result->error.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", result->error.text, words);
    assert_null(strchr(result->error.text, '\n'));
    drop(result);
}

static void a_whole_picture_is_drawn(void **state)
{
    (void)state;
    struct result result = run_script(
        "cat; echo a warning >&2; echo 'referrers-draw: done 5' >&2", 10);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, 5);
    assert_memory_equal(result.output.data, "graph", 5);
    assert_int_equal(result.messages.size, 10);
    assert_memory_equal(result.messages.data, "a warning\n", 10);
    drop(&result);
}

static void the_program_gets_its_arguments(void **state)
{
    (void)state;
    struct result result = run_script(
        "printf '%s ' \"$@\"; echo 'referrers-draw: done 33' >&2", 10.5);
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data,
                        "--status-line --timeout=12 -Tsvg ", 33);
    drop(&result);
}

static void big_input_and_output_pass_each_other(void **state)
{
    (void)state;
    char *input = malloc(BIG);
    assert_non_null(input);
    for (size_t i = 0; i < BIG; i++)
        input[i] = (char)(i % 251);
    write_script("cat; echo 'referrers-draw: done 3000000' >&2");
    struct result result = run_with(input, BIG, 60, NULL, NULL);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, BIG);
    assert_memory_equal(result.output.data, input, BIG);
    drop(&result);
    free(input);
}

/* The host may have SIGPIPE at its default, which would end it. */
static void a_program_that_does_not_read_kills_nobody(void **state)
{
    (void)state;
    char *input = calloc(1, BIG);
    assert_non_null(input);
    signal(SIGPIPE, SIG_DFL);
    write_script("exec <&-; echo 'referrers-draw: the graph is bad' >&2; exit 1");
    struct result result = run_with(input, BIG, 60, NULL, NULL);
    assert_fails(&result, RG_EIO, "rendering failed: the graph is bad");
    free(input);
}

/* Valgrind's vfork is a fork, and glibc's posix_spawn then tells of a program
 * that cannot be started only by the status it ends with. */
static const char *words_for_a_missing_program(const char *words)
{
    return getenv("UNDER_VALGRIND") != NULL ? "cannot be started" : words;
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    unlink(script_path());
    struct result result = run_with("", 0, 10, NULL, NULL);
    assert_fails(&result, RG_EINVAL, words_for_a_missing_program(
                                         "is missing: reinstall referrers"));
}

static void a_program_that_is_not_executable_is_named(void **state)
{
    (void)state;
    write_script("exit 0");
    assert_int_equal(chmod(script_path(), 0644), 0);
    struct result result = run_with("", 0, 10, NULL, NULL);
    assert_fails(&result, RG_EINVAL,
                 words_for_a_missing_program("is not executable"));
}

static void a_program_that_hangs_is_killed(void **state)
{
    (void)state;
    struct result result = run_script("exec sleep 100", 0.3);
    assert_true(result.seconds >= 0.3 && result.seconds < 20);
    assert_fails(&result, RG_ETIMEOUT, "time limit of 0.30 s");
}

static void a_program_that_hangs_with_closed_streams_is_killed(void **state)
{
    (void)state;
    struct result result =
        run_script("exec sleep 100 <&- >&- 2>&-", 0.3);
    assert_true(result.seconds >= 0.3 && result.seconds < 20);
    assert_fails(&result, RG_ETIMEOUT, "time limit of 0.30 s");
}

static void a_program_that_ignores_signals_is_killed(void **state)
{
    (void)state;
    struct result result =
        run_script("trap '' TERM INT HUP; while :; do sleep 0.05; done", 0.3);
    assert_fails(&result, RG_ETIMEOUT, "time limit");
}

static void its_own_time_limit_is_a_time_limit(void **state)
{
    (void)state;
    struct result result = run_script(
        "echo 'referrers-draw: the time limit is over' >&2; exit 3", 5);
    assert_fails(&result, RG_ETIMEOUT, "time limit of 5.00 s");
}

static void a_signal_is_named(void **state)
{
    (void)state;
    struct result result = run_script("kill -SEGV $$", 10);
    assert_fails(&result, RG_EIO, "killed by signal 11 (SIGSEGV)");
    result = run_script("kill -KILL $$", 10);
    assert_fails(&result, RG_EIO, "killed by signal 9");
    result = run_script("kill -USR1 $$", 10);
    assert_fails(&result, RG_EIO, "killed by signal 10");
}

static void a_signal_after_the_picture_is_a_failure(void **state)
{
    (void)state;
    struct result result = run_script(
        "echo x; echo 'referrers-draw: done 2' >&2; kill -ABRT $$", 10);
    assert_fails(&result, RG_EIO, "killed by signal 6");
}

static void the_status_is_told(void **state)
{
    (void)state;
    struct result result = run_script("echo oops >&2; exit 7", 10);
    assert_fails(&result, RG_EIO, "ended with status 7: oops");
    result = run_script("exit 7", 10);
    assert_fails(&result, RG_EIO, "ended with status 7");
}

static void ending_without_a_word_is_a_failure(void **state)
{
    (void)state;
    struct result result = run_script("echo '<svg'", 10);
    assert_fails(&result, RG_EIO, "before the picture was whole");
}

static void half_a_picture_is_a_failure(void **state)
{
    (void)state;
    struct result result =
        run_script("echo half; echo 'referrers-draw: done 99' >&2", 10);
    assert_fails(&result, RG_EIO, "99 bytes 5 arrived");
}

static void an_empty_picture_is_a_failure(void **state)
{
    (void)state;
    struct result result = run_script("echo 'referrers-draw: done 0' >&2", 10);
    assert_fails(&result, RG_EIO, "empty picture");
}

static void a_strange_status_line_is_a_failure(void **state)
{
    (void)state;
    struct result result = run_script("echo 'referrers-draw: done 1x' >&2", 10);
    assert_fails(&result, RG_EIO, "rendering failed: done 1x");
}

static void closing_the_picture_early_is_no_harm(void **state)
{
    (void)state;
    struct result result = run_script(
        "echo x; exec >&-; sleep 0.2; echo 'referrers-draw: done 2' >&2", 10);
    assert_int_equal(result.status, RG_OK);
    drop(&result);
}

static void endless_messages_are_bounded(void **state)
{
    (void)state;
    struct result result = run_script(
        "i=0; while [ $i -lt 300 ]; do printf '%010000d\\n' $i >&2; "
        "i=$((i+1)); done; echo x; echo 'referrers-draw: done 2' >&2", 60);
    assert_int_equal(result.status, RG_OK);
    assert_true(result.messages.size < 1200000);
    assert_true(result.messages.size > 400000);
    drop(&result);
}

static int count_to(void *context)
{
    int *left = context;
    return --*left <= 0;
}

static void an_interrupt_kills_the_program(void **state)
{
    (void)state;
    int left = 3;
    write_script("exec sleep 100");
    struct result result = run_with("", 0, 0, count_to, &left);
    assert_true(result.seconds < 20);
    assert_int_equal(left, 0);
    assert_fails(&result, RG_EINTERRUPT, "interrupted");
}

static void an_interrupt_is_asked_about_while_output_floods(void **state)
{
    (void)state;
    int left = 3;
    write_script("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
    struct result result = run_with("", 0, 60, count_to, &left);
    assert_true(result.seconds < 20);
    assert_fails(&result, RG_EINTERRUPT, "interrupted");
}

/* Then waitpid cannot tell how the program ended. */
static void a_host_that_ignores_children_gets_its_picture(void **state)
{
    (void)state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
    struct result drawn =
        run_script("echo x; echo 'referrers-draw: done 2' >&2", 10);
    struct result crashed = run_script("echo x; kill -SEGV $$", 10);
    struct result failed =
        run_script("echo 'referrers-draw: no room' >&2; exit 1", 10);
    assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
    assert_int_equal(drawn.status, RG_OK);
    drop(&drawn);
    assert_fails(&crashed, RG_EIO, "before the picture was whole");
    assert_fails(&failed, RG_EIO, "rendering failed: no room");
}

static void on_alarm(int number)
{
    (void)number;
}

static void signals_do_not_disturb(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct timespec period = {.tv_nsec = 500000};
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    pid_t host = getpid(), teaser = fork();
    assert_true(teaser >= 0);
    if (teaser == 0)
        while (kill(host, SIGUSR1) == 0)
            nanosleep(&period, NULL);
    struct result result = run_script(
        "sleep 0.3; cat; echo 'referrers-draw: done 5' >&2", 10);
    kill(teaser, SIGKILL);
    while (waitpid(teaser, NULL, 0) < 0 && errno == EINTR)
        ;
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    assert_int_equal(result.status, RG_OK);
    drop(&result);
}

/* What the host blocks or ignores is not handed on. */
static void the_program_starts_with_clean_signals(void **state)
{
    (void)state;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    signal(SIGTERM, SIG_IGN);
    struct result result = run_script("kill -TERM $$; echo alive >&2", 10);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_fails(&result, RG_EIO, "killed by signal 15");
}

static size_t count_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    size_t count = 0;
    assert_non_null(listing);
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

static void no_descriptor_stays_open(void **state)
{
    (void)state;
    size_t before = count_descriptors();
    struct result result = run_script("exec sleep 100", 0.05);
    assert_fails(&result, RG_ETIMEOUT, "time limit");
    result = run_script("echo x; echo 'referrers-draw: done 2' >&2", 10);
    assert_int_equal(result.status, RG_OK);
    drop(&result);
    unlink(script_path());
    result = run_with("", 0, 10, NULL, NULL);
    assert_fails(&result, RG_EINVAL, words_for_a_missing_program("missing"));
    assert_int_equal(count_descriptors(), before);
}

static void a_host_without_standard_streams_can_draw(void **state)
{
    (void)state;
    int saved[3];
    write_script("cat; echo 'referrers-draw: done 5' >&2");
    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
    for (int i = 0; i < 3; i++)
        close(i);
    struct result result = run_with("graph", 5, 10, NULL, NULL);
    for (int i = 0; i < 3; i++)
        if (saved[i] >= 0) {
            dup2(saved[i], i);
            close(saved[i]);
        }
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data, "graph", 5);
    drop(&result);
}

static void graphviz_variables_are_not_handed_on(void **state)
{
    (void)state;
    setenv("GVBINDIR", "/nowhere", 1);
    setenv("GV_FILE_PATH", "/nowhere", 1);
    setenv("KEPT", "yes", 1);
    struct result result = run_script(
        "echo \"$GVBINDIR$GV_FILE_PATH$KEPT\";"
        "echo 'referrers-draw: done 4' >&2", 10);
    unsetenv("GVBINDIR");
    unsetenv("GV_FILE_PATH");
    unsetenv("KEPT");
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data, "yes\n", 4);
    drop(&result);
}

static void what_the_buffers_held_stays(void **state)
{
    (void)state;
    struct result result = {0};
    write_script("echo x; echo 'referrers-draw: done 2' >&2");
    rg_buffer_append(&result.output, "before", 6);
    rg_buffer_append(&result.messages, "before", 6);
    result.status = rg_spawn_draw(script_path(), NULL, "", 0, 10, NULL, NULL,
                                  &result.output, &result.messages, NULL);
    assert_int_equal(result.status, RG_OK);
    assert_int_equal(result.output.size, 8);
    assert_memory_equal(result.output.data, "beforex\n", 8);
    assert_int_equal(result.messages.size, 6);
    drop(&result);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    size_t failures = 0;
    write_script("cat; echo 'referrers-draw: done 5' >&2");
    for (size_t n = 1;; n++) {
        failing_malloc_at(n);
        struct result result = run_with("graph", 5, 10, NULL, NULL);
        failing_malloc_off();
        if (!failing_malloc_reached()) {
            assert_int_equal(result.status, RG_OK);
            drop(&result);
            break;
        }
        failures++;
        assert_fails(&result, RG_ENOMEM, "not enough memory");
    }
    assert_true(failures >= 4);
}

static int set_up(void **state)
{
    (void)state;
    const char *top = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%.400s/rg-spawn-XXXXXX",
             top != NULL ? top : "/tmp");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(script_path());
    return rmdir(directory);
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
        cmocka_unit_test(an_interrupt_kills_the_program),
        cmocka_unit_test(an_interrupt_is_asked_about_while_output_floods),
        cmocka_unit_test(a_host_that_ignores_children_gets_its_picture),
        cmocka_unit_test(signals_do_not_disturb),
        cmocka_unit_test(the_program_starts_with_clean_signals),
        cmocka_unit_test(no_descriptor_stays_open),
        cmocka_unit_test(a_host_without_standard_streams_can_draw),
        cmocka_unit_test(graphviz_variables_are_not_handed_on),
        cmocka_unit_test(what_the_buffers_held_stays),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("spawn", tests, set_up, tear_down);
}
