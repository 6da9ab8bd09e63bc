/* forked.h - a look at the heap in a forked child
 *
 * Private to module.  The program stands still for the fork alone: the caller
 * holds the GIL, and has it again afterwards, but while the child works other
 * threads run, and so do the program's signal handlers. */
#ifndef RG_MODULE_FORKED_H
#define RG_MODULE_FORKED_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/sink.h"
#include "graph/graph.h"
#include "heap/heap.h"
#include "module/fork.h"

/* Work for a child.  `run` is called there alone, with the GIL held as it was
 * by the caller, and must keep to what fork.h says; `child` is for
 * rg_fork_ask, `tracked` for the query.  What it writes to `out`, and its status and error, are what
 * rg__run_forked gives. */
struct rg__forked_work {
    enum rg_status (*run)(void *context, struct rg_fork *child,
                          const struct rg_tracked *tracked, struct rg_sink *out,
                          struct rg_error *error);
    void *context;
    unsigned misfits; /* of enum rg_misfit */
    /* of the child's own, for each object that the collector knows */
    unsigned bytes_per_object;
    struct rg_fork_manner manner;
    double deadline;              /* rg_now; then it is killed; 0: never */
    struct rg_progress *progress; /* shown while it works */
};

/* Forks, waits and appends to *output.  RG_EIO with a Python exception set: an
 * OSError when the fork is refused, or what a signal handler raised, which
 * ends the child; without one *error says what happened, as rg_fork_wait. */
enum rg_status rg__run_forked(const struct rg__forked_work *work,
                              struct rg_buffer *output, struct rg_error *error);

/* The first half of it, with the GIL held: forks, and is back in the parent
 * alone, which has to wait with rg_fork_wait; it may let the GIL go before.  Or
 * RG_FORK_REFUSED with the reason in *error, its errno in fork->refusal. */
enum rg_fork_side rg__split_forked(const struct rg__forked_work *work,
                                   struct rg_fork *fork,
                                   struct rg_error *error);

/* The second half, as rg__run_forked; and what that gives for a fork that was
 * refused. */
enum rg_status rg__wait_forked(struct rg_fork *fork, double deadline,
                               struct rg_progress *progress,
                               struct rg_buffer *output,
                               struct rg_error *error);
enum rg_status rg__refuse_forked(const struct rg_fork *fork,
                                 const struct rg_error *error);

/* rg_heap_graph in a child: the same graph, the same errors. */
struct rg_graph *rg__forked_graph(const struct rg_query *query, int niceness,
                                  struct rg_progress *progress,
                                  struct rg_error *error);

#endif
