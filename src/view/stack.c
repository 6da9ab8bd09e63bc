/* Stacks: what alike referrers become beyond the first three. */
#include "view/viewing.h"

#include "base/alloc.h"

/* Maps the members that have no node yet to the stack. */
static void gather(struct rg__viewing *viewing, uint32_t object,
                   uint32_t alike, uint32_t stack)
{
    const struct rg_object *referent = &viewing->graph->objects[object];
    for (uint32_t k = 0; k < referent->reference_count; k++) {
        const struct rg_reference *reference =
            &viewing->graph->references[referent->first_reference + k];
        if (viewing->alike_of[k] != alike ||
            rg__view_referrer_node(viewing, reference) != RG_NONE)
            continue;
        bool is_object = reference->root == RG_NONE;
        uint32_t member = is_object ? reference->referrer : reference->root;
        (is_object ? viewing->object_node : viewing->root_node)[member] = stack;
        rg__view_add_member(viewing, stack, member);
    }
}

/* Puts references that the graph only counted on an edge. */
static enum rg_status add_rest(struct rg__viewing *viewing, uint32_t referrer,
                               uint32_t referent,
                               const struct rg__alike *alike)
{
    struct rg_view_edge *edge = rg__view_edge(viewing, referrer, referent);
    if (edge == NULL)
        return RG_ENOMEM;
    edge->rest = alike->last_rest;
    edge->reference_count += alike->rests;
    return RG_OK;
}

/* The stack of one group.  With `one_each`, each reference that was only
 * counted is one more member. */
static enum rg_status add_stack(struct rg__viewing *viewing, uint32_t referent,
                                uint32_t index, bool one_each)
{
    uint32_t object = viewing->view->nodes[referent].object;
    const struct rg__alike *alike = &viewing->alikes[index];
    const struct rg_reference *sample =
        &viewing->graph->references[alike->sample];
    struct rg_view_node node = {
        .kind = RG_VIEW_STACK,
        .object = sample->referrer,
        .root = sample->root,
        .count = alike->hidden + (one_each ? alike->rests : 0),
        .unfollowed = one_each && sample->root == RG_NONE ? alike->rests : 0};
    uint32_t stack = rg__view_add_node(viewing, &node);
    if (stack == RG_NONE)
        return RG_ENOMEM;
    gather(viewing, object, index, stack);
    if (alike->rests == 0)
        return RG_OK;
    if (one_each)
        return add_rest(viewing, stack, referent, alike);
    viewing->left_out[referent].references += alike->rests;
    return RG_OK;
}

static enum rg_status stack_group(struct rg__viewing *viewing,
                                  uint32_t referent, uint32_t index)
{
    const struct rg__alike *alike = &viewing->alikes[index];
    uint64_t referrers = alike->drawn + alike->hidden;
    bool one_each = alike->references == referrers;
    uint64_t members = alike->hidden + (one_each ? alike->rests : 0);
    if (alike->drawn > 0 && members > 1)
        return add_stack(viewing, referent, index, one_each);
    if (alike->rests == 0)
        return RG_OK;
    uint32_t node = rg__view_referrer_node(
        viewing, &viewing->graph->references[alike->sample]);
    /* One container that refers many times: more of the same arrow. */
    if (referrers == 1 && node != RG_NONE && !one_each)
        return add_rest(viewing, node, referent, alike);
    viewing->left_out[referent].references += alike->rests;
    return RG_OK;
}

enum rg_status rg__view_stack(struct rg__viewing *viewing)
{
    size_t picked = viewing->view->node_count;
    viewing->left_out = rg_alloc_zeroed(picked, sizeof *viewing->left_out);
    if (viewing->left_out == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < picked; i++) {
        struct rg_view_node *node = &viewing->view->nodes[i];
        if (node->kind != RG_VIEW_OBJECT)
            continue;
        if (rg__view_group(viewing, node->object) != RG_OK)
            return RG_ENOMEM;
        viewing->left_out[i].references += viewing->unplaced_rests;
        for (uint32_t g = 0; g < viewing->alike_count; g++)
            if (stack_group(viewing, i, g) != RG_OK)
                return RG_ENOMEM;
    }
    return RG_OK;
}
