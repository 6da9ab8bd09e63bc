#include "base/hash.h"

#include <string.h>

#include "base/alloc.h"

enum { FIRST_SLOTS = 64 };

void rg_hash_free(struct rg_hash *hash)
{
    rg_free(hash->slots);
    *hash = (struct rg_hash){0};
}

/* Half of the slots stay free, so that searches are short. */
int rg_hash_reserve(struct rg_hash *hash)
{
    size_t count = hash->slot_count == 0 ? FIRST_SLOTS : 2 * hash->slot_count;
    if (2 * (hash->count + 1) <= hash->slot_count)
        return 0;
    struct rg_hash_slot *slots = rg_alloc(count, sizeof *slots);
    if (slots == NULL)
        return -1;
    memset(slots, 0xff, count * sizeof *slots);
    for (size_t i = 0; i < hash->slot_count; i++) {
        if (hash->slots[i].index == RG_HASH_FREE)
            continue;
        size_t at = hash->slots[i].hash & (count - 1);
        while (slots[at].index != RG_HASH_FREE)
            at = (at + 1) & (count - 1);
        slots[at] = hash->slots[i];
    }
    rg_free(hash->slots);
    hash->slots = slots;
    hash->slot_count = hash->capacity = count;
    return 0;
}

int rg_hash_restart(struct rg_hash *hash, size_t count)
{
    size_t slot_count = 8;
    while (slot_count / 2 < count)
        slot_count *= 2;
    if (slot_count > hash->capacity) {
        struct rg_hash_slot *slots = rg_alloc(slot_count, sizeof *slots);
        if (slots == NULL)
            return -1;
        rg_free(hash->slots);
        hash->slots = slots;
        hash->capacity = slot_count;
    }
    hash->slot_count = slot_count;
    hash->count = 0;
    memset(hash->slots, 0xff, slot_count * sizeof *hash->slots);
    return 0;
}
