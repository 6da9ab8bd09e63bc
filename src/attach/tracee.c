#define _GNU_SOURCE /* ptrace's requests: Linux */
#include "attach/tracee.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

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
    tracee->is_changed = false;
    if (!request(PTRACE_SEIZE, thread, 0, NULL))
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
        set_registers(tracee->thread, &tracee->registers);
        request(PTRACE_SETSIGMASK, tracee->thread, sizeof tracee->signals,
                &tracee->signals);
    }
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

bool rg__tracee_borrow(struct rg__tracee *tracee)
{
    struct iovec floats = {tracee->floats, sizeof tracee->floats};
    uint64_t blocked = all_but_faults();
    if (!request(PTRACE_GETREGSET, tracee->thread, FLOATS, &floats) ||
        !request(PTRACE_GETSIGMASK, tracee->thread, sizeof tracee->signals,
                 &tracee->signals))
        return false;
    tracee->floats_size = floats.iov_len;
    tracee->is_changed = true;
    return request(PTRACE_SETSIGMASK, tracee->thread, sizeof blocked, &blocked);
}

/* Lets it run until it traps.  A stop that another asks for meanwhile is passed
 * over: when the thread is let go, it is stopped again. */
static bool run_to_trap(pid_t thread, int how, rg__registers *registers)
{
    if (!set_registers(thread, registers))
        return false;
    for (;;) {
        if (!request(how, thread, 0, NULL))
            return false;
        int status = wait_for_stop(thread);
        if (status == 0)
            return false;
        if (is_event_stop(status))
            continue;
        return WSTOPSIG(status) == SIGTRAP && get_registers(thread, registers);
    }
}

long rg__tracee_syscall(struct rg__tracee *tracee, uint64_t entry, long number,
                        const uint64_t arguments[6])
{
    rg__registers registers = tracee->registers;
    rg__set_syscall(&registers, entry, number, arguments);
    if (!run_to_trap(tracee->thread, PTRACE_SINGLESTEP, &registers) ||
        rg__get_pc(&registers) != entry + RG__SYSCALL_CODE_SIZE)
        return -ESRCH;
    return (long)rg__get_result(&registers);
}

bool rg__tracee_call(struct rg__tracee *tracee, uint64_t stub, uint64_t stack,
                     uint64_t function, const uint64_t arguments[3],
                     uint64_t *result)
{
    rg__registers registers = tracee->registers;
    rg__set_call(&registers, stub, stack, function, arguments);
    if (!run_to_trap(tracee->thread, PTRACE_CONT, &registers) ||
        !rg__is_after_call(&registers, stub))
        return false;
    *result = rg__get_result(&registers);
    return true;
}
