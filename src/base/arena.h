/* arena.h - memory for a process that must not call malloc
 *
 * A child forked while other threads ran may find malloc's locks held by
 * threads that it does not have.  After rg_arena_enter everything that alloc.h
 * gives out in this process comes from mappings that only this process has.
 *
 * A block is one of some thirty sizes, or a mapping of its own; a freed one is
 * kept for the next of its size.  In front of each stands its size, sealed: a
 * block that is freed twice, overrun, or not from here ends the process there
 * and then, before it can do any harm.  What was allocated before the fork
 * may be read, but neither resized nor freed.
 *
 * There are no locks: the process has one thread.  There is no way back: it
 * ends without returning to the program that it was forked from.  (That is why
 * here, and here alone, there is a variable that all functions share.) */
#ifndef RG_BASE_ARENA_H
#define RG_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

void rg_arena_enter(void);
bool rg_arena_is_entered(void);

/* For alloc.c, after rg_arena_enter: as malloc, realloc and free, for at
 * least one byte.  Blocks stand at multiples of 16. */
void *rg_arena_resize(void *block, size_t size);
void rg_arena_free(void *block);

#endif
