#define _GNU_SOURCE /* __WALL, syscall: Linux */
#include "children.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "unit.h"

enum { MEBI = 1 << 20 };

enum rg_status child_run_kept(work_fn *work, const int *kept, size_t kept_count,
                              double deadline, int (*interrupted)(void *),
                              struct outcome *outcome)
{
    const struct rg_fork_manner manner = {.kept = kept,
                                          .kept_count = kept_count};
    *outcome = (struct outcome){.is_refused = false};
    switch (rg_fork_split(&outcome->fork, &manner, &outcome->error)) {
    case RG_FORK_REFUSED:
        outcome->is_refused = true;
        return RG_EIO;
    case RG_FORK_CHILD: {
        struct rg_error error = {0};
        struct rg_fork_answer *answer = rg_alloc(1, sizeof *answer);
        struct rg_sink out = rg_fork_sink(&outcome->fork, answer);
        enum rg_status status = work(&outcome->fork, &out, &error);
        rg_fork_end(&outcome->fork, answer, status, &error);
    }
    case RG_FORK_PARENT:
        break;
    }
    return rg_fork_wait(&outcome->fork, deadline, interrupted, &outcome->fork,
                        &outcome->output, &outcome->error);
}

enum rg_status child_run(work_fn *work, struct outcome *outcome)
{
    return child_run_kept(work, NULL, 0, 0, NULL, outcome);
}

void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    assert_int_equal(errno, ECHILD);
}

enum rg_status say_little(struct rg_fork *child, struct rg_sink *out,
                          struct rg_error *error)
{
    (void)child;
    (void)error;
    rg_sink_text(out, "hello");
    return out->status;
}

enum rg_status say_nothing(struct rg_fork *child, struct rg_sink *out,
                           struct rg_error *error)
{
    (void)child;
    (void)error;
    return out->status;
}

enum rg_status say_much(struct rg_fork *child, struct rg_sink *out,
                        struct rg_error *error)
{
    (void)child;
    (void)error;
    for (size_t i = 0; i < 5 * MEBI / 8; i++)
        rg_sink_format(out, "%07zu\n", i % 10000000);
    return out->status;
}

enum rg_status give_up(struct rg_fork *child, struct rg_sink *out,
                       struct rg_error *error)
{
    (void)child;
    rg_sink_text(out, "half an");
    return rg_error_set(error, RG_ELIMIT, "too %s", "large");
}

enum rg_status die(struct rg_fork *child, struct rg_sink *out,
                   struct rg_error *error)
{
    say_much(child, out, error);
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    return RG_OK;
}

/* Not looked at by a sanitizer, which would end the child in its own way. */
__attribute__((no_sanitize("address", "undefined"))) enum rg_status
crash(struct rg_fork *child, struct rg_sink *out, struct rg_error *error)
{
    (void)child;
    (void)out;
    (void)error;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    return RG_OK;
}

enum rg_status leave(struct rg_fork *child, struct rg_sink *out,
                     struct rg_error *error)
{
    say_much(child, out, error);
    syscall(SYS_exit_group, 0);
    return RG_OK;
}

enum rg_status hang(struct rg_fork *child, struct rg_sink *out,
                    struct rg_error *error)
{
    (void)child;
    (void)out;
    (void)error;
    for (;;)
        syscall(SYS_sched_yield);
    return RG_OK;
}

enum rg_status hang_while_asked(struct rg_fork *child, struct rg_sink *out,
                                struct rg_error *error)
{
    (void)out;
    (void)error;
    while (rg_fork_ask(child) == RG_OK)
        syscall(SYS_sched_yield);
    return RG_EIO;
}

enum rg_status allocate(struct rg_fork *child, struct rg_sink *out,
                        struct rg_error *error)
{
    (void)child;
    (void)error;
    for (size_t i = 1; i < 200; i++) {
        char *block = rg_alloc(i, i);
        if (block == NULL)
            return RG_ENOMEM;
        block[0] = block[i * i - 1] = 1;
        if (i % 2 == 0)
            rg_free(block);
    }
    rg_sink_text(out, rg_arena_is_entered() ? "allocated" : "malloc");
    return out->status;
}

int kill_it(void *context)
{
    const struct rg_fork *fork = context;
    kill(fork->pid, SIGKILL);
    return 0;
}
