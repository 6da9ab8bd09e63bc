/* intake.h - records from outside, into a graph
 *
 * For readers of any format: each record is checked when it comes, so that the
 * reader can say where it stood; what needs the whole graph at the end.
 * Whatever comes, it is a graph that rg_graph_check accepts, or refused. */
#ifndef RG_GRAPH_INTAKE_H
#define RG_GRAPH_INTAKE_H

#include "graph/record.h"

/* Start with all others zero. */
struct rg_intake {
    struct rg_graph *graph; /* being built; the caller's */
    void *view;             /* for records of a view; else NULL */
    size_t flagged;         /* objects that say they are targets */
    /* After RG_EFORMAT from rg_intake_add: what is wrong with it, and with
     * which field, or NULL: with the record. */
    const char *words;
    const struct rg_field *at;
};

/* A copy whose fields are none, 0 or empty, for a reader to fill in. */
void rg_record_clear(const struct rg_record *record, void *copy);

/* RG_ENOMEM, RG_ELIMIT, what the graph's poll says; RG_EFORMAT, and `words` say
 * why.  Changes the copy. */
enum rg_status rg_intake_add(struct rg_intake *intake,
                             const struct rg_record *record, void *copy);

/* Seals the graph.  RG_ENOMEM, what the graph's poll says; else RG_EFORMAT:
 * *error says which rule that needs the whole of it is broken, and by which
 * record. */
enum rg_status rg_intake_end(struct rg_intake *intake, struct rg_error *error);

#endif
