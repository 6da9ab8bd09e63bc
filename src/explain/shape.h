/* shape.h - from a closure to the referrer graph
 *
 * Decides what is shown: which objects, how deep, how many alike, how many in
 * all.  Breadth first from the targets, so that what is near is shown; depth
 * counts named steps, so plumbing costs none. */
#ifndef RG_EXPLAIN_SHAPE_H
#define RG_EXPLAIN_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "graph/graph.h"
#include "explain/reading.h"
#include "search/search.h"
#include "search/witness.h"

struct rg_shape_limits {
    int64_t max_depth;     /* named steps; -1 none */
    int64_t max_untracked; /* untracked objects in a row; -1 none */
    int64_t group_limit;   /* alike references to one object; -1 none */
    int64_t object_limit;  /* objects in all; -1 none */
    const struct rg_witness *witness; /* NULL: the graph has no answers */
};

/* Fills `graph` (empty but for roots and texts) and seals it, references in
 * the order they are shown, with the answers of answer.h.  Targets are the
 * closure's first `target_count` nodes.  RG_ENOMEM, RG_ELIMIT, or what the
 * namer returned, but for RG_ETIMEOUT: then the graph is a partial one, and
 * says so. */
enum rg_status rg_shape(const struct rg_table *table,
                        const struct rg_closure *closure, size_t target_count,
                        const struct rg_namer *namer,
                        const struct rg_shape_limits *limits,
                        struct rg_graph *graph, struct rg_error *error);

#endif
