#include "explain/via.h"

#include <stdlib.h>

#include "base/alloc.h"

/* The longest plumbing there is: function, closure tuple, cell. */
enum { MAX_PLUMBING = 3 };

struct wanted {
    const struct rg__asked *asked;
    uint32_t referrer;
    struct rg__ways *ways;
};

/* Whether `owner` reaches `plumbing` by references that only implement
 * others.  At most MAX_PLUMBING deep. */
static bool is_plumbing_of(const struct rg__asked *asked, uint32_t plumbing,
                           uint32_t owner, int depth)
{
    const struct rg_closure *closure = asked->naming.closure;
    if (plumbing == owner)
        return true;
    if (depth == 0 || !(closure->nodes[plumbing].role & RG_ROLE_FOLDS))
        return false;
    for (uint32_t k = closure->first[plumbing];
         k < closure->first[plumbing + 1]; k++)
        if ((rg_grip_of(asked->forward, k) == RG_GRIP_PLUMBING ||
             rg_grip_of(asked->forward, k) == RG_GRIP_CACHE) &&
            is_plumbing_of(asked, closure->referrer[k], owner, depth - 1))
            return true;
    return false;
}

static enum rg_status keep_way(void *context, uint32_t referrer,
                               const struct rg__way *way)
{
    struct wanted *wanted = context;
    if (!is_plumbing_of(wanted->asked, wanted->referrer, referrer,
                        MAX_PLUMBING))
        return RG_OK;
    void *ways = wanted->ways->ways;
    if (rg_grow(&ways, &wanted->ways->capacity, wanted->ways->count + 1,
                sizeof *wanted->ways->ways) < 0)
        return RG_ENOMEM;
    wanted->ways->ways = ways;
    wanted->ways->ways[wanted->ways->count++] = *way;
    return RG_OK;
}

/* There are few: an insertion sort needs no context. */
static void sort_named_ways(struct rg__ways *ways, const struct rg_graph *graph)
{
    for (size_t i = 1; i < ways->count; i++) {
        struct rg__way way = ways->ways[i];
        size_t at = i;
        for (; at > 0 && rg__way_compare(graph, &way, &ways->ways[at - 1]) < 0;
             at--)
            ways->ways[at] = ways->ways[at - 1];
        ways->ways[at] = way;
    }
}

enum rg_status rg__via(const struct rg__asked *asked, uint32_t pair,
                       struct rg__ways *ways)
{
    const struct rg_closure *closure = asked->naming.closure;
    struct wanted wanted = {
        .asked = asked, .referrer = closure->referrer[pair], .ways = ways};
    ways->count = 0;
    enum rg_status status = rg__each_way(
        &asked->naming, asked->forward->referent[pair], keep_way, &wanted);
    if (status == RG_OK)
        sort_named_ways(ways, asked->naming.graph);
    return status;
}
