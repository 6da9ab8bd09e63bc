/* A forked child answers, however it ends, and whatever threads did before. */
#define _GNU_SOURCE /* __WALL, syscall: Linux */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "children.h"
#include "module/fork.h"
#include "unit.h"

enum { MEBI = 1 << 20 };

static const struct rg_fork_manner plain = {.niceness = 0};

/* How the answers come */

static void an_answer_arrives_whole(void **state)
{
    (void)state;
    struct outcome outcome;
    assert_int_equal(child_run(say_little, &outcome), RG_OK);
    assert_int_equal(outcome.output.size, 5);
    assert_memory_equal(outcome.output.data, "hello", 5);
    rg_buffer_free(&outcome.output);
    assert_int_equal(child_run(say_nothing, &outcome), RG_OK);
    assert_int_equal(outcome.output.size, 0);
    rg_buffer_free(&outcome.output);
    assert_int_equal(child_run(say_much, &outcome), RG_OK);
    assert_int_equal(outcome.output.size, 5 * MEBI);
    assert_memory_equal(outcome.output.data + 5 * MEBI - 8, "0655359\n", 8);
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

static void its_failure_is_told(void **state)
{
    (void)state;
    struct outcome outcome;
    assert_int_equal(child_run(give_up, &outcome), RG_ELIMIT);
    assert_int_equal(outcome.error.status, RG_ELIMIT);
    assert_string_equal(outcome.error.text, "too large");
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

static void a_death_is_told_by_its_signal(void **state)
{
    (void)state;
    static const struct {
        work_fn *work;
        const char *text;
    } deaths[] = {
        {die, "the forked child was killed by SIGKILL, perhaps for lack of "
              "memory"},
        {crash, "the forked child was killed by SIGSEGV"},
        {leave, "the forked child ended before its answer was whole"},
    };
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        struct outcome outcome;
        assert_int_equal(child_run(deaths[i].work, &outcome), RG_EIO);
        assert_string_equal(outcome.error.text, deaths[i].text);
        rg_buffer_free(&outcome.output);
        assert_no_child();
    }
}

static void the_deadline_kills_it(void **state)
{
    (void)state;
    struct outcome outcome;
    assert_int_equal(
        child_run_kept(hang, NULL, 0, rg_now() + 0.05, NULL, &outcome),
        RG_ETIMEOUT);
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

static int asked;

static int third_time(void *context)
{
    (void)context;
    return ++asked == 3;
}

static void whoever_interrupts_kills_it(void **state)
{
    (void)state;
    struct outcome outcome;
    asked = 0;
    assert_int_equal(child_run_kept(hang, NULL, 0, 0, third_time, &outcome),
                     RG_EINTERRUPT);
    assert_int_equal(asked, 3);
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

static void a_kill_from_outside_is_a_death(void **state)
{
    (void)state;
    struct outcome outcome;
    assert_int_equal(child_run_kept(hang, NULL, 0, 0, kill_it, &outcome),
                     RG_EIO);
    assert_non_null(strstr(outcome.error.text, "SIGKILL"));
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

/* Another thread reaps whatever it can get. */
static int steal_it(void *context)
{
    const struct rg_fork *fork = context;
    kill(fork->pid, SIGKILL);
    waitpid(fork->pid, NULL, __WALL);
    return 0;
}

static void one_that_was_reaped_by_others_is_no_wait_for_ever(void **state)
{
    (void)state;
    struct outcome outcome;
    assert_int_equal(child_run_kept(hang, NULL, 0, 0, steal_it, &outcome),
                     RG_EIO);
    assert_string_equal(outcome.error.text,
                        "the forked child ended before its answer was whole");
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

/* Another process keeps the child's end of the pipe: no end of the stream. */
static void an_end_that_others_keep_is_no_wait_for_ever(void **state)
{
    (void)state;
    struct outcome outcome = {.is_refused = false};
    assert_int_equal(rg_fork_split(&outcome.fork, &plain, &outcome.error),
                     RG_FORK_PARENT);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", outcome.fork.pipe);
    int kept = open(path, O_WRONLY);
    assert_true(kept >= 0);
    kill(outcome.fork.pid, SIGKILL);
    assert_int_equal(rg_fork_wait(&outcome.fork, 0, NULL, NULL, &outcome.output,
                                  &outcome.error),
                     RG_EIO);
    close(kept);
    rg_buffer_free(&outcome.output);
    assert_no_child();
}

/* Nobody waits any more: the child finds out, and ends. */
static void a_broken_pipe_ends_it(void **state)
{
    (void)state;
    work_fn *const works[] = {hang_while_asked, say_much};
    for (size_t i = 0; i < 2; i++) {
        struct rg_fork fork;
        int status;
        enum rg_fork_side side = rg_fork_split(&fork, &plain, NULL);
        if (side == RG_FORK_CHILD) {
            struct rg_fork_answer *answer = rg_alloc(1, sizeof *answer);
            struct rg_sink out = rg_fork_sink(&fork, answer);
            rg_fork_end(&fork, answer, works[i](&fork, &out, NULL), NULL);
        }
        assert_int_equal(side, RG_FORK_PARENT);
        close(fork.pipe);
        assert_int_equal(waitpid(fork.pid, &status, __WALL), fork.pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
        close(fork.process);
    }
}

/* Other threads */

/* Not a bool: GCC 12 with -fsanitize=bool reads a volatile one only once. */
static atomic_int is_over;

static void *allocate_all_the_time(void *unused)
{
    unsigned size = 1;
    while (!is_over) {
        size = size * 1103515245 + 12345;
        void *volatile block = malloc(size % 5000 + 1);
        free(block);
    }
    return unused;
}

static void threads_inside_malloc_do_not_matter(void **state)
{
    (void)state;
    pthread_t threads[4];
    is_over = 0;
    for (size_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, allocate_all_the_time, NULL);
    for (int i = 0; i < 200; i++) {
        struct outcome outcome;
        assert_int_equal(child_run(allocate, &outcome), RG_OK);
        assert_int_equal(outcome.output.size, 9);
        assert_memory_equal(outcome.output.data, "allocated", 9);
        rg_buffer_free(&outcome.output);
    }
    is_over = 1;
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_no_child();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_arrives_whole),
        cmocka_unit_test(its_failure_is_told),
        cmocka_unit_test(a_death_is_told_by_its_signal),
        cmocka_unit_test(the_deadline_kills_it),
        cmocka_unit_test(whoever_interrupts_kills_it),
        cmocka_unit_test(a_kill_from_outside_is_a_death),
        cmocka_unit_test(one_that_was_reaped_by_others_is_no_wait_for_ever),
        cmocka_unit_test(an_end_that_others_keep_is_no_wait_for_ever),
        cmocka_unit_test(a_broken_pipe_ends_it),
        cmocka_unit_test(threads_inside_malloc_do_not_matter),
    };
    return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
