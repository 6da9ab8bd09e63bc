/* The program does not notice a forked child, nor what refuses one. */
#define _GNU_SOURCE /* __WALL, syscall: Linux */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "children.h"
#include "module/fork.h"
#include "unit.h"

/* What somebody found while the child ran. */
static int answered;

static const struct rg_fork_manner plain = {.niceness = 0};

/* What the program would notice */

static volatile int at_fork_calls, signal_calls;

static void at_fork(void)
{
    at_fork_calls++;
}

static void on_signal(int number)
{
    (void)number;
    signal_calls++;
}

static void no_handler_runs(void **state)
{
    (void)state;
    struct outcome outcome;
    pthread_atfork(at_fork, at_fork, at_fork);
    at_fork_calls = signal_calls = 0;
    signal(SIGCHLD, on_signal);
    assert_int_equal(child_run(say_little, &outcome), RG_OK);
    rg_buffer_free(&outcome.output);
    assert_int_equal(child_run(die, &outcome), RG_EIO);
    rg_buffer_free(&outcome.output);
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(at_fork_calls, 0);
    assert_int_equal(signal_calls, 0);
}

static int look_for_it(void *context)
{
    int status;
    answered = waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD;
    kill_it(context);
    return 0;
}

static void wait_never_sees_it(void **state)
{
    (void)state;
    struct outcome outcome;
    answered = 0;
    assert_int_equal(child_run_kept(hang, NULL, 0, 0, look_for_it, &outcome),
                     RG_EIO);
    assert_int_equal(answered, 1);
    rg_buffer_free(&outcome.output);
}

static void a_host_that_reaps_nothing_changes_nothing(void **state)
{
    (void)state;
    struct outcome outcome;
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction no_wait = {.sa_handler = SIG_DFL,
                                .sa_flags = SA_NOCLDWAIT};
    const struct sigaction *actions[] = {&ignored, &no_wait};
    for (size_t i = 0; i < 2; i++) {
        sigaction(SIGCHLD, actions[i], NULL);
        assert_int_equal(child_run(say_much, &outcome), RG_OK);
        rg_buffer_free(&outcome.output);
        assert_int_equal(child_run(crash, &outcome), RG_EIO);
        assert_non_null(strstr(outcome.error.text, "SIGSEGV"));
        rg_buffer_free(&outcome.output);
        assert_no_child();
    }
    signal(SIGCHLD, SIG_DFL);
}

/* Signals blocked by the program stay so, and no others. */
static void the_signal_mask_is_as_it_was(void **state)
{
    (void)state;
    struct outcome outcome;
    sigset_t mask, before, after;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigprocmask(SIG_SETMASK, NULL, &before);
    assert_int_equal(child_run(say_little, &outcome), RG_OK);
    rg_buffer_free(&outcome.output);
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int i = 1; i < NSIG; i++)
        assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    sigemptyset(&mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* A signal for the whole group does not end the child. */
static enum rg_status be_signalled(struct rg_fork *child, struct rg_sink *out,
                                   struct rg_error *error)
{
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGUSR1,
                                  SIGALRM, SIGPIPE, SIGCHLD};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        syscall(SYS_kill, syscall(SYS_getpid), signals[i]);
    return say_little(child, out, error);
}

static void signals_of_the_group_do_not_end_it(void **state)
{
    (void)state;
    struct outcome outcome;
    signal_calls = 0;
    signal(SIGUSR1, on_signal);
    assert_int_equal(child_run(be_signalled, &outcome), RG_OK);
    rg_buffer_free(&outcome.output);
    signal(SIGUSR1, SIG_DFL);
}

/* The one that tells of too much processor time does, whatever handler the
 * program has for it. */
static enum rg_status be_out_of_time(struct rg_fork *child, struct rg_sink *out,
                                     struct rg_error *error)
{
    syscall(SYS_kill, syscall(SYS_getpid), SIGXCPU);
    return say_little(child, out, error);
}

static void too_much_processor_time_ends_it(void **state)
{
    (void)state;
    struct outcome outcome;
    signal(SIGXCPU, on_signal);
    assert_int_equal(child_run(be_out_of_time, &outcome), RG_EIO);
    assert_string_equal(outcome.error.text,
                        "the forked child was killed by SIGXCPU");
    rg_buffer_free(&outcome.output);
    signal(SIGXCPU, SIG_DFL);
    assert_no_child();
}

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static void no_descriptor_is_left(void **state)
{
    (void)state;
    struct outcome outcome;
    size_t before = count_descriptors();
    work_fn *const works[] = {say_little, give_up, die, leave};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        child_run(works[i], &outcome);
        rg_buffer_free(&outcome.output);
    }
    child_run_kept(hang, NULL, 0, rg_now(), NULL, &outcome);
    rg_buffer_free(&outcome.output);
    assert_int_equal(count_descriptors(), before);
}

