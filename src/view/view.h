/* view.h - the object view: what a picture shows of a referrer graph
 *
 * One node per object, one edge per pair, variables gathered into the frame or
 * module that owns them.  What is left out is decided here, once, for every
 * format that draws: alike referrers become a stack, long runs become a count
 * of steps, the rest is counted where it was cut.
 *
 * A view holds indices into the graph it was read off, which must outlive it,
 * and no words: those are made by whoever draws. */
#ifndef RG_VIEW_VIEW_H
#define RG_VIEW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "graph/graph.h"

enum {
    RG_VIEW_MAX_OBJECTS = 40, /* more cannot be read at page width */
    RG_VIEW_MAX_ALIKE = 4,    /* alike referrers of one object: all four, or
                                 three and a stack */
    RG_VIEW_MAX_FAN = 8,      /* referrers of an object that is no target, */
    RG_VIEW_CROWDED_FAN = 4,  /* where not all objects can be drawn */
    RG_VIEW_MAX_TARGETS = 10,
    RG_VIEW_MAX_RUN = 6,     /* objects with one referrer each, in a row */
    RG_VIEW_EDGE_LABELS = 3, /* references named on one edge */
    RG_VIEW_MEMBERS = 10     /* of a stack, for those who ask for names */
};

struct rg_view_options {
    size_t max_objects;   /* 0: RG_VIEW_MAX_OBJECTS */
    bool paths_only;      /* nothing but ways from roots to the targets, */
    size_t most_roots;    /* from no more than so many; 0: as many as fit */
    struct rg_poll *poll; /* borrowed; NULL: nobody asks */
};

enum rg_view_kind {
    RG_VIEW_OBJECT, /* one object */
    RG_VIEW_ROOT,   /* a module, frame, ... and its variables */
    RG_VIEW_STACK,  /* `count` objects (or roots) alike */
    RG_VIEW_STEPS,  /* `count` objects in a row */
    RG_VIEW_MORE,   /* referrers that are not drawn */
    RG_VIEW_NATIVE  /* `count` references from C code */
};

enum {
    RG_VIEW_ON_PATH = 1 << 0,     /* of the emphasised path */
    RG_VIEW_TARGET = 1 << 1,      /* node: a target, or a stack of targets */
    RG_VIEW_DEPTH_LIMIT = 1 << 2, /* MORE: the depth limit cut here */
    RG_VIEW_CYCLE = 1 << 3,       /* edge: closes a cycle; MORE: only leads
                                     back to what is drawn */
    RG_VIEW_WEAK = 1 << 4,        /* edge: weak references only */
    RG_VIEW_ALIKE = 1 << 5,       /* edge: all its steps read the same */
    RG_VIEW_REFERENCES = 1 << 6,  /* MORE: counts references; else referrers */
    RG_VIEW_CUT = 1 << 7          /* edge: drop it, and the target goes */
};

struct rg_view_node {
    uint8_t kind;     /* enum rg_view_kind */
    uint8_t flags;    /* RG_VIEW_* */
    uint32_t object;  /* OBJECT; STACK: what its members are like */
    uint32_t root;    /* ROOT; STACK of roots */
    uint32_t level;   /* fewest edges to a target */
    uint32_t native;  /* NATIVE: the first record of it */
    uint32_t cluster; /* the box around it and others, or RG_NONE */
    uint64_t count;   /* STACK, STEPS, NATIVE, MORE (there 0:
                         unknown); ROOT: the frames that start a thread, of
                         which `root` is the outermost, else 0 */
    uint32_t member[RG_VIEW_MEMBERS]; /* STACK: its first members, roots */
    uint32_t member_count;            /*   when it is of roots, else objects */
    uint64_t references; /* OBJECT: all that lead to it, drawn or not */
    uint64_t unfollowed; /* STACK: of them, those whose own referrers no
                            one looked for */
};

enum rg_view_cluster_kind {
    RG_VIEW_THREAD, /* frames of one thread */
    RG_VIEW_GARBAGE /* what only cycles keep */
};

/* A box around some nodes. */
struct rg_view_cluster {
    uint8_t kind;  /* enum rg_view_cluster_kind */
    uint32_t root; /* THREAD: one of its frames; else RG_NONE */
};

/* All references of one node to another. */
struct rg_view_edge {
    uint32_t referrer, referent;         /* nodes */
    uint32_t label[RG_VIEW_EDGE_LABELS]; /* the first ones: references */
    uint32_t label_count; /* 0: of a MORE or NATIVE, or rest only */
    uint32_t last;        /* the last one: a reference, or RG_NONE */
    uint32_t rest;        /* rest behind the last, or RG_NONE */
    uint64_t reference_count;
    uint8_t flags; /* RG_VIEW_* */
};

/* The references to the targets, and how they are shown.  The three add up:
 * references == shown + collapsed; weak ones, and those from C code that no
 * one can see, are apart. */
struct rg_view_counts {
    uint64_t references, shown, collapsed, weak, unseen;
    size_t objects_drawn, roots_drawn;
    size_t objects;  /* of the whole graph */
    bool paths_only; /* as it was asked for; false where there are none */
};

struct rg_view {
    const struct rg_graph *graph; /* borrowed */
    /* Breadth-first from the targets, the emphasised path first. */
    struct rg_view_node *nodes;
    size_t node_count, node_capacity;
    /* By referent in node order; of each the emphasised path first, then as
     * the references stand in the graph. */
    struct rg_view_edge *edges;
    size_t edge_count, edge_capacity;
    struct rg_view_cluster *clusters;
    size_t cluster_count, cluster_capacity;
    uint32_t *path;                   /* references, down to the target: the
                                         emphasised path, or its end where a
                                         limit of the graph cut its start */
    size_t path_count, path_capacity; /* 0: nothing is emphasised */
    struct rg_view_counts counts;
    /* Set by who knows the words, rg_fit in render/fit.h; else false. */
    bool left_to_right;
    bool is_wide;         /* hard to read at the width of a page, */
    bool is_tall;         /* or a column of boxes that takes screens */
    struct rg_poll *poll; /* of the options, while it is made; then NULL */
};

/* Reads the view off a sealed graph: NULL with *error when memory is short or
 * there are too many nodes to count, or when the poll says so.  Time and memory are linear in the graph.
 * The view is the caller's. */
struct rg_view *rg_view_new(const struct rg_graph *graph,
                            const struct rg_view_options *options,
                            struct rg_error *error);
void rg_view_free(struct rg_view *view);

/* The path of the graph that is emphasised; NULL when none is. */
const struct rg_path *rg_view_emphasised(const struct rg_view *view);

/* The nodes of a cluster, of a thread the outermost frame first, into `nodes`,
 * which has room for all of the view; how many they are. */
size_t rg_view_cluster_nodes(const struct rg_view *view, uint32_t cluster,
                             uint32_t *nodes);

/* What is true of every view; RG_EINTERNAL says which rule is broken. */
enum rg_status rg_view_check(const struct rg_view *view,
                             struct rg_error *error);

#endif
