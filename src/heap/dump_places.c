/* dump_places.c - where everything stands in a dump
 *
 * A bitmap of granules with the number of bits before each of its words: the
 * rank of an address is the place of its node in one array. */
#include "base/large.h"
#include "graph/graph.h"
#include "heap/dump_live.h"

#include <string.h>

enum { GRANULES = 1 << 16 };

static bool is_root(const struct rg_table *table, size_t i)
{
    return table->flags[i] & RG_TABLE_ROOT;
}

static void set_bit(struct rg__places *places, rg_code code)
{
    places->words[code >> 6].bits |= (uint64_t)1 << (code & 63);
}

static uint32_t rank_of(const struct rg__places *places, rg_code code)
{
    const struct rg__places_word *word = &places->words[code >> 6];
    uint64_t below = word->bits & (((uint64_t)1 << (code & 63)) - 1);
    return word->before + (uint32_t)__builtin_popcountll(below);
}

static enum rg_status make_room(struct rg__places *places, size_t count)
{
    places->node = rg_large_resize(NULL, &places->node_size,
                                   (count + 1) * sizeof *places->node);
    if (places->node == NULL)
        return RG_ENOMEM;
    memset(places->node, 0, (count + 1) * sizeof *places->node);
    return RG_OK;
}

/* Marks what stands where, and counts it. */
static size_t mark_places(struct rg__places *places)
{
    const struct rg_table *table = places->table;
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (!is_root(table, i))
            set_bit(places, table->object[i]);
    for (size_t w = 0; w < places->word_count; w++) {
        places->words[w].before = (uint32_t)count;
        count += (size_t)__builtin_popcountll(places->words[w].bits);
    }
    return count;
}

static void number_places(struct rg__places *places)
{
    const struct rg_table *table = places->table;
    for (size_t i = 0; i < table->count; i++)
        if (!is_root(table, i))
            places->node[rank_of(places, table->object[i])] = (uint32_t)i + 1;
}

enum rg_status rg__places_init(struct rg__places *places,
                               const struct rg_table *table)
{
    *places = (struct rg__places){.table = table};
    places->word_count = rg_regions_count(table->regions) * (GRANULES / 64);
    size_t bytes = places->word_count * sizeof *places->words;
    places->words = rg_large_resize(NULL, &places->words_size, bytes + 1);
    if (places->words == NULL)
        return RG_ENOMEM;
    memset(places->words, 0, bytes);
    enum rg_status status = make_room(places, mark_places(places));
    if (status == RG_OK)
        number_places(places);
    return status;
}

void rg__places_free(struct rg__places *places)
{
    rg_large_free(places->words, places->words_size);
    rg_large_free(places->node, places->node_size);
    *places = (struct rg__places){0};
}

uint32_t rg__place_of(const struct rg__places *places, uintptr_t address)
{
    rg_code code;
    if (!rg_regions_find(places->table->regions, address, &code) ||
        code >> 6 >= places->word_count ||
        !(places->words[code >> 6].bits >> (code & 63) & 1))
        return RG_NONE;
    return places->node[rank_of(places, code)];
}
