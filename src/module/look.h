/* look.h - a look at the heap, in place
 *
 * Private to module. */
#ifndef RG_MODULE_LOOK_H
#define RG_MODULE_LOOK_H

#include "base/progress.h"
#include "heap/heap.h"

/* For struct rg_query: asks for Ctrl-C and shows progress; the context is a
 * struct rg_progress.  RG_EINTERRUPT: Ctrl-C came; it was taken from the
 * interpreter, which has to be told again once the look is over. */
enum rg_status rg__look_ask(void *progress);

/* Tells it, so that the handler runs now.  0 when that raised nothing: then the
 * question still stands. */
int rg__look_interrupted(void);

#endif
