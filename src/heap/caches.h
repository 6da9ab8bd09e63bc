/* caches.h - containers that never have more than so many items
 *
 * They are seldom why a program grows: among roots they are told last, and
 * what is in them is no leak before they are full. */
#ifndef RG_HEAP_CACHES_H
#define RG_HEAP_CACHES_H

#include "heap/snapshot.h"

/* How many items the container has at most; -1 when it has no bound. */
int64_t rg__most_items(struct rg__snapshot *snapshot, PyObject *object);

/* Whether a module that keeps things in C is that of zoneinfo, which keeps the
 * zones that were used last; and whether the object, which it refers to, is
 * one of them: zoneinfo.ZoneInfo.clear_cache() lets them go. */
bool rg__keeps_zones(PyObject *module);
bool rg__is_kept_zone(PyObject *module, PyObject *object);

#endif
