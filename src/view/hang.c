/* By what steps a stack of targets hangs from what is drawn.
 *
 * Of many alike targets three have a box, and only these are asked for their
 * referrers: what leads to the others may have no box at all, and the stack
 * would stand by itself.  So each of its members is followed up the shortest
 * way from a root to where something is drawn, and what is passed is one node
 * of steps, for all members together. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

struct hanging {
    struct rg__drawn *drawn;
    const struct rg_graph *graph;
    uint32_t *distance; /* of each object from the roots */
    uint32_t *end;      /* of each object on a way: the distance at which the
                           way comes to what is drawn, which is less */
    uint32_t *steps; /* by node: the node of steps above a stack, or RG_NONE */
    bool *is_held;   /* by node: a stack that something drawn refers to */
    size_t nodes;    /* as many as these have */
    size_t max_roots;
};

/* Whether a reference comes from something drawn that is no part of a stack,
 * or of steps that are added here. */
static bool comes_from_drawn(const struct hanging *hanging,
                             const struct rg_reference *reference)
{
    uint32_t node = rg__view_referrer_node(hanging->drawn, reference);
    if (node == RG_NONE)
        return false;
    uint8_t kind = hanging->drawn->view->nodes[node].kind;
    return kind == RG_VIEW_ROOT ||
           (node < hanging->nodes && kind != RG_VIEW_STACK);
}

/* The reference by which a shortest way from a root comes to an object: from
 * something drawn where there is such. */
static uint32_t next_up(const struct hanging *hanging, uint32_t object)
{
    const struct rg_object *o = &hanging->graph->objects[object];
    uint32_t best = RG_NONE;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        uint32_t index = o->first_reference + k;
        const struct rg_reference *reference =
            &hanging->graph->references[index];
        bool is_nearer = reference->root != RG_NONE
                             ? hanging->distance[object] == 0
                             : hanging->distance[reference->referrer] <
                                   hanging->distance[object];
        if (reference->kind == RG_WEAK || !is_nearer)
            continue;
        if (comes_from_drawn(hanging, reference))
            return index;
        best = best == RG_NONE ? index : best;
    }
    return best;
}

static uint32_t steps_above(struct hanging *hanging, uint32_t stack)
{
    const struct rg_view_node node = {
        .kind = RG_VIEW_STEPS, .object = RG_NONE, .root = RG_NONE};
    if (hanging->steps[stack] == RG_NONE)
        hanging->steps[stack] = rg__view_add_node(hanging->drawn->view, &node);
    return hanging->steps[stack];
}

/* Goes up from a member of a stack to what is drawn, or to where another way
 * went up, and maps what is between to steps; *end is the distance at which
 * that is. */
static enum rg_status go_up(struct hanging *hanging, uint32_t target,
                            uint32_t *end)
{
    struct rg__drawn *drawn = hanging->drawn;
    uint32_t stack = drawn->object_node[target], object = target;
    while (drawn->hung[object] == RG_NONE) {
        uint32_t index = next_up(hanging, object);
        const struct rg_reference *reference =
            &hanging->graph->references[index];
        drawn->hung[object] = index;
        *end = hanging->distance[object];
        if (comes_from_drawn(hanging, reference))
            return RG_OK;
        if (reference->root != RG_NONE)
            return drawn->view->counts.roots_drawn < hanging->max_roots
                       ? rg__view_draw_root(drawn, reference->root)
                       : RG_OK;
        object = reference->referrer;
        if (drawn->object_node[object] != RG_NONE)
            continue;
        drawn->object_node[object] = steps_above(hanging, stack);
        if (drawn->object_node[object] == RG_NONE)
            return RG_ENOMEM;
    }
    *end = hanging->end[object];
    return RG_OK;
}

