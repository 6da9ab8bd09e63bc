/* verdict.h - what keeps the targets: roots, native code, the caller, cycles
 *
 * What no root other than the caller's leads to is dead but for the caller;
 * there the counts of every object tell whether native code holds something,
 * as the collector itself would find out.  What only the caller's variables
 * lead to, at any depth, is the caller's; garbage is what not even they do. */
#ifndef RG_EXPLAIN_VERDICT_H
#define RG_EXPLAIN_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/explain.h"
#include "explain/tally.h"

/* Pieces of work (base/poll.h) that it is to judge one object: its count is
 * taken apart, and looked for in the frames of who asks. */
enum { RG__VERDICT_PIECES = 64 };

struct rg__judgement {
    struct rg_route held; /* from all roots but the caller's, and from
                             native code */
    bool *dead;           /* by node: leads to a target, and no root leads
                             to it, but perhaps the caller */
    bool *native;         /* by node: dead, and held by native code */
    bool *on_cycle;       /* by node: dead, and on a cycle */
    bool *in_garbage;     /* by node: dead, and a cycle leads to it */
    struct rg__tally tally;
    struct rg_verdict *verdicts; /* by target; `target` is not set */
};

/* RG_ENOMEM, or what the namer returned; the judgement is then freed. */
enum rg_status rg__judge(struct rg__judgement *judgement,
                         const struct rg__asked *asked);
void rg__judgement_free(struct rg__judgement *judgement);

/* Sets root_count and cycle_objects of the verdicts (verdict_roots.c). */
enum rg_status rg__count_roots(const struct rg__judgement *judgement,
                               const struct rg__asked *asked);

/* The references of a node that nothing visible explains, by `tally`; what else
 * that shows, in counted and flags of *verdict.  What may be on a stack is none
 * of them, nor what the caller called us with. */
uint64_t rg__unexplained(const struct rg__tally *tally,
                         const struct rg__asked *asked, uint32_t node,
                         struct rg_verdict *verdict);

/* The group of roots that a root reference belongs to, or 0: that of its role,
 * or the variables in which a prompt keeps things. */
uint32_t rg__root_group(const struct rg__asked *asked, uint32_t root,
                        uint32_t node);

#endif
