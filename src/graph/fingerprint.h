/* fingerprint.h - the name of a leak: the hash of a path
 *
 * Made of the types, names and kinds along the path; keys, positions, members
 * and addresses are left out, so that the same leak has the same fingerprint
 * in another run.  Targets with the same one go the same way. */
#ifndef RG_GRAPH_FINGERPRINT_H
#define RG_GRAPH_FINGERPRINT_H

#include <stdint.h>

#include "graph/graph.h"

/* That of no step at all. */
#define RG_FINGERPRINT_NONE UINT64_C(0xcbf29ce484222325)

/* That of a path and one more step; kind, owner, label and type of the step
 * are used. */
uint64_t rg_fingerprint_add(uint64_t fingerprint, const struct rg_graph *graph,
                            const struct rg_step *step);

uint64_t rg_fingerprint(const struct rg_graph *graph,
                        const struct rg_path *path);

#endif
