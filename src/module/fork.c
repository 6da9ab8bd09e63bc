#define _GNU_SOURCE /* pipe2, syscall, __WALL: Linux */
#include "module/fork.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/signals.h"
#include "module/descriptor.h"
#include "module/forking.h"
#include "module/patience.h"

/* What headers of an older system lack. */
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

enum { PIECE_SIZE = 1 << 16 };

/* The system call itself, with no exit signal among its flags.  With no stack
 * of its own the child goes on where the parent does.  The descriptor of the
 * child, which no other process can be mistaken for, is written to *process
 * where the kernel knows that (Linux 5.2). */
static pid_t clone_process(int *process)
{
    static const unsigned long flags[] = {CLONE_PIDFD, 0};
    long pid = -1;
    for (size_t i = 0; i < 2 && pid < 0; i++) {
        if (i > 0 && errno != EINVAL && errno != EPERM && errno != ENOSYS)
            break;
        *process = -1;
        /* The arguments behind these differ in order, and are all 0. */
#ifdef __s390__
        pid = syscall(SYS_clone, 0ul, flags[i], process, 0ul, 0ul);
#else
        pid = syscall(SYS_clone, flags[i], 0ul, process, 0ul, 0ul);
#endif
    }
    return (pid_t)pid;
}

static enum rg_fork_side refuse_split(struct rg_fork *fork, int reason,
                                      struct rg_error *error)
{
    static const struct {
        int reason;
        const char *words;
    } known[] = {
        {EAGAIN, "too many processes: raise the limit (ulimit -u, or pids.max "
                 "of the cgroup)"},
        {ENOMEM, "not enough memory for a second process"},
        {EPERM, "this process may not make others (seccomp)"},
        {EACCES, "this process may not make others (seccomp)"},
        {ENOSYS, "this system does not let a process make others this way"},
        {EINVAL, "this system does not let a process make others this way"},
        {EMFILE, "too many open files: raise the limit (ulimit -n)"},
        {ENFILE, "too many open files on this machine"},
    };
    const char *words = NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].reason == reason)
            words = known[i].words;
    fork->refusal = reason;
    if (words == NULL)
        rg_error_set(error, RG_EIO, "the fork was refused (error %d)", reason);
    else
        rg_error_set(error, RG_EIO, "the fork was refused: %s", words);
    return RG_FORK_REFUSED;
}

static int open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    if (rg__descriptor_raise(&ends[0]) == 0 &&
        rg__descriptor_raise(&ends[1]) == 0 &&
        fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    int reason = errno;
    close(ends[0]);
    close(ends[1]);
    errno = reason;
    return -1;
}

enum rg_fork_side rg_fork_split(struct rg_fork *fork,
                                const struct rg_fork_manner *manner,
                                struct rg_error *error)
{
    struct rg__fork_signals before;
    int ends[2];
    *fork = (struct rg_fork){.pid = -1, .process = -1, .pipe = -1};
    if (open_pipe(ends) != 0)
        return refuse_split(fork, errno, error);
    rg__fork_block_signals(&before);
    fork->pid = clone_process(&fork->process);
    if (fork->pid == 0) {
        fork->pipe = ends[1];
        rg__fork_become_child(fork, manner);
        return RG_FORK_CHILD;
    }
    int reason = errno;
    rg__fork_restore_signals(&before);
    close(ends[1]);
    fork->pipe = ends[0];
    if (fork->pid > 0)
        return RG_FORK_PARENT;
    rg__descriptor_close(&fork->pipe);
    return refuse_split(fork, reason, error);
}

/* One wait. */
struct waiting {
    struct rg_fork *fork;
    struct rg_buffer *output;
    size_t output_start;
    struct rg__patience patience;
    bool is_reaped, has_wait_status;
    int wait_status;
    struct rg_error *error;
};

/* __WALL: a child without exit signal is no child for waitpid otherwise.  When
 * somebody else has reaped it (by __WALL too), its status stays unknown. */
static void reap_child(struct waiting *waiting, int flags)
{
    pid_t pid;
    if (waiting->is_reaped)
        return;
    do
        pid =
            waitpid(waiting->fork->pid, &waiting->wait_status, flags | __WALL);
    while (pid < 0 && errno == EINTR);
    waiting->is_reaped = pid != 0;
    waiting->has_wait_status = pid == waiting->fork->pid;
}

