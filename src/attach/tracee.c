#define _GNU_SOURCE /* ptrace's requests: Linux */
#include "attach/tracee.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif
#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

#if defined(__x86_64__)
enum { FLOATS = 0x202 }; /* NT_X86_XSTATE */
#else
enum { FLOATS = NT_PRFPREG };
#endif

enum { NAP = 50000 }; /* nanoseconds between two looks at an errand */

static bool request(int what, pid_t thread, uintptr_t address, void *data)
{
    return ptrace(what, thread, (void *)address, data) != -1;
}

static bool get_registers(pid_t thread, rg__registers *registers)
{
    struct iovec area = {registers, sizeof *registers};
    return request(PTRACE_GETREGSET, thread, NT_PRSTATUS, &area);
}

static bool set_registers(pid_t thread, const rg__registers *registers)
{
    struct iovec area = {(void *)registers, sizeof *registers};
    return request(PTRACE_SETREGSET, thread, NT_PRSTATUS, &area);
}

/* Waits until it stops: the status.  0 when it is gone. */
static int wait_for_stop(pid_t thread)
{
    int status;
    pid_t found;
    do
        found = waitpid(thread, &status, __WALL);
    while (found < 0 && errno == EINTR);
    return found == thread && WIFSTOPPED(status) ? status : 0;
}

static bool is_event_stop(int status)
{
    return status >> 16 == PTRACE_EVENT_STOP;
}

/* Signals that came first are the thread's own, and are passed on; the stop that
 * was asked for is still to come. */
static bool wait_for_interrupt(pid_t thread)
{
    for (;;) {
        int status = wait_for_stop(thread);
        if (status == 0) {
            errno = ESRCH;
            return false;
        }
        if (is_event_stop(status))
            return true;
        if (!request(PTRACE_CONT, thread, 0,
                     (void *)(uintptr_t)WSTOPSIG(status)))
            return false;
    }
}

bool rg__tracee_stop(struct rg__tracee *tracee, pid_t thread)
{
    tracee->thread = 0;
    tracee->is_changed = tracee->is_deaf = false;
    if (!request(PTRACE_SEIZE, thread, 0,
                 (void *)(uintptr_t)PTRACE_O_TRACESYSGOOD))
        return false;
    if (!request(PTRACE_INTERRUPT, thread, 0, NULL) ||
        !wait_for_interrupt(thread))
        return false; /* it has ended, or ends now */
    tracee->thread = thread;
    if (get_registers(thread, &tracee->registers))
        return true;
    int reason = errno;
    rg__tracee_release(tracee);
    errno = reason;
    return false;
}

void rg__tracee_release(struct rg__tracee *tracee)
{
    if (tracee->thread == 0)
        return;
    if (tracee->is_changed) {
        struct iovec floats = {tracee->floats, tracee->floats_size};
        request(PTRACE_SETREGSET, tracee->thread, FLOATS, &floats);
    }
    if (tracee->is_deaf)
        request(PTRACE_SETSIGMASK, tracee->thread, sizeof tracee->signals,
                &tracee->signals);
    if (tracee->is_changed)
        set_registers(tracee->thread, &tracee->registers);
    request(PTRACE_DETACH, tracee->thread, 0, NULL);
    tracee->thread = 0;
}

static uint64_t bit(int signal)
{
    return (uint64_t)1 << (signal - 1);
}

/* What the thread itself does wrong, and the trap at the end of a call, are not
 * blocked: the kernel would change what the process does about them. */
static uint64_t all_but_faults(void)
{
    return ~(bit(SIGTRAP) | bit(SIGSEGV) | bit(SIGBUS) | bit(SIGILL) |
             bit(SIGFPE) | bit(SIGSYS));
}

/* Below what the thread has on its stack. */
static bool lay_way_back(struct rg__tracee *tracee,
                         const struct rg__target *target)
{
    static unsigned char frame[RG__FLOATS_SIZE + (1 << 12)];
    const uint64_t top = rg__get_stack(&tracee->registers);
    size_t size = 0;
    tracee->way_back = 0;
    for (int pass = 0; pass < 2; pass++) { /* the first tells its size */
        size =
            rg__make_way(frame, sizeof frame, tracee->way_back,
                         tracee->restorer, &tracee->registers, tracee->signals,
                         tracee->floats, tracee->floats_size);
        tracee->way_back = ((top - size) & ~(uint64_t)(RG__WAY_ALIGNMENT - 1)) -
                           RG__WAY_ALIGNMENT + RG__WAY_OFFSET;
    }
    errno = ENOTSUP;
    return size > 0 && rg__poke(target, tracee->way_back, frame, size);
}

