/* large.h - arrays that grow to hundreds of megabytes
 *
 * The reference table grows with the inspected heap, in a process that is not
 * ours.  From 128 KiB on its arrays are mappings of their own: growing moves
 * pages instead of copying bytes, and freeing gives everything back, with
 * nothing left behind in the program's malloc.  Page faults, which would be a
 * third of the walk's time (tests/bench), are spared by huge pages from 2 MiB
 * on and by asking for all pages at once below. */
#ifndef RG_BASE_LARGE_H
#define RG_BASE_LARGE_H

#include <stddef.h>

/* Changes a block of *size bytes (NULL and 0 to begin with) to hold `wanted`
 * bytes or more, and stores its new size.  On failure returns NULL; the old
 * block stays valid and owned by the caller. */
void *rg_large_resize(void *block, size_t *size, size_t wanted);

/* Releases a block of this header; NULL is accepted. */
void rg_large_free(void *block, size_t size);

#endif
