/* merged.h - many targets as one tree, from the roots down
 *
 * What leads to many objects in the same way is one node: the same steps, by
 * kind and name, to objects of the same type.  Items of a container are one
 * step when there are many of them.  A target counts at each of its referrers
 * that a root leads to by way of something else; whatever stands between is
 * shown where it is nearest to a root. */
#ifndef RG_RENDER_MERGED_H
#define RG_RENDER_MERGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/sink.h"
#include "graph/graph.h"

struct rg__merged_node {
    uint32_t parent; /* an earlier node; RG_NONE: a root is above it */
    uint32_t first_child, next; /* the most targets first */
    uint32_t reference; /* one of those that are merged; RG_NONE: what there was
                           no room for, `count` nodes */
    uint32_t object;    /* what that leads to */
    uint64_t count;     /* objects */
    uint64_t below;     /* targets here and below, once for each way */
    bool is_target;
    bool has_labels; /* the labels of the references differ */
    uint32_t first_member, member_count;
};

struct rg__merged {
    const struct rg_graph *graph; /* borrowed */
    struct rg__merged_node *nodes;
    size_t count, capacity;
    uint32_t first;   /* of those below roots */
    uint64_t unheld;  /* targets that no root leads to */
    uint32_t *member; /* objects, those of a node together */
};

/* Of a sealed graph.  At most `most` nodes stay, those that lead to most
 * targets; what goes is counted in nodes without reference, at most one below
 * each.  RG_ENOMEM, RG_ELIMIT or what the poll says leaves nothing to free. */
enum rg_status rg__merged_init(struct rg__merged *merged,
                               const struct rg_graph *graph,
                               struct rg_poll *poll);
enum rg_status rg__merged_keep(struct rg__merged *merged, size_t most);
void rg__merged_free(struct rg__merged *merged);

/* `4,000 Session`. */
void rg__merged_title(struct rg_sink *sink, const struct rg_graph *graph);
/* The same of a node. */
void rg__merged_what(struct rg_sink *sink, const struct rg__merged *merged,
                     const struct rg__merged_node *node);

/* The tree as text, of at most `max_lines` (some 3 at least); no newline at the
 * end.  The same as a chart (render/chart.h) of at most `most` boxes below the
 * roots.  RG_ENOMEM, RG_ELIMIT, what the poll of the sink says. */
enum rg_status rg_merged_text(const struct rg_graph *graph, size_t max_lines,
                              struct rg_sink *sink);
enum rg_status rg_merged_chart(const struct rg_graph *graph, size_t most,
                               struct rg_sink *sink);

#endif
