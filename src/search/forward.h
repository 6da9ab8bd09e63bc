/* forward.h - a closure read forwards, and how each reference holds
 *
 * The closure lists, for each node, the nodes that refer to it: its pairs.
 * Paths and cuts start at the roots and need the other direction. */
#ifndef RG_SEARCH_FORWARD_H
#define RG_SEARCH_FORWARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "search/search.h"
#include "search/witness.h"

/* With a grip: the pair is a variable of the caller; nobody has asked yet. */
enum { RG__MINE = 1 << 7, RG__NOT_ASKED = 1 << 6 };

struct rg_forward {
    const struct rg_closure *closure; /* borrowed */
    uint32_t target_count;            /* the closure's first nodes */
    uint32_t *first;     /* by node, node_count + 1: its place in `pair` */
    uint32_t *pair;      /* pairs, grouped by referrer */
    uint32_t *to;        /* the referents, in the order of `pair` */
    uint32_t *referent;  /* by pair */
    uint8_t *grip;       /* by pair: enum rg_grip, perhaps with RG__MINE;
                            RG__NOT_ASKED counts as RG_GRIP_ITEM */
    bool *owns_plumbing; /* by node */
    const struct rg_witness *witness; /* borrowed; NULL: all are known */
};

/* Asks for the grips of pairs that may be plumbing, and of what running
 * generators hold; the others when somebody wants to know.  Without a witness
 * nothing is plumbing and nobody the caller.  RG_ENOMEM, or what the poll (or
 * NULL) says; the result is then freed. */
enum rg_status rg_forward_init(struct rg_forward *forward,
                               const struct rg_closure *closure,
                               uint32_t target_count,
                               const struct rg_witness *witness,
                               struct rg_poll *poll);
void rg_forward_free(struct rg_forward *forward);

static inline bool rg_is_mine(const struct rg_forward *forward, uint32_t pair)
{
    return forward->grip[pair] & RG__MINE;
}

static inline enum rg_grip rg_grip_of(const struct rg_forward *forward,
                                      uint32_t pair)
{
    return (enum rg_grip)(forward->grip[pair] & ~(RG__MINE | RG__NOT_ASKED));
}

/* Whether a root's reference is one of what runs the program or its tests. */
bool rg_is_furniture(const struct rg_forward *forward, uint32_t pair);

/* The same, asked for where it was not. */
enum rg_grip rg_grip_asked(const struct rg_forward *forward, uint32_t pair);

/* Whether the reference is one that plumbing tells as well.  Cheap: only who
 * has plumbing can have such. */
static inline bool rg_is_told_twice(const struct rg_forward *forward,
                                    uint32_t pair)
{
    if (forward->grip[pair] & RG__NOT_ASKED &&
        !forward->owns_plumbing[forward->closure->referrer[pair]])
        return false;
    return rg_grip_asked(forward, pair) == RG_GRIP_TOLD_TWICE;
}

#endif
