/* queue.h - a queue that gives the least first, for keys that only grow
 *
 * It is a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for
 * the shortest path problem", 1990): what is added is never less than what was
 * taken last, and so an entry is moved a few times, not sorted.  With a
 * million entries it takes less than half the time of a binary heap. */
#ifndef RG_SEARCH_QUEUE_H
#define RG_SEARCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { RG__QUEUE_RUNS = 65 }; /* by the highest bit that differs; 0: none */

struct rg__queued {
    uint64_t key;
    uint32_t value, next; /* next of its run, or RG_NONE */
};

/* Start with all members zero, then clear. */
struct rg__queue {
    struct rg__queued *entries;
    size_t count, capacity;
    uint32_t run[RG__QUEUE_RUNS];
    uint64_t last; /* key taken last */
};

void rg__queue_clear(struct rg__queue *queue);
/* `key` must not be less than what was taken last.  RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg__queue_push(struct rg__queue *queue, uint64_t key,
                              uint32_t value);
/* Takes an entry with the least key; false when there is none. */
bool rg__queue_pop(struct rg__queue *queue, uint64_t *key, uint32_t *value);
void rg__queue_free(struct rg__queue *queue);

#endif
