#define _GNU_SOURCE /* mremap, MADV_HUGEPAGE: Linux */
#include "base/large.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"

/* The size of a huge page on x86-64 and AArch64. */
static const size_t HUGE = (size_t)2 << 20;

/* The size from which on a block is a mapping, and what smaller mappings are
 * rounded up to: a multiple of every page size in use. */
static const size_t MAPPED = (size_t)128 << 10;
static const size_t STEP = (size_t)64 << 10;

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

static size_t round_up(size_t size)
{
    size_t step = size < HUGE ? STEP : HUGE;
    return (size + step - 1) & ~(step - 1);
}

static void *map_region(size_t size)
{
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

/* Only hints, which a kernel may not know: pages are huge where the block is
 * large; where it is not, they are made at once instead of one fault each. */
static void advise(char *block, size_t old_size, size_t size)
{
    if (size >= HUGE)
        (void)madvise(block, size, MADV_HUGEPAGE);
    else
        (void)madvise(block + old_size, size - old_size, MADV_POPULATE_WRITE);
}

/* A mapping of `wanted` bytes with what was in the block of `size` bytes. */
static void *move_large(void *block, size_t size, size_t wanted)
{
    if (size >= MAPPED) {
        void *moved = mremap(block, size, wanted, MREMAP_MAYMOVE);
        return moved == MAP_FAILED ? NULL : moved;
    }
    void *mapped = map_region(wanted);
    if (mapped == NULL)
        return NULL;
    if (block != NULL)
        memcpy(mapped, block, size);
    rg_free(block);
    return mapped;
}

void *rg_large_resize(void *block, size_t *size, size_t wanted)
{
    if (wanted <= *size && block != NULL)
        return block;
    if (wanted > SIZE_MAX - HUGE)
        return NULL;
    if (wanted < MAPPED) {
        void *small = rg_resize(block, wanted, 1);
        *size = small == NULL ? *size : wanted;
        return small;
    }
    wanted = round_up(wanted);
    void *large = move_large(block, *size, wanted);
    if (large == NULL)
        return NULL;
    advise(large, *size >= MAPPED ? *size : 0, wanted);
    *size = wanted;
    return large;
}

void rg_large_free(void *block, size_t size)
{
    if (size < MAPPED)
        rg_free(block);
    else
        munmap(block, size);
}
