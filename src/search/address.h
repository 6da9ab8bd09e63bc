/* address.h - addresses as 32-bit codes, and sets of them
 *
 * A reference table of a million objects holds millions of addresses.  Stored
 * as 32-bit codes they take half the room, and a set of them is a bitmap that
 * stays in the processor's cache.
 *
 * Memory is seen as regions of 1 MiB; a region gets a number when an address
 * in it is first met.  A code is the region's number (16 bits) and the 16-byte
 * granule inside it (16 bits).  Two objects never share a granule, because no
 * object is smaller than 16 bytes.  65,536 regions hold 64 GiB of *populated*
 * memory, wherever it lies; past that encoding fails (RG_ELIMIT).
 *
 * Where a pointer has 4 bytes, an object may have 8: there granules and
 * regions are half as large. */
#ifndef RG_SEARCH_ADDRESS_H
#define RG_SEARCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

typedef uint32_t rg_code;

/* An object has at least a count and a type; it may begin in the middle of a
 * granule. */
enum {
    RG_GRANULE_BITS = sizeof(void *) > 4 ? 4 : 3,
    RG_GRANULE = 1 << RG_GRANULE_BITS,
    RG_HALF_GRANULE = RG_GRANULE / 2
};

struct rg_regions;

/* An empty map; NULL when memory is short. */
struct rg_regions *rg_regions_new(void);
void rg_regions_free(struct rg_regions *regions);

/* Number of regions met so far: codes are below this times 65,536. */
size_t rg_regions_count(const struct rg_regions *regions);

/* Encodes `count` addresses, numbering regions as they come up.  Addresses
 * are user addresses of at most 48 bits.  RG_ENOMEM or RG_ELIMIT. */
enum rg_status rg_regions_encode(struct rg_regions *regions,
                                 const uintptr_t *addresses, size_t count,
                                 rg_code *codes);

/* The code of an address without numbering anything new; false when its
 * region was never met (so no table over these regions can contain it). */
bool rg_regions_find(const struct rg_regions *regions, uintptr_t address,
                     rg_code *code);

/* The address of a code's granule: a multiple of RG_GRANULE. */
uintptr_t rg_regions_address(const struct rg_regions *regions, rg_code code);

/* A set of codes: one bit per granule of the regions.  Start with all zero. */
struct rg_code_set {
    uint64_t *bits;
    size_t code_count; /* codes at or above may not be asked for */
    size_t size;       /* bytes there is room for */
};

/* Makes room for every code the regions have given so far; what is new is not
 * in the set.  0, or -1 when memory is short (the set stays as it was). */
int rg_code_set_cover(struct rg_code_set *set,
                      const struct rg_regions *regions);
void rg_code_set_free(struct rg_code_set *set);

#define RG_CODE_SET_HAS(set, code) \
    (((set)->bits[(code) >> 6] >> ((code) & 63)) & 1)
#define RG_CODE_SET_ADD(set, code) \
    ((void)((set)->bits[(code) >> 6] |= (uint64_t)1 << ((code) & 63)))

/* Code -> index, where any number of codes lies anywhere.  Start with all
 * zero. */
struct rg_code_map {
    struct rg_hash hash;
};

/* The index of `code`, or RG_NONE. */
uint32_t rg_code_map_get(const struct rg_code_map *map, rg_code code);

/* Adds a code that is not in the map yet.  0, or -1 when memory is short. */
int rg_code_map_add(struct rg_code_map *map, rg_code code, uint32_t index);
void rg_code_map_free(struct rg_code_map *map);

/* The same for what a search finds: objects that stand close together in
 * memory are looked up close together, and a page of 256 bytes of the heap has
 * its indices in one line of the processor's cache.  Start with all zero. */
enum { RG_CODE_PAGE_BITS = 4, RG_CODE_PAGE = 1 << RG_CODE_PAGE_BITS };
struct rg_code_pages {
    uint32_t *page_of; /* code >> RG_CODE_PAGE_BITS -> page + 1; 0: none */
    size_t covered;    /* entries of page_of */
    uint32_t *indices; /* RG_CODE_PAGE for each page; RG_NONE: not there */
    size_t page_count, page_capacity;
};

/* Makes room for every code the regions have given so far; others may be asked
 * for, and are not there.  0, or -1 when memory is short.  Once only. */
int rg_code_pages_init(struct rg_code_pages *pages,
                       const struct rg_regions *regions);

/* The index of `code`, or RG_NONE. */
static inline uint32_t rg_code_pages_get(const struct rg_code_pages *pages,
                                         rg_code code)
{
    size_t page = code >> RG_CODE_PAGE_BITS;
    uint32_t found = page < pages->covered ? pages->page_of[page] : 0;
    return found == 0 ? UINT32_MAX
                      : pages->indices[((size_t)found - 1) * RG_CODE_PAGE +
                                       (code & (RG_CODE_PAGE - 1))];
}

/* Where rg_code_pages_get finds the index of a code that is there. */
static inline const uint32_t *
rg_code_pages_place(const struct rg_code_pages *pages, rg_code code)
{
    size_t found = pages->page_of[code >> RG_CODE_PAGE_BITS];
    return &pages->indices[(found - 1) * RG_CODE_PAGE +
                           (code & (RG_CODE_PAGE - 1))];
}

/* Adds a code that is not there yet.  0, or -1 when memory is short. */
int rg_code_pages_add(struct rg_code_pages *pages, rg_code code,
                      uint32_t index);
void rg_code_pages_free(struct rg_code_pages *pages);

#endif
