/* Stacks: what alike referrers become beyond the first three. */
#include "view/viewing.h"

#include "base/alloc.h"

/* Maps the members that have no node yet to the stack. */
static void map_members(struct rg__drawn *drawn,
                        const struct rg__groups *groups, uint32_t object,
                        uint32_t alike, uint32_t stack)
{
    const struct rg_graph *graph = drawn->view->graph;
    const struct rg_object *referent = &graph->objects[object];
    for (uint32_t k = 0; k < referent->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[referent->first_reference + k];
        if (groups->alike_of[k] != alike ||
            rg__view_referrer_node(drawn, reference) != RG_NONE)
            continue;
        bool is_object = reference->root == RG_NONE;
        uint32_t member = is_object ? reference->referrer : reference->root;
        (is_object ? drawn->object_node : drawn->root_node)[member] = stack;
        rg__view_add_member(drawn->view, stack, member);
    }
}

/* Puts references that the graph only counted on an edge. */
static enum rg_status add_rest(struct rg__edges *edges, uint32_t referrer,
                               uint32_t referent, const struct rg__alike *alike)
{
    struct rg_view_edge *edge = rg__view_edge(edges, referrer, referent);
    if (edge == NULL)
        return RG_ENOMEM;
    edge->rest = alike->last_rest;
    edge->reference_count += alike->rests;
    return RG_OK;
}

struct stacking {
    struct rg__drawn *drawn;
    struct rg__groups *groups;
    struct rg__edges *edges;
};

/* The stack of one group.  With `one_each`, each reference that was only
 * counted is one more member. */
static enum rg_status add_stack(const struct stacking *stacking,
                                uint32_t referent, uint32_t index,
                                bool one_each)
{
    struct rg_view *view = stacking->drawn->view;
    uint32_t object = view->nodes[referent].object;
    const struct rg__alike *alike = &stacking->groups->alikes[index];
    const struct rg_reference *sample = &view->graph->references[alike->sample];
    struct rg_view_node node = {
        .kind = RG_VIEW_STACK,
        .object = sample->referrer,
        .root = sample->root,
        .count = alike->hidden + (one_each ? alike->rests : 0),
        .unfollowed = one_each && sample->root == RG_NONE ? alike->rests : 0};
    uint32_t stack = rg__view_add_node(view, &node);
    if (stack == RG_NONE)
        return RG_ENOMEM;
    map_members(stacking->drawn, stacking->groups, object, index, stack);
    if (alike->rests == 0)
        return RG_OK;
    if (one_each)
        return add_rest(stacking->edges, stack, referent, alike);
    stacking->edges->left_out[referent].references += alike->rests;
    return RG_OK;
}

static enum rg_status stack_group(const struct stacking *stacking,
                                  uint32_t referent, uint32_t index)
{
    const struct rg__alike *alike = &stacking->groups->alikes[index];
    uint64_t referrers = alike->drawn + alike->hidden;
    bool one_each = alike->references == referrers;
    uint64_t members = alike->hidden + (one_each ? alike->rests : 0);
    if (alike->drawn > 0 && members > 1)
        return add_stack(stacking, referent, index, one_each);
    if (alike->rests == 0)
        return RG_OK;
    uint32_t node = rg__view_referrer_node(
        stacking->drawn,
        &stacking->drawn->view->graph->references[alike->sample]);
    /* One container that refers many times: more of the same arrow. */
    if (referrers == 1 && node != RG_NONE && !one_each)
        return add_rest(stacking->edges, node, referent, alike);
    stacking->edges->left_out[referent].references += alike->rests;
    return RG_OK;
}

enum rg_status rg__view_stack(struct rg__drawn *drawn,
                              struct rg__groups *groups,
                              struct rg__edges *edges)
{
    const struct stacking stacking = {drawn, groups, edges};
    size_t picked = drawn->view->node_count;
    edges->left_out = rg_alloc_zeroed(picked, sizeof *edges->left_out);
    if (edges->left_out == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < picked; i++) {
        struct rg_view_node *node = &drawn->view->nodes[i];
        if (node->kind != RG_VIEW_OBJECT)
            continue;
        enum rg_status status = rg__view_group(groups, node->object);
        if (status != RG_OK)
            return status;
        edges->left_out[i].references += groups->unplaced_rests;
        for (uint32_t g = 0; g < groups->count; g++)
            if (stack_group(&stacking, i, g) != RG_OK)
                return RG_ENOMEM;
    }
    return RG_OK;
}
