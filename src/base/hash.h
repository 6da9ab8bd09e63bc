/* hash.h - a hash table of what stands in an array of the caller's
 *
 * It holds indices and 32 bits of the hash of each, so that growing asks for
 * no hash again and a search compares little.  What is equal the caller says,
 * in a function that the compiler sees: the search is inline. */
#ifndef RG_BASE_HASH_H
#define RG_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RG_HASH_FREE UINT32_MAX

struct rg_hash_slot {
    uint32_t index; /* RG_HASH_FREE: nothing is here */
    uint32_t hash;
};

/* Start with all members zero. */
struct rg_hash {
    struct rg_hash_slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
    size_t capacity; /* slots there is room for */
};

/* Spreads 64 bits over 32: multiplication by the golden ratio (Knuth, TAOCP
 * 6.4), so that neighbours do not stand together. */
static inline uint32_t rg_hash_mix(uint64_t hash)
{
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash ^ hash >> 32);
}

/* Of two or more numbers: rg_hash_mix of each before the last one is
 * joined. */
static inline uint64_t rg_hash_join(uint64_t hash, uint64_t next)
{
    hash = (hash ^ next) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* Makes room for one more.  0, or -1 when memory is short: the table stays as
 * it was. */
int rg_hash_reserve(struct rg_hash *hash);

/* Empties the table and makes room for `count`.  0, or -1 when memory is
 * short. */
int rg_hash_restart(struct rg_hash *hash, size_t count);
void rg_hash_free(struct rg_hash *hash);

/* The slot of what is_same(context, index) is true of, or the free one where
 * it belongs.  The table must not be empty of slots: reserve first. */
static inline struct rg_hash_slot *
rg_hash_slot_of(const struct rg_hash *hash, uint32_t key,
                bool (*is_same)(const void *context, uint32_t index),
                const void *context)
{
    size_t mask = hash->slot_count - 1, at = key & mask;
    while (hash->slots[at].index != RG_HASH_FREE &&
           (hash->slots[at].hash != key ||
            !is_same(context, hash->slots[at].index)))
        at = (at + 1) & mask;
    return &hash->slots[at];
}

/* Puts an index into a free slot that was reserved and found. */
static inline void rg_hash_fill(struct rg_hash *hash, struct rg_hash_slot *slot,
                                uint32_t key, uint32_t index)
{
    *slot = (struct rg_hash_slot){.index = index, .hash = key};
    hash->count++;
}

#endif
