#define _GNU_SOURCE /* AT_ and DT_ names: Linux */
#include "attach/choose.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { MOST_THREADS = 4096, TEXT_SIZE = 512, STACK_SIZE = 1 << 16 };

/* What the kernel says of a thread that sleeps in it. */
struct sleep {
    long number; /* of the system call; -1: it does not sleep in one */
    uint64_t arguments[6];
};

static bool read_sleep(const struct rg__target *target, pid_t thread,
                       struct sleep *sleep)
{
    char path[64], text[TEXT_SIZE];
    unsigned long long a[6];
    snprintf(path, sizeof path, "task/%d/syscall", (int)thread);
    sleep->number = -1;
    if (!rg__target_read(target, path, text, sizeof text))
        return false;
    if (sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &sleep->number, &a[0],
               &a[1], &a[2], &a[3], &a[4], &a[5]) != 7)
        sleep->number = -1;
    else
        for (int i = 0; i < 6; i++)
            sleep->arguments[i] = a[i];
    return true;
}

/* A read that waits is one of a pipe, a socket, a terminal.  The loader reads
 * files; those may make one wait, too. */
static bool is_no_file(const struct rg__target *target, uint64_t descriptor)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "fd/%llu", (unsigned long long)descriptor);
    return fstatat(target->directory, path, &status, 0) == 0 &&
           !S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

static bool has_other_allocator(const struct rg__target *target)
{
    for (size_t i = 0; i < target->mapping_count; i++)
        if (strstr(target->mappings[i].name, "malloc") != NULL)
            return true;
    return false;
}

/* Some allocators nap for a moment when they wait for another thread. */
static bool is_long(const struct rg__target *target, uint64_t address)
{
    struct timespec time;
    return !has_other_allocator(target) ||
           (rg__peek(target, address, &time, sizeof time) &&
            (time.tv_sec > 0 || time.tv_nsec >= 10000000));
}

/* Locks of the C library wait with FUTEX_WAIT, whatever its version; these are
 * semaphores, conditions and joins, in which neither its allocator nor its
 * loader waits. */
