/* path.h - the shortest way from a root to each object of a closure
 *
 * Chains from modules and interpreter tables are preferred to those from
 * suspended frames, and those to chains from running frames, whatever their
 * length; the caller's own variables come last. */
#ifndef RG_SEARCH_PATH_H
#define RG_SEARCH_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "search/forward.h"

enum rg_rank {
    RG_FROM_MODULE,    /* or an interpreter table */
    RG__FROM_TASK,     /* a suspended frame */
    RG_FROM_FRAME,     /* a running one, or a thread */
    RG_FROM_FURNITURE, /* what runs the program or its tests */
    RG_FROM_CALLER,
    RG_FROM_ANY, /* see rg_route_init_alive */
    RG_FROM_NOWHERE
};

struct rg_route {
    uint8_t *rank;      /* by node: enum rg_rank */
    uint32_t *distance; /* by node: references that have a name; plumbing
                           costs nothing, a bounded container more than
                           any chain is long.  RG_NONE: from nowhere */
    uint32_t *toward;   /* by node: the referrer, or RG_NONE */
};

/* Breadth-first from all roots of a rank at once: O(nodes + pairs).  Suspended
 * frames start chains only where `alive` (of rg_route_init_alive) reaches them:
 * one that nothing keeps explains nothing.  RG_ENOMEM, or what the poll (or
 * NULL) says; the result is then freed. */
enum rg_status rg_route_init(struct rg_route *route,
                             const struct rg_forward *forward,
                             const struct rg_route *alive,
                             struct rg_poll *poll);

/* The same from all roots that keep something alive by themselves (a
 * suspended frame does not) and are not the caller's, and from the nodes in
 * `also` (by node; NULL: none): rank is then RG_FROM_ANY or
 * RG_FROM_NOWHERE. */
enum rg_status rg_route_init_alive(struct rg_route *route,
                                   const struct rg_forward *forward,
                                   const bool *also, struct rg_poll *poll);
void rg_route_free(struct rg_route *route);

#endif
