/* explain.h - the answers of answer.h, from a closure and its witness
 *
 * explain.c, with the files that explaining.h lists, puts together what the
 * others find: tally.c counts references, verdict.c says what keeps the
 * targets, story.c chooses paths and names them, disjoint.c finds further
 * ones, cut.c the references to drop. */
#ifndef RG_EXPLAIN_EXPLAIN_H
#define RG_EXPLAIN_EXPLAIN_H

#include <stdint.h>

#include "base/error.h"
#include "search/forward.h"
#include "search/path.h"
#include "explain/reading.h"
#include "search/witness.h"

struct rg__story;

/* What the words for a step of a path are made of.  Everything is borrowed. */
struct rg__naming {
    const struct rg_closure *closure;
    const struct rg_namer *namer;
    struct rg_reading *reading;
    const uint32_t *object_of; /* node -> object of the graph, RG_NONE */
    struct rg_graph *graph;    /* not sealed */
};

/* What is asked about, and what the search found.  Everything is borrowed. */
struct rg__asked {
    struct rg__naming naming;
    const struct rg_table *table;
    uint32_t target_count; /* the closure's first nodes */
    const struct rg_witness *witness;
    struct rg_forward *forward;
    struct rg_route *alive; /* from all roots but the caller's; what
                               stacks hold is found to be, too */
    const struct rg_route *route;
    const struct rg__story *story; /* the paths of the targets along it */
};

/* Adds all answers to the graph.  RG_ENOMEM, RG_ELIMIT, or what the namer
 * returned; after RG_ETIMEOUT what was added is no answer. */
enum rg_status rg__explain(const struct rg__asked *asked);

/* The answers when there was no time for all: keeps verdicts, which are
 * certain, and paths that are whole; where there are no verdicts yet, says of
 * every target that it is not known.  RG_ENOMEM. */
enum rg_status rg__explain_late(struct rg_graph *graph,
                                const uint32_t *object_of,
                                uint32_t target_count);

/* Finds the references of the sealed and ordered graph that the steps are. */
void rg__explain_place(struct rg_graph *graph);

#endif
