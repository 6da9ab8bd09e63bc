/* path.h - the shortest way from a root to each object of a closure */
#ifndef RG_GRAPH_PATH_H
#define RG_GRAPH_PATH_H

#include <stdint.h>

#include "base/error.h"
#include "graph/search.h"

/* For each node the referrer through which the shortest chain from a root
 * comes, or RG_NONE where none comes.  Chains from modules and interpreter
 * tables are preferred to those from suspended frames, and those to chains
 * from running frames, whatever their length (CONTRACT, "Answers").
 * *toward receives an array of closure->node_count that the caller frees with
 * rg_free.  RG_ENOMEM.
 *
 * Breadth-first from all roots of a rank at once: O(nodes + pairs). */
enum rg_status rg__path_toward(const struct rg_closure *closure,
                               uint32_t **toward);

#endif
