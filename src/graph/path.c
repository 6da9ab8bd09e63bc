#include "graph/path.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* The closure read forwards: referents of each node. */
struct forward {
    uint32_t *first;
    uint32_t *referent;
    uint32_t *queue;
    bool *reached;
};

static void forward_free(struct forward *forward)
{
    rg_free(forward->first);
    rg_free(forward->referent);
    rg_free(forward->queue);
    rg_free(forward->reached);
}

static enum rg_status forward_init(struct forward *forward,
                                   const struct rg_closure *closure)
{
    size_t nodes = closure->node_count;
    uint32_t pairs = closure->first[nodes];
    forward->first = rg_alloc_zeroed(nodes + 1, sizeof *forward->first);
    forward->referent = rg_alloc(pairs, sizeof *forward->referent);
    forward->queue = rg_alloc(nodes, sizeof *forward->queue);
    forward->reached = rg_alloc_zeroed(nodes, sizeof *forward->reached);
    if (!forward->first || !forward->referent || !forward->queue ||
        !forward->reached)
        return RG_ENOMEM;
    for (uint32_t k = 0; k < pairs; k++)
        forward->first[closure->referrer[k]]++;
    for (size_t n = 0, total = 0; n <= nodes; n++) {
        total += forward->first[n];
        forward->first[n] = (uint32_t)total;
    }
    for (size_t n = nodes; n-- > 0;)
        for (uint32_t k = closure->first[n + 1]; k-- > closure->first[n];)
            forward->referent[--forward->first[closure->referrer[k]]] =
                (uint32_t)n;
    return RG_OK;
}

/* 0 module or interpreter table, 1 suspended frame, 2 running frame, 3 none. */
static int root_rank(const struct rg_node *node)
{
    if (node->role & RG_ROLE_STOP)
        return node->role & RG_ROLE_FRAME ? 2 : 0;
    return node->role & RG_ROLE_SUSPENDED ? 1 : 3;
}

static void spread(struct forward *forward, const struct rg_closure *closure,
                   int rank, uint32_t *toward)
{
    size_t head = 0, tail = 0;
    for (size_t n = 0; n < closure->node_count; n++)
        if (!forward->reached[n] && root_rank(&closure->nodes[n]) == rank) {
            forward->reached[n] = true;
            forward->queue[tail++] = (uint32_t)n;
        }
    while (head < tail) {
        uint32_t node = forward->queue[head++];
        for (uint32_t k = forward->first[node]; k < forward->first[node + 1]; k++) {
            uint32_t referent = forward->referent[k];
            if (forward->reached[referent])
                continue;
            forward->reached[referent] = true;
            toward[referent] = node;
            forward->queue[tail++] = referent;
        }
    }
}

enum rg_status rg__path_toward(const struct rg_closure *closure,
                               uint32_t **toward)
{
    struct forward forward = {0};
    *toward = rg_alloc(closure->node_count, sizeof **toward);
    if (*toward == NULL || forward_init(&forward, closure) != RG_OK) {
        forward_free(&forward);
        rg_free(*toward);
        *toward = NULL;
        return RG_ENOMEM;
    }
    for (size_t n = 0; n < closure->node_count; n++)
        (*toward)[n] = RG_NONE;
    for (int rank = 0; rank < 3; rank++)
        spread(&forward, closure, rank, *toward);
    forward_free(&forward);
    return RG_OK;
}
