/* drill.h - Ctrl-C, or the end of the time, at a moment that a test chooses
 *
 * What long work does when it is told to end can be tried at every moment only
 * where moments can be counted: whoever asks whether to go on (poll.h) asks
 * here too.  Each thread has its own count, and its own drill. */
#ifndef RG_BASE_DRILL_H
#define RG_BASE_DRILL_H

#include <stddef.h>

enum rg_drill {
    RG_DRILL_NONE,
    RG_DRILL_INTERRUPT, /* as if Ctrl-C came right before this question */
    RG_DRILL_TIMEOUT    /* as if a time limit, if there is one, were over */
};

/* Counts one question, and says what its answer has to be. */
enum rg_drill rg_drill_ask(void);

/* From now on `what` happens at the question `at`, counted from 1: an
 * interrupt once, a timeout from then on.  RG_DRILL_NONE: nothing does.
 * Returns how many questions there were since the last call. */
size_t rg_drill_set(size_t at, enum rg_drill what);

#endif
