/* explaining.h - answers while they are being made; private to explain
 *
 *     explain          what is told of each target, in which order
 *     explain_groups   which of many targets share one path
 *     explain_roots    which roots of a target are named
 *     explain_place    which references of the sealed graph the steps are */
#ifndef RG_EXPLAIN_EXPLAINING_H
#define RG_EXPLAIN_EXPLAINING_H

#include <stdint.h>

#include "base/error.h"
#include "search/cut.h"
#include "search/disjoint.h"
#include "explain/explain.h"
#include "explain/story.h"
#include "explain/verdict.h"
#include "explain/via.h"

struct rg__explaining {
    const struct rg__asked *asked;
    struct rg__judgement judgement;
    struct rg__story held;      /* along what native code holds */
    struct rg__ways ways;
    struct rg_cut cut;
    struct rg_trails trails;
    uint32_t *group;            /* by target: the target that tells its path */
    uint32_t *group_size;
    uint32_t *group_shared;
};

/* The story that tells a target's path, or NULL. */
const struct rg__story *
rg__explaining_story(const struct rg__explaining *explaining, uint32_t target);

/* Sets group, group_size and group_shared; the stories must be told.  The
 * caller frees them, on failure too.  RG_ENOMEM. */
enum rg_status rg__explain_groups(struct rg__explaining *explaining);

/* Adds a path of one step to the graph for each root that is named.  RG_ENOMEM,
 * RG_ELIMIT, what the namer returned, or what the poll of the reading says. */
enum rg_status rg__explain_roots(struct rg__explaining *explaining,
                                 uint32_t target);

#endif
