#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>

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
    return calloc(count, size);
}

void *rg_resize(void *block, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    size_t bytes = count * size;
    return realloc(block, bytes == 0 ? 1 : bytes);
}

void rg_free(void *block)
{
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