/* Notes where the way ends that goes up from here, and how long it is. */
static void note_end(struct hanging *hanging, uint32_t target, uint32_t end)
{
    struct rg__drawn *drawn = hanging->drawn;
    uint32_t stack = drawn->object_node[target], object = target;
    uint32_t length = hanging->distance[target] - end;
    if (hanging->steps[stack] != RG_NONE) {
        struct rg_view_node *steps = &drawn->view->nodes[hanging->steps[stack]];
        steps->count = length > steps->count ? length : steps->count;
    }
    while (object != RG_NONE && hanging->end[object] == RG_NONE) {
        hanging->end[object] = end;
        object = drawn->hung[object] == RG_NONE
                     ? RG_NONE
                     : hanging->graph->references[drawn->hung[object]].referrer;
    }
}

/* Whether something drawn refers to a member of the stack anyway. */
static void note_held(struct hanging *hanging, uint32_t target)
{
    const struct rg_object *o = &hanging->graph->objects[target];
    uint32_t stack = hanging->drawn->object_node[target];
    for (uint32_t k = 0; k < o->reference_count && !hanging->is_held[stack];
         k++)
        hanging->is_held[stack] = comes_from_drawn(
            hanging, &hanging->graph->references[o->first_reference + k]);
}

static bool is_in_stack(const struct hanging *hanging, uint32_t target)
{
    uint32_t node = hanging->drawn->object_node[target];
    return hanging->drawn->view->nodes[node].kind == RG_VIEW_STACK;
}

static enum rg_status hang_all(struct hanging *hanging, struct rg_poll *poll)
{
    const struct rg_graph *graph = hanging->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->target_count && status == RG_OK; i++) {
        uint32_t target = graph->targets[i], end = 0;
        if (!is_in_stack(hanging, target) ||
            hanging->is_held[hanging->drawn->object_node[target]] ||
            hanging->distance[target] == RG_NONE)
            continue;
        status = go_up(hanging, target, &end);
        note_end(hanging, target, end);
        if (status == RG_OK)
            status = rg_poll(poll, 1 + graph->objects[target].reference_count);
    }
    return status;
}

static uint32_t *no_indices(size_t count)
{
    uint32_t *indices = rg_alloc(count, sizeof *indices);
    if (indices != NULL && count != 0)
        memset(indices, 0xff, count * sizeof *indices);
    return indices;
}

static enum rg_status hang_stacks(struct hanging *hanging,
                                  const struct rg__outgoing *outgoing)
{
    struct rg_view *view = hanging->drawn->view;
    enum rg_status status =
        rg__view_measure_from_roots(view, outgoing, &hanging->distance);
    hanging->end = no_indices(view->graph->object_count);
    hanging->steps = no_indices(hanging->nodes);
    hanging->drawn->hung = no_indices(view->graph->object_count);
    if (hanging->end == NULL || hanging->steps == NULL ||
        hanging->drawn->hung == NULL)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = hang_all(hanging, view->poll);
    rg_free(hanging->distance);
    rg_free(hanging->end);
    rg_free(hanging->steps);
    return status;
}

enum rg_status rg__view_hang(struct rg__drawn *drawn,
                             const struct rg__outgoing *outgoing,
                             size_t max_objects)
{
    const struct rg_graph *graph = drawn->view->graph;
    struct hanging hanging = {.drawn = drawn,
                              .graph = graph,
                              .nodes = drawn->view->node_count,
                              .max_roots = max_objects};
    bool is_needed = false;
    hanging.is_held = rg_alloc_zeroed(hanging.nodes, sizeof(bool));
    if (hanging.is_held == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < graph->target_count; i++)
        if (is_in_stack(&hanging, graph->targets[i]))
            note_held(&hanging, graph->targets[i]);
    for (size_t i = 0; i < graph->target_count; i++)
        is_needed = is_needed ||
                    (is_in_stack(&hanging, graph->targets[i]) &&
                     !hanging.is_held[drawn->object_node[graph->targets[i]]]);
    enum rg_status status = is_needed ? hang_stacks(&hanging, outgoing) : RG_OK;
    rg_free(hanging.is_held);
    return status;
}