static bool is_high_level_futex(const struct rg__target *target,
                                const struct sleep *sleep)
{
    return (sleep->arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET &&
           !has_other_allocator(target);
}

static bool fits_asleep(const struct rg__target *target,
                        const struct sleep *sleep)
{
    switch (sleep->number) {
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
    case SYS_poll:
    case SYS_select:
#endif
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_ppoll:
    case SYS_pselect6:
    case SYS_accept:
    case SYS_accept4:
    case SYS_wait4:
    case SYS_waitid:
    case SYS_rt_sigtimedwait:
        return true;
    case SYS_read:
    case SYS_recvfrom:
    case SYS_recvmsg:
        return is_no_file(target, sleep->arguments[0]);
    case SYS_nanosleep:
        return is_long(target, sleep->arguments[0]);
    case SYS_clock_nanosleep:
        return is_long(target, sleep->arguments[2]);
    case SYS_restart_syscall: /* a wait with an end, as neither has, that was
                                 interrupted before */
        return !has_other_allocator(target);
    default:
        return false;
    }
}

static bool has_end(const struct rg__target *target, const struct sleep *sleep)
{
    (void)target;
    switch (sleep->number) {
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
        return (int32_t)sleep->arguments[3] >= 0;
    default:
        return true; /* as far as is known */
    }
}

static bool begins_with(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

/* Code that allocates, loads, or looks through the loader's lists. */
static bool is_delicate(const struct rg__mapping *mapping)
{
    static const char *const starts[] = {
        "libc.",    "libc-",     "ld-",       "ld.",     "libdl",  "libpthread",
        "libgcc_s", "libunwind", "libstdc++", "libasan", "libtsan"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (begins_with(mapping->name, starts[i]))
            return true;
    return strstr(mapping->name, "malloc") != NULL;
}

/* Whether some function of the loader has called what runs now.  Any word that
 * looks like a way back into it counts, also one that is left from before: a
 * moment later another one stands there. */
static bool is_below_loader(const struct rg__target *target,
                            const rg__registers *registers)
{
    static uint64_t words[STACK_SIZE / sizeof(uint64_t)];
    uint64_t at = rg__get_stack(registers) & ~(uint64_t)7;
    const struct rg__mapping *stack = rg__mapping_at(target, at);
    if (stack == NULL)
        return true;
    size_t size =
        stack->end - at < sizeof words ? stack->end - at : sizeof words;
    if (!rg__peek(target, at, words, size))
        return true;
    for (size_t i = 0; i < size / sizeof words[0]; i++) {
        const struct rg__mapping *mapping = rg__mapping_at(target, words[i]);
        if (mapping != NULL && mapping->is_code &&
            (begins_with(mapping->name, "ld-") ||
             begins_with(mapping->name, "ld.")))
            return true;
    }
    return false;
}

/* Between two instructions of a program or library that is none of these, and
 * brings no allocator of its own. */
static bool fits_awake(const struct rg__target *target,
                       const rg__registers *registers)
{
    const struct rg__mapping *mapping =
        rg__mapping_at(target, rg__get_pc(registers));
    return mapping != NULL && mapping->is_file && mapping->is_code &&
           !is_delicate(mapping) &&
           rg__function_in(target, mapping, "malloc") == 0 &&
           !is_below_loader(target, registers);
}

/* How well a thread fits, the best first. */
enum rank { ASLEEP, WAITING, AWAKE, RANK_COUNT };

static bool has_rank(const struct rg__target *target, const struct sleep *sleep,
                     enum rank rank)
{
    switch (rank) {
    case ASLEEP:
        return fits_asleep(target, sleep);
    case WAITING:
        return sleep->number == SYS_futex && is_high_level_futex(target, sleep);
    default:
        return sleep->number < 0;
    }
}

/* What a refusal means: a thread has one tracer at a time. */
static enum rg__choice refusal(const struct rg__target *target, pid_t thread,
                               int reason)
{
    char path[64], text[4096];
    if (reason != EPERM && reason != EACCES)
        return RG__NONE_FIT;
    snprintf(path, sizeof path, "task/%d/status", (int)thread);
    const char *tracer = rg__target_read(target, path, text, sizeof text)
                             ? strstr(text, "\nTracerPid:")
                             : NULL;
    errno = reason;
    return tracer != NULL && strtol(tracer + strlen("\nTracerPid:"), NULL, 10)
               ? RG__TRACED
               : RG__NOT_ALLOWED;
}

static bool is_still_asleep(const struct rg__target *target,
                            const struct rg__tracee *tracee, long number)
{
    unsigned char code[2 * RG__SYSCALL_CODE_SIZE] = {0};
    rg__peek(target, rg__get_pc(&tracee->registers) - RG__SYSCALL_CODE_SIZE,
             code, sizeof code);
    return rg__was_in_syscall(&tracee->registers, number, code);
}

/* Stops a thread that seemed to fit, and looks again. */
static enum rg__choice try_thread(const struct rg__target *target, pid_t thread,
                                  enum rank rank, struct rg__tracee *tracee)
{
    struct sleep sleep;
    bool is_asleep = rank != AWAKE;
    if (!read_sleep(target, thread, &sleep))
        return refusal(target, thread, errno);
    if (!has_rank(target, &sleep, rank))
        return RG__NONE_FIT;
    if (!rg__tracee_stop(tracee, thread))
        return refusal(target, thread, errno);
    bool fits = is_asleep ? is_still_asleep(target, tracee, sleep.number)
                          : fits_awake(target, &tracee->registers);
    if (!fits) {
        rg__tracee_release(tracee);
        return RG__NONE_FIT;
    }
    if (is_asleep)
        rg__wait_again(&tracee->registers, has_end(target, &sleep));
    return RG__CHOSEN;
}

enum rg__choice rg__choose(const struct rg__target *target,
                           struct rg__tracee *tracee)
{
    static pid_t threads[MOST_THREADS];
    size_t count = rg__target_threads(target, threads, MOST_THREADS);
    if (count == 0)
        return RG__GONE;
    for (enum rank rank = ASLEEP; rank < RANK_COUNT; rank++)
        for (size_t i = 0; i < count; i++) {
            enum rg__choice choice =
                try_thread(target, threads[i], rank, tracee);
            if (choice != RG__NONE_FIT)
                return choice;
        }
    return RG__NONE_FIT;
}
