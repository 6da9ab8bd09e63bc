/* forward.h - a closure read forwards, and how each reference holds
 *
 * The closure lists, for each node, the nodes that refer to it: its pairs.
 * Paths and cuts start at the roots and need the other direction. */
#ifndef RG_GRAPH_FORWARD_H
#define RG_GRAPH_FORWARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "graph/search.h"
#include "graph/witness.h"

/* With a grip: the pair is a variable of the caller. */
enum { RG__MINE = 1 << 7 };

struct rg__forward {
    const struct rg_closure *closure;   /* borrowed */
    uint32_t target_count;              /* the closure's first nodes */
    uint32_t *first;        /* by node, node_count + 1: its place in `pair` */
    uint32_t *pair;         /* pairs, grouped by referrer */
    uint32_t *referent;     /* by pair */
    uint8_t *grip;          /* by pair: enum rg_grip, perhaps with RG__MINE */
};

/* With `all`, the grip of every pair is asked for; without, of those that may
 * be plumbing, and the others are RG_GRIP_ITEM.  Without a witness nothing is
 * plumbing and nobody the caller.  RG_ENOMEM; the result is then freed. */
enum rg_status rg__forward_init(struct rg__forward *forward,
                                const struct rg_closure *closure,
                                uint32_t target_count,
                                const struct rg_witness *witness, bool all);
void rg__forward_free(struct rg__forward *forward);

/* Asks for the grips that were not asked for.  RG_OK, or what the poll says. */
enum rg_status rg__forward_complete(struct rg__forward *forward,
                                    const struct rg_witness *witness,
                                    struct rg_poll *poll);

static inline bool rg__is_mine(const struct rg__forward *forward, uint32_t pair)
{
    return forward->grip[pair] & RG__MINE;
}

static inline enum rg_grip rg__grip(const struct rg__forward *forward,
                                    uint32_t pair)
{
    return (enum rg_grip)(forward->grip[pair] & ~RG__MINE);
}

#endif
