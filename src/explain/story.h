/* story.h - paths with names
 *
 * A route says how far each node is from its root; several ways may be
 * equally short.  The story takes, among these, the one that comes first when
 * it is read from the root, so that the choice follows content and never the
 * order of the heap, and tells its steps in the words of the reading.  Only
 * nodes on shortest ways are named. */
#ifndef RG_EXPLAIN_STORY_H
#define RG_EXPLAIN_STORY_H

#include <stdint.h>

#include "explain/explain.h"
#include "explain/way.h"

struct rg__told_node {
    uint32_t node;
    uint32_t order; /* among nodes at the same distance */
    struct rg__way way;
};

struct rg__story {
    const struct rg__asked *asked;
    const struct rg_route *route;
    uint32_t *place; /* node -> its place in `told`, or RG_NONE */
    struct rg__told_node *told;
    size_t told_count, told_capacity;
    uint32_t *nearest; /* scratch: where the ways to one node come from */
    size_t nearest_count, nearest_capacity;
};

/* Tells the paths of these nodes along the route; nodes from nowhere have
 * none.  On failure the story is freed. */
enum rg_status rg__story_init(struct rg__story *story,
                              const struct rg__asked *asked,
                              const struct rg_route *route,
                              const uint32_t *nodes, size_t count);
void rg__story_free(struct rg__story *story);

/* What is told of a node, or NULL. */
const struct rg__told_node *rg__story_of(const struct rg__story *story,
                                         uint32_t node);

/* Adds the path down to `node` to the graph: along `last` when it is given,
 * else along the way told.  Of `path` target, kind, target_count and
 * shared_count are used.  Nothing when nothing is told of it.  `flags` are
 * those of the last step. */
enum rg_status rg__story_add(const struct rg__story *story, uint32_t node,
                             const struct rg__way *last,
                             const struct rg_path *path, uint16_t flags);

/* The same path as nodes, each with the way to it, in two arrays that the
 * caller frees.  RG_ENOMEM. */
enum rg_status rg__story_trace(const struct rg__story *story, uint32_t node,
                               const struct rg__way *last, uint32_t **nodes,
                               struct rg__way **ways, size_t *count);

/* Adds a path of `count` steps, each to a node by a way, to the graph; the
 * rest of the record is `path`'s. */
enum rg_status rg__path_add(const struct rg__asked *asked,
                            const uint32_t *nodes, const struct rg__way *ways,
                            size_t count, const struct rg_path *path,
                            uint16_t flags);

#endif
