#include "base/progress.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"

/* Who waits a second wants to know; more than four times a second no one
 * reads. */
static const double patience = 1.0, interval = 0.25;

/* The host's errno stays as it was. */
static void put_on_terminal(int descriptor, const char *text, int size)
{
    int before = errno;
    if (size > 0 && write(descriptor, text, (size_t)size) < 0)
        errno = 0;
    errno = before;
}

void rg_progress_tick(struct rg_progress *progress)
{
    char line[80];
    if (progress->descriptor < 0)
        return;
    double time = rg_now();
    if (progress->started == 0)
        progress->started = time;
    if (time - progress->started < patience || time - progress->last < interval)
        return;
    progress->last = time;
    progress->is_shown = true;
    int size = rg_format(line, sizeof line, "\rreferrers: %.40s, %.0f s ",
                         progress->what, time - progress->started);
    put_on_terminal(progress->descriptor, line, size);
}

/* Blanks and not an escape sequence: a dumb terminal has none. */
void rg_progress_end(struct rg_progress *progress)
{
    char line[80];
    if (!progress->is_shown)
        return;
    int size = rg_format(line, sizeof line, "\r%60s\r", "");
    put_on_terminal(progress->descriptor, line, size);
    progress->is_shown = false;
}
