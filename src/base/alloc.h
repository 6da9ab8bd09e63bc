/* alloc.h - checked allocation
 *
 * Every byte the project allocates in C comes through here, from the C
 * library's malloc and never from Python's allocator: the heap that is being
 * walked must not change under the walk.  (In a forked child: arena.h.)  Tests
 * make the n-th allocation fail by wrapping malloc and friends at link time
 * (tests/unit/failing_malloc.c). */
#ifndef RG_BASE_ALLOC_H
#define RG_BASE_ALLOC_H

#include <stddef.h>

/* Room for `count` items of `size` bytes each, not initialised; NULL when
 * memory is short or the product does not fit a size_t.  A product of zero
 * gives a pointer that can be freed.  Release with rg_free. */
void *rg_alloc(size_t count, size_t size);

/* The same, filled with zero bytes. */
void *rg_alloc_zeroed(size_t count, size_t size);

/* Changes a block (or NULL) to `count` items of `size` bytes; on failure
 * returns NULL and the old block stays valid and owned by the caller. */
void *rg_resize(void *block, size_t count, size_t size);

/* Releases a block of this header; NULL is accepted. */
void rg_free(void *block);

/* Makes sure that the array *items (of *capacity items of `size` bytes) has
 * room for `needed` items, growing by half at least so that appending stays
 * linear.  Returns 0, or -1 with the array untouched when memory is short. */
int rg_grow(void **items, size_t *capacity, size_t needed, size_t size);

#endif
