/* Which targets have a box of their own: of each type all four, or three and a
 * stack; ten in all.  The one at which the emphasised path ends always has. */
#include "view/viewing.h"

#include "base/alloc.h"

/* The targets of one type. */
struct target_type {
    uint32_t sample; /* the first of them: an object */
    uint32_t stack;  /* node; RG_NONE until one is needed */
    uint64_t count, drawn;
};

struct targets {
    struct rg__drawn *drawn;
    size_t limit; /* boxes */
    struct target_type *types;
    size_t type_count, type_capacity;
    struct rg_hash index; /* of the types */
};

struct sought_type {
    const struct targets *targets;
    const struct rg_object *object;
};

/* Words are stored once, so their places compare. */
static bool is_of_type(const void *context, uint32_t index)
{
    const struct sought_type *sought = context;
    const struct targets *targets = sought->targets;
    const struct rg_object *sample =
        &targets->drawn->view->graph->objects[targets->types[index].sample];
    return sample->qualname.offset == sought->object->qualname.offset &&
           sample->module.offset == sought->object->module.offset;
}

/* The type of a target, made when it is the first of it; NULL when memory is
 * short. */
static struct target_type *target_type_of(struct targets *targets,
                                          uint32_t target)
{
    const struct rg_object *object =
        &targets->drawn->view->graph->objects[target];
    const struct sought_type sought = {targets, object};
    uint32_t key = rg_hash_mix(
        rg_hash_join(object->qualname.offset, object->module.offset));
    if (rg_hash_reserve(&targets->index) < 0)
        return NULL;
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&targets->index, key, is_of_type, &sought);
    if (slot->index != RG_HASH_FREE)
        return &targets->types[slot->index];
    void *types = targets->types;
    if (rg_grow(&types, &targets->type_capacity, targets->type_count + 1,
                sizeof *targets->types) < 0)
        return NULL;
    targets->types = types;
    rg_hash_fill(&targets->index, slot, key, (uint32_t)targets->type_count);
    struct target_type *type = &targets->types[targets->type_count++];
    *type = (struct target_type){.sample = target, .stack = RG_NONE};
    return type;
}

static enum rg_status count_types(struct targets *targets)
{
    const struct rg_graph *graph = targets->drawn->view->graph;
    for (size_t i = 0; i < graph->target_count; i++) {
        struct target_type *type = target_type_of(targets, graph->targets[i]);
        if (type == NULL)
            return RG_ENOMEM;
        type->count++;
    }
    return RG_OK;
}

static enum rg_status stack_target(struct targets *targets,
                                   struct target_type *type, uint32_t target)
{
    struct rg_view *view = targets->drawn->view;
    const struct rg_view_node node = {.kind = RG_VIEW_STACK,
                                      .object = target,
                                      .root = RG_NONE,
                                      .flags = RG_VIEW_TARGET};
    if (type->stack == RG_NONE)
        type->stack = rg__view_add_node(view, &node);
    if (type->stack == RG_NONE)
        return RG_ENOMEM;
    targets->drawn->object_node[target] = type->stack;
    view->nodes[type->stack].count++;
    rg__view_add_member(view, type->stack, target);
    return RG_OK;
}

static enum rg_status pick_target(struct targets *targets, uint32_t target)
{
    struct target_type *type = target_type_of(targets, target);
    if (type == NULL)
        return RG_ENOMEM;
    uint64_t most = RG_VIEW_MAX_ALIKE - (type->count > RG_VIEW_MAX_ALIKE);
    if (targets->drawn->object_node[target] != RG_NONE)
        return RG_OK;
    if (type->drawn == most ||
        targets->drawn->view->counts.objects_drawn >= targets->limit)
        return stack_target(targets, type, target);
    type->drawn++;
    return rg__view_draw_object(targets->drawn, target);
}

enum rg_status rg__view_pick_targets(struct rg__drawn *drawn,
                                     size_t max_objects, uint32_t first)
{
    const struct rg_graph *graph = drawn->view->graph;
    struct targets targets = {.drawn = drawn,
                              .limit = max_objects < RG_VIEW_MAX_TARGETS
                                           ? max_objects
                                           : RG_VIEW_MAX_TARGETS};
    enum rg_status status = count_types(&targets);
    if (status == RG_OK && first != RG_NONE)
        status = pick_target(&targets, first);
    for (size_t i = 0; status == RG_OK && i < graph->target_count; i++)
        status = pick_target(&targets, graph->targets[i]);
    rg_free(targets.types);
    rg_hash_free(&targets.index);
    return status;
}
