/* live_forked.h - the objects of a type, found by a forked child
 *
 * Private to module.  For builds of CPython without a GIL, where only a child
 * sees objects that stand still. */
#ifndef RG_MODULE_LIVE_FORKED_H
#define RG_MODULE_LIVE_FORKED_H

#include "base/progress.h"
#include "heap/heap.h"

/* rg_heap_instances in a child; of `found` the first `most` objects are there,
 * as far as they still live, and each with a reference that is the caller's;
 * `count` is of all.  0, or -1 with *error or a Python exception. */
int rg__forked_instances(const struct rg_query *how, const char *name,
                         size_t most, int niceness,
                         struct rg_progress *progress,
                         struct rg_instances *found, size_t *held,
                         struct rg_error *error);

#endif
