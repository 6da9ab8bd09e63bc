/* Strongly connected components by Tarjan's algorithm ("Depth-first search and
 * linear graph algorithms", 1972), with a stack of its own instead of
 * recursion: a chain can be as long as the heap. */
#include "search/cycle.h"

#include "base/alloc.h"
#include "graph/graph.h"

struct tarjan {
    const struct rg_closure *closure;
    const bool *part;
    bool *on_cycle;
    uint32_t *number; /* by node: in the order met, from 1; 0 not met */
    uint32_t *low;    /* by node: least number known to be reached */
    uint32_t *next;   /* by node: the pair to look at next */
    bool *is_open;    /* by node: its component is not complete */
    uint32_t *chain;  /* nodes being visited */
    uint32_t *open;   /* nodes whose component is not complete */
    size_t chain_count, open_count;
    uint32_t met;
    struct rg_poll *poll;
};

static void enter(struct tarjan *tarjan, uint32_t node)
{
    tarjan->number[node] = tarjan->low[node] = ++tarjan->met;
    tarjan->next[node] = tarjan->closure->first[node];
    tarjan->is_open[node] = true;
    tarjan->open[tarjan->open_count++] = node;
    tarjan->chain[tarjan->chain_count++] = node;
}

/* Takes a whole component off the stack; one of several nodes is a cycle. */
static void close_component(struct tarjan *tarjan, uint32_t node)
{
    bool is_single = tarjan->open[tarjan->open_count - 1] == node;
    uint32_t taken;
    do {
        taken = tarjan->open[--tarjan->open_count];
        tarjan->is_open[taken] = false;
        tarjan->on_cycle[taken] |= !is_single;
    } while (taken != node);
}

static void leave(struct tarjan *tarjan, uint32_t node)
{
    tarjan->chain_count--;
    if (tarjan->low[node] == tarjan->number[node])
        close_component(tarjan, node);
    if (tarjan->chain_count == 0)
        return;
    uint32_t before = tarjan->chain[tarjan->chain_count - 1];
    if (tarjan->low[node] < tarjan->low[before])
        tarjan->low[before] = tarjan->low[node];
}

/* One pair of the node on top of the chain. */
static void look_ahead(struct tarjan *tarjan, uint32_t node, uint32_t referrer)
{
    if (!tarjan->part[referrer])
        return;
    if (referrer == node)
        tarjan->on_cycle[node] = true;
    else if (tarjan->number[referrer] == 0)
        enter(tarjan, referrer);
    else if (tarjan->is_open[referrer] &&
             tarjan->number[referrer] < tarjan->low[node])
        tarjan->low[node] = tarjan->number[referrer];
}

static enum rg_status visit(struct tarjan *tarjan, uint32_t start)
{
    enum rg_status status = RG_OK;
    enter(tarjan, start);
    while (status == RG_OK && tarjan->chain_count > 0) {
        status = rg_poll(tarjan->poll, 1);
        uint32_t node = tarjan->chain[tarjan->chain_count - 1];
        if (tarjan->next[node] == tarjan->closure->first[node + 1])
            leave(tarjan, node);
        else
            look_ahead(tarjan, node,
                       tarjan->closure->referrer[tarjan->next[node]++]);
    }
    return status;
}

enum rg_status rg_cycles(const struct rg_closure *closure, const bool *part,
                         bool *on_cycle, struct rg_poll *poll)
{
    size_t nodes = closure->node_count;
    struct tarjan tarjan = {
        .closure = closure, .part = part, .on_cycle = on_cycle, .poll = poll};
    tarjan.number = rg_alloc_zeroed(nodes, sizeof *tarjan.number);
    tarjan.low = rg_alloc(nodes, sizeof *tarjan.low);
    tarjan.next = rg_alloc(nodes, sizeof *tarjan.next);
    tarjan.is_open = rg_alloc_zeroed(nodes, sizeof *tarjan.is_open);
    tarjan.chain = rg_alloc(nodes, sizeof *tarjan.chain);
    tarjan.open = rg_alloc(nodes, sizeof *tarjan.open);
    enum rg_status status = RG_ENOMEM;
    if (tarjan.number == NULL || tarjan.low == NULL || tarjan.next == NULL ||
        tarjan.is_open == NULL || tarjan.chain == NULL || tarjan.open == NULL)
        goto done;
    for (uint32_t n = 0; n < nodes; n++)
        on_cycle[n] = false;
    status = RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < nodes; n++)
        if (part[n] && tarjan.number[n] == 0)
            status = visit(&tarjan, n);
done:
    rg_free(tarjan.number);
    rg_free(tarjan.low);
    rg_free(tarjan.next);
    rg_free(tarjan.is_open);
    rg_free(tarjan.chain);
    rg_free(tarjan.open);
    return status;
}
