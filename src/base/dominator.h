/* dominator.h - what every way from the roots passes through
 *
 * A node dominates another when every way from the roots to the other passes
 * through it: when it goes, the other is cut off.  Semi-NCA
 * (Georgiadis, Tarjan, Werneck, "Finding dominators in practice", 2006) with
 * the path compression of Lengauer and Tarjan, without recursion. */
#ifndef RG_BASE_DOMINATOR_H
#define RG_BASE_DOMINATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"

/* "No such node". */
#define RG_DOMINATOR_NONE UINT32_MAX

/* References between nodes 0 .. count - 1, in both directions: those of node
 * n are at first[n] .. first[n + 1]. */
struct rg_digraph {
    uint32_t count;
    uint32_t *first, *referent;      /* n refers to */
    uint32_t *back_first, *referrer; /* refer to n */
};

/* From `edge_count` references, each from from[i] to to[i].  RG_ENOMEM; the
 * result is then freed. */
enum rg_status rg_digraph_of_edges(struct rg_digraph *graph, uint32_t count,
                                   const uint32_t *from, const uint32_t *to,
                                   size_t edge_count);

/* Of a graph that knows what each node refers to, the way back.  RG_ENOMEM, or
 * what the poll (or NULL) says; the graph is then freed. */
enum rg_status rg_digraph_turn(struct rg_digraph *graph, struct rg_poll *poll);

/* From now on the node refers to nothing but itself. */
void rg_digraph_isolate(struct rg_digraph *graph, uint32_t node);
void rg_digraph_free(struct rg_digraph *graph);

/* For each node the nearest one that dominates it; graph->count when only all
 * roots together do, RG_DOMINATOR_NONE when no root (by node) leads to it.
 * `order` receives the nodes that are reached, dominators before what they
 * dominate, and *reached their number.  The arrays are the caller's, of
 * graph->count, and used on the way.  What the nodes refer to (first,
 * referent) is freed as soon as it is read.  RG_ENOMEM, or what the poll (or
 * NULL) says. */
enum rg_status rg_dominators(struct rg_digraph *graph, const bool *is_root,
                             uint32_t *dominator, uint32_t *order,
                             uint32_t *reached, struct rg_poll *poll);

#endif
