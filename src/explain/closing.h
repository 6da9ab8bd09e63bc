/* closing.h - everything that leads to the targets, whoever is the witness
 *
 * Classes are held by so much that is no answer (instances, subclasses) that
 * this is searched for only where it matters: how far depends on what was
 * found, which is asked of the witness. */
#ifndef RG_EXPLAIN_CLOSING_H
#define RG_EXPLAIN_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "search/search.h"
#include "search/witness.h"

/* All pointers are borrowed. */
struct rg_closing {
    const struct rg_table *table;
    const uintptr_t *targets;
    size_t target_count;
    const struct rg_finder *finder;
    void *context;
    /* A witness for the closure found so far, and the end of it.  RG_ENOMEM. */
    enum rg_status (*testify)(void *context, struct rg_witness *witness);
    void (*dismiss)(void *context);
    /* Asked after each search unless NULL: *again when what is hidden has
     * changed by what was found.  RG_ENOMEM. */
    enum rg_status (*reconsider)(void *context, bool *again);
    /* Whether the time is up: then what was found is enough. */
    bool (*is_late)(void *context);
    struct rg_closure *closure; /* empty, and the result */
    uint32_t *target_nodes;     /* its first nodes are the targets; set
                                   before `testify` is called */
};

/* RG_ENOMEM, RG_ELIMIT, or what the finder's poll says, but for RG_ETIMEOUT:
 * the closure is then a partial one. */
enum rg_status rg_close(const struct rg_closing *closing);

#endif
