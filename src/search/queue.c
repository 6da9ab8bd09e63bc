#include "search/queue.h"

#include "base/alloc.h"
#include "graph/graph.h"

void rg__queue_clear(struct rg__queue *queue)
{
    queue->count = 0;
    queue->last = 0;
    for (int i = 0; i < RG__QUEUE_RUNS; i++)
        queue->run[i] = RG_NONE;
}

void rg__queue_free(struct rg__queue *queue)
{
    rg_free(queue->entries);
    *queue = (struct rg__queue){0};
}

/* Puts an entry where it belongs, seen from the key taken last. */
static void place_item(struct rg__queue *queue, uint32_t at)
{
    struct rg__queued *entry = &queue->entries[at];
    uint64_t differs = entry->key ^ queue->last;
    int run = differs == 0 ? 0 : 64 - __builtin_clzll(differs);
    entry->next = queue->run[run];
    queue->run[run] = at;
}

enum rg_status rg__queue_push(struct rg__queue *queue, uint64_t key,
                              uint32_t value)
{
    void *entries = queue->entries;
    if (queue->count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&entries, &queue->capacity, queue->count + 1,
                sizeof *queue->entries) < 0)
        return RG_ENOMEM;
    queue->entries = entries;
    queue->entries[queue->count] =
        (struct rg__queued){.key = key, .value = value};
    place_item(queue, (uint32_t)queue->count++);
    return RG_OK;
}

/* The first run that is not empty has the least keys: with the least of all as
 * the one taken last, its entries belong to lower runs. */
static bool refill(struct rg__queue *queue)
{
    int run = 1;
    while (run < RG__QUEUE_RUNS && queue->run[run] == RG_NONE)
        run++;
    if (run == RG__QUEUE_RUNS)
        return false;
    uint32_t first = queue->run[run];
    queue->last = queue->entries[first].key;
    for (uint32_t at = first; at != RG_NONE; at = queue->entries[at].next)
        if (queue->entries[at].key < queue->last)
            queue->last = queue->entries[at].key;
    queue->run[run] = RG_NONE;
    for (uint32_t at = first; at != RG_NONE;) {
        uint32_t next = queue->entries[at].next;
        place_item(queue, at);
        at = next;
    }
    return true;
}

bool rg__queue_pop(struct rg__queue *queue, uint64_t *key, uint32_t *value)
{
    if (queue->run[0] == RG_NONE && !refill(queue))
        return false;
    const struct rg__queued *entry = &queue->entries[queue->run[0]];
    queue->run[0] = entry->next;
    *key = entry->key;
    *value = entry->value;
    return true;
}
