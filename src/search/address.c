#include "search/address.h"

#include <string.h>

#include "base/alloc.h"
#include "base/large.h"
#include "graph/graph.h"

/* A two-level directory finds a region's number with two loads that stay in
 * the first cache level: 2^14 leaves of 2^14 regions of 2^20 bytes are the
 * 2^48 bytes a user process can address on x86-64 and AArch64. */
enum {
    GRANULES_BITS = 16,
    GRANULES = 1 << GRANULES_BITS,
    REGION_BITS = GRANULES_BITS + RG_GRANULE_BITS,
    LEAF_BITS = 14,
    LEAF_SIZE = 1 << LEAF_BITS,
    DIRECTORY_SIZE = 1 << 14,
    MAX_REGIONS = 1 << 16,
};

struct rg_regions {
    uint32_t *leaves[DIRECTORY_SIZE]; /* region's number + 1; 0 not met */
    uintptr_t *bases;                 /* number -> address >> REGION_BITS */
    size_t count, capacity;
};

struct rg_regions *rg_regions_new(void)
{
    return rg_alloc_zeroed(1, sizeof(struct rg_regions));
}

void rg_regions_free(struct rg_regions *regions)
{
    if (regions == NULL)
        return;
    for (size_t i = 0; i < DIRECTORY_SIZE; i++)
        rg_free(regions->leaves[i]);
    rg_free(regions->bases);
    rg_free(regions);
}

size_t rg_regions_count(const struct rg_regions *regions)
{
    return regions->count;
}

/* Gives the region of `address` the next number. */
static enum rg_status add_region(struct rg_regions *regions, uintptr_t address)
{
    uintptr_t base = address >> REGION_BITS;
    if (base >> LEAF_BITS >= DIRECTORY_SIZE || regions->count == MAX_REGIONS)
        return RG_ELIMIT;
    uint32_t **leaf = &regions->leaves[base >> LEAF_BITS];
    if (*leaf == NULL)
        *leaf = rg_alloc_zeroed(LEAF_SIZE, sizeof **leaf);
    void *bases = regions->bases;
    if (*leaf == NULL || rg_grow(&bases, &regions->capacity, regions->count + 1,
                                 sizeof *regions->bases) < 0)
        return RG_ENOMEM;
    regions->bases = bases;
    regions->bases[regions->count++] = base;
    (*leaf)[base & (LEAF_SIZE - 1)] = (uint32_t)regions->count;
    return RG_OK;
}

/* The place of an address inside its region. */
static uint32_t granule_of(uintptr_t address)
{
    return (uint32_t)((address >> RG_GRANULE_BITS) & (GRANULES - 1));
}

bool rg_regions_find(const struct rg_regions *regions, uintptr_t address,
                     rg_code *code)
{
    uintptr_t base = address >> REGION_BITS;
    if (base >> LEAF_BITS >= DIRECTORY_SIZE)
        return false;
    const uint32_t *leaf = regions->leaves[base >> LEAF_BITS];
    uint32_t number = leaf == NULL ? 0 : leaf[base & (LEAF_SIZE - 1)];
    if (number == 0)
        return false;
    *code = (number - 1) << GRANULES_BITS | granule_of(address);
    return true;
}

enum rg_status rg_regions_encode(struct rg_regions *regions,
                                 const uintptr_t *addresses, size_t count,
                                 rg_code *codes)
{
    uintptr_t base = UINTPTR_MAX; /* of the address before, and its codes */
    uint32_t region = 0;
    for (size_t i = 0; i < count; i++) {
        if (addresses[i] >> REGION_BITS == base) {
            codes[i] = region | granule_of(addresses[i]);
            continue;
        }
        if (rg_regions_find(regions, addresses[i], &codes[i])) {
            base = addresses[i] >> REGION_BITS;
            region = codes[i] & ~(uint32_t)(GRANULES - 1);
            continue;
        }
        enum rg_status status = add_region(regions, addresses[i]);
        if (status != RG_OK)
            return status;
        rg_regions_find(regions, addresses[i], &codes[i]);
    }
    return RG_OK;
}

