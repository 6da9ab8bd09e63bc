/* hinting.h - a path in which a pattern is looked for; private to explain
 *
 *     explain_hint    which of the patterns is told
 *     hint_patterns   the patterns */
#ifndef RG_EXPLAIN_HINTING_H
#define RG_EXPLAIN_HINTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/explaining.h"

/* Step i leads to nodes[i] by ways[i]; the last node is the target. */
struct rg__sight {
    const struct rg__explaining *explaining;
    const uint32_t *nodes;
    const struct rg__way *ways;
    size_t count;
    uint32_t first_step; /* of the graph's: those of the path */
};

/* Whether the pattern shows at step `i`; then *about is the node it is about.
 * RG_ENOMEM, RG_ELIMIT, what the namer returned, or what the poll of the
 * reading says. */
typedef enum rg_status (*rg__pattern_fn)(const struct rg__sight *sight,
                                         size_t i, bool *shows,
                                         uint32_t *about);

/* By enum rg_hint_kind, the more special first; NULL for what no path shows. */
extern const rg__pattern_fn rg__patterns[RG_HINT_KIND_COUNT];

#endif
