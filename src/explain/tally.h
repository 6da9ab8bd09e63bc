/* tally.h - every reference to some nodes, counted in the whole table
 *
 * The closure leaves references out on purpose (the plumbing between classes,
 * what is hidden); a reference count does not.  So the ledger reads the table
 * once more. */
#ifndef RG_EXPLAIN_TALLY_H
#define RG_EXPLAIN_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/explain.h"

/* References of one object of the table to one target. */
struct rg__hit {
    uint32_t target;   /* node */
    uint32_t referrer; /* node, or RG_NONE: not in the closure */
    uint32_t times;    /* without those that are not counted */
};

struct rg__tally {
    uint32_t *found;      /* by node: references that its count knows */
    bool *excluded;       /* by node: an excluded object refers to it */
    struct rg__hit *hits; /* targets only, ascending */
    size_t hit_count, hit_capacity;
};

/* Counts the references to the nodes that are wanted (by node).  RG_ENOMEM;
 * the tally is then freed. */
enum rg_status rg__tally_init(struct rg__tally *tally,
                              const struct rg__asked *asked,
                              const bool *wanted);
void rg__tally_free(struct rg__tally *tally);

/* The hits of a target; returns how many. */
size_t rg__tally_hits(const struct rg__tally *tally, uint32_t target,
                      const struct rg__hit **hits);

#endif