uintptr_t rg_regions_address(const struct rg_regions *regions, rg_code code)
{
    return regions->bases[code >> GRANULES_BITS] << REGION_BITS |
           (uintptr_t)(code & (GRANULES - 1)) << RG_GRANULE_BITS;
}

int rg_code_set_cover(struct rg_code_set *set, const struct rg_regions *regions)
{
    size_t codes = regions->count << GRANULES_BITS;
    if (codes <= set->code_count)
        return 0;
    void *bits = rg_large_resize(set->bits, &set->size, codes / 8);
    if (bits == NULL)
        return -1;
    set->bits = bits;
    memset((char *)bits + set->code_count / 8, 0,
           (codes - set->code_count) / 8);
    set->code_count = codes;
    return 0;
}

void rg_code_set_free(struct rg_code_set *set)
{
    rg_large_free(set->bits, set->size);
    *set = (struct rg_code_set){0};
}

/* Another code has another hash, so that the hash tells them apart: an odd
 * multiplier and a shift lose nothing.  The shift brings down what the
 * multiplication spreads upward; a table uses the low bits. */
static uint32_t hash_code(rg_code code)
{
    uint32_t hash = code * UINT32_C(0x9E3779B1);
    return hash ^ hash >> 15;
}

static bool is_same_code(const void *context, uint32_t index)
{
    (void)context;
    (void)index;
    return true; /* the hash is */
}

uint32_t rg_code_map_get(const struct rg_code_map *map, rg_code code)
{
    _Static_assert(RG_HASH_FREE == RG_NONE, "a free slot has no index");
    return map->hash.count == 0 ? RG_NONE
                                : rg_hash_slot_of(&map->hash, hash_code(code),
                                                  is_same_code, NULL)
                                      ->index;
}

int rg_code_map_add(struct rg_code_map *map, rg_code code, uint32_t index)
{
    uint32_t key = hash_code(code);
    if (rg_hash_reserve(&map->hash) < 0)
        return -1;
    rg_hash_fill(&map->hash,
                 rg_hash_slot_of(&map->hash, key, is_same_code, NULL), key,
                 index);
    return 0;
}

void rg_code_map_free(struct rg_code_map *map)
{
    rg_hash_free(&map->hash);
}

int rg_code_pages_init(struct rg_code_pages *pages,
                       const struct rg_regions *regions)
{
    size_t count = regions->count << (GRANULES_BITS - RG_CODE_PAGE_BITS);
    pages->page_of = rg_alloc_zeroed(count, sizeof *pages->page_of);
    if (pages->page_of == NULL)
        return -1;
    pages->covered = count;
    return 0;
}

int rg_code_pages_add(struct rg_code_pages *pages, rg_code code, uint32_t index)
{
    _Static_assert(RG_NONE == UINT32_MAX, "what rg_code_pages_get says");
    uint32_t *page = &pages->page_of[code >> RG_CODE_PAGE_BITS];
    if (*page == 0) {
        void *indices = pages->indices;
        if (rg_grow(&indices, &pages->page_capacity, pages->page_count + 1,
                    RG_CODE_PAGE * sizeof *pages->indices) < 0)
            return -1;
        pages->indices = indices;
        memset(pages->indices + pages->page_count * RG_CODE_PAGE, 0xff,
               RG_CODE_PAGE * sizeof *pages->indices);
        *page = (uint32_t)++pages->page_count;
    }
    pages->indices[((size_t)*page - 1) * RG_CODE_PAGE +
                   (code & (RG_CODE_PAGE - 1))] = index;
    return 0;
}

void rg_code_pages_free(struct rg_code_pages *pages)
{
    rg_free(pages->page_of);
    rg_free(pages->indices);
    *pages = (struct rg_code_pages){0};
}
