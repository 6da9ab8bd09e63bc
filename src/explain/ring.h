/* ring.h - the path of garbage: once around the cycle, and on to the target
 *
 * It begins at the object of the cycle nearest to the target, goes once around,
 * the shortest way, and ends at the target. */
#ifndef RG_EXPLAIN_RING_H
#define RG_EXPLAIN_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/verdict.h"
#include "explain/way.h"

struct rg__rings {
    const struct rg__asked *asked;
    const struct rg__judgement *judgement;
    /* The ring found last: steps from its beginning down to the target. */
    uint32_t *nodes;
    struct rg__way *ways;
    size_t count; /* 0: none was found */
    size_t capacity, way_capacity;
    uint64_t work; /* nodes looked at so far */
    /* A walk back from one node by ways with names, breadth-first. */
    const bool *inside;  /* by node: may be walked through */
    uint32_t *toward;    /* by node: the node it was come to from */
    struct rg__way *way; /* by node: how it refers to that node */
    uint32_t *queue;
    size_t tail;
    uint32_t node;       /* whose ways are being looked at */
    uint32_t around;     /* start of the cycle looked for; RG_NONE */
    struct rg__way last; /* how the cycle closes: a way of `around` */
    uint32_t before;     /* to this node */
    bool closed;
};

/* Both are borrowed.  RG_ENOMEM; the result is then freed. */
enum rg_status rg__rings_init(struct rg__rings *rings,
                              const struct rg__asked *asked,
                              const struct rg__judgement *judgement);
void rg__rings_free(struct rg__rings *rings);

/* Finds the ring of a target.  RG_ENOMEM, RG_ELIMIT, or what the namer
 * returned. */
enum rg_status rg__ring_find(struct rg__rings *rings, uint32_t target);

#endif
