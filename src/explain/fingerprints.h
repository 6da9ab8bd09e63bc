/* fingerprints.h - the leak ids of the paths that a story tells
 *
 * Each is that of the referrer's path and one more step, worked out when
 * somebody asks, once for each node. */
#ifndef RG_EXPLAIN_FINGERPRINTS_H
#define RG_EXPLAIN_FINGERPRINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/story.h"

struct rg__fingerprints {
    const struct rg__story *story; /* borrowed */
    uint64_t *of;                  /* by place in the story; 0: not known yet */
    bool *meets_target;            /* by place, where it is known */
    uint32_t *chain;               /* nodes, while a path is worked out */
};

/* RG_ENOMEM; the result is then freed. */
enum rg_status rg__fingerprints_init(struct rg__fingerprints *fingerprints,
                                     const struct rg__story *story);
void rg__fingerprints_free(struct rg__fingerprints *fingerprints);

/* The fingerprint of the path told of a node, and whether a target is on that
 * path.  RG_ENOMEM, RG_ELIMIT, or what the namer returned. */
enum rg_status rg__fingerprint_of(struct rg__fingerprints *fingerprints,
                                  uint32_t node, uint64_t *fingerprint,
                                  bool *meets_target);

/* The fingerprint of a path and one more step, by a way to a node. */
enum rg_status rg__fingerprint_step(const struct rg__naming *naming,
                                    uint64_t fingerprint, uint32_t node,
                                    const struct rg__way *way,
                                    uint64_t *longer);

#endif