static void stop_child(struct waiting *waiting)
{
    if (waiting->is_reaped)
        return;
    if (waiting->fork->process < 0 ||
        syscall(SYS_pidfd_send_signal, waiting->fork->process, SIGKILL, NULL,
                0) != 0)
        kill(waiting->fork->pid, SIGKILL);
    reap_child(waiting, 0);
}

/* Receives what is there; *is_over at the end of the stream. */
static enum rg_status receive(struct waiting *waiting, bool *is_over)
{
    struct rg_buffer *output = waiting->output;
    for (;;) {
        void *data = output->data;
        if (rg_grow(&data, &output->capacity, output->size + PIECE_SIZE, 1) < 0)
            return rg_error_no_memory(waiting->error);
        output->data = data;
        ssize_t size =
            read(waiting->fork->pipe, output->data + output->size, PIECE_SIZE);
        if (size < 0 && errno == EINTR)
            continue;
        *is_over = size == 0 || (size < 0 && errno != EAGAIN);
        if (size <= 0)
            return RG_OK;
        output->size += (size_t)size;
    }
}

/* Says what ended the patience. */
static enum rg_status check_wait(struct waiting *waiting)
{
    enum rg_status status = rg__patience_check(&waiting->patience);
    if (status == RG_ETIMEOUT)
        rg_error_set(waiting->error, status, "the time limit has passed");
    else if (status == RG_EINTERRUPT)
        rg_error_set(waiting->error, status, "interrupted");
    return status;
}

/* Receives until the child has closed its end, or is gone: another process may
 * have been forked while our end of its pipe was open, and keep that. */
static enum rg_status listen_to(struct waiting *waiting)
{
    enum rg_status status = RG_OK;
    bool is_over = false;
    while (status == RG_OK && !is_over) {
        struct pollfd polls[] = {
            {.fd = waiting->fork->pipe, .events = POLLIN},
            {.fd = waiting->fork->process, .events = POLLIN}};
        if (poll(polls, 2, rg__patience_nap(&waiting->patience)) < 0 &&
            errno != EINTR && errno != EAGAIN)
            return rg_error_set(waiting->error, RG_EIO,
                                "cannot wait for the forked child (error %d)",
                                errno);
        reap_child(waiting, WNOHANG);
        status = receive(waiting, &is_over);
        if (waiting->is_reaped)
            break;
        if (status == RG_OK && !is_over)
            status = check_wait(waiting);
    }
    return status;
}

/* What the child said of itself, or what became of it. */
static enum rg_status judge(struct waiting *waiting)
{
    struct rg_buffer *output = waiting->output;
    struct rg__fork_trailer trailer;
    size_t size = output->size - waiting->output_start;
    if (size >= sizeof trailer) {
        output->size -= sizeof trailer;
        memcpy(&trailer, output->data + output->size, sizeof trailer);
        if (memcmp(trailer.mark, RG__FORK_MARK, sizeof trailer.mark) == 0 &&
            trailer.size == size - sizeof trailer) {
            if (trailer.error.status != RG_OK && waiting->error != NULL)
                *waiting->error = trailer.error;
            return trailer.error.status;
        }
    }
    if (!waiting->has_wait_status || !WIFSIGNALED(waiting->wait_status))
        return rg_error_set(waiting->error, RG_EIO,
                            "the forked child ended before its answer was "
                            "whole");
    char name[RG_SIGNAL_NAME_SIZE];
    int number = WTERMSIG(waiting->wait_status);
    rg_signal_name(number, name);
    return rg_error_set(
        waiting->error, RG_EIO, "the forked child was killed by %s%s", name,
        number == SIGKILL ? ", perhaps for lack of memory" : "");
}

enum rg_status rg_fork_wait(struct rg_fork *fork, double deadline,
                            int (*interrupted)(void *context), void *context,
                            struct rg_buffer *output, struct rg_error *error)
{
    struct waiting waiting = {.fork = fork,
                              .output = output,
                              .output_start = output->size,
                              .patience = {.deadline = deadline,
                                           .asked = rg_now(),
                                           .interrupted = interrupted,
                                           .context = context},
                              .error = error};
    enum rg_status status = listen_to(&waiting);
    if (status != RG_OK)
        stop_child(&waiting);
    reap_child(&waiting, 0);
    rg__descriptor_close(&fork->pipe);
    rg__descriptor_close(&fork->process);
    return status == RG_OK ? judge(&waiting) : status;
}
