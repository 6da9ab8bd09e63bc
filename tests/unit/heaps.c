#include "heaps.h"

#include <string.h>

/* Two regions, so that codes are no plain offsets. */
static const uintptr_t bases[] = {ADDRESS(0x7f12345f8000),
                                  ADDRESS(0x555512345000)};

uintptr_t heap_address(unsigned i)
{
    return bases[i % 2] + (uintptr_t)i * 48 + (i % 5 == 4 ? 8 : 0);
}

unsigned heap_object(uintptr_t address)
{
    unsigned i = 0;
    while (heap_address(i) != address)
        i++;
    return i;
}

uint32_t heap_below(uint32_t *seed, uint32_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

void heap_random(struct heap *heap, uint32_t *seed, unsigned count,
                 unsigned references)
{
    memset(heap, 0, sizeof *heap);
    heap->count = count;
    for (unsigned k = 0; k < references; k++)
        heap->refers[heap_below(seed, count)][heap_below(seed, count)]++;
    for (unsigned i = 0; i < count; i++)
        heap->is_root[i] = heap_below(seed, 12) == 0;
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; heap->is_root[i] && j < count; j++)
            heap->refers[j][i] = 0; /* nothing refers to a root */
}

unsigned heap_at(const struct heap *heap, bool descending, uint32_t index)
{
    return descending ? heap->count - 1 - index : index;
}

static enum rg_status add_object(const struct heap *heap, unsigned i,
                                 struct rg_table *table)
{
    enum rg_status status = heap->is_root[i]
                                ? rg_table_begin_root(table, i)
                                : rg_table_begin(table, heap_address(i), 0);
    for (unsigned j = 0; j < heap->count; j++)
        for (unsigned k = 0; status == RG_OK && k < heap->refers[i][j]; k++) {
            uintptr_t address = heap_address(j);
            status = rg_table_refer(table, &address, 1);
        }
    return status;
}

enum rg_status heap_table(const struct heap *heap, bool descending,
                          struct rg_table *table)
{
    enum rg_status status = rg_table_init(table);
    for (unsigned i = 0; status == RG_OK && i < heap->count; i++)
        status = add_object(heap, heap_at(heap, descending, i), table);
    return status == RG_OK ? rg_table_end(table) : status;
}
