/* failing_malloc.h - make the n-th allocation of a unit test fail
 *
 * Unit tests are linked with --wrap for malloc, calloc and realloc
 * (tests/unit/local.mk), so every call made by the project's own objects
 * and by the test itself is counted here; calls made inside shared libraries
 * (the C library, cmocka, Graphviz) are not.  The usual loop:
 *
 *     for (size_t n = 1; ; n++) {
 *         failing_malloc_at(n);
 *         status = function_under_test(...);
 *         failing_malloc_off();
 *         if (!failing_malloc_reached())
 *             break;                  // fewer than n allocations: all tried
 *         assert_int_equal(status, RG_ENOMEM);
 *         ...
 *     }
 *
 * A realloc that would only shrink a block is counted like any other. */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* The n-th allocation from now on fails (1: the next), and no other. */
void failing_malloc_at(size_t n);

/* The n-th allocation from now on fails, and every later one. */
void failing_malloc_from(size_t n);

/* No allocation fails any more; what was counted stays readable. */
void failing_malloc_off(void);

/* Did an allocation fail since the last failing_malloc_at or _from? */
bool failing_malloc_reached(void);

/* Allocations counted since the last failing_malloc_at or _from, up to
 * failing_malloc_off. */
size_t failing_malloc_count(void);

#endif
