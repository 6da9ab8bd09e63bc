#include "heap/heap.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "search/search.h"
#include "explain/closing.h"
#include "explain/shape.h"
#include "heap/greenlets.h"
#include "heap/snapshot.h"
#include "heap/testimony.h"

/* Whether every structure is checked after every phase. */
#ifndef RG_DEBUG
#define RG_DEBUG 0
#endif

void rg__snapshot_free(struct rg__snapshot *snapshot)
{
    rg_closure_free(&snapshot->closure);
    rg_table_free(&snapshot->table);
    rg_free(snapshot->namespaces.items);
    rg_free(snapshot->roots.items);
    rg_free(snapshot->tables.containers);
    rg_free(snapshot->tables.kept);
    rg_free(snapshot->furniture.kept);
    rg_free(snapshot->types.items);
    rg_free(snapshot->types.plumbing);
    rg_free(snapshot->asking.our_frames);
    rg_free(snapshot->greenlets.suspended);
    rg_free(snapshot->greenlets.running);
    rg_buffer_free(&snapshot->owner);
    rg_buffer_free(&snapshot->label);
    rg_code_set_free(&snapshot->addresses[0]);
    rg_code_set_free(&snapshot->addresses[1]);
}

static enum rg_status poll_snapshot(void *context)
{
    return rg__poll(context);
}

/* What no walk can see now. */
static void note_unseen(struct rg__snapshot *snapshot)
{
    if (rg__gc_is_collecting())
        snapshot->unseen[RG_UNSEEN_COLLECTING] = -1;
    if (!rg__gc_lists_frozen(!rg__fits(snapshot, RG_MISFIT_LISTS)))
        snapshot->unseen[RG_UNSEEN_FROZEN] =
            snapshot->query->facts->freeze_count;
}

/* How many objects ahead a header is fetched. */
enum { FETCHED_AHEAD = 16 };

enum rg_status rg__tracked_walk(const struct rg__snapshot *snapshot,
                                rg__object_fn visit, void *context)
{
    const struct rg_tracked *tracked = snapshot->query->tracked;
    enum rg_status status = RG_OK;
    if (tracked == NULL || tracked->objects == NULL) {
        if (rg__is_within_visit())
            return RG_EINTERNAL;
        return rg__fits(snapshot, RG_MISFIT_LISTS)
                   ? rg__gc_walk(visit, context)
                   : rg__gc_walk_publicly(visit, context);
    }
    for (size_t i = 0; status == RG_OK && i < tracked->count; i++) {
        if (i + FETCHED_AHEAD < tracked->count)
            __builtin_prefetch(tracked->objects[i + FETCHED_AHEAD]);
        status = visit(context, tracked->objects[i]);
    }
    return status;
}

/* Reads the heap; running out of time is no failure: the graph will say so. */
enum rg_status rg__read_heap(struct rg__snapshot *snapshot)
{
    enum rg_status status = rg_table_init(&snapshot->table);
    snapshot->c_types.modules = snapshot->query->facts->modules;
    if (status == RG_OK)
        status = rg__list_namespaces(snapshot);
    if (status == RG_OK)
        status = rg__list_tables(snapshot);
    if (status == RG_OK)
        status = rg__list_furniture(snapshot);
    if (status == RG_OK)
        status = rg__list_roots(snapshot);
    note_unseen(snapshot);
    snapshot->greenlets.are_there = rg__has_greenlets(snapshot);
    if (status == RG_OK)
        status = rg__walk(snapshot);
    return status == RG_ETIMEOUT ? RG_OK : status;
}

/* For the next phase. */
static void give_time(struct rg__snapshot *snapshot)
{
    snapshot->graph->timed_out |= snapshot->timed_out;
    snapshot->timed_out &= snapshot->deadline == 0;
    snapshot->deadline = rg_deadline_with_grace(snapshot->deadline);
}

/* For struct rg_closing. */
struct closing {
    struct rg__snapshot *snapshot;
    struct rg__testimony testimony;
};

static enum rg_status testify(void *context, struct rg_witness *witness)
{
    struct closing *closing = context;
    return rg__testimony_init(&closing->testimony, closing->snapshot, witness);
}

static void dismiss(void *context)
{
    struct closing *closing = context;
    rg__testimony_free(&closing->testimony);
}

/* What may be the program's own list is searched for with all else, and left
 * out when it is not. */
