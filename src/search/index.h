/* index.h - the reference table read by referent
 *
 * For each object of a table the objects that refer to it, from one counting
 * sort.  References to what is not an object of the table are not in it. */
#ifndef RG_SEARCH_INDEX_H
#define RG_SEARCH_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "search/table.h"

struct rg__index {
    struct rg_code_set present; /* the table's objects */
    uint32_t *rank;             /* objects before each 64-bit word of it */
    uint32_t *first;            /* by rank of the referent; count + 1 */
    uint32_t *referrers;        /* object indices, in table order */
};

/* RG_ENOMEM when memory is short, or what the poll (may be NULL) says; the
 * index is then empty and freed. */
enum rg_status rg__index_init(struct rg__index *index,
                              const struct rg_table *table,
                              struct rg_poll *poll);
void rg__index_free(struct rg__index *index);

/* The referrers of the object with this code; 0 when it is not in the table.
 * *referrers is borrowed from the index. */
size_t rg__index_referrers(const struct rg__index *index, rg_code code,
                           const uint32_t **referrers);

/* Asks the processor for what rg__index_referrers will read, some time before
 * it does: first where the referrers of `code` stand is found, then they. */
void rg__index_fetch_rank(const struct rg__index *index, rg_code code);
void rg__index_fetch_run(const struct rg__index *index, rg_code code);

#endif
