/* sort.h - sorting without the C library's qsort
 *
 * qsort of a million records takes half a second during which nobody can
 * press Ctrl-C, and it may call malloc, which a forked child must not. */
#ifndef RG_BASE_SORT_H
#define RG_BASE_SORT_H

#include <stddef.h>

#include "base/error.h"
#include "base/poll.h"

/* Sorts `count` records of `size` bytes by `compare`, as qsort does; equal
 * ones keep their order.  `poll` may be NULL.  RG_ENOMEM, or what the poll
 * says; then all records are still there, in some order. */
enum rg_status rg_sort(void *items, size_t count, size_t size,
                       int (*compare)(const void *, const void *),
                       struct rg_poll *poll);

/* The same where nothing may fail and nobody waits: needs no memory, asks no
 * poll, takes twice as long; equal records may change places. */
void rg_sort_in_place(void *items, size_t count, size_t size,
                      int (*compare)(const void *, const void *));

/* The first of `count` records in the order of `compare` that is equal to the
 * record `key`, or NULL.  (bsearch gives any of them.) */
const void *rg_sort_find(const void *items, size_t count, size_t size,
                         const void *key,
                         int (*compare)(const void *, const void *));

#endif
