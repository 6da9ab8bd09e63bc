/* heaps.h - made-up heaps for the tests of table, search and shape
 *
 * A heap is a matrix of who refers to whom, small enough for brute force.
 * Object i lives at heap_address(i). */
#ifndef HEAPS_H
#define HEAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "search/table.h"

enum { HEAP_MAX = 64 };

struct heap {
    unsigned count; /* objects; roots are among them */
    unsigned char refers[HEAP_MAX][HEAP_MAX]; /* how often i refers to j */
    bool is_root[HEAP_MAX];
    unsigned role[HEAP_MAX]; /* enum rg_role bits */
};

/* An address as a process has them; the lower half of it where a pointer has
 * 4 bytes. */
#define ADDRESS(number) ((uintptr_t)UINT64_C(number))

uintptr_t heap_address(unsigned i);

/* The object at an address heap_address gave. */
unsigned heap_object(uintptr_t address);

/* Fills a heap at random: `*seed` goes on from call to call. */
void heap_random(struct heap *heap, uint32_t *seed, unsigned count,
                 unsigned references);

/* A number below `limit` (xorshift32, Marsaglia 2003). */
uint32_t heap_below(uint32_t *seed, uint32_t limit);

/* The heap's table, objects in ascending or descending order. */
enum rg_status heap_table(const struct heap *heap, bool descending,
                          struct rg_table *table);

/* The object or root that stands at `index` of such a table. */
unsigned heap_at(const struct heap *heap, bool descending, uint32_t index);

#endif
