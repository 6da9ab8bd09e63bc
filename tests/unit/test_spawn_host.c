/* What the drawing program may not do to the process that starts it, nor that
 * process to it: interrupts, signals, descriptors, the environment. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "module/spawn.h"
#include "scripts.h"
#include "unit.h"

static int count_to(void *context)
{
    int *left = context;
    return --*left <= 0;
}

static void an_interrupt_kills_the_program(void **state)
{
    (void)state;
    int left = 3;
    script_write("exec sleep 100");
    struct script_result result = script_run_with("", 0, 0, count_to, &left);
    assert_true(result.seconds < 90);
    assert_int_equal(left, 0);
    script_assert_fails(&result, RG_EINTERRUPT, "interrupted");
}

static void an_interrupt_is_asked_about_while_output_floods(void **state)
{
    (void)state;
    int left = 3;
    script_write("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
    struct script_result result = script_run_with("", 0, 60, count_to, &left);
    assert_true(result.seconds < 90);
    script_assert_fails(&result, RG_EINTERRUPT, "interrupted");
}

/* Then waitpid cannot tell how the program ended. */
static void a_host_that_ignores_children_gets_its_picture(void **state)
{
    (void)state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
    struct script_result drawn =
        script_run("echo x; echo 'referrers-draw: done 2' >&2", 60);
    struct script_result crashed = script_run("echo x; kill -SEGV $$", 60);
    struct script_result failed =
        script_run("echo 'referrers-draw: no room' >&2; exit 1", 60);
    assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
    assert_int_equal(drawn.status, RG_OK);
    script_drop(&drawn);
    script_assert_fails(&crashed, RG_EIO, "before the picture was whole");
    script_assert_fails(&failed, RG_EIO, "rendering failed: no room");
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
    struct script_result result =
        script_run("sleep 0.3; cat; echo 'referrers-draw: done 5' >&2", 60);
    kill(teaser, SIGKILL);
    while (waitpid(teaser, NULL, 0) < 0 && errno == EINTR)
        ;
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    assert_int_equal(result.status, RG_OK);
    script_drop(&result);
}

/* What the host blocks or ignores is not handed on. */
static void the_program_starts_with_clean_signals(void **state)
{
    (void)state;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    signal(SIGTERM, SIG_IGN);
    struct script_result result =
        script_run("kill -TERM $$; echo alive >&2", 60);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    script_assert_fails(&result, RG_EIO, "killed by signal 15");
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
    struct script_result result = script_run("exec sleep 100", 0.05);
    script_assert_fails(&result, RG_ETIMEOUT, "time limit");
    result = script_run("echo x; echo 'referrers-draw: done 2' >&2", 60);
    assert_int_equal(result.status, RG_OK);
    script_drop(&result);
    unlink(script_path());
    result = script_run_with("", 0, 60, NULL, NULL);
    script_assert_fails(&result, RG_EINVAL,
                        script_words_for_missing("missing"));
    assert_int_equal(count_descriptors(), before);
}

static void a_host_without_standard_streams_can_draw(void **state)
{
    (void)state;
    int saved[3];
    script_write("cat; echo 'referrers-draw: done 5' >&2");
    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
    for (int i = 0; i < 3; i++)
        close(i);
    struct script_result result = script_run_with("graph", 5, 60, NULL, NULL);
    for (int i = 0; i < 3; i++)
        if (saved[i] >= 0) {
            dup2(saved[i], i);
            close(saved[i]);
        }
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data, "graph", 5);
    script_drop(&result);
}

static void graphviz_variables_are_not_handed_on(void **state)
{
    (void)state;
    setenv("GVBINDIR", "/nowhere", 1);
    setenv("GV_FILE_PATH", "/nowhere", 1);
    setenv("KEPT", "yes", 1);
    struct script_result result =
        script_run("echo \"$GVBINDIR$GV_FILE_PATH$KEPT\";"
                   "echo 'referrers-draw: done 4' >&2",
                   60);
    unsetenv("GVBINDIR");
    unsetenv("GV_FILE_PATH");
    unsetenv("KEPT");
    assert_int_equal(result.status, RG_OK);
    assert_memory_equal(result.output.data, "yes\n", 4);
    script_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupt_kills_the_program),
        cmocka_unit_test(an_interrupt_is_asked_about_while_output_floods),
        cmocka_unit_test(a_host_that_ignores_children_gets_its_picture),
        cmocka_unit_test(signals_do_not_disturb),
        cmocka_unit_test(the_program_starts_with_clean_signals),
        cmocka_unit_test(no_descriptor_stays_open),
        cmocka_unit_test(a_host_without_standard_streams_can_draw),
        cmocka_unit_test(graphviz_variables_are_not_handed_on),
    };
    return cmocka_run_group_tests_name("spawn_host", tests, script_set_up,
                                       script_tear_down);
}
