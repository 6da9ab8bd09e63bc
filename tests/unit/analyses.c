#include "analyses.h"

#include <string.h>

#include "unit.h"

static unsigned object_of(const struct analysis *analysis,
                          const struct rg_node *node)
{
    return node->address == 0 ? heap_at(&analysis->heap, false, node->object)
                              : heap_object(node->address);
}

static unsigned role(void *context, const struct rg_node *node)
{
    const struct analysis *analysis = context;
    unsigned object = object_of(analysis, node);
    return analysis->heap.role[object] |
           (analysis->heap.is_root[object] ? RG_ROLE_STOP | RG_ROLE_FRAME : 0);
}

static enum rg_link link(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    (void)context;
    (void)referrer;
    (void)referent;
    return RG_LINK_REFERENCE;
}

static enum rg_status poll(void *context)
{
    (void)context;
    return RG_OK;
}

static enum rg_grip grip(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    const struct analysis *analysis = context;
    return (enum rg_grip)analysis
        ->grips[object_of(analysis, referrer)][object_of(analysis, referent)];
}

static bool is_caller(void *context, const struct rg_node *node)
{
    const struct analysis *analysis = context;
    return (int)object_of(analysis, node) == analysis->caller;
}

/* Only what folds can be plumbing. */
static void random_grips(struct analysis *analysis, uint32_t *seed)
{
    static const uint8_t grips[] = {
        RG_GRIP_ITEM,     RG_GRIP_ITEM,     RG_GRIP_ATTRIBUTE,
        RG_GRIP_VARIABLE, RG_GRIP_OTHER,    RG_GRIP_FRAME,
        RG_GRIP_FIXED,    RG_GRIP_PLUMBING, RG_GRIP_KEPT};
    for (unsigned i = 0; i < analysis->heap.count; i++)
        for (unsigned j = 0; j < analysis->heap.count; j++) {
            uint8_t one = grips[heap_below(seed, sizeof grips)];
            bool folds = analysis->heap.role[j] & RG_ROLE_FOLDS;
            analysis->grips[i][j] =
                one == RG_GRIP_PLUMBING && !folds ? RG_GRIP_ITEM : one;
        }
}

static void random_roles(struct analysis *analysis, uint32_t *seed)
{
    struct heap *heap = &analysis->heap;
    analysis->caller = -1;
    for (unsigned i = 0; i < heap->count; i++) {
        if (heap_below(seed, 8) == 0)
            heap->role[i] |= RG_ROLE_FURNITURE;
        if (heap->is_root[i]) {
            if (heap_below(seed, 4) == 0)
                analysis->caller = (int)i;
            continue;
        }
        if (heap_below(seed, 6) == 0)
            heap->role[i] |= RG_ROLE_STOP;
        if (heap_below(seed, 3) == 0)
            heap->role[i] |= RG_ROLE_FOLDS;
        if (heap_below(seed, 10) == 0)
            heap->role[i] |= RG_ROLE_SUSPENDED;
    }
}

bool analysis_random(struct analysis *analysis, uint32_t *seed, unsigned count,
                     unsigned references)
{
    memset(analysis, 0, sizeof *analysis);
    heap_random(&analysis->heap, seed, count, references);
    random_roles(analysis, seed);
    random_grips(analysis, seed);
    unsigned target = heap_below(seed, count);
    if (analysis->heap.is_root[target])
        return false;
    uintptr_t address = heap_address(target);
    const struct rg_finder finder = {
        .context = analysis, .role = role, .link = link, .poll = poll};
    analysis->witness = (struct rg_witness){
        .context = analysis, .grip = grip, .is_caller = is_caller};
    assert_int_equal(heap_table(&analysis->heap, false, &analysis->table),
                     RG_OK);
    assert_int_equal(rg_search(&analysis->table, &address, 1, RG_THROUGH_NONE,
                               &finder, &analysis->closure),
                     RG_OK);
    assert_int_equal(rg_forward_init(&analysis->forward, &analysis->closure, 1,
                                     &analysis->witness, NULL),
                     RG_OK);
    return true;
}

void analysis_free(struct analysis *analysis)
{
    rg_forward_free(&analysis->forward);
    rg_closure_free(&analysis->closure);
    rg_table_free(&analysis->table);
}

bool analysis_is_root(const struct analysis *analysis, uint32_t node)
{
    const struct rg_node *record = &analysis->closure.nodes[node];
    return record->role & RG_ROLE_STOP || !record->followed;
}

bool analysis_reaches(const struct analysis *analysis, const bool *gone)
{
    const struct rg_closure *closure = &analysis->closure;
    bool reached[HEAP_MAX] = {false};
    for (uint32_t n = 1; n < closure->node_count; n++)
        reached[n] = analysis_is_root(analysis, n);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t n = 0; n < closure->node_count; n++)
            for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++)
                if (!reached[n] && reached[closure->referrer[k]] &&
                    closure->referrer[k] != 0 &&
                    !rg_is_mine(&analysis->forward, k) &&
                    (gone == NULL || !gone[k]))
                    more = reached[n] = true;
    }
    return reached[0];
}

void analysis_keeps(const struct analysis *analysis, bool *kept)
{
    const struct rg_closure *closure = &analysis->closure;
    for (uint32_t n = 0; n < closure->node_count; n++)
        kept[n] = closure->nodes[n].role & RG_ROLE_STOP;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t n = 0; n < closure->node_count; n++)
            for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++)
                if (!kept[n] && kept[closure->referrer[k]] &&
                    !rg_is_mine(&analysis->forward, k))
                    more = kept[n] = true;
    }
}
