/* weigh.c - what an object weighs in the search for retained sizes */
#include "heap/read.h"
#include "heap/testimony.h"

/* Our own references are to targets, and to what was asked for; where a stack
 * is hidden, what we were called with stands on it. */
static uint64_t counted(struct rg__testimony *testimony, PyObject *object)
{
    const struct rg__snapshot *snapshot = testimony->snapshot;
    uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                    (uintptr_t)object);
    uint64_t count = rg__refcount(object), ours;
    if (node >= snapshot->target_node_count)
        return count - rg__times_in_facts(snapshot->query->facts, object);
    ours = rg__our_references(testimony, object) +
           rg__on_stacks(testimony, &snapshot->closure.nodes[node]).of_caller;
    return count - (ours < count ? ours : count);
}

struct rg_weight rg__weigh(void *context, uintptr_t address)
{
    struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    PyObject *object = (PyObject *)address;
    return (struct rg_weight){.bytes = rg__size(&snapshot->c_types, object),
                              .objects = 1,
                              .count = counted(testimony, object),
                              .is_ours = rg__is_left_out(snapshot, object),
                              .is_root =
                                  rg__is_immortal(object) ||
                                  rg__find_namespace(snapshot, object) != NULL};
}
