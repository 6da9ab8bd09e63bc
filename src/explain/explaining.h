/* explaining.h - answers while they are being made; private to explain
 *
 *     explain          what is told of each target, in which order
 *     explain_further  other paths than the shortest
 *     explain_cut      the references to drop
 *     explain_others   what holds the target besides: you, native code
 *     explain_natives  what native code holds, and who that may be
 *     explain_groups   which of many targets share one path
 *     explain_around   which other ways all targets of a group have
 *     explain_hint     what people meet again and again
 *     explain_roots    which roots of a target are named
 *     explain_place    which references of the sealed graph the steps are */
#ifndef RG_EXPLAIN_EXPLAINING_H
#define RG_EXPLAIN_EXPLAINING_H

#include <stdint.h>

#include "base/error.h"
#include "search/cut.h"
#include "search/disjoint.h"
#include "explain/explain.h"
#include "explain/fingerprints.h"
#include "explain/ring.h"
#include "explain/story.h"
#include "explain/verdict.h"
#include "explain/via.h"

struct rg__explaining {
    const struct rg__asked *asked;
    struct rg__judgement judgement;
    struct rg__story held;   /* along what native code holds */
    struct rg__story around; /* of what refers to targets of groups */
    struct rg__fingerprints fingerprints, held_fingerprints;
    struct rg__fingerprints around_fingerprints;
    struct rg__rings rings; /* of garbage */
    struct rg__ways ways;
    struct rg_cut cut; /* found by rg__explain_add_cut, else empty */
    uint64_t *behind;  /* by node: references from native code to what
                          is behind the cut; NULL: nobody looked */
    struct rg_trails trails;
    uint32_t *group;      /* by target: the target that tells its path,
                             or RG_NONE */
    uint32_t *group_size; /* by the target that tells */
    uint32_t *group_shared;
    uint32_t *by_group;    /* targets, those of a group in a row, the one
                              that tells first, */
    uint32_t *group_start; /* at this place, by that target */
    size_t by_group_count;
};

/* The story that tells a target's path, or NULL. */
const struct rg__story *
rg__explaining_story(const struct rg__explaining *explaining, uint32_t target);

/* Adds the path of a trail to the graph, but for the pairs that are plumbing;
 * its first step along `first` unless that is NULL.  Nothing when one of them
 * has no name.  RG_ENOMEM, RG_ELIMIT, what the namer returned, or what the poll
 * of the reading says; so do the next three. */
enum rg_status rg__explain_trail(struct rg__explaining *explaining,
                                 const struct rg_trail *trail,
                                 const struct rg__way *first,
                                 const struct rg_path *path);

/* Adds paths that differ from the emphasised one. */
enum rg_status rg__explain_further(struct rg__explaining *explaining,
                                   uint32_t target);

/* Adds a path down to each reference of the cut, or says in the verdicts why
 * there is none. */
enum rg_status rg__explain_add_cut(struct rg__explaining *explaining);

/* Adds the way that makes a cut impossible; after all other paths. */
enum rg_status rg__explain_no_cut(struct rg__explaining *explaining);

/* Adds the ways to the targets that are left when the cut is made: from the
 * caller's variables, and from what native code holds. */
enum rg_status rg__explain_others(struct rg__explaining *explaining);

/* Adds a record for each object that native code holds. */
enum rg_status rg__explain_natives(struct rg__explaining *explaining);

/* Sets what is said of groups; the stories must be told.  The caller frees it,
 * on failure too.  RG_ENOMEM, RG_ELIMIT, what the namer returned, or what the
 * poll of the reading says. */
enum rg_status rg__explain_groups(struct rg__explaining *explaining);

/* How many first steps the paths to two nodes share. */
uint32_t rg__explain_shared_steps(const struct rg__story *story, uint32_t a,
                                  uint32_t b);

/* Adds the other ways that all targets of a group go, at most two, to the
 * graph; `target` tells the group's path.  As rg__explain_groups. */
enum rg_status rg__explain_around(struct rg__explaining *explaining,
                                  uint32_t target);

/* Adds a hint, where there is one that is certain: about the path of a target,
 * which was added last; about all targets, where native code holds them. */
enum rg_status rg__explain_hint(struct rg__explaining *explaining,
                                uint32_t target);
enum rg_status rg__hint_native(struct rg__explaining *explaining);

/* Adds a path of one step to the graph for each root that is named.  RG_ENOMEM,
 * RG_ELIMIT, what the namer returned, or what the poll of the reading says. */
enum rg_status rg__explain_roots(struct rg__explaining *explaining,
                                 uint32_t target);

#endif