/* The numbers of the open descriptors, as far as 300. */
static enum rg_status list_descriptors(struct rg_fork *child,
                                       struct rg_sink *out,
                                       struct rg_error *error)
{
    (void)error;
    for (int i = 0; i < 300; i++)
        if (i != child->pipe && syscall(SYS_fcntl, i, F_GETFD) >= 0)
            rg_sink_format(out, "%d ", i);
    return out->status;
}

static void assert_closes_all_but(const int *kept, size_t count,
                                  const char *expected)
{
    struct outcome outcome;
    assert_int_equal(
        child_run_kept(list_descriptors, kept, count, 0, NULL, &outcome),
        RG_OK);
    assert_int_equal(outcome.output.size, strlen(expected));
    assert_memory_equal(outcome.output.data, expected, strlen(expected));
    rg_buffer_free(&outcome.output);
}

/* Descriptors that the program has open, with gaps between them. */
static void open_some(void)
{
    static const int places[] = {20, 21, 50, 200, 201, 299};
    int null = open("/dev/null", O_RDONLY);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        dup2(null, places[i]);
}

static void close_some(void)
{
    for (int i = 3; i < 300; i++)
        close(i);
}

static void try_closing(void)
{
    const int kept[] = {200, 21, 0};
    assert_closes_all_but(NULL, 0, "");
    assert_closes_all_but(kept, 1, "200 ");
    assert_closes_all_but(kept, 3, "0 21 200 ");
}

static void its_descriptors_are_its_own(void **state)
{
    (void)state;
    open_some();
    try_closing();
    close_some();
}

/* A peer of the program sees the end when the program closes, though the child
 * lives on. */
static int close_and_look(void *ends)
{
    char byte;
    (void)ends;
    close(251);
    answered = (int)read(250, &byte, 1);
    return 1;
}

static void a_peer_sees_the_program_close(void **state)
{
    (void)state;
    int ends[2];
    struct outcome outcome;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], 250);
    dup2(ends[1], 251);
    close(ends[0]);
    close(ends[1]);
    answered = -1;
    assert_int_equal(child_run_kept(hang, NULL, 0, 0, close_and_look, &outcome),
                     RG_EINTERRUPT);
    assert_int_equal(answered, 0);
    close(250);
    rg_buffer_free(&outcome.output);
}

/* Priority, the killer's choice, limits */
static enum rg_status tell_of_itself(struct rg_fork *child, struct rg_sink *out,
                                     struct rg_error *error)
{
    (void)child;
    (void)error;
    struct rlimit limit;
    char score[16] = "";
    getrlimit(RLIMIT_CPU, &limit);
    int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj",
                            O_RDONLY, 0);
    syscall(SYS_read, file, score, sizeof score - 1);
    rg_sink_format(out, "nice %d, cpu %d, score %s",
                   20 - (int)syscall(SYS_getpriority, PRIO_PROCESS, 0),
                   (int)limit.rlim_cur, score);
    return out->status;
}

static void it_takes_second_place(void **state)
{
    (void)state;
    static const char expected[] = "nice 19, cpu 600, score 1000\n";
    const struct rg_fork_manner last = {.niceness = 19};
    struct outcome outcome = {.is_refused = false};
    enum rg_fork_side side =
        rg_fork_split(&outcome.fork, &last, &outcome.error);
    if (side == RG_FORK_CHILD) {
        struct rg_fork_answer *answer = rg_alloc(1, sizeof *answer);
        struct rg_sink out = rg_fork_sink(&outcome.fork, answer);
        rg_fork_end(&outcome.fork, answer,
                    tell_of_itself(&outcome.fork, &out, NULL), NULL);
    }
    assert_int_equal(rg_fork_wait(&outcome.fork, 0, NULL, NULL, &outcome.output,
                                  &outcome.error),
                     RG_OK);
    assert_int_equal(outcome.output.size, strlen(expected));
    assert_memory_equal(outcome.output.data, expected, strlen(expected));
    rg_buffer_free(&outcome.output);
}

/* A fork that is refused, in processes of their own */

