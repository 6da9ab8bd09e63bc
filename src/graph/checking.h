/* checking.h - the rules of a sealed graph; private to graph
 *
 * check.c has them, answer.c those of its own records. */
#ifndef RG_GRAPH_CHECKING_H
#define RG_GRAPH_CHECKING_H

#include "graph/record.h"

/* One broken rule: of which record (RG_RECORD_COUNT: of the graph), and what
 * should be true of it.  RG_EINTERNAL. */
enum rg_status rg__broken(struct rg_error *error, int record, size_t index,
                          const char *rule);

/* The rules of the records of answer.h. */
enum rg_status rg__answer_check(const struct rg_graph *graph,
                                struct rg_error *error);

#endif
