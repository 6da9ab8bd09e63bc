/* reference_view.h - the reference view: what networkx is given
 *
 * The lines of the text tree as nodes, equal ones merged over the whole
 * graph, and edges from each object to its referrers.  Limits have no node.
 * A line that is not expanded because its object is shown elsewhere has an
 * edge to the node under which it is shown, so that a cycle is a cycle. */
#ifndef RG_RENDER_REFERENCE_VIEW_H
#define RG_RENDER_REFERENCE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/poll.h"
#include "graph/graph.h"

/* No two nodes of a view have equal name, id and type. */
struct rg_reference_node {
    const char *name; /* safe UTF-8, not NUL-terminated */
    size_t name_size;
    uint64_t id;
    const char *type; /* lives as long as the program */
    bool is_target;
    bool is_cycle; /* some line of it says (circular ref) */
};

/* Indices of nodes; no edge is there twice. */
struct rg_reference_edge {
    uint32_t referent, referrer;
};

struct rg_reference_view {
    struct rg_reference_node *nodes;  /* in the order in which the tree */
    size_t node_count, node_capacity; /*   shows them first */
    struct rg_reference_edge *edges;
    size_t edge_count, edge_capacity;
    struct rg_buffer names;
};

/* The view of a sealed graph, which may be freed afterwards.  NULL with
 * *error when memory is short, or when the poll (may be NULL) says so.  The
 * view is the caller's. */
struct rg_reference_view *rg_reference_view_new(const struct rg_graph *graph,
                                                struct rg_poll *poll,
                                                struct rg_error *error);
void rg_reference_view_free(struct rg_reference_view *view);

#endif
