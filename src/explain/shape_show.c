/* Objects of the graph while it is being made, and references to them. */
#include "explain/shaping.h"

#include "base/alloc.h"

enum rg_status rg__shape_object(struct rg__shaping *shape, uint32_t node,
                                uint32_t depth, uint32_t untracked,
                                uint32_t *index)
{
    *index = shape->object_of[node];
    if (*index != RG_NONE)
        return RG_OK;
    const struct rg_node *found = &shape->closure->nodes[node];
    void *shown = shape->shown;
    if (rg_grow(&shown, &shape->shown_capacity, shape->graph->object_count + 1,
                sizeof *shape->shown) < 0)
        return RG_ENOMEM;
    shape->shown = shown;
    struct rg_object object = {
        .id = found->address, .items = -1, .depth = depth};
    enum rg_status status = shape->namer->describe(shape->namer->context, found,
                                                   shape->graph, &object);
    if (!found->followed)
        object.flags |= RG_OBJECT_NOT_FOLLOWED;
    if (status == RG_OK)
        status = rg_graph_add_object(shape->graph, &object, index);
    if (status == RG_OK)
        status = rg__reading_await(shape->reading, node);
    if (status != RG_OK)
        return status;
    shape->object_of[node] = *index;
    shape->shown[*index] = (struct rg__shown){
        .node = node,
        .untracked =
            found->role & RG_ROLE_UNTRACKED && depth > 0 ? untracked + 1 : 0};
    return RG_OK;
}

/* A place among the objects shown for what is not to be followed. */
static enum rg_status show_unfollowed(struct rg__shaping *shape,
                                      const struct rg_object *object,
                                      uint32_t *index)
{
    void *shown = shape->shown;
    if (rg_grow(&shown, &shape->shown_capacity, shape->graph->object_count + 1,
                sizeof *shape->shown) < 0)
        return RG_ENOMEM;
    shape->shown = shown;
    enum rg_status status = rg_graph_add_object(shape->graph, object, index);
    if (status == RG_OK)
        shape->shown[*index] = (struct rg__shown){.node = RG_NONE};
    return status;
}

/* The object that shows a weak referrer, made when it is met. */
static enum rg_status weak_object(struct rg__shaping *shape, uintptr_t address,
                                  uint32_t depth, uint32_t *index)
{
    rg_code code;
    uint32_t node = rg_closure_node(shape->closure, shape->table, address);
    if (node != RG_NONE)
        return rg__shape_object(shape, node, depth, 0, index);
    bool has_code = rg_regions_find(shape->table->regions, address, &code);
    *index = has_code ? rg_code_map_get(&shape->weak_objects, code) : RG_NONE;
    if (*index != RG_NONE)
        return RG_OK;
    const struct rg_node found = {.address = address, .object = RG_NONE};
    struct rg_object object = {.id = address, .items = -1, .depth = depth};
    enum rg_status status = shape->namer->describe(
        shape->namer->context, &found, shape->graph, &object);
    object.flags |= RG_OBJECT_NOT_FOLLOWED;
    if (status == RG_OK)
        status = show_unfollowed(shape, &object, index);
    if (status == RG_OK && has_code &&
        rg_code_map_add(&shape->weak_objects, code, *index) < 0)
        status = RG_ENOMEM;
    return status;
}

enum rg_status rg__shape_show(struct rg__shaping *shape, uint32_t object,
                              const struct rg__candidate *candidate)
{
    struct rg_reference reference = candidate->reference;
    reference.referent = object;
    reference.referrer = RG_NONE;
    enum rg_status status = RG_OK;
    uint32_t depth = shape->graph->objects[object].depth + 1;
    if (candidate->weak != 0)
        status =
            weak_object(shape, candidate->weak, depth, &reference.referrer);
    else if (reference.root == RG_NONE)
        status = rg__shape_object(shape, candidate->node, depth,
                                  shape->shown[object].untracked,
                                  &reference.referrer);
    if (status == RG_OK)
        status = rg_graph_add_reference(shape->graph, &reference);
    return status == RG_OK ? rg_poll(rg__shape_poll(shape), 1) : status;
}
