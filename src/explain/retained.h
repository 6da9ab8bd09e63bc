/* retained.h - bytes and objects that would go with each object of a graph */
#ifndef RG_EXPLAIN_RETAINED_H
#define RG_EXPLAIN_RETAINED_H

#include "explain/explain.h"

/* Adds a record for every object that is shown.  RG_ENOMEM, or what the poll
 * of the reading says. */
enum rg_status rg__retained_add(const struct rg__asked *asked);

#endif
