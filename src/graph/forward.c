#include "graph/forward.h"

#include "base/alloc.h"

void rg__forward_free(struct rg__forward *forward)
{
    rg_free(forward->first);
    rg_free(forward->pair);
    rg_free(forward->referent);
    rg_free(forward->grip);
    *forward = (struct rg__forward){0};
}

/* Groups the pairs by referrer: a counting sort, filled from behind. */
static void turn_round(struct rg__forward *forward)
{
    const struct rg_closure *closure = forward->closure;
    size_t nodes = closure->node_count;
    uint32_t pairs = closure->first[nodes];
    for (uint32_t k = 0; k < pairs; k++)
        forward->first[closure->referrer[k]]++;
    for (size_t n = 0, total = 0; n <= nodes; n++) {
        total += forward->first[n];
        forward->first[n] = (uint32_t)total;
    }
    for (size_t n = nodes; n-- > 0;)
        for (uint32_t k = closure->first[n + 1]; k-- > closure->first[n];) {
            forward->referent[k] = (uint32_t)n;
            forward->pair[--forward->first[closure->referrer[k]]] = k;
        }
}

/* A frame is the caller's with all it has; of a module whose code called, only
 * the variables that name a target are: the others are the program's. */
static void mark_mine(struct rg__forward *forward,
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

static enum rg_status ask(struct rg__forward *forward,
                          const struct rg_witness *witness, bool folding,
                          struct rg_poll *poll)
{
    const struct rg_node *nodes = forward->closure->nodes;
    enum rg_status status = RG_OK;
    for (uint32_t n = 0;
         status == RG_OK && n < forward->closure->node_count; n++) {
        if (((nodes[n].role & RG_ROLE_FOLDS) != 0) != folding)
            continue;
        for (uint32_t k = forward->closure->first[n];
             status == RG_OK && k < forward->closure->first[n + 1]; k++) {
            forward->grip[k] =
                (uint8_t)(witness->grip(witness->context,
                                        &nodes[forward->closure->referrer[k]],
                                        &nodes[n]) |
                          (forward->grip[k] & RG__MINE));
            status = rg_poll(poll, 1);
        }
    }
    return status;
}

/* What a generator that runs refers to is mostly told by its thread. */
static void ask_running(struct rg__forward *forward,
                        const struct rg_witness *witness)
{
    const struct rg_node *nodes = forward->closure->nodes;
    for (uint32_t n = 0; n < forward->closure->node_count; n++)
        for (uint32_t j = forward->first[n];
             nodes[n].role & RG_ROLE_RUNNING && j < forward->first[n + 1]; j++)
            forward->grip[forward->pair[j]] = (uint8_t)witness->grip(
                witness->context, &nodes[n],
                &nodes[forward->referent[forward->pair[j]]]);
}

enum rg_status rg__forward_init(struct rg__forward *forward,
                                const struct rg_closure *closure,
                                uint32_t target_count,
                                const struct rg_witness *witness, bool all)
{
    size_t nodes = closure->node_count;
    uint32_t pairs = closure->first[nodes];
    *forward = (struct rg__forward){.closure = closure,
                                    .target_count = target_count};
    forward->first = rg_alloc_zeroed(nodes + 1, sizeof *forward->first);
    forward->pair = rg_alloc(pairs, sizeof *forward->pair);
    forward->referent = rg_alloc(pairs, sizeof *forward->referent);
    forward->grip = rg_alloc_zeroed(pairs, sizeof *forward->grip);
    if (!forward->first || !forward->pair || !forward->referent ||
        !forward->grip) {
        rg__forward_free(forward);
        return RG_ENOMEM;
    }
    turn_round(forward);
    if (witness == NULL)
        return RG_OK;
    mark_mine(forward, witness);
    ask(forward, witness, true, NULL);
    ask_running(forward, witness);
    if (all)
        rg__forward_complete(forward, witness, NULL);
    return RG_OK;
}

enum rg_status rg__forward_complete(struct rg__forward *forward,
                                    const struct rg_witness *witness,
                                    struct rg_poll *poll)
{
    return ask(forward, witness, false, poll);
}
