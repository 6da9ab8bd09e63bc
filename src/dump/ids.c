#include "dump/ids.h"

#include "base/alloc.h"
#include "graph/graph.h"

enum {
    LOW_BITS = 35,
    GRANULE_BITS = 4,
    ODD = 8,
    QUARTER = 4, /* C's own objects, where a pointer has 4 bytes */
    WINDOWS = 1 << 13,
    QUARTER_SPACE = 1 << 14
};

_Static_assert(2 * QUARTER_SPACE == RG__SPACE_COUNT, "windows, odd, quarter");

static uint32_t window_of(uint64_t address)
{
    return (uint32_t)(address >> LOW_BITS) & (WINDOWS - 1);
}

/* The window, and how far the address is past its place. */
static uint32_t space_of(uint64_t address)
{
    return window_of(address) * 2 + (address & ODD ? 1 : 0) +
           (address & QUARTER ? QUARTER_SPACE : 0);
}

static uint32_t place_of_address(uint64_t address)
{
    return (uint32_t)(address >> GRANULE_BITS) & 0x7fffffff;
}

uint64_t rg__address_at(uint32_t space, uint32_t place)
{
    return (uint64_t)(space >> 1 & (WINDOWS - 1)) << LOW_BITS |
           (uint64_t)place << GRANULE_BITS | (space & 1 ? ODD : 0) |
           (space & QUARTER_SPACE ? QUARTER : 0);
}

uint64_t rg__address_moved(uint64_t address, uint32_t place)
{
    return rg__address_at(space_of(address), place);
}

static enum rg_status list_spaces(struct rg__ids *ids, struct rg_poll *poll)
{
    enum rg_status status = RG_OK;
    ids->number = rg_alloc_zeroed(RG__SPACE_COUNT, sizeof *ids->number);
    ids->spaces = rg_alloc(RG__SPACE_COUNT, sizeof *ids->spaces);
    if (ids->number == NULL || ids->spaces == NULL)
        return RG_ENOMEM;
    for (size_t n = 0; status == RG_OK && n < ids->dump->node_count; n++) {
        uint32_t space = space_of(ids->dump->address[n]);
        status = rg_poll(poll, 1);
        if (ids->number[space] != 0)
            continue;
        ids->spaces[ids->space_count++] = (uint16_t)space;
        ids->number[space] = (uint16_t)ids->space_count;
    }
    return status;
}

/* Gives a node the even id of its place, or the next one that is free. */
static enum rg_status give_even(struct rg__ids *ids, uint32_t node)
{
    uint32_t place = place_of_address(ids->dump->address[node]);
    uint32_t id = place * 2;
    while (rg_code_map_get(&ids->taken, id) != RG_NONE)
        id += 2;
    if (rg_code_map_add(&ids->taken, id, node) < 0 ||
        rg_code_map_add(&ids->even, node, id) < 0)
        return RG_ENOMEM;
    if (id == place * 2)
        return RG_OK;
    void *moved = ids->moved;
    if (rg_grow(&moved, &ids->moved_capacity, ids->moved_count + 1,
                sizeof *ids->moved) < 0)
        return RG_ENOMEM;
    ids->moved = moved;
    ids->moved[ids->moved_count++] =
        (struct rg__moved){.node = node, .place = place};
    return RG_OK;
}

/* Objects by window, lowest first: a counting sort. */
static uint32_t *in_order(const struct rg_dump *dump, size_t *count)
{
    uint32_t *start = rg_alloc_zeroed(WINDOWS + 1, sizeof *start);
    uint32_t *order = rg_alloc(dump->node_count, sizeof *order);
    *count = 0;
    if (start == NULL || order == NULL) {
        rg_free(start);
        rg_free(order);
        return NULL;
    }
    for (uint32_t n = 0; n < dump->node_count; n++)
        start[window_of(dump->address[n]) + 1] += rg_dump_is_object(dump, n);
    for (size_t w = 0; w < WINDOWS; w++)
        start[w + 1] += start[w];
    *count = start[WINDOWS];
    for (uint32_t n = 0; n < dump->node_count; n++)
        if (rg_dump_is_object(dump, n))
            order[start[window_of(dump->address[n])]++] = n;
    rg_free(start);
    return order;
}

