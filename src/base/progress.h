/* progress.h - one line on a terminal for what takes longer than a second
 *
 * Start with all members zero but `descriptor` and `what`; then tick now and
 * then (a clock reading each), and end.  Owns nothing; a terminal that is gone
 * is no failure. */
#ifndef RG_BASE_PROGRESS_H
#define RG_BASE_PROGRESS_H

#include <stdbool.h>

struct rg_progress {
    int descriptor;   /* of the terminal; below 0: nothing is shown */
    const char *what; /* "searching" */
    double started, last;
    bool is_shown;
};

void rg_progress_tick(struct rg_progress *progress);

/* Takes the line away. */
void rg_progress_end(struct rg_progress *progress);

#endif
