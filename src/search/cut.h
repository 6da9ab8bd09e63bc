/* cut.h - the fewest references whose removal lets the targets go
 *
 * A minimum cut between all roots and all targets (Dinic, "Algorithm for
 * solution of a problem of maximum flow", 1970).  What has to go is weighed:
 * one reference less always wins, then one variable of a frame less; among
 * equals an item is dropped rather than an attribute, an attribute rather than
 * a variable of a module.  Among equal weights the cut nearest to the targets
 * is taken: it lets the least go besides them.  What nobody can drop, the
 * inside of a cache or of a cell, an item of a tuple, is never part of it.
 * The caller's own variables do not count as roots. */
#ifndef RG_SEARCH_CUT_H
#define RG_SEARCH_CUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "search/forward.h"

enum {
    RG__CUT_LINES = 64,         /* more is no advice: measured by eye */
    RG__WEIGHT_LOCAL = 1 << 10, /* more than all finer differences together */
    RG__WEIGHT_REFERENCE = 1 << 20
};

enum rg__cut_state {
    RG__CUT_FOUND,
    RG_CUT_TOO_LARGE, /* more than RG__CUT_LINES references */
    RG_CUT_IMPOSSIBLE /* something that cannot be dropped holds */
};

struct rg_cut {
    enum rg__cut_state state;
    uint64_t weight;
    uint32_t *pairs; /* ascending; where it is impossible those of a
                        way of which nothing can be dropped, from a
                        root to a target */
    size_t pair_count;
};

/* RG_ENOMEM, or what the poll (or NULL) says; the cut is then freed. */
enum rg_status rg_cut_init(struct rg_cut *cut, const struct rg_forward *forward,
                           struct rg_poll *poll);
void rg_cut_free(struct rg_cut *cut);

/* What dropping one reference of a pair weighs; 0: it cannot be dropped.  Its
 * grip is asked for. */
uint64_t rg__cut_weight(const struct rg_forward *forward, uint32_t pair);

#endif
