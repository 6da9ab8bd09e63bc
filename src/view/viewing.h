/* viewing.h - a view while it is being made; private to view
 *
 *     emphasis   which path is emphasised
 *     idle       what only leads back, and is not drawn
 *     detour     what goes a long way round, and is not drawn
 *     pick       which objects and roots are drawn, which steps are not
 *     stack      what of the rest is gathered into stacks
 *     link       the edges between all these, and the counts
 *     arrange    the order, the levels, the cycles
 *     gather     the boxes around nodes that belong together */
#ifndef RG_VIEW_VIEWING_H
#define RG_VIEW_VIEWING_H

#include "view/view.h"

/* Alike referrers of one object. */
struct rg__alike {
    uint32_t sample;            /* the first reference of the group */
    uint32_t last_rest;         /* or RG_NONE */
    uint64_t references;        /* at least one for each referrer */
    uint64_t drawn, hidden;     /* referrers with and without a node */
    uint64_t rests;             /* references the graph counted only */
};

/* What is not drawn of the referrers of one object. */
struct rg__left_out {
    uint64_t referrers;
    uint64_t references;        /* counted by the graph only */
    uint64_t idle;              /* of the referrers, those that are idle */
};

struct rg__viewing {
    const struct rg_graph *graph;
    struct rg_view *view;
    size_t max_objects, objects_drawn, roots_drawn;
    uint32_t *object_node;      /* node of each object, or RG_NONE */
    uint32_t *root_node;        /* node of each root, or RG_NONE */
    uint32_t *outgoing_first;   /* object_count + 1: references FROM objects */
    uint32_t *outgoing;
    uint32_t *queue;            /* objects drawn, in the order to look at */
    size_t queue_count;
    bool *idle;                 /* per object: it only leads back */
    uint32_t *root_distance;    /* per object; NULL when all can be drawn */
    uint32_t *path_next;        /* per object: the next drawn one up the path */

    /* grouping of the referrers of one object */
    uint32_t *object_seen, *root_seen;  /* the round that met it last */
    uint32_t round;
    struct rg__alike *alikes;
    size_t alike_count, alike_capacity;
    uint32_t *alike_of;         /* per reference of the object, or RG_NONE */
    size_t alike_of_capacity;
    uint32_t *slots;            /* hash of the groups */
    size_t slot_count, slot_capacity;
    uint64_t unplaced_rests;    /* references counted only, of no group */

    /* edges by pair of nodes */
    uint32_t *pair_slots;
    size_t pair_slot_count;
    struct rg__left_out *left_out;      /* per node, as many as were picked */
};

/* Adds a node; its index, or RG_NONE when memory is short. */
uint32_t rg__view_add_node(struct rg__viewing *viewing,
                           const struct rg_view_node *node);

/* Notes one more object or root that a stack stands for. */
void rg__view_add_member(struct rg__viewing *viewing, uint32_t stack,
                         uint32_t member);

/* The node of what a reference comes from, or RG_NONE. */
uint32_t rg__view_referrer_node(const struct rg__viewing *viewing,
                                const struct rg_reference *reference);

/* Sets view->path. */
enum rg_status rg__view_emphasise(struct rg__viewing *viewing);

/* Sets viewing->idle. */
enum rg_status rg__view_find_idle(struct rg__viewing *viewing);

/* Sets viewing->root_distance, where it is needed. */
enum rg_status rg__view_measure_detours(struct rg__viewing *viewing);

/* Whether a referrer is not worth its place. */
bool rg__view_is_detour(const struct rg__viewing *viewing,
                        const struct rg_reference *reference);

/* Adds the nodes of kind OBJECT, ROOT and STEPS, and the stack of targets. */
enum rg_status rg__view_pick(struct rg__viewing *viewing);

/* Sorts the referrers of `object` into viewing->alikes. */
enum rg_status rg__view_group(struct rg__viewing *viewing, uint32_t object);

/* Whether this round meets the referrer (object or root) for the first time;
 * a round starts with viewing->round++. */
bool rg__view_is_new(struct rg__viewing *viewing,
                     const struct rg_reference *reference);

/* Adds the nodes of kind STACK, with the edges for what was only counted. */
enum rg_status rg__view_stack(struct rg__viewing *viewing);

/* Adds all other edges, and the nodes of kind MORE. */
enum rg_status rg__view_link(struct rg__viewing *viewing);

/* The edge between two nodes, made when there is none; NULL when memory is
 * short.  Valid until the next one is made. */
struct rg_view_edge *rg__view_edge(struct rg__viewing *viewing,
                                   uint32_t referrer, uint32_t referent);

/* Puts a reference on an edge. */
void rg__view_edge_add(struct rg__viewing *viewing, struct rg_view_edge *edge,
                       uint32_t reference);

/* Orders nodes and edges; sets levels and cycles. */
enum rg_status rg__view_arrange(struct rg__viewing *viewing);

/* Adds the clusters; afterwards each node knows its own. */
enum rg_status rg__view_gather(struct rg__viewing *viewing);

#endif
