/* ledger.h - a reference count, taken apart by kinds of reference */
#ifndef RG_EXPLAIN_LEDGER_H
#define RG_EXPLAIN_LEDGER_H

#include "explain/verdict.h"

/* Adds the entries of one target to the graph; with the unexplained ones they
 * add up to verdict->counted, unless its flags say why they do not.  Targets
 * in ascending order.  RG_ENOMEM, RG_ELIMIT, or what the namer returned. */
enum rg_status rg__ledger_add(const struct rg__judgement *judgement,
                              const struct rg__asked *asked, uint32_t target);

#endif
