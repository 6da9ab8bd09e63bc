/* patience.h - how long one waits for another process
 *
 * Private to module. */
#ifndef RG_MODULE_PATIENCE_H
#define RG_MODULE_PATIENCE_H

#include "base/error.h"

enum { RG__PATIENCE_POLL_MS = 50 }; /* how often `interrupted` is asked */

struct rg__patience {
    double deadline;                   /* rg_now(); 0: never */
    double asked;                      /* when `interrupted` was asked last */
    int (*interrupted)(void *context); /* may be NULL */
    void *context;
};

/* Looks at the clock, and at the user.  RG_ETIMEOUT: the deadline has passed;
 * RG_EINTERRUPT: `interrupted` returned other than 0. */
enum rg_status rg__patience_check(struct rg__patience *patience);

/* Milliseconds to sleep at most before the next look. */
int rg__patience_nap(const struct rg__patience *patience);

#endif
