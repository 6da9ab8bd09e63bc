/* fork_child.c - what a forked child does to itself, and how it answers
 *
 * System calls only, made without the C library's wrappers: those are places
 * where a thread can be cancelled, and some keep state of their own. */
#define _GNU_SOURCE /* syscall: Linux */
#include "module/forking.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum {
    KERNEL_SIGNALS = _NSIG - 1,
    KERNEL_SIGSET_SIZE = KERNEL_SIGNALS / 8,
    CPU_SECONDS = 600,
    /* Where neither close_range nor /proc tells what is open, that many are
     * closed one by one. */
    MOST_DESCRIPTORS = 1 << 20
};

_Static_assert(KERNEL_SIGSET_SIZE <= sizeof(struct rg__fork_signals),
               "a set of signals has room");

void rg__fork_block_signals(struct rg__fork_signals *before)
{
    struct rg__fork_signals all;
    memset(&all, 0xff, sizeof all);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, before, KERNEL_SIGSET_SIZE);
}

void rg__fork_restore_signals(const struct rg__fork_signals *before)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, KERNEL_SIGSET_SIZE);
}

/* The kernel's struct for a signal's action differs from machine to machine;
 * the default action is all zeros in each.  Signals stay blocked, so that none
 * meant for the program's whole group ends the child: a broken pipe is then an
 * error, and what the child itself does wrong ends it all the same.  The one
 * that is its own, for too much processor time, is let through. */
static void reset_handlers(void)
{
    static const unsigned char by_default[64];
    for (int i = 1; i <= KERNEL_SIGNALS; i++)
        syscall(SYS_rt_sigaction, i, by_default, NULL, KERNEL_SIGSET_SIZE);
    const uint64_t set[2] = {(uint64_t)1 << (SIGXCPU - 1)};
    syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, set, NULL, KERNEL_SIGSET_SIZE);
}

/* Descriptors to keep, ascending. */
struct keeping {
    unsigned descriptors[RG_FORK_MOST_KEPT + 2];
    size_t count;
};

static void keep_descriptor(struct keeping *keeping, int descriptor)
{
    size_t place = keeping->count++;
    for (; place > 0 && keeping->descriptors[place - 1] > (unsigned)descriptor;
         place--)
        keeping->descriptors[place] = keeping->descriptors[place - 1];
    keeping->descriptors[place] = (unsigned)descriptor;
}

static bool is_kept_descriptor(const struct keeping *keeping,
                               unsigned descriptor)
{
    for (size_t i = 0; i < keeping->count; i++)
        if (keeping->descriptors[i] == descriptor)
            return true;
    return false;
}

/* Linux 5.9. */
static bool close_ranges(const struct keeping *keeping)
{
    unsigned from = 0;
    for (size_t i = 0; i <= keeping->count; i++) {
        unsigned kept = i < keeping->count ? keeping->descriptors[i] : UINT_MAX;
        if (i < keeping->count && kept == from) {
            from = kept + 1;
            continue;
        }
        unsigned to = i < keeping->count ? kept - 1 : UINT_MAX;
        if (from <= to && syscall(SYS_close_range, from, to, 0) != 0)
            return false;
        from = kept + 1;
    }
    return true;
}

/* The number that a name in /proc/self/fd is; -1: "." or "..". */
static long number_of(const char *name)
{
    long number = 0;
    if (*name == '.')
        return -1;
    for (; *name >= '0' && *name <= '9'; name++)
        number = number * 10 + (*name - '0');
    return number;
}

/* As the kernel writes directory entries. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/* Closing while one reads may pass some over: again until there are none. */
static bool close_listed(const struct keeping *keeping)
{
    static const char path[] = "/proc/self/fd";
    _Alignas(struct entry) char entries[4096];
    bool is_done = false;
    while (!is_done) {
        int directory =
            (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
        if (directory < 0)
            return false;
        is_done = true;
        long size;
        while ((size = syscall(SYS_getdents64, directory, entries,
                               sizeof entries)) > 0)
            for (long at = 0; at < size;) {
                const struct entry *entry = (struct entry *)(entries + at);
                long number = number_of(entry->name);
                at += entry->size;
                if (number < 0 || number == directory ||
                    is_kept_descriptor(keeping, (unsigned)number))
                    continue;
                is_done = false;
                syscall(SYS_close, (int)number);
            }
        syscall(SYS_close, directory);
    }
    return true;
}

static void close_descriptors(const struct keeping *keeping)
{
    if (close_ranges(keeping) || close_listed(keeping))
        return;
    for (unsigned i = 0; i < MOST_DESCRIPTORS; i++)
        if (!is_kept_descriptor(keeping, i))
            syscall(SYS_close, (int)i);
}

static void write_proc_file(const char *path, const char *text)
{
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY, 0);
    if (file < 0)
        return; /* without /proc it is a child like any other */
    syscall(SYS_write, file, text, strlen(text));
    syscall(SYS_close, file);
}