/* Objects of different windows at the same place: all but the first move. */
static enum rg_status move_clashing(struct rg__ids *ids)
{
    const struct rg_dump *dump = ids->dump;
    struct rg_code_set met = {0};
    struct rg_regions *regions = rg_regions_new();
    size_t count;
    uint32_t *order = in_order(dump, &count);
    enum rg_status status =
        regions == NULL || order == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        uintptr_t low =
            rg__address_at(0, place_of_address(dump->address[order[i]]));
        rg_code code;
        status = rg_regions_encode(regions, &low, 1, &code);
        if (status == RG_OK && rg_code_set_cover(&met, regions) < 0)
            status = RG_ENOMEM;
        if (status != RG_OK)
            break;
        if (RG_CODE_SET_HAS(&met, code))
            status = give_even(ids, order[i]);
        else
            RG_CODE_SET_ADD(&met, code);
    }
    rg_free(order);
    rg_code_set_free(&met);
    rg_regions_free(regions);
    return status;
}

/* Whether objects of two windows may be at the same place: mostly they are
 * not, the program's own memory and what it mapped lie apart. */
struct range {
    uint32_t least, most;
};

static bool may_clash(const struct range *ranges)
{
    for (size_t a = 0; a < WINDOWS; a++)
        for (size_t b = a + 1; ranges[a].most > 0 && b < WINDOWS; b++)
            if (ranges[b].most > 0 && ranges[a].least <= ranges[b].most &&
                ranges[b].least <= ranges[a].most)
                return true;
    return false;
}

static enum rg_status settle_clashes(struct rg__ids *ids, struct rg_poll *poll)
{
    const struct rg_dump *dump = ids->dump;
    struct range *ranges = rg_alloc_zeroed(WINDOWS, sizeof *ranges);
    if (ranges == NULL)
        return RG_ENOMEM;
    enum rg_status status = RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < dump->node_count; n++) {
        status = rg_poll(poll, 1);
        struct range *range = &ranges[window_of(dump->address[n])];
        uint32_t place = place_of_address(dump->address[n]);
        if (!rg_dump_is_object(dump, n))
            continue;
        if (range->most == 0 || place < range->least)
            range->least = place;
        if (place >= range->most)
            range->most = place + 1;
    }
    /* Where an object may have 8 bytes, two of one window may be, too. */
    bool clash = status == RG_OK &&
                 (RG_GRANULE < 1 << GRANULE_BITS || may_clash(ranges));
    rg_free(ranges);
    return clash ? move_clashing(ids) : status;
}

enum rg_status rg__ids_init(struct rg__ids *ids, const struct rg_dump *dump,
                            struct rg_poll *poll)
{
    *ids = (struct rg__ids){.dump = dump};
    enum rg_status status = list_spaces(ids, poll);
    for (uint32_t n = 0; status == RG_OK && n < dump->node_count; n++) {
        if (!rg_dump_is_object(dump, n))
            status = give_even(ids, n);
        if (status == RG_OK)
            status = rg_poll(poll, 1);
    }
    return status == RG_OK ? settle_clashes(ids, poll) : status;
}

void rg__ids_free(struct rg__ids *ids)
{
    rg_free(ids->number);
    rg_free(ids->spaces);
    rg_free(ids->moved);
    rg_code_map_free(&ids->even);
    rg_code_map_free(&ids->taken);
}

uint32_t rg__id_of(const struct rg__ids *ids, uint32_t node)
{
    uint32_t even = rg_code_map_get(&ids->even, node);
    return even != RG_NONE ? even
                           : place_of_address(ids->dump->address[node]) * 2 + 1;
}

uint32_t rg__space_of(const struct rg__ids *ids, uint32_t node)
{
    return ids->number[space_of(ids->dump->address[node])] - 1U;
}
