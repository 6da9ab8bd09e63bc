/* lines.h - the reference view: the referrer graph read as lines of a tree
 *
 * One line per distinct node (name, id, type) under each object.  An object
 * is expanded once: at its first line among those of smallest depth, a target
 * at its own line.  Which line that is gets decided once, here; the text tree,
 * in an order of its own, and the networkx view both walk the result. */
#ifndef RG_RENDER_LINES_H
#define RG_RENDER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/poll.h"
#include "graph/graph.h"
#include "render/text_order.h"

/* What ReferrerGraphNode is made of.  Equal ones are one node. */
struct rg__node {
    uint64_t id;
    const char *type;
    size_t name, name_size; /* where the name stands in rg__lines.names */
};

struct rg__lines {
    const struct rg_graph *graph;       /* borrowed */
    const struct rg__text_order *order; /* borrowed; NULL: the graph's own,
                                           and all referrers are lines */
    struct rg_poll *poll;               /* borrowed; may be NULL */
    struct rg_buffer names;
    struct rg__node *nodes;
    size_t node_count, node_capacity;
    struct rg_hash index; /* of the nodes; building only */
    uint32_t *node_of;    /* by reference; RG_NONE: merged into a line before */
    uint32_t *line_count; /* by object: its references that are lines */
    uint32_t *back_count; /* by object: those left out, because they only lead
                             back to it */
    bool *is_native;      /* by object: C code holds it */
    uint32_t *target_node; /* by target, in the graph's order */
    uint32_t *expanded_at; /* by object: reference; RG_NONE: target or never */
    uint32_t *expanded_node; /* by object: the node it is expanded at, RG_NONE:
                                no line leads to it */
};

/* How many of the referrers that only lead back to an object are lines. */
enum { RG__MOST_BACK = 3 };

/* Reads a sealed graph, which must outlive the lines, as must the order (may
 * be NULL).  RG_ENOMEM leaves nothing to free; so does RG_ELIMIT, past 2^32 -
 * 2 nodes, and what the poll (may be NULL) says. */
enum rg_status rg__lines_init(struct rg__lines *lines,
                              const struct rg_graph *graph,
                              const struct rg__text_order *order,
                              struct rg_poll *poll);
void rg__lines_free(struct rg__lines *lines);

/* The reference of an object at a place among its lines. */
static inline uint32_t rg__lines_at(const struct rg__lines *lines,
                                    const struct rg_object *object,
                                    uint32_t place)
{
    uint32_t at = object->first_reference + place;
    return lines->order == NULL ? at : lines->order->shown[at];
}

enum rg__text_kind {
    RG__LINE_TARGET,
    RG__LINE_REFERENCE,
    RG__LINE_REST,
    RG__LINE_BACK,   /* referrers that only lead back */
    RG__LINE_NATIVE, /* C code */
    RG__LINE_DEPTH_LIMIT,
    RG__LINE_UNSEEN,
    RG__LINE_LEFT_OUT, /* what the limit on objects cut */
    RG__LINE_TIMEOUT,
    /* These only the plan of the text makes (text_plan.h): */
    RG__LINE_ALIKE, /* siblings like the one before */
    RG__LINE_STEPS, /* the middle of a long chain */
    RG__LINE_MORE   /* lines for which there is no room */
};

enum rg__mark {
    RG__UNMARKED,
    RG__CIRCULAR,
    RG__SHOWN_ABOVE,
    RG__SHOWN_BELOW,
    RG__LEFT_OUT /* would be shown elsewhere, if there were room */
};

struct rg__line {
    enum rg__text_kind kind;
    enum rg__mark mark;
    bool is_last;      /* of its siblings */
    size_t level;      /* 0: a target */
    uint32_t index;    /* of the target (in graph->targets), reference or
                          rest; enum rg_unseen */
    uint32_t referent; /* object under which it stands; RG_NONE for a target */
    uint32_t expanded; /* object whose lines follow beneath, or RG_NONE */
    uint32_t last;     /* ALIKE: the last reference; index is the first */
    size_t indent;     /* in the plan: level, with steps left out as one */
    uint64_t count;    /* BACK, ALIKE, STEPS, MORE, and REST: how many */
    uint64_t lines;    /* MORE: lines in all, those beneath them included */
};

/* A walk over all lines in the order in which they are printed. */
struct rg__text_walk {
    const struct rg__lines *lines;
    struct rg__expansion *frames; /* the objects being expanded */
    size_t depth, capacity;
    size_t next_target;
    unsigned char *states; /* by object: met, on the chain, done */
};

/* RG_ENOMEM leaves nothing to free. */
enum rg_status rg__text_walk_init(struct rg__text_walk *walk,
                                  const struct rg__lines *lines);
void rg__text_walk_free(struct rg__text_walk *walk);

/* The next line; *more is false behind the last one.  RG_ENOMEM, or what the
 * poll of the lines says. */
enum rg_status rg__text_walk_next(struct rg__text_walk *walk,
                                  struct rg__line *line, bool *more);

#endif
