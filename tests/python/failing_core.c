/* failing_core.c - makes the n-th allocation of the extension module fail
 *
 * Loaded with LD_PRELOAD by test_memory.py: only calls of malloc, calloc and
 * realloc that come from between two addresses, where _core is mapped, are
 * counted and may fail.  glibc exports the real ones under a second name. */
#include <stddef.h>
#include <stdint.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);

void failing_core_at(uintptr_t from, uintptr_t to, size_t n, int later);
size_t failing_core_off(void);

static uintptr_t first, behind;
static size_t failing, counted;
static int all_later;

/* The n-th call from [from, to) fails from now on, and with `later` all after
 * it. */
void failing_core_at(uintptr_t from, uintptr_t to, size_t n, int later)
{
    counted = 0;
    failing = n;
    all_later = later;
    first = from;
    behind = to;
}

/* No call fails any more; how many there were. */
size_t failing_core_off(void)
{
    first = behind = 0;
    return counted;
}

static int fails(void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    if (at < first || at >= behind)
        return 0;
    counted++;
    return counted == failing || (all_later && counted > failing);
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL
                                              : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL
                                              : __libc_realloc(block, size);
}
