/* find_address.c - the object at an address
 *
 * A few are looked for one by one; whoever asks about many gets an index, so
 * that each costs what a search in it costs. */
#include "base/alloc.h"
#include "base/sort.h"
#include "dump/answering.h"
#include "dump/find.h"

enum { FEW = 16 };

static int by_address(const void *left, const void *right)
{
    uint64_t a = ((const struct rg__place *)left)->address;
    uint64_t b = ((const struct rg__place *)right)->address;
    return (a > b) - (a < b);
}

/* NULL when memory is short: then they are looked for one by one. */
static struct rg__place *index_of(const struct rg_dump *dump, size_t *count)
{
    struct rg__place *places = rg_alloc(dump->node_count, sizeof *places);
    *count = 0;
    for (uint32_t n = 0; places != NULL && n < dump->node_count; n++)
        if (rg_dump_about_of(dump, n)->shape != RG_DUMP_SYNTHETIC)
            places[(*count)++] =
                (struct rg__place){.address = dump->address[n], .node = n};
    if (places == NULL ||
        rg_sort(places, *count, sizeof *places, by_address, NULL) == RG_OK)
        return places;
    rg_free(places);
    return NULL;
}

uint32_t rg_dump_heap_at(struct rg_dump_heap *heap, uint64_t address)
{
    if (heap->places == NULL && ++heap->sought >= FEW)
        heap->places = index_of(heap->dump, &heap->place_count);
    if (heap->places == NULL)
        return rg_dump_at(heap->dump, address);
    const struct rg__place key = {.address = address};
    const struct rg__place *found = rg_sort_find(
        heap->places, heap->place_count, sizeof key, &key, by_address);
    return found == NULL ? RG_NONE : found->node;
}
