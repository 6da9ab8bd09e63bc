/* disjoint.h - further paths to a target, those that differ most first
 *
 * Each next path shares as little as possible with the paths before it:
 * objects and references between them count; among equals the shortest is
 * taken.  Roots are not counted: one module may hold by two variables. */
#ifndef RG_GRAPH_DISJOINT_H
#define RG_GRAPH_DISJOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "graph/forward.h"
#include "graph/path.h"

struct rg__trail {
    uint32_t *pairs;            /* from the root to the target */
    size_t pair_count;
    uint32_t shared;            /* objects and references met before */
};

struct rg__trails {
    struct rg__trail *trails;
    size_t count;
};

/* At most `most` paths to `target` from roots other than the caller's; the
 * first is a shortest one.  `alive` is rg__route_init_alive's.  RG_ENOMEM, or what the poll (or NULL) says; the
 * trails are then freed. */
enum rg_status rg__trails_init(struct rg__trails *trails,
                               const struct rg__forward *forward,
                               const struct rg__route *alive,
                               uint32_t target, size_t most,
                               struct rg_poll *poll);
void rg__trails_free(struct rg__trails *trails);

#endif
