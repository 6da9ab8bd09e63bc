/* The clock of the drawing program, which stands still.
 *
 * cairo writes the time into a PDF; since 1.18 in a compressed stream, where
 * nothing can be overwritten afterwards.  So the same picture gives the same
 * bytes because time() always gives the same answer: the one defined here,
 * which the program exports (local.mk) and every library it loads then finds
 * before the C library's.  Nothing that runs in this program needs to know
 * the hour: its limits are timers of the kernel (limits.c).
 *
 * Linked into the program only, never into what unit tests are linked with. */
#include <time.h>

/* 2000-01-01 00:00:00 UTC */
enum { ALWAYS = 946684800 };

__attribute__((visibility("default"))) time_t time(time_t *result)
{
    if (result != NULL)
        *result = ALWAYS;
    return ALWAYS;
}
