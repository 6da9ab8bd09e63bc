/* table.h - the reference table: the snapshot of one instant
 *
 * Flat arrays by object index: the object's code, its flags, and the codes of
 * what it refers to (referents[first[i]] .. referents[first[i + 1]]).  Objects
 * stand in the order in which the heap was walked.  Referents may be objects
 * of the table or anything else that has an address (strings, numbers).
 *
 * Filled with begin / refer / refer / begin / ... / end; then only read. */
#ifndef RG_SEARCH_TABLE_H
#define RG_SEARCH_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "search/address.h"

enum {
    RG_TABLE_ODD = 1 << 0, /* the address is half a granule past one */
    RG_TABLE_UNTRACKED = 1
        << 1,              /* found through a referrer, not listed by gc */
    RG_TABLE_ROOT = 1 << 2 /* a frame, a thread state ...: no Python object;
                              object[i] is the heap's own number for it */
};

struct rg_table {
    struct rg_regions *regions;
    uint32_t *object; /* code, or number of a root */
    uint32_t *first;  /* count + 1 entries once ended */
    uint8_t *flags;
    rg_code *referents;
    size_t count, referent_count;
    size_t capacity;                                            /* of objects */
    size_t object_size, first_size, flags_size, referents_size; /* bytes */
};

/* RG_ENOMEM when memory is short; the table is then empty and freed. */
enum rg_status rg_table_init(struct rg_table *table);
void rg_table_free(struct rg_table *table);

/* Starts the next object at `address` (a multiple of 8). */
enum rg_status rg_table_begin(struct rg_table *table, uintptr_t address,
                              unsigned flags);

/* Starts the next root; `number` is the caller's name for it. */
enum rg_status rg_table_begin_root(struct rg_table *table, uint32_t number);

/* Adds references of the object begun last.  RG_ELIMIT past 2^32 - 2. */
enum rg_status rg_table_refer(struct rg_table *table,
                              const uintptr_t *addresses, size_t count);

/* Objects read together, with their references, encoded by the table's regions
 * already: the fast way to add many.  Object i has flags[i] and the referents
 * from starts[i] on; those before starts[0] belong to the object begun last. */
struct rg_table_batch {
    const rg_code *objects;
    const uint8_t *flags;
    const uint32_t *starts;
    size_t object_count;
    const rg_code *referents;
    size_t referent_count;
};

/* RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg_table_add(struct rg_table *table,
                            const struct rg_table_batch *batch);

/* Closes the last object; nothing may be added afterwards. */
enum rg_status rg_table_end(struct rg_table *table);

/* The object that owns referent `k`: `from` or one behind it, sought in steps
 * that double, because what is asked for is either rare or close together; and
 * the same among the objects `low` .. `high` - 1. */
uint32_t rg_table_owner(const struct rg_table *table, uint32_t from,
                        uint32_t k);
uint32_t rg_table_owner_between(const struct rg_table *table, uint32_t k,
                                size_t low, size_t high);

/* The address of object `index`, which must not be a root. */
uintptr_t rg_table_address(const struct rg_table *table, uint32_t index);

#endif
