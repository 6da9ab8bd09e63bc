#define _GNU_SOURCE /* MAP_ANONYMOUS, mremap: Linux */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 16,
    CLASS_COUNT = 27,
    STEPS = 2 /* classes from one power of two to the next */
};

/* The largest block that is not a mapping of its own: what the last class has;
 * and what is mapped at once for smaller ones, more each time. */
static const size_t LARGEST = (size_t)128 << 10;
static const size_t FIRST_CHUNK = (size_t)256 << 10,
                    LAST_CHUNK = (size_t)8 << 20;
static const size_t PAGE = (size_t)64 << 10; /* a multiple of every page */

/* In front of every block.  The seal is a function of the rest and of where
 * the block is; that of a free block is another. */
struct header {
    size_t size; /* room behind the header */
    uintptr_t seal;
};

_Static_assert(sizeof(struct header) <= ALIGNMENT, "blocks are aligned");

struct free_block {
    struct free_block *next;
};

struct arena {
    bool is_entered;
    char *chunk, *chunk_end;
    size_t next_chunk;
    struct free_block *free[CLASS_COUNT];
};

static struct arena arena;

static const uintptr_t IN_USE = (uintptr_t)0x9e3779b97f4a7c15u;
static const uintptr_t FREE = (uintptr_t)0x6a09e667f3bcc908u;

static struct header *header_of(void *block)
{
    return (struct header *)((char *)block - ALIGNMENT);
}

static uintptr_t seal_of(const struct header *header, uintptr_t state)
{
    return ((uintptr_t)header ^ state) + header->size;
}

/* The header of a block in use; a block that is none is a defect, and going on
 * would do harm. */
static struct header *check(void *block)
{
    struct header *header = header_of(block);
    if ((uintptr_t)block % ALIGNMENT != 0 ||
        header->seal != seal_of(header, IN_USE))
        __builtin_trap();
    return header;
}

/* The size of a class: 16, 24 -> 32 rounded, 48, 64, 96, 128, 192 ... */
static size_t class_size(int number)
{
    size_t power = (size_t)ALIGNMENT << number / STEPS;
    size_t size = number % STEPS == 0 ? power : power + power / 2;
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static int class_of(size_t size)
{
    int number = 0;
    while (class_size(number) < size)
        number++;
    return number;
}

static void *map_chunk(size_t size)
{
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static void *seal_chunk(void *start, size_t size)
{
    struct header *header = start;
    header->size = size;
    header->seal = seal_of(header, IN_USE);
    return (char *)start + ALIGNMENT;
}

/* `size` more bytes of the chunk, or of the next one; what was left of it is
 * then lost. */
static void *take_from_chunk(size_t size)
{
    if ((size_t)(arena.chunk_end - arena.chunk) < size) {
        size_t wanted = arena.next_chunk;
        char *chunk = map_chunk(wanted);
        if (chunk == NULL)
            return NULL;
        arena.chunk = chunk;
        arena.chunk_end = chunk + wanted;
        arena.next_chunk = wanted < LAST_CHUNK ? 2 * wanted : wanted;
    }
    void *taken = arena.chunk;
    arena.chunk += size;
    return taken;
}

static void *new_small(size_t size)
{
    int number = class_of(size);
    size = class_size(number);
    struct free_block *block = arena.free[number];
    if (block != NULL) {
        struct header *header = header_of(block);
        if (header->size != size || header->seal != seal_of(header, FREE))
            __builtin_trap();
        arena.free[number] = block->next;
        return seal_chunk(header, size);
    }
    void *taken = take_from_chunk(ALIGNMENT + size);
    return taken == NULL ? NULL : seal_chunk(taken, size);
}

/* The whole mapping of a block with `size` bytes; 0: no memory has so many. */
static size_t mapping_size(size_t size)
{
    return size > SIZE_MAX - ALIGNMENT - PAGE
               ? 0
               : (size + ALIGNMENT + PAGE - 1) & ~(PAGE - 1);
}

static void *new_block(size_t size)
{
    if (size <= LARGEST)
        return new_small(size);
    size_t mapped = mapping_size(size);
    void *mapping = mapped == 0 ? NULL : map_chunk(mapped);
    return mapping == NULL ? NULL : seal_chunk(mapping, mapped - ALIGNMENT);
}

/* Growing moves pages and copies nothing. */
static void *grow_mapping(struct header *header, size_t size)
{
    size_t mapped = mapping_size(size);
    if (mapped == 0)
        return NULL;
    void *moved =
        mremap(header, header->size + ALIGNMENT, mapped, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : seal_chunk(moved, mapped - ALIGNMENT);
}

void rg_arena_enter(void)
{
    arena = (struct arena){.is_entered = true, .next_chunk = FIRST_CHUNK};
}

bool rg_arena_is_entered(void)
{
    return arena.is_entered;
}

void *rg_arena_resize(void *block, size_t size)
{
    if (block == NULL)
        return new_block(size);
    struct header *header = check(block);
    if (size <= header->size)
        return block;
    if (header->size > LARGEST)
        return grow_mapping(header, size);
    void *larger = new_block(size);
    if (larger == NULL)
        return NULL;
    memcpy(larger, block, header->size);
    rg_arena_free(block);
    return larger;
}

void rg_arena_free(void *block)
{
    if (block == NULL)
        return;
    struct header *header = check(block);
    if (header->size > LARGEST) {
        munmap(header, header->size + ALIGNMENT);
        return;
    }
    int number = class_of(header->size);
    header->seal = seal_of(header, FREE);
    struct free_block *freed = block;
    freed->next = arena.free[number];
    arena.free[number] = freed;
}
