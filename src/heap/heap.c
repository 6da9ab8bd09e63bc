#include "heap/heap.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "search/path.h"
#include "search/search.h"
#include "explain/shape.h"
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
    rg_free(snapshot->namespaces);
    rg_free(snapshot->roots);
    rg_free(snapshot->containers);
    rg_free(snapshot->kept);
    rg_free(snapshot->types);
    rg_free(snapshot->class_plumbing);
    rg_free(snapshot->our_frames);
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
        status = rg__list_roots(snapshot);
    note_unseen(snapshot);
    if (status == RG_OK)
        status = rg__walk(snapshot);
    return status == RG_ETIMEOUT ? RG_OK : status;
}

static enum rg_status search(struct rg__snapshot *snapshot,
                             enum rg_through through)
{
    const struct rg_finder finder = {.context = snapshot,
                                     .role = rg__role,
                                     .link = rg__link,
                                     .poll = poll_snapshot};
    enum rg_status status = rg_search(
        &snapshot->table, (const uintptr_t *)snapshot->query->targets,
        snapshot->query->target_count, through, &finder, &snapshot->closure);
    return status == RG_ETIMEOUT ? RG_OK : status;
}

/* How many different targets there are: the closure's first nodes. */
static uint32_t count_different_targets(const struct rg__snapshot *snapshot)
{
    uint32_t count = 0;
    for (size_t i = 0; i < snapshot->query->target_count; i++) {
        uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                        (uintptr_t)snapshot->query->targets[i]);
        if (node + 1 > count)
            count = node + 1;
    }
    return count;
}

/* The search has what the walk left of the time, the naming what both left.  When
 * that is nothing, they still have the moment that makes a partial graph worth
 * having. */
enum { GRACE_MILLISECONDS = 50 };

static void allow_grace(struct rg__snapshot *snapshot)
{
    snapshot->graph->timed_out |= snapshot->timed_out;
    if (snapshot->deadline == 0)
        return;
    double least = rg_now() + GRACE_MILLISECONDS * 1e-3;
    if (snapshot->deadline < least)
        snapshot->deadline = least;
    snapshot->timed_out = false;
}

/* When a class is asked about, what holds its instances holds it. */
static enum rg_through first_classes(const struct rg_query *query)
{
    for (size_t i = 0; i < query->target_count; i++)
        if (PyType_Check(query->targets[i]))
            return RG_THROUGH_CLASSES;
    return RG_THROUGH_NONE;
}

static bool has_class(const struct rg_closure *closure)
{
    for (size_t n = 0; n < closure->node_count; n++)
        if (closure->nodes[n].role & RG_ROLE_CLASS)
            return true;
    return false;
}

/* What is known to lead to the targets, and to classes on the way. */
struct known {
    bool unheld_target; /* nothing leads to one of them */
    bool unheld_class;  /* nothing but perhaps the caller leads to a
                           class that leads to them, or is one */
};

static void look_at_ranks(const struct rg__snapshot *snapshot,
                          const struct rg_route *route, struct known *known)
{
    const struct rg_closure *closure = &snapshot->closure;
    for (uint32_t n = 0; n < closure->node_count; n++) {
        if (n < snapshot->target_node_count)
            known->unheld_target |= route->rank[n] == RG_FROM_NOWHERE;
        if (closure->nodes[n].role & RG_ROLE_CLASS)
            known->unheld_class |= route->rank[n] >= RG_FROM_CALLER;
    }
}

static enum rg_status find_out(struct rg__snapshot *snapshot,
                               struct known *known)
{
    struct rg__testimony testimony;
    struct rg_witness witness;
    struct rg_forward forward = {0};
    struct rg_route alive = {0}, route = {0};
    enum rg_status status = rg__testimony_init(&testimony, snapshot, &witness);
    if (status == RG_OK)
        status = rg_forward_init(&forward, &snapshot->closure,
                                 snapshot->target_node_count, &witness, NULL);
    if (status == RG_OK)
        status = rg_route_init_alive(&alive, &forward, NULL, NULL);
    if (status == RG_OK)
        status = rg_route_init(&route, &forward, &alive, NULL);
    if (status == RG_OK)
        look_at_ranks(snapshot, &route, known);
    rg_route_free(&alive);
    rg_route_free(&route);
    rg_forward_free(&forward);
    rg__testimony_free(&testimony);
    return status;
}

/* How the search has to go on: what a class leads to that is otherwise unheld
 * may be held by its instances, and what nobody leads to by a class that is
 * garbage. */
static enum rg_status next_classes(struct rg__snapshot *snapshot,
                                   enum rg_through *through)
{
    struct known known = {0};
    enum rg_status status = RG_OK;
    if (*through < RG_THROUGH_ALL && !snapshot->timed_out &&
        !snapshot->graph->timed_out && has_class(&snapshot->closure))
        status = find_out(snapshot, &known);
    if (*through == RG_THROUGH_NONE && known.unheld_class)
        *through = RG_THROUGH_CLASSES;
    else if (*through == RG_THROUGH_CLASSES && known.unheld_target)
        *through = RG_THROUGH_ALL;
    return status;
}

/* One search; what may be the program's own list is searched for with all else,
 * and left out when it is not. */
static enum rg_status search_once(struct rg__snapshot *snapshot,
                                  enum rg_through through)
{
    rg_closure_free(&snapshot->closure);
    enum rg_status status = search(snapshot, through);
    if (status != RG_OK || snapshot->query->given == NULL ||
        snapshot->hides_given)
        return status;
    status = rg__find_whose_given(snapshot);
    if (status != RG_OK || !snapshot->hides_given)
        return status;
    rg_closure_free(&snapshot->closure);
    return search(snapshot, through);
}

/* First without the plumbing between classes; when that leads to no root, and
 * it could, once more with it. */
static enum rg_status find_closure(struct rg__snapshot *snapshot,
                                   struct rg_error *error)
{
    enum rg_through through = first_classes(snapshot->query), last;
    enum rg_status status;
    allow_grace(snapshot);
    do {
        last = through;
        status = search_once(snapshot, through);
        snapshot->target_node_count =
            status == RG_OK ? count_different_targets(snapshot) : 0;
        if (status == RG_OK)
            status = next_classes(snapshot, &through);
    } while (status == RG_OK && through != last);
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
                                   .weak = query->weak ? rg__weak_walk : NULL,
                                   .describe = rg__describe,
                                   .poll = poll_snapshot};
    struct rg__testimony testimony;
    struct rg_witness witness;
    const struct rg_shape_limits limits = {.max_depth = query->max_depth,
                                           .max_untracked =
                                               query->max_untracked,
                                           .group_limit = query->group_limit,
                                           .witness = &witness};
    snapshot->graph->timeout = query->timeout;
    memcpy(snapshot->graph->unseen, snapshot->unseen, sizeof snapshot->unseen);
    allow_grace(snapshot);
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
    struct rg__snapshot snapshot = {.query = query};
    enum rg_status status = RG_ENOMEM;
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
