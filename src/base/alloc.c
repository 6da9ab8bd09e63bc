#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* The first allocation of a growing array, in items. */
enum { FIRST_CAPACITY = 16 };

void *rg_alloc(size_t count, size_t size)
{
    return rg_resize(NULL, count, size);
}

void *rg_alloc_zeroed(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    if (!rg_arena_is_entered())
        return calloc(count, size);
    void *block = rg_resize(NULL, count, size);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

void *rg_resize(void *block, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    size_t bytes = count * size == 0 ? 1 : count * size;
    return rg_arena_is_entered() ? rg_arena_resize(block, bytes)
                                 : realloc(block, bytes);
}

void rg_free(void *block)
{
    if (rg_arena_is_entered())
        rg_arena_free(block);
    else
        free(block);
}

int rg_grow(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return 0;
    size_t wanted = *capacity + *capacity / 2;
    if (wanted < FIRST_CAPACITY)
        wanted = FIRST_CAPACITY;
    if (wanted < needed)
        wanted = needed;
    void *grown = rg_resize(*items, wanted, size);
    if (grown == NULL)
        return -1;
    *items = grown;
    *capacity = wanted;
    return 0;
}
