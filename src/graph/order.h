/* order.h - the order in which references are shown
 *
 * By content and never by address: objects before variables, by kind, by
 * owner, by label (numbers as numbers).  What is still equal is ordered by the
 * referrers' own chains, then by position in the container, then by
 * discovery. */
#ifndef RG_GRAPH_ORDER_H
#define RG_GRAPH_ORDER_H

#include "base/error.h"
#include "base/poll.h"
#include "graph/graph.h"

/* <0, 0, >0 as `left` comes before, with or after `right` by kind, owner and
 * label. */
int rg_order_compare(const struct rg_graph *graph,
                     const struct rg_reference *left,
                     const struct rg_reference *right);

/* Puts the references of each object of a sealed graph in order; equal ones
 * stay as they are.  Rests keep their place, because the references they
 * belong to are neighbours in any order.  RG_ENOMEM, or what `poll` (may be
 * NULL) says: then the graph is whole, and in order as far as it was come. */
enum rg_status rg_order_graph(struct rg_graph *graph, struct rg_poll *poll);

#endif
