/* choose.h - which thread of a process may be used, and when
 *
 * Private to attach.  The thread is going to allocate memory and to load a
 * library, so it must not be doing either.  One that sleeps in the kernel, in
 * a wait that neither the allocator nor the loader knows, is not; nor is one
 * that was stopped between two instructions of Python's own.  Locks that other
 * threads hold do no harm: those run on, and let go. */
#ifndef RG_ATTACH_CHOOSE_H
#define RG_ATTACH_CHOOSE_H

#include <stdbool.h>

#include "attach/target.h"
#include "attach/tracee.h"

enum rg__choice {
    RG__CHOSEN,
    RG__NONE_FIT, /* none right now: try again */
    RG__TRACED,   /* by somebody else: perhaps not for long */
    RG__NOT_ALLOWED,
    RG__GONE
};

/* Looks at each thread once, and stops the first that fits: *tracee then holds
 * it.  With RG__NOT_ALLOWED errno says why. */
enum rg__choice rg__choose(const struct rg__target *target,
                           struct rg__tracee *tracee);

#endif
