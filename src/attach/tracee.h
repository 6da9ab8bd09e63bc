/* tracee.h - a thread of another process, stopped and used
 *
 * Private to attach.  While it is stopped nothing of it changes but what is
 * done here, and rg__tracee_release puts all of that back.  Whoever holds a
 * thread may be killed: the kernel lets the thread go then, wherever it is.  So
 * from the moment that it is anywhere else it has a way back (machine.h). */
#ifndef RG_ATTACH_TRACEE_H
#define RG_ATTACH_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attach/machine.h"
#include "attach/target.h"

enum { RG__FLOATS_SIZE = 1 << 14 };

struct rg__tracee {
    pid_t thread;             /* 0: none is held */
    bool is_changed, is_deaf; /* its registers, its blocked signals */
    uint64_t signals;         /* that it had blocked */
    uint64_t way_back, restorer;
    rg__registers registers; /* as they were when it was stopped */
    size_t floats_size;
    unsigned char floats[RG__FLOATS_SIZE]; /* vector registers, too */
};

/* Stops a thread, and nothing else of its process.  False with errno set; it
 * runs on then. */
bool rg__tracee_stop(struct rg__tracee *tracee, pid_t thread);

/* Lets it go on where it was, with everything as it was. */
void rg__tracee_release(struct rg__tracee *tracee);

/* Keeps what a call would change, and lays the way back, below what the thread
 * has on its stack.  False with errno set, as when there is no room. */
bool rg__tracee_borrow(struct rg__tracee *tracee,
                       const struct rg__target *target, uint64_t restorer);

/* A system call, made at an instruction for it: the kernel's answer, below 0 and
 * above -4096 for an error.  -ESRCH when the thread did not come back. */
long rg__tracee_syscall(struct rg__tracee *tracee, uint64_t entry, long number,
                        const uint64_t arguments[6]);

/* Has the stub run an errand; `is_done` is asked, again and again, whether it has.
 * Then the thread is held where it waits, or has gone back by itself: `is_back`.
 * False when it did not come to an end. */
bool rg__tracee_send(struct rg__tracee *tracee, uint64_t stub,
                     uint64_t stub_size, uint64_t stack, uint64_t errand,
                     bool (*is_done)(void *), void *context, bool *is_back);

#endif
