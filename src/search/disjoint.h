/* disjoint.h - further paths to a target, those that differ most first
 *
 * Each next path shares as little as possible with the paths before it:
 * objects and references between them count; among equals the shortest is
 * taken.  Roots are not counted: one module may hold by two variables. */
#ifndef RG_SEARCH_DISJOINT_H
#define RG_SEARCH_DISJOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "search/forward.h"
#include "search/path.h"

struct rg_trail {
    uint32_t *pairs; /* from the root to the target */
    size_t pair_count;
    uint32_t shared; /* objects and references met before */
};

struct rg_trails {
    struct rg_trail *trails;
    size_t count;
};

/* At most `most` paths to `target` from roots other than the caller's; the
 * first is a shortest one.  `alive` is rg_route_init_alive's.  RG_ENOMEM, or
 * what the poll (or NULL) says; the trails are then freed. */
enum rg_status rg_trails_init(struct rg_trails *trails,
                              const struct rg_forward *forward,
                              const struct rg_route *alive, uint32_t target,
                              size_t most, struct rg_poll *poll);
void rg_trails_free(struct rg_trails *trails);

#endif
