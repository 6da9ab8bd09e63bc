/* shaping.h - a graph while it is being made from a closure; private to explain
 *
 *     shape           which objects are shown, how deep, how many alike
 *     shape_show      the objects and references that are
 *     shape_collect   what could be shown of the references to an object */
#ifndef RG_EXPLAIN_SHAPING_H
#define RG_EXPLAIN_SHAPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "search/path.h"
#include "explain/explain.h"
#include "explain/shape.h"
#include "explain/story.h"

/* A reference that could be shown. */
struct rg__candidate {
    const struct rg_graph *graph;
    struct rg_reference reference; /* referrer and referent not yet set */
    uint32_t node;                 /* of the referrer, */
    uint32_t object;               /* and where it stands in the table */
    uintptr_t weak;                /* address of a weak referrer, else 0 */
    uint32_t place;                /* in order of discovery */
};

/* What the breadth-first pass knows of an object of the graph. */
struct rg__shown {
    uint32_t node;
    uint32_t untracked; /* untracked objects in a row up to here */
};

struct rg__shaping {
    const struct rg_table *table;
    const struct rg_closure *closure;
    const struct rg_namer *namer;
    const struct rg_shape_limits *limits;
    struct rg_graph *graph;
    struct rg_reading *reading;
    struct rg_forward forward;
    struct rg_route alive, route;
    struct rg__story story; /* empty: nobody is a witness, or there was
                               no time */
    struct rg__asked asked;
    uint32_t *object_of;     /* node -> object; RG_NONE not shown */
    struct rg__shown *shown; /* by object; also the queue */
    size_t shown_capacity;
    struct rg__candidate *candidates;
    size_t candidate_count, candidate_capacity;
    struct rg_code_map weak_objects; /* weak referrers off the closure */
    bool *is_left_out;  /* by node; NULL until the limit on objects cuts */
    uint32_t *root_met; /* by root: the object that showed it last */
    size_t root_capacity;
    bool is_late; /* the time is up: show what is at hand */
};

/* Nobody asks whether there is time for what is done because there is none. */
static inline struct rg_poll *rg__shape_poll(struct rg__shaping *shape)
{
    return shape->is_late ? NULL : rg__reading_poll(shape->reading);
}

/* The object that shows `node`, made when it is met for the first time;
 * `untracked`: untracked objects in a row before it.  RG_ENOMEM, RG_ELIMIT, or
 * what the namer returned. */
enum rg_status rg__shape_object(struct rg__shaping *shape, uint32_t node,
                                uint32_t depth, uint32_t untracked,
                                uint32_t *index);

/* Adds a reference to an object, and its referrer when it is one.  A referrer
 * past the limit on untracked objects in a row is shown and not followed.  As
 * rg__shape_object, or what the poll says. */
enum rg_status rg__shape_show(struct rg__shaping *shape, uint32_t object,
                              const struct rg__candidate *candidate);

/* Sets shape->candidates: what could be shown of the references to a node,
 * in order.  When the time is up, what is at hand: is_late says so, and the
 * status is RG_OK.  RG_ENOMEM, RG_ELIMIT, or what the namer returned. */
enum rg_status rg__shape_collect(struct rg__shaping *shape, uint32_t node);

#endif
