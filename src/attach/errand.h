/* errand.h - what a thread of another process is sent to do
 *
 * Private to attach.  It lies in the mapping of the control block, and the
 * stub (machine.h), which knows where its parts are, goes through it to the end,
 * whoever has ended meanwhile: opens the library, has it begin, waits for a
 * while to be put back, and then goes back by itself. */
#ifndef RG_ATTACH_ERRAND_H
#define RG_ATTACH_ERRAND_H

#include <stddef.h>
#include <stdint.h>

#include "attach/control.h"

enum { RG__MOST_SAID = 512 };

struct rg__errand {
    uint64_t dlopen, dlsym, dlerror, dlclose; /* functions of the C library */
    uint64_t sigemptyset;
    uint64_t path, name, control; /* addresses */
    uint64_t way_back;            /* address, on the thread's own stack */
    uint64_t patience;            /* address of `seconds` */
    int64_t seconds[2];           /* to wait: with nanoseconds */
    uint64_t handle;              /* of the library; 0: refused */
    uint64_t entry;               /* 0: it has no such function */
    uint32_t failure;             /* errno of that */
    uint32_t is_done;
    uint64_t away; /* address of what sigemptyset makes 0 when it goes back, */
    uint64_t restorer;        /* and where it returns to */
    char said[RG__MOST_SAID]; /* by the loader; without a 0 at the end */
};

_Static_assert(offsetof(struct rg__errand, way_back) == 64 &&
                   offsetof(struct rg__errand, patience) == 72 &&
                   offsetof(struct rg__errand, handle) == 96 &&
                   offsetof(struct rg__errand, entry) == 104 &&
                   offsetof(struct rg__errand, failure) == 112 &&
                   offsetof(struct rg__errand, is_done) == 116 &&
                   offsetof(struct rg__errand, away) == 120 &&
                   offsetof(struct rg__errand, restorer) == 128 &&
                   offsetof(struct rg__errand, said) == 136,
               "the stubs of machine_*.c know where these are");

#endif