static enum rg_status reconsider(void *context, bool *again)
{
    struct rg__snapshot *snapshot = ((struct closing *)context)->snapshot;
    if (snapshot->query->given == NULL || snapshot->asking.hides_given)
        return RG_OK;
    enum rg_status status = rg__find_whose_given(snapshot);
    *again = snapshot->asking.hides_given;
    return status;
}

static bool is_late(void *context)
{
    const struct rg__snapshot *snapshot =
        ((const struct closing *)context)->snapshot;
    return snapshot->timed_out || snapshot->graph->timed_out;
}

static enum rg_status find_closure(struct rg__snapshot *snapshot,
                                   struct rg_error *error)
{
    const struct rg_finder finder = {.context = snapshot,
                                     .role = rg__role,
                                     .link = rg__link,
                                     .poll = poll_snapshot};
    struct closing own = {.snapshot = snapshot};
    const struct rg_closing closing = {
        .table = &snapshot->table,
        .targets = (const uintptr_t *)snapshot->query->targets,
        .target_count = snapshot->query->target_count,
        .finder = &finder,
        .context = &own,
        .testify = testify,
        .dismiss = dismiss,
        .reconsider = reconsider,
        .is_late = is_late,
        .closure = &snapshot->closure,
        .target_nodes = &snapshot->target_node_count};
    give_time(snapshot);
    enum rg_status status = rg_close(&closing);
    if (status == RG_OK && RG_DEBUG)
        status = rg_closure_check(&snapshot->closure, error);
    return status;
}

static enum rg_status shape(struct rg__snapshot *snapshot,
                            struct rg_error *error)
{
    const struct rg_query *query = snapshot->query;
    const struct rg_namer namer = {.context = snapshot,
                                   .read = rg__read,
                                   .is_long = rg__is_long,
                                   .weak = query->weak ? rg__weak_walk : NULL,
                                   .describe = rg__describe,
                                   .poll = poll_snapshot};
    struct rg__testimony testimony;
    struct rg_witness witness;
    const struct rg_shape_limits limits = {.max_depth = query->max_depth,
                                           .max_untracked =
                                               query->max_untracked,
                                           .group_limit = query->group_limit,
                                           .object_limit = query->object_limit,
                                           .witness = &witness};
    snapshot->graph->timeout = query->timeout;
    memcpy(snapshot->graph->unseen, snapshot->unseen, sizeof snapshot->unseen);
    give_time(snapshot);
    enum rg_status status = rg__testimony_init(&testimony, snapshot, &witness);
    if (status == RG_OK)
        status = rg_shape(&snapshot->table, &snapshot->closure,
                          snapshot->target_node_count, &namer, &limits,
                          snapshot->graph, error);
    rg__testimony_free(&testimony);
    return status == RG_OK && RG_DEBUG ? rg_graph_check(snapshot->graph, error)
                                       : status;
}

enum rg_status rg__fail(enum rg_status status, struct rg_error *error)
{
    switch (status) {
    case RG_ENOMEM:
        return rg_error_no_memory(error);
    case RG_ELIMIT:
        return rg_error_set(error, status,
                            "the heap is larger than referrers can count: "
                            "64 GiB of objects or 4 billion references");
    case RG_EINTERRUPT:
        return rg_error_set(error, status, "interrupted");
    default:
        return status;
    }
}

struct rg_graph *rg_heap_graph(const struct rg_query *query,
                               struct rg_error *error)
{
    struct rg_query asked = *query;
    struct rg__snapshot snapshot = {.query = &asked};
    enum rg_status status = RG_ENOMEM;
    asked.leaves |= query->sizes;
    if (query->timeout > 0)
        snapshot.deadline =
            (query->began > 0 ? query->began : rg_now()) + query->timeout;
    snapshot.graph = rg_graph_new();
    if (snapshot.graph != NULL)
        status = rg__read_heap(&snapshot);
    if (status == RG_OK)
        status = find_closure(&snapshot, error);
    if (status == RG_OK)
        status = shape(&snapshot, error);
    struct rg_graph *graph = snapshot.graph;
    if (status != RG_OK) {
        rg__fail(status, error);
        rg_graph_free(graph);
        graph = NULL;
    }
    rg__snapshot_free(&snapshot);
    return graph;
}

enum rg_status rg_heap_self_test(unsigned *misfits)
{
    return rg__layout_self_test(misfits);
}
