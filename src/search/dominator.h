/* dominator.h - what goes when an object goes
 *
 * An object dominates another when every chain of references from the roots to
 * the other passes through it: when it goes, the other goes too.  Semi-NCA
 * (Georgiadis, Tarjan, Werneck, "Finding dominators in practice", 2006) with
 * the path compression of Lengauer and Tarjan, without recursion. */
#ifndef RG_SEARCH_DOMINATOR_H
#define RG_SEARCH_DOMINATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "search/table.h"

/* References between nodes 0 .. count - 1, in both directions: those of node
 * n are at first[n] .. first[n + 1]. */
struct rg_digraph {
    uint32_t count;
    uint32_t *first, *referent;         /* n refers to */
    uint32_t *back_first, *referrer;    /* refer to n */
};

/* From a table: nodes are its objects, by index.  RG_ENOMEM, or what the poll
 * (or NULL) says; the result is then freed. */
enum rg_status rg_digraph_init(struct rg_digraph *graph,
                                const struct rg_table *table,
                                struct rg_poll *poll);
/* From now on the node refers to nothing but itself. */
void rg_digraph_isolate(struct rg_digraph *graph, uint32_t node);
void rg_digraph_free(struct rg_digraph *graph);

/* For each node the nearest one that dominates it; graph->count when only all
 * roots together do, RG_NONE when no root (by node) leads to it.  `order`
 * receives the nodes that are reached, dominators before what they dominate,
 * and *reached their number.  The arrays are the caller's, of graph->count, and
 * used on the way.  What the nodes refer to (first, referent) is freed as soon
 * as it is read.  RG_ENOMEM, or what the poll (or NULL) says. */
enum rg_status rg_dominators(struct rg_digraph *graph, const bool *is_root,
                              uint32_t *dominator, uint32_t *order,
                              uint32_t *reached, struct rg_poll *poll);

#endif
