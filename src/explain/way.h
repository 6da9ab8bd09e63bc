/* way.h - one named step to a node of a closure
 *
 * A node is held by objects that stand and by roots; each such hold, in the
 * words of the reading, is a way.  Paths are made of ways: story.h chooses
 * among them, via.h finds those of one pair. */
#ifndef RG_EXPLAIN_WAY_H
#define RG_EXPLAIN_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/explain.h"

/* How a node is reached: from a root when `parent` is RG_NONE. */
struct rg__way {
    uint32_t parent; /* node; RG_NONE */
    uint32_t root;   /* of the graph; RG_NONE unless from a root */
    uint32_t from;   /* node of either */
    bool is_home;    /* from the module where what it leads to is from */
    bool is_start;   /* neither: the path begins at this object */
    struct rg_reference words; /* kind, key_type, owner, label, number */
};

/* Calls `visit` for every way to a node that was raised: from objects that
 * stand, and from roots.  `referrer` is the node of either. */
typedef enum rg_status (*rg__way_fn)(void *context, uint32_t referrer,
                                     const struct rg__way *way);
enum rg_status rg__each_way(const struct rg__naming *naming, uint32_t node,
                            rg__way_fn visit, void *context);

/* The way by which a node is held where nobody knows a name for it. */
enum rg_status rg__way_unnamed(const struct rg__naming *naming,
                               uint32_t referrer, struct rg__way *way);

/* The step that leads to `node` by this way, but for its reference and flags.
 * RG_ENOMEM, RG_ELIMIT, or what the namer returned. */
enum rg_status rg__way_step(const struct rg__naming *naming, uint32_t node,
                            const struct rg__way *way, struct rg_step *step);

/* Order of two ways as text; both from a root, or both from an object. */
int rg__way_compare(const struct rg_graph *graph, const struct rg__way *a,
                    const struct rg__way *b);

#endif
