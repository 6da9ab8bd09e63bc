#include "failing_malloc.h"

/* The linker's --wrap sends malloc here as __wrap_malloc and gives the real
 * one the name __real_malloc. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

/* A test program is single-threaded and is not the library: state is fine. */
static bool counting;
static bool all_later;
static bool reached;
static size_t failing;
static size_t counted;

static void start(size_t n, bool later)
{
    counting = true;
    all_later = later;
    reached = false;
    failing = n;
    counted = 0;
}

void failing_malloc_at(size_t n)
{
    start(n, false);
}

void failing_malloc_from(size_t n)
{
    start(n, true);
}

void failing_malloc_off(void)
{
    counting = false;
}

bool failing_malloc_reached(void)
{
    return reached;
}

size_t failing_malloc_count(void)
{
    return counted;
}

static bool fails_now(void)
{
    if (!counting)
        return false;
    counted++;
    bool fails = counted == failing || (all_later && counted > failing);
    reached = reached || fails;
    return fails;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}
