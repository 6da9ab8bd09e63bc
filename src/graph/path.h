/* path.h - the shortest way from a root to each object of a closure
 *
 * Chains from modules and interpreter tables are preferred to those from
 * suspended frames, and those to chains from running frames, whatever their
 * length (CONTRACT, "Answers"); the caller's own variables come last. */
#ifndef RG_GRAPH_PATH_H
#define RG_GRAPH_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "graph/forward.h"

enum rg__rank {
    RG__FROM_MODULE,        /* or an interpreter table */
    RG__FROM_TASK,          /* a suspended frame */
    RG__FROM_FRAME,         /* a running one, or a thread */
    RG__FROM_CALLER,
    RG__FROM_ANY,           /* see rg__route_init_alive */
    RG__FROM_NOWHERE
};

struct rg__route {
    uint8_t *rank;          /* by node: enum rg__rank */
    uint32_t *distance;     /* by node: references that have a name; plumbing
                               costs nothing.  RG_NONE: from nowhere */
    uint32_t *toward;       /* by node: the referrer, or RG_NONE */
};

/* Breadth-first from all roots of a rank at once: O(nodes + pairs).
 * RG_ENOMEM, or what the poll (or NULL) says; the result is then freed. */
enum rg_status rg__route_init(struct rg__route *route,
                              const struct rg__forward *forward,
                              struct rg_poll *poll);

/* The same from all roots that keep something alive by themselves (a
 * suspended frame does not) and are not the caller's, and from the nodes in
 * `also` (by node; NULL: none): rank is then RG__FROM_ANY or
 * RG__FROM_NOWHERE. */
enum rg_status rg__route_init_alive(struct rg__route *route,
                                    const struct rg__forward *forward,
                                    const bool *also, struct rg_poll *poll);
void rg__route_free(struct rg__route *route);

#endif
