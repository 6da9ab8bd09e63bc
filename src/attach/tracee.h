/* tracee.h - a thread of another process, stopped and used
 *
 * Private to attach.  While it is stopped nothing of it changes but what is
 * done here, and rg__tracee_release puts all of that back. */
#ifndef RG_ATTACH_TRACEE_H
#define RG_ATTACH_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attach/machine.h"

enum { RG__FLOATS_SIZE = 1 << 14 };

struct rg__tracee {
    pid_t thread; /* 0: none is held */
    bool is_changed;
    uint64_t signals;        /* that it had blocked */
    rg__registers registers; /* as they were when it was stopped */
    size_t floats_size;
    unsigned char floats[RG__FLOATS_SIZE]; /* vector registers, too */
};

/* Stops a thread, and nothing else of its process.  False with errno set; it
 * runs on then. */
bool rg__tracee_stop(struct rg__tracee *tracee, pid_t thread);

/* Lets it go on where it was, with everything as it was. */
void rg__tracee_release(struct rg__tracee *tracee);

/* Keeps what a call would change, and blocks its signals.  False with errno
 * set. */
bool rg__tracee_borrow(struct rg__tracee *tracee);

/* A system call, made at an instruction for it: the kernel's answer, below 0 and
 * above -4096 for an error.  -ESRCH when the thread did not come back. */
long rg__tracee_syscall(struct rg__tracee *tracee, uint64_t entry, long number,
                        const uint64_t arguments[6]);

/* A call of a function, made by the stub on a stack of ours.  False when it did
 * not come back. */
bool rg__tracee_call(struct rg__tracee *tracee, uint64_t stub, uint64_t stack,
                     uint64_t function, const uint64_t arguments[3],
                     uint64_t *result);

#endif
