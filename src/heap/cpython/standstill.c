/* standstill.c - an instant at which no object changes
 *
 * With a GIL that is any instant at which it is held.  Without one CPython
 * stops all other threads for as long as it visits the objects of the heap, and
 * starts them when it comes back from that.  So the process is split in the
 * midst of such a visit.  In the child no other thread exists, and nothing that
 * one of them held may be waited for: CPython's visit must not come to its end
 * there, where it would wake them.  How many objects there are is therefore
 * counted by the parent, which goes on with its visit, and the child stays with
 * the last one. */
#include <Python.h>

#include "base/alloc.h"
#include "heap/cpython/version.h"
#include "heap/heap.h"

#ifndef RG__HAS_NO_LISTS

const bool rg_heap_needs_fork = false;

void rg__gc_visit(int (*visit)(PyObject *object, void *context), void *context)
{
    (void)visit;
    (void)context;
}

void rg_heap_stand_still(const struct rg_standstill *standstill)
{
    const struct rg_tracked lists = {.status = RG_OK};
    if (standstill->split(standstill->context) == RG_SPLIT_CHILD)
        standstill->look(standstill->context, &lists);
}

bool rg__is_within_visit(void)
{
    return false;
}

#else

const bool rg_heap_needs_fork = true;

/* Set in a child for good. */
static bool is_within_visit;

struct visit {
    const struct rg_standstill *standstill;
    enum rg_split side;
    uint64_t count;    /* of all, of which so many ... */
    uint64_t received; /* ... in the child */
    struct rg_tracked tracked;
};

/* In the child: room for all. */
static void begin_in_child(struct visit *visit)
{
    const struct rg_standstill *standstill = visit->standstill;
    is_within_visit = true;
    visit->count = standstill->receive(standstill->context);
    visit->tracked.objects =
        rg_alloc((size_t)visit->count, sizeof *visit->tracked.objects);
    if (visit->tracked.objects == NULL || visit->count == 0) {
        visit->tracked.status = RG_ENOMEM;
        standstill->look(standstill->context, &visit->tracked);
    }
}

static void keep_tracked(struct visit *visit, PyObject *object)
{
    const struct rg_standstill *standstill = visit->standstill;
    if (!rg__is_intern_table(object))
        visit->tracked.objects[visit->tracked.count++] = object;
    if (++visit->received == visit->count)
        standstill->look(standstill->context, &visit->tracked);
}

static int visit_object(PyObject *object, void *context)
{
    struct visit *visit = context;
    if (visit->side == RG_SPLIT_NOT) {
        visit->side = visit->standstill->split(visit->standstill->context);
        if (visit->side == RG_SPLIT_CHILD)
            begin_in_child(visit);
    }
    if (visit->side == RG_SPLIT_PARENT)
        visit->count++;
    else if (visit->side == RG_SPLIT_CHILD)
        keep_tracked(visit, object);
    return visit->side != RG_SPLIT_REFUSED;
}

void rg__gc_visit(int (*visit)(PyObject *object, void *context), void *context)
{
    PyUnstable_GC_VisitObjects(visit, context);
}

void rg_heap_stand_still(const struct rg_standstill *standstill)
{
    struct visit visit = {.standstill = standstill, .side = RG_SPLIT_NOT};
    rg__gc_visit(visit_object, &visit);
    if (visit.side == RG_SPLIT_PARENT)
        standstill->send(standstill->context, visit.count);
}

bool rg__is_within_visit(void)
{
    return is_within_visit;
}

#endif
