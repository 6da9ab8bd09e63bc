/* digraph.h - a reference table as a graph between its objects */
#ifndef RG_SEARCH_DIGRAPH_H
#define RG_SEARCH_DIGRAPH_H

#include "base/dominator.h"
#include "base/error.h"
#include "base/poll.h"
#include "search/table.h"

/* Nodes are the objects of the table, by index.  RG_ENOMEM, or what the poll
 * (or NULL) says; the result is then freed. */
enum rg_status rg_digraph_init(struct rg_digraph *graph,
                               const struct rg_table *table,
                               struct rg_poll *poll);

#endif
