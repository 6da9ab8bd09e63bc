#define _GNU_SOURCE     /* mremap, MADV_HUGEPAGE: Linux */
#include "base/large.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"

/* The size of a huge page on x86-64 and AArch64, and the size from which on a
 * block is a mapping. */
static const size_t PAGE = (size_t)2 << 20;

static void *map(size_t size)
{
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

/* Only a hint: without huge pages the block is as good, and slower. */
static void advise(void *block, size_t size)
{
    (void)madvise(block, size, MADV_HUGEPAGE);
}

void *rg_large_resize(void *block, size_t *size, size_t wanted)
{
    if (wanted > SIZE_MAX - PAGE)
        return NULL;
    if (wanted < PAGE) {
        void *small = rg_resize(block, wanted, 1);
        *size = small == NULL ? *size : wanted;
        return small;
    }
    wanted = (wanted + PAGE - 1) & ~(PAGE - 1);
    void *large;
    if (*size >= PAGE) {
        large = mremap(block, *size, wanted, MREMAP_MAYMOVE);
        large = large == MAP_FAILED ? NULL : large;
    } else {
        large = map(wanted);
        if (large != NULL && block != NULL)
            memcpy(large, block, *size);
    }
    if (large == NULL)
        return NULL;
    if (*size < PAGE)
        rg_free(block);
    advise(large, wanted);
    *size = wanted;
    return large;
}

void rg_large_free(void *block, size_t size)
{
    if (size < PAGE)
        rg_free(block);
    else
        munmap(block, size);
}
