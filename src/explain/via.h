/* via.h - the names of the references of one pair of a closure
 *
 * Cuts and further paths are found as pairs; a person wants ways.  The pair
 * may be a reference of plumbing: its ways then come from whoever the plumbing
 * belongs to. */
#ifndef RG_EXPLAIN_VIA_H
#define RG_EXPLAIN_VIA_H

#include "explain/story.h"

struct rg__ways {
    struct rg__way *ways; /* first as text first */
    size_t count, capacity;
};

/* All ways that closure pair `pair` is part of: a cell that several functions
 * share has one for each of them, and is one reference all the same.  Start
 * with all zero, or with ways to be replaced.  RG_ENOMEM, RG_ELIMIT, or what
 * the namer returned. */
enum rg_status rg__via(const struct rg__asked *asked, uint32_t pair,
                       struct rg__ways *ways);

#endif