static int in_a_process(void (*function)(void))
{
    int status = -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        function();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void expect(bool is_true)
{
    if (!is_true)
        _exit(1);
}

static void expect_refusal(int reason, const char *words)
{
    struct outcome outcome;
    size_t before = count_descriptors();
    expect(child_run(say_little, &outcome) == RG_EIO && outcome.is_refused);
    expect(outcome.fork.refusal == reason);
    expect(strncmp(outcome.error.text, "the fork was refused: ", 22) == 0);
    expect(strstr(outcome.error.text, words) != NULL);
    expect(count_descriptors() == before);
}

/* From now on the kernel answers `number` with `reason`. */
static void forbid(int number, int reason)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)reason),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    expect(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    expect(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void refused_by_a_filter(void)
{
    forbid(SYS_clone, EPERM);
    expect_refusal(EPERM, "seccomp");
}

static void refused_as_unknown(void)
{
    forbid(SYS_clone, ENOSYS);
    expect_refusal(ENOSYS, "this system");
}

static void refused_for_too_many(void)
{
    forbid(SYS_clone, EAGAIN);
    expect_refusal(EAGAIN, "ulimit -u");
}

static void refused_for_want_of_memory(void)
{
    forbid(SYS_clone, ENOMEM);
    expect_refusal(ENOMEM, "memory");
}

static void refused_for_descriptors(void)
{
    struct rlimit none = {3, 3};
    close_some();
    setrlimit(RLIMIT_NOFILE, &none);
    struct outcome outcome;
    expect(child_run(say_little, &outcome) == RG_EIO && outcome.is_refused);
    expect(outcome.fork.refusal == EMFILE);
    expect(strstr(outcome.error.text, "ulimit -n") != NULL);
}

/* Root may have as many processes as there is room for. */
static void refused_by_the_limit(void)
{
    struct rlimit none = {0, 0};
    expect(setgid(65534) == 0 || geteuid() != 0);
    expect(setuid(65534) == 0 || geteuid() != 0);
    setrlimit(RLIMIT_NPROC, &none);
    expect_refusal(EAGAIN, "too many processes");
}

static void a_refusal_is_one_line(void **state)
{
    (void)state;
    void (*const refusals[])(void) = {
        refused_by_a_filter,     refused_as_unknown,
        refused_for_too_many,    refused_for_want_of_memory,
        refused_for_descriptors, refused_by_the_limit};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        assert_int_equal(in_a_process(refusals[i]), 0);
}

/* Kernels that lack what is new */

static void without_close_range(void)
{
    forbid(436, ENOSYS);
    open_some();
    try_closing();
}

static void without_a_descriptor_of_the_child(void)
{
    forbid(424, ENOSYS);
    struct outcome outcome;
    expect(child_run_kept(hang, NULL, 0, rg_now() + 0.01, NULL, &outcome) ==
           RG_ETIMEOUT);
}

static void without_proc(void)
{
    forbid(436, ENOSYS);
    forbid(SYS_getdents64, ENOSYS);
    open_some();
    struct outcome outcome;
    expect(child_run(list_descriptors, &outcome) == RG_OK);
}

static void without_more_than_a_clone(void)
{
    static const int numbers[] = {436, 424, SYS_setpriority, SYS_prlimit64};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        forbid(numbers[i], EPERM);
    struct outcome outcome;
    expect(child_run(say_much, &outcome) == RG_OK);
}

static void older_kernels_do(void **state)
{
    (void)state;
    void (*const ways[])(void) = {without_close_range,
                                  without_a_descriptor_of_the_child,
                                  without_proc, without_more_than_a_clone};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        assert_int_equal(in_a_process(ways[i]), 0);
}

/* Standard descriptors that the program has closed are not taken. */
static void with_closed_standard_descriptors(void)
{
    close(0);
    close(1);
    struct rg_fork fork;
    enum rg_fork_side side = rg_fork_split(&fork, &plain, NULL);
    if (side == RG_FORK_CHILD)
        rg_fork_end(&fork, NULL, fork.pipe > 2 ? RG_OK : RG_EIO, NULL);
    expect(side == RG_FORK_PARENT && fork.pipe > 2);
    struct rg_buffer output = {0};
    expect(rg_fork_wait(&fork, 0, NULL, NULL, &output, NULL) == RG_OK);
}

static void standard_descriptors_stay_closed(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(with_closed_standard_descriptors), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_handler_runs),
        cmocka_unit_test(wait_never_sees_it),
        cmocka_unit_test(a_host_that_reaps_nothing_changes_nothing),
        cmocka_unit_test(the_signal_mask_is_as_it_was),
        cmocka_unit_test(signals_of_the_group_do_not_end_it),
        cmocka_unit_test(too_much_processor_time_ends_it),
        cmocka_unit_test(no_descriptor_is_left),
        cmocka_unit_test(its_descriptors_are_its_own),
        cmocka_unit_test(a_peer_sees_the_program_close),
        cmocka_unit_test(it_takes_second_place),
        cmocka_unit_test(a_refusal_is_one_line),
        cmocka_unit_test(older_kernels_do),
        cmocka_unit_test(standard_descriptors_stay_closed),
    };
    return cmocka_run_group_tests_name("fork_host", tests, NULL, NULL);
}
