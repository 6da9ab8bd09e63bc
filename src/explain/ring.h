/* ring.h - the path of garbage: once around the cycle, and on to the target */
#ifndef RG_EXPLAIN_RING_H
#define RG_EXPLAIN_RING_H

#include "explain/verdict.h"

/* Adds the path to the graph: it begins at the object of the cycle nearest to
 * the target, goes once around, the shortest way, and ends at the target.
 * `path` as for rg__path_add. */
enum rg_status rg__ring_add(const struct rg__asked *asked,
                            const struct rg__judgement *judgement,
                            uint32_t target, const struct rg_path *path);

#endif