bool rg__tracee_borrow(struct rg__tracee *tracee,
                       const struct rg__target *target, uint64_t restorer)
{
    struct iovec floats = {tracee->floats, sizeof tracee->floats};
    if (!request(PTRACE_GETREGSET, tracee->thread, FLOATS, &floats) ||
        !request(PTRACE_GETSIGMASK, tracee->thread, sizeof tracee->signals,
                 &tracee->signals))
        return false;
    tracee->floats_size = floats.iov_len;
    tracee->restorer = restorer;
    return lay_way_back(tracee, target);
}

/* Only a thread that has its way back is made deaf to signals. */
static bool set_out(struct rg__tracee *tracee, const rg__registers *registers)
{
    uint64_t blocked = all_but_faults();
    if (!set_registers(tracee->thread, registers))
        return false;
    tracee->is_changed = true;
    if (!tracee->is_deaf)
        tracee->is_deaf = request(PTRACE_SETSIGMASK, tracee->thread,
                                  sizeof blocked, &blocked);
    return tracee->is_deaf;
}

/* Lets it run to where a system call begins or ends.  A stop that another asks
 * for meanwhile is passed over: when the thread is let go, it is stopped
 * again.  (A single step would be simpler, but goes on when whoever has asked
 * for it is gone, and then kills.) */
static bool run_to_call(pid_t thread)
{
    for (;;) {
        if (!request(PTRACE_SYSCALL, thread, 0, NULL))
            return false;
        int status = wait_for_stop(thread);
        if (status == 0)
            return false;
        if (!is_event_stop(status))
            return WSTOPSIG(status) == (SIGTRAP | 0x80);
    }
}

long rg__tracee_syscall(struct rg__tracee *tracee, uint64_t entry, long number,
                        const uint64_t arguments[6])
{
    rg__registers registers = tracee->registers;
    rg__set_syscall(&registers, entry, tracee->way_back, tracee->restorer,
                    number, arguments);
    if (!set_out(tracee, &registers) || !run_to_call(tracee->thread) ||
        !run_to_call(tracee->thread) ||
        !get_registers(tracee->thread, &registers) ||
        rg__get_pc(&registers) != entry + RG__SYSCALL_CODE_SIZE)
        return -ESRCH;
    return (long)rg__get_result(&registers);
}

/* False when it has ended, or failed. */
static bool goes_on(pid_t thread)
{
    int status;
    pid_t found = waitpid(thread, &status, __WALL | WNOHANG);
    if (found == 0 || (found < 0 && errno == EINTR))
        return true;
    return found == thread && WIFSTOPPED(status) && is_event_stop(status) &&
           request(PTRACE_CONT, thread, 0, NULL);
}

static bool hold_again(struct rg__tracee *tracee, uint64_t stub,
                       uint64_t stub_size, bool *is_back)
{
    rg__registers registers;
    if (!request(PTRACE_INTERRUPT, tracee->thread, 0, NULL) ||
        !wait_for_interrupt(tracee->thread) ||
        !get_registers(tracee->thread, &registers))
        return false;
    *is_back = rg__get_pc(&registers) - stub >= stub_size;
    if (*is_back) { /* and has taken the place that it has now */
        tracee->registers = registers;
        tracee->is_changed = tracee->is_deaf = false;
    }
    return true;
}

bool rg__tracee_send(struct rg__tracee *tracee, uint64_t stub,
                     uint64_t stub_size, uint64_t stack, uint64_t errand,
                     bool (*is_done)(void *), void *context, bool *is_back)
{
    const struct timespec nap = {0, NAP};
    rg__registers registers = tracee->registers;
    rg__set_errand(&registers, stub, stack, errand);
    *is_back = false;
    if (!set_out(tracee, &registers) ||
        !request(PTRACE_CONT, tracee->thread, 0, NULL))
        return false;
    while (!is_done(context)) {
        if (!goes_on(tracee->thread))
            return false;
        nanosleep(&nap, NULL);
    }
    return hold_again(tracee, stub, stub_size, is_back);
}
