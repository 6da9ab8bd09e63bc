/* analyses.h - random closures for the tests of cut, paths and cycles
 *
 * A heap of heaps.h searched from one target, with a witness that knows how
 * each object holds another: small enough for brute force. */
#ifndef ANALYSES_H
#define ANALYSES_H

#include "search/forward.h"
#include "heaps.h"

struct analysis {
    struct heap heap;
    struct rg_table table;
    struct rg_closure closure;
    struct rg_witness witness;
    struct rg_forward forward;
    uint8_t grips[HEAP_MAX][HEAP_MAX]; /* by object: referrer, referent */
    int caller;                        /* object, or -1 */
};

/* Searches a heap of `count` objects and `references` references at random;
 * false when the target was a root, and there is nothing to free. */
bool analysis_random(struct analysis *analysis, uint32_t *seed, unsigned count,
                     unsigned references);
void analysis_free(struct analysis *analysis);

/* Whether a target is reached from the roots when these pairs are gone. */
bool analysis_reaches(const struct analysis *analysis, const bool *gone);

/* By node: whether anything but the caller keeps it, found by relaxing. */
void analysis_keeps(const struct analysis *analysis, bool *kept);

/* The nodes where chains begin: roots, without the caller's variables. */
bool analysis_is_root(const struct analysis *analysis, uint32_t node);

#endif
