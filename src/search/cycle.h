/* cycle.h - which nodes of a part of a closure lie on cycles */
#ifndef RG_SEARCH_CYCLE_H
#define RG_SEARCH_CYCLE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/poll.h"
#include "search/search.h"

/* Sets on_cycle[n] for the nodes of `part` (by node) from which a chain of
 * references inside the part leads back to themselves.  Iterative, linear.
 * RG_ENOMEM, or what the poll (or NULL) says. */
enum rg_status rg_cycles(const struct rg_closure *closure, const bool *part,
                         bool *on_cycle, struct rg_poll *poll);

#endif
