/* siphash.h - a hash of bytes that nobody outside can foresee
 *
 * SipHash-1-3, as CPython hashes strings: where the bytes may come from a
 * hostile file, many with one hash would make a table of them quadratic. */
#ifndef RG_BASE_SIPHASH_H
#define RG_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct rg_siphash_key {
    uint64_t part[2];
};

/* A key of random numbers. */
struct rg_siphash_key rg_siphash_key_new(void);

uint64_t rg_siphash(const struct rg_siphash_key *key, const void *data,
                    size_t size);

#endif
