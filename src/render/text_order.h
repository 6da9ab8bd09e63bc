/* text_order.h - the order of the lines in the text tree
 *
 * What refers to an object stands before the variables that name it; first
 * what a root leads to, by the steps from it; then as graph/order.h says.
 * Instances of a class come last.  Referrers that only lead back to the
 * object, because every way from a root to them passes it, are known here:
 * they keep nothing alive, so that a few of them are enough. */
#ifndef RG_RENDER_TEXT_ORDER_H
#define RG_RENDER_TEXT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "graph/graph.h"

/* A rest and the line behind which it stands. */
struct rg__placed_rest {
    uint32_t rest;  /* of the graph */
    uint32_t after; /* place among the references of the object, as shown */
    uint32_t like;  /* another of the same kind and owner, or RG_NONE */
};

struct rg__text_order {
    uint32_t *shown;  /* references, those of each object in the order shown */
    bool *leads_back; /* by reference */
    uint32_t *distance; /* by object: steps from the nearest root, 1 for what
                           a root refers to; RG_NONE: no root leads to it */
    struct rg__placed_rest *rests; /* those of each object as shown */
};

/* Of a sealed graph.  RG_ENOMEM, or what the poll (may be NULL) says, leaves
 * nothing to free. */
enum rg_status rg__text_order_init(struct rg__text_order *order,
                                   const struct rg_graph *graph,
                                   struct rg_poll *poll);
void rg__text_order_free(struct rg__text_order *order);

#endif