/* Never above what is allowed now. */
static void limit(int resource, uint64_t soft, uint64_t hard)
{
    struct {
        uint64_t current, most;
    } allowed;
    if (syscall(SYS_prlimit64, 0, resource, NULL, &allowed) != 0)
        return;
    if (allowed.current > soft)
        allowed.current = soft;
    if (allowed.most > hard)
        allowed.most = hard;
    syscall(SYS_prlimit64, 0, resource, &allowed, NULL);
}

void rg__fork_become_child(const struct rg_fork *fork,
                           const struct rg_fork_manner *manner)
{
    struct keeping keeping = {.count = 0};
    keep_descriptor(&keeping, fork->pipe);
    for (size_t i = 0; i < manner->kept_count && i < RG_FORK_MOST_KEPT; i++)
        keep_descriptor(&keeping, manner->kept[i]);
    reset_handlers();
    close_descriptors(&keeping);
    if (manner->niceness != 0)
        syscall(SYS_setpriority, PRIO_PROCESS, 0, manner->niceness);
    write_proc_file("/proc/self/oom_score_adj", "1000");
    limit(RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1);
    limit(RLIMIT_CORE, 0, 0);
    syscall(SYS_prctl, PR_SET_NAME, "referrers", 0, 0, 0);
    rg_arena_enter();
}

enum rg_status rg_fork_ask(void *context)
{
    const struct rg_fork *fork = context;
    struct pollfd polled = {.fd = fork->pipe};
    /* Zero seconds, however the kernel writes a time here. */
    static const unsigned char at_once[16];
    unsigned char time[sizeof at_once];
    memcpy(time, at_once, sizeof time);
    long found = syscall(SYS_ppoll, &polled, 1, time, NULL, 0);
    return found > 0 && polled.revents & (POLLERR | POLLHUP | POLLNVAL) ? RG_EIO
                                                                        : RG_OK;
}

void rg_fork_yield(void)
{
    syscall(SYS_sched_yield);
}

static enum rg_status write_to_pipe(int pipe, const char *data, size_t size)
{
    while (size > 0) {
        long written = syscall(SYS_write, pipe, data, size);
        if (written < 0 && errno != EINTR)
            return RG_EIO;
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return RG_OK;
}

static enum rg_status flush(struct rg_fork_answer *answer)
{
    size_t size = answer->used;
    answer->used = 0;
    return write_to_pipe(answer->pipe, answer->piece, size);
}

static enum rg_status put_in_pipe(void *context, const char *data, size_t size)
{
    struct rg_fork_answer *answer = context;
    enum rg_status status = RG_OK;
    while (status == RG_OK && size > 0) {
        size_t room = sizeof answer->piece - answer->used;
        size_t part = size < room ? size : room;
        memcpy(answer->piece + answer->used, data, part);
        answer->used += part;
        answer->size += part;
        data += part;
        size -= part;
        if (answer->used == sizeof answer->piece)
            status = flush(answer);
    }
    return status;
}

struct rg_sink rg_fork_sink(const struct rg_fork *fork,
                            struct rg_fork_answer *answer)
{
    answer->pipe = fork->pipe;
    answer->used = 0;
    answer->size = 0;
    return (struct rg_sink){.write = put_in_pipe, .context = answer};
}

void rg_fork_end(const struct rg_fork *fork, struct rg_fork_answer *answer,
                 enum rg_status status, const struct rg_error *error)
{
    struct rg__fork_trailer trailer = {.mark = RG__FORK_MARK};
    if (answer != NULL && flush(answer) == RG_OK)
        trailer.size = answer->size;
    if (status != RG_OK && error != NULL)
        trailer.error = *error;
    trailer.error.status = status;
    write_to_pipe(fork->pipe, (const char *)&trailer, sizeof trailer);
    for (;;)
        syscall(SYS_exit_group, status == RG_OK ? 0 : 1);
}
