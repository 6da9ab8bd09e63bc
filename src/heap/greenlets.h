/* greenlets.h - greenlets (the package greenlet; gevent, SQLAlchemy's asyncio)
 *
 * A greenlet that is suspended has frames, like a generator; of what they hold
 * it tells the collector nothing.  Private to heap. */
#ifndef RG_HEAP_GREENLETS_H
#define RG_HEAP_GREENLETS_H

#include "heap/snapshot.h"

/* Whether the module is there: else no object is one. */
bool rg__has_greenlets(const struct rg__snapshot *snapshot);

/* The innermost frame of a greenlet that is suspended, when its frames are told
 * by it; rg__frame_back has the others.  Those of the greenlet that a thread
 * began with are told like frames of that thread. */
bool rg__greenlet_frame(struct rg__snapshot *snapshot, PyObject *object,
                        struct rg__frame *frame);

/* Takes note of a greenlet that the walk has met, and calls `visit` for what
 * its frames hold beyond what its own traverse says. */
enum rg_status rg__meet_greenlet(struct rg__snapshot *snapshot,
                                 PyObject *greenlet, rg__object_fn visit,
                                 void *context);

/* Calls `visit` for the greenlet that runs in a thread, unless it is the one
 * that the thread began with. */
enum rg_status rg__thread_greenlets(const struct rg__snapshot *snapshot,
                                    const PyThreadState *thread,
                                    rg__object_fn visit, void *context);

struct rg__reader;

/* Tells what the frames of a suspended greenlet hold. */
enum rg_status rg__read_greenlet(struct rg__reader *reader);

#endif
