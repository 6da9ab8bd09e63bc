/* pairs.h - (referrer, referent) pairs on their way into a closure
 *
 * Private to search: the search appends what it finds, then the pairs are
 * grouped by referent. */
#ifndef RG_SEARCH_PAIRS_H
#define RG_SEARCH_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "search/search.h"

struct rg__pair {
    uint32_t referrer, referent; /* nodes */
    uint32_t multiplicity;
};

/* Start with all members zero. */
struct rg__pairs {
    struct rg__pair *items;
    size_t count, size; /* size: bytes there is room for */
};

/* For rg__pairs_add. */
enum rg_status rg__pairs_append(struct rg__pairs *pairs, uint32_t referrer,
                                uint32_t referent);

/* Counts one reference; repeats of the last pair are counted in place. */
static inline enum rg_status rg__pairs_add(struct rg__pairs *pairs,
                                           uint32_t referrer, uint32_t referent)
{
    struct rg__pair *last =
        pairs->count == 0 ? NULL : &pairs->items[pairs->count - 1];
    if (last == NULL || last->referrer != referrer ||
        last->referent != referent)
        return rg__pairs_append(pairs, referrer, referent);
    last->multiplicity++;
    return RG_OK;
}

/* Sets first, referrer and multiplicity of the closure from the pairs:
 * grouped by referent, referrers ascending, each pair once.  Linear.  RG_ENOMEM,
 * or what the poll says; on RG_ETIMEOUT all is grouped nevertheless. */
enum rg_status rg__pairs_group(const struct rg__pairs *pairs,
                               struct rg_closure *closure,
                               struct rg_poll *poll);
void rg__pairs_free(struct rg__pairs *pairs);

#endif
