/* dump_match.c - the references told, found again in the table
 *
 * Readers tell references in nearly the order in which they stand in the table,
 * so that the next one is mostly at hand.  Where it is not, few are searched
 * and many are looked up by code: the cost stays linear. */
#include <string.h>

#include "base/large.h"
#include "heap/dump_live.h"

enum { NEAR = 8, FEW = 32 };

/* Room for `count` items in an array that keeps what it had. */
static int reserve(void *array, size_t *size, size_t count, size_t width)
{
    void *items;
    memcpy(&items, array, sizeof items);
    size_t wanted = count * width;
    if (wanted > *size && wanted < *size * 2)
        wanted = *size * 2;
    items = rg_large_resize(items, size, wanted + 1);
    if (items == NULL)
        return -1;
    memcpy(array, &items, sizeof items);
    return 0;
}

enum rg_status rg__matching_start(struct rg__matching *matching,
                                  const rg_code *referents, uint32_t count)
{
    matching->referents = referents;
    matching->count = count;
    matching->cursor = matching->slot_count = 0;
    if (reserve(&matching->told, &matching->told_size, count,
                sizeof *matching->told) < 0)
        return RG_ENOMEM;
    memset(matching->told, 0, count * sizeof *matching->told);
    return RG_OK;
}

static bool take_if(struct rg__matching *matching, uint32_t k, rg_code code)
{
    if (matching->told[k] || matching->referents[k] != code)
        return false;
    matching->told[k] = true;
    while (matching->cursor < matching->count &&
           matching->told[matching->cursor])
        matching->cursor++;
    return true;
}

static size_t chain_of_code(const struct rg__matching *matching, rg_code code)
{
    return (size_t)((code * UINT64_C(0x9E3779B97F4A7C15)) >> 32) &
           (matching->slot_count - 1);
}

/* Puts what was not told yet into chains by code, first ones first. */
static enum rg_status make_chains(struct rg__matching *matching)
{
    uint32_t slots = 64;
    while (slots < matching->count && slots < (uint32_t)1 << 31)
        slots *= 2;
    if (reserve(&matching->slots, &matching->slots_size, slots,
                sizeof *matching->slots) < 0 ||
        reserve(&matching->next, &matching->next_size, matching->count,
                sizeof *matching->next) < 0)
        return RG_ENOMEM;
    memset(matching->slots, 0, slots * sizeof *matching->slots);
    matching->slot_count = slots;
    for (uint32_t k = matching->count; k-- > matching->cursor;) {
        if (matching->told[k])
            continue;
        size_t slot = chain_of_code(matching, matching->referents[k]);
        matching->next[k] = matching->slots[slot];
        matching->slots[slot] = k + 1;
    }
    return RG_OK;
}

/* What was told meanwhile leaves its chain as it is met. */
static bool take_from_chain(struct rg__matching *matching, rg_code code)
{
    uint32_t *link = &matching->slots[chain_of_code(matching, code)];
    while (*link != 0) {
        uint32_t k = *link - 1;
        if (matching->told[k]) {
            *link = matching->next[k];
        } else if (take_if(matching, k, code)) {
            *link = matching->next[k];
            return true;
        } else {
            link = &matching->next[k];
        }
    }
    return false;
}

enum rg_status rg__matching_take(struct rg__matching *matching, rg_code code,
                                 bool *found)
{
    uint32_t end = matching->count;
    uint32_t near =
        end - matching->cursor > NEAR ? matching->cursor + NEAR : end;
    *found = false;
    for (uint32_t k = matching->cursor; !*found && k < near; k++)
        *found = take_if(matching, k, code);
    if (*found || near == end)
        return RG_OK;
    if (end <= FEW) {
        for (uint32_t k = near; !*found && k < end; k++)
            *found = take_if(matching, k, code);
        return RG_OK;
    }
    enum rg_status status =
        matching->slot_count == 0 ? make_chains(matching) : RG_OK;
    if (status == RG_OK)
        *found = take_from_chain(matching, code);
    return status;
}

void rg__matching_free(struct rg__matching *matching)
{
    rg_large_free(matching->told, matching->told_size);
    rg_large_free(matching->slots, matching->slots_size);
    rg_large_free(matching->next, matching->next_size);
    *matching = (struct rg__matching){0};
}
