/* weigh.c - what an object weighs in the search for retained sizes */
#include "heap/read.h"
#include "heap/testimony.h"

/* Our own references are to targets only; where a stack is hidden, what we
 * were called with stands on it. */
static uint64_t counted(struct rg__testimony *testimony, PyObject *object)
{
    const struct rg__snapshot *snapshot = testimony->snapshot;
    uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                    (uintptr_t)object);
    uint64_t count = rg__refcount(object), ours;
    if (node >= snapshot->target_node_count)
        return count;
    ours = rg__our_references(testimony, object) +
           rg__on_stacks(testimony, &snapshot->closure.nodes[node]).of_caller;
    return count - (ours < count ? ours : count);
}

/* What refers to nothing is in no table; what has one reference, the one of
 * this object, goes with it. */
struct weighing {
    struct rg__testimony *testimony;
    struct rg_weight weight;
};

static int add_leaf(PyObject *referent, void *context)
{
    struct weighing *weighing = context;
    struct rg__c_types *types = &weighing->testimony->snapshot->c_types;
    if (rg__listing(referent, types) != RG__LEAF ||
        counted(weighing->testimony, referent) != 1)
        return 0;
    weighing->weight.bytes += rg__size(types, referent);
    weighing->weight.objects++;
    return 0;
}

struct rg_weight rg__weigh(void *context, uintptr_t address, uint32_t found)
{
    struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    PyObject *object = (PyObject *)address;
    struct weighing weighing = {
        .testimony = testimony,
        .weight = {.bytes = rg__size(&snapshot->c_types, object),
                   .objects = 1}};
    if (PyObject_IS_GC(object) && Py_TYPE(object)->tp_traverse != NULL)
        rg__traverse(object, add_leaf, &weighing);
    weighing.weight.is_ours = rg__is_left_out(snapshot, object);
    weighing.weight.is_root = rg__is_immortal(object) ||
                              rg__find_namespace(snapshot, object) != NULL ||
                              counted(testimony, object) > found;
    return weighing.weight;
}
