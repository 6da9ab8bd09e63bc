/* poll.h - long work that can be told to end
 *
 * Whoever starts long work (reading names, sorting, writing a tree) may hand
 * down a poll: a question that is asked every so often, and whose answer,
 * when it is not RG_OK, ends the work: Ctrl-C, or no time left. */
#ifndef RG_BASE_POLL_H
#define RG_BASE_POLL_H

#include <stddef.h>

#include "base/error.h"

/* Pieces of work between two questions.  A piece takes some ten to some
 * hundred nanoseconds, so that the answer comes well within a millisecond. */
enum { RG_POLL_INTERVAL = 1 << 12 };

struct rg_poll {
    enum rg_status (*ask)(void *context);
    void *context;
    size_t done; /* pieces since it was asked last */
};

/* Tells of `pieces` of work done; `poll` may be NULL: then nobody asks. */
static inline enum rg_status rg_poll(struct rg_poll *poll, size_t pieces)
{
    if (poll == NULL || (poll->done += pieces) < RG_POLL_INTERVAL)
        return RG_OK;
    poll->done = 0;
    return poll->ask(poll->context);
}

#endif
