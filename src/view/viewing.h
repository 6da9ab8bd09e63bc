/* viewing.h - a view while it is being made; private to view
 *
 *     emphasis   which path is emphasised
 *     idle       what only leads back, and is not drawn
 *     detour     what goes a long way round, and is not drawn
 *     paths      what is on no path, where only paths are drawn
 *     group      which referrers of an object are alike
 *     targets    which targets have a box, which stand in a stack
 *     pick       which objects and roots are drawn, which steps are not
 *     hang       by what steps a stack of targets hangs from these
 *     stack      what of the rest is gathered into stacks
 *     link       the edges between all these, and the counts
 *     arrange    the order, the levels, the cycles
 *     gather     the boxes around nodes that belong together
 *
 * Each step is given what it reads and what it fills, and nothing else. */
#ifndef RG_VIEW_VIEWING_H
#define RG_VIEW_VIEWING_H

#include "base/hash.h"
#include "view/view.h"

/* The nodes so far, and which of them shows an object or a root (RG_NONE:
 * none does). */
struct rg__drawn {
    struct rg_view *view;
    uint32_t *object_node, *root_node;
    uint32_t *hung; /* by object: the one reference to it that is drawn; RG_NONE
                       of most; NULL: of all */
};

/* The references by the object that they come from: those of object i are at
 * first[i] .. first[i + 1]. */
struct rg__outgoing {
    uint32_t *first; /* object_count + 1 */
    uint32_t *reference;
};

/* Which objects and roots were met in this round; round++ starts one. */
struct rg__seen {
    uint32_t *objects, *roots; /* the round that met it last */
    uint32_t round;
};

/* What makes a referrer not worth its place. */
struct rg__aside {
    bool *idle;              /* by object: it only leads back */
    uint32_t *root_distance; /* by object; NULL when all can be drawn */
    bool *off_path;          /* by object; NULL when not only paths are */
    bool *off_root;          /* by root; NULL when all may be drawn */
};

/* Alike referrers of one object. */
struct rg__alike {
    uint32_t sample;        /* the first reference of the group */
    uint32_t last_rest;     /* or RG_NONE */
    uint64_t references;    /* at least one for each referrer */
    uint64_t drawn, hidden; /* referrers with and without a node */
    uint64_t rests;         /* references the graph counted only */
};

/* The referrers of the object looked at last, sorted into alike ones. */
struct rg__groups {
    const struct rg__drawn *drawn; /* these three are borrowed */
    const struct rg__aside *aside;
    struct rg__seen *seen;
    struct rg__alike *alikes;
    size_t count, capacity;
    uint32_t *alike_of; /* per reference of the object, or RG_NONE */
    size_t alike_of_capacity;
    struct rg_hash index;    /* of the groups */
    uint64_t unplaced_rests; /* references counted only, of no group */
};

/* What is not drawn of the referrers of one object. */
struct rg__left_out {
    uint64_t referrers;
    uint64_t references; /* counted by the graph only */
    uint64_t idle;       /* of the referrers, those that are idle */
};

/* The edges so far, by pair of nodes; and what each node leaves out. */
struct rg__edges {
    struct rg_view *view;
    struct rg_hash index;
    struct rg__left_out *left_out; /* as many as were picked */
};

/* Adds a node; its index, or RG_NONE when memory is short. */
uint32_t rg__view_add_node(struct rg_view *view,
                           const struct rg_view_node *node);

/* Notes one more object or root that a stack stands for. */
void rg__view_add_member(struct rg_view *view, uint32_t stack, uint32_t member);

/* The node of what a reference comes from, or RG_NONE. */
uint32_t rg__view_referrer_node(const struct rg__drawn *drawn,
                                const struct rg_reference *reference);

/* Whether this round meets the referrer (object or root) for the first time. */
bool rg__view_is_new(struct rg__seen *seen,
                     const struct rg_reference *reference);

/* Sets view->path. */
enum rg_status rg__view_emphasise(struct rg_view *view, struct rg__seen *seen);

/* Sets *idle, which is the caller's, on failure too. */
enum rg_status rg__view_find_idle(const struct rg_view *view, bool **idle);

/* Sets *root_distance, which is the caller's, on failure too; NULL where all
 * can be drawn. */
enum rg_status rg__view_measure_detours(const struct rg_view *view,
                                        const struct rg__outgoing *outgoing,
                                        size_t max_objects,
                                        uint32_t **root_distance);

/* Sets *root_distance: of each object how many steps it is from what the
 * nearest root refers to, or RG_NONE.  It is the caller's, on failure too. */
enum rg_status rg__view_measure_from_roots(const struct rg_view *view,
                                           const struct rg__outgoing *outgoing,
                                           uint32_t **root_distance);

/* Sets off_path, and off_root where most_roots is not 0; they are the caller's,
 * on failure too. */
enum rg_status rg__view_keep_paths(const struct rg_view *view,
                                   const struct rg__outgoing *outgoing,
                                   size_t most_roots, struct rg__aside *aside);

/* Whether a referrer is not worth its place. */
bool rg__view_is_detour(const struct rg_graph *graph,
                        const struct rg__aside *aside,
                        const struct rg_reference *reference);

/* Sorts the referrers of `object`. */
enum rg_status rg__view_group(struct rg__groups *groups, uint32_t object);

/* Gives the node of a frame that starts a thread to the others that do. */
void rg__view_fold_start(struct rg__drawn *drawn, uint32_t index);

/* Adds the node of an object. */
enum rg_status rg__view_draw_object(struct rg__drawn *drawn, uint32_t object);

/* Adds the nodes of the targets and their stacks, `first` (or RG_NONE) before
 * all others. */
enum rg_status rg__view_pick_targets(struct rg__drawn *drawn,
                                     size_t max_objects, uint32_t first);

/* Adds all nodes of kind OBJECT, ROOT and STEPS, and the stacks of targets. */
enum rg_status rg__view_pick(struct rg__drawn *drawn, struct rg__groups *groups,
                             const struct rg__outgoing *outgoing,
                             size_t max_objects);

/* Adds the node of a root. */
enum rg_status rg__view_draw_root(struct rg__drawn *drawn, uint32_t root);

/* Adds the nodes of kind STEPS between what is drawn and a stack of targets
 * that nothing drawn refers to. */
enum rg_status rg__view_hang(struct rg__drawn *drawn,
                             const struct rg__outgoing *outgoing,
                             size_t max_objects);

/* Adds the nodes of kind STACK, with the edges for what was only counted. */
enum rg_status rg__view_stack(struct rg__drawn *drawn,
                              struct rg__groups *groups,
                              struct rg__edges *edges);

/* Adds all other edges, and the nodes of kind MORE. */
enum rg_status rg__view_link(const struct rg__drawn *drawn, const bool *idle,
                             struct rg__seen *seen, struct rg__edges *edges);

/* The edge between two nodes, made when there is none; NULL when memory is
 * short.  Valid until the next one is made. */
struct rg_view_edge *rg__view_edge(struct rg__edges *edges, uint32_t referrer,
                                   uint32_t referent);

/* Orders nodes and edges; sets levels and cycles. */
enum rg_status rg__view_arrange(struct rg_view *view);

/* Adds the clusters; afterwards each node knows its own. */
enum rg_status rg__view_gather(struct rg_view *view);

#endif
