#include "search/forward.h"

#include <string.h>

#include "base/alloc.h"

void rg_forward_free(struct rg_forward *forward)
{
    rg_free(forward->first);
    rg_free(forward->pair);
    rg_free(forward->to);
    rg_free(forward->referent);
    rg_free(forward->grip);
    rg_free(forward->owns_plumbing);
    *forward = (struct rg_forward){0};
}

/* Groups the pairs by referrer: a counting sort, filled from behind. */
static enum rg_status turn_round(struct rg_forward *forward,
                                 struct rg_poll *poll)
{
    const struct rg_closure *closure = forward->closure;
    size_t nodes = closure->node_count;
    uint32_t pairs = closure->first[nodes];
    enum rg_status status = RG_OK;
    for (uint32_t k = 0; k < pairs; k++)
        forward->first[closure->referrer[k]]++;
    for (size_t n = 0, total = 0; n <= nodes; n++) {
        total += forward->first[n];
        forward->first[n] = (uint32_t)total;
    }
    for (size_t n = nodes; status == RG_OK && n-- > 0;) {
        for (uint32_t k = closure->first[n + 1]; k-- > closure->first[n];) {
            uint32_t j = --forward->first[closure->referrer[k]];
            forward->referent[k] = forward->to[j] = (uint32_t)n;
            forward->pair[j] = k;
        }
        status = rg_poll(poll, closure->first[n + 1] - closure->first[n] + 1);
    }
    return status;
}

/* A frame is the caller's with all it has; of a module whose code called, only
 * the variables that name a target are: the others are the program's. */
static void mark_mine(struct rg_forward *forward,
                      const struct rg_witness *witness)
{
    const struct rg_closure *closure = forward->closure;
    for (uint32_t n = 0; n < closure->node_count; n++) {
        const struct rg_node *node = &closure->nodes[n];
        if (!(node->role & RG_ROLE_STOP) ||
            !witness->is_caller(witness->context, node))
            continue;
        for (uint32_t j = forward->first[n]; j < forward->first[n + 1]; j++)
            if (node->address == 0 ||
                forward->referent[forward->pair[j]] < forward->target_count)
                forward->grip[forward->pair[j]] |= RG__MINE;
    }
}

static void ask_grip(const struct rg_forward *forward, uint32_t pair)
{
    const struct rg_node *nodes = forward->closure->nodes;
    forward->grip[pair] =
        (uint8_t)(forward->witness->grip(
                      forward->witness->context,
                      &nodes[forward->closure->referrer[pair]],
                      &nodes[forward->referent[pair]]) |
                  (forward->grip[pair] & RG__MINE));
}

enum rg_grip rg_grip_asked(const struct rg_forward *forward, uint32_t pair)
{
    if (forward->grip[pair] & RG__NOT_ASKED)
        ask_grip(forward, pair);
    return rg_grip_of(forward, pair);
}

bool rg_is_furniture(const struct rg_forward *forward, uint32_t pair)
{
    uint32_t role =
        forward->closure->nodes[forward->closure->referrer[pair]].role;
    return role & (RG_ROLE_FURNITURE | RG_ROLE_END) ||
           (role & RG_ROLE_STOP &&
            rg_grip_asked(forward, pair) == RG_GRIP_KEPT);
}

/* What a generator that runs refers to is mostly told by its thread. */
static enum rg_status ask_first(const struct rg_forward *forward,
                                struct rg_poll *poll)
{
    const struct rg_closure *closure = forward->closure;
    enum rg_status status = RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < closure->node_count; n++) {
        unsigned role = closure->nodes[n].role;
        for (uint32_t k = closure->first[n];
             status == RG_OK && role & RG_ROLE_FOLDS &&
             k < closure->first[n + 1];
             k++) {
            ask_grip(forward, k);
            if (rg_grip_of(forward, k) == RG_GRIP_PLUMBING)
                forward->owns_plumbing[closure->referrer[k]] = true;
            status = rg_poll(poll, 1);
        }
        for (uint32_t j = forward->first[n];
             role & RG_ROLE_RUNNING && j < forward->first[n + 1]; j++)
            ask_grip(forward, forward->pair[j]);
        if (status == RG_OK)
            status = rg_poll(poll, 1);
    }
    return status;
}

enum rg_status rg_forward_init(struct rg_forward *forward,
                               const struct rg_closure *closure,
                               uint32_t target_count,
                               const struct rg_witness *witness,
                               struct rg_poll *poll)
{
    size_t nodes = closure->node_count;
    uint32_t pairs = closure->first[nodes];
    *forward = (struct rg_forward){
        .closure = closure, .witness = witness, .target_count = target_count};
    forward->first = rg_alloc_zeroed(nodes + 1, sizeof *forward->first);
    forward->pair = rg_alloc(pairs, sizeof *forward->pair);
    forward->to = rg_alloc(pairs, sizeof *forward->to);
    forward->referent = rg_alloc(pairs, sizeof *forward->referent);
    forward->grip = rg_alloc_zeroed(pairs, sizeof *forward->grip);
    forward->owns_plumbing =
        rg_alloc_zeroed(nodes, sizeof *forward->owns_plumbing);
    enum rg_status status = RG_ENOMEM;
    if (forward->first && forward->pair && forward->to && forward->referent &&
        forward->grip && forward->owns_plumbing)
        status = turn_round(forward, poll);
    if (status == RG_OK && witness != NULL) {
        memset(forward->grip, RG__NOT_ASKED, pairs);
        mark_mine(forward, witness);
        status = ask_first(forward, poll);
    }
    if (status != RG_OK)
        rg_forward_free(forward);
    return status;
}
