/* Sorting the referrers of one object into alike ones.
 *
 * Objects are alike when they are of one type and refer in one way; the
 * position or key they do it at does not matter, an attribute's name does.
 * Variables are alike when they have one name, in frames as in modules: so is
 * what a call hands down from function to function, a recursion, a constant
 * that many modules import.  A referrer counts once, in the first group it
 * appears in. */
#include "view/viewing.h"

#include "base/alloc.h"

/* What must be equal; words are stored once, so their places compare. */
struct alike_key {
    uint32_t kind;
    uint32_t a, b, c;
};

/* Whether the label tells referrers of this kind apart. */
static bool label_matters(uint8_t kind)
{
    switch (kind) {
    case RG_ITEM:
    case RG_INDEX:
    case RG_KEY:
    case RG_SET_MEMBER:
    case RG_INSTANCE:
    case RG_WEAK:
    case RG_UNNAMED:
    case RG_TEMPORARY:
    case RG_RUNNING:
        return false;
    default:
        return true;
    }
}

static struct alike_key key_of(const struct rg_graph *graph,
                               const struct rg_reference *reference)
{
    struct alike_key key = {.kind = reference->kind, .a = RG_NONE};
    if (label_matters(reference->kind))
        key.a = reference->label.size == 0 ? 0 : reference->label.offset + 1;
    if (reference->root == RG_NONE) {
        const struct rg_object *referrer = &graph->objects[reference->referrer];
        key.b = referrer->qualname.offset;
        key.c = referrer->module.size == 0 ? RG_NONE : referrer->module.offset;
    }
    return key;
}

static uint32_t hash_of_key(struct alike_key key)
{
    uint64_t hash = rg_hash_join(key.kind, key.a);
    hash = rg_hash_join(hash, key.b);
    return rg_hash_mix(rg_hash_join(hash, key.c));
}

/* Room for `count` references. */
static enum rg_status restart_groups(struct rg__groups *groups, size_t count)
{
    void *alike_of = groups->alike_of;
    if (rg_grow(&alike_of, &groups->alike_of_capacity, count,
                sizeof *groups->alike_of) < 0)
        return RG_ENOMEM;
    groups->alike_of = alike_of;
    groups->count = 0;
    return rg_hash_restart(&groups->index, count) < 0 ? RG_ENOMEM : RG_OK;
}

struct sought_group {
    const struct rg__groups *groups;
    struct alike_key key;
};

static bool is_group(const void *context, uint32_t index)
{
    const struct sought_group *sought = context;
    const struct rg_graph *graph = sought->groups->drawn->view->graph;
    struct alike_key x =
        key_of(graph, &graph->references[sought->groups->alikes[index].sample]);
    struct alike_key y = sought->key;
    return x.kind == y.kind && x.a == y.a && x.b == y.b && x.c == y.c;
}

/* The slot of the group of a reference, or the free one where it belongs. */
static struct rg_hash_slot *find_group(const struct rg__groups *groups,
                                       uint32_t reference, uint32_t *key)
{
    const struct rg_graph *graph = groups->drawn->view->graph;
    const struct sought_group sought = {
        .groups = groups, .key = key_of(graph, &graph->references[reference])};
    *key = hash_of_key(sought.key);
    return rg_hash_slot_of(&groups->index, *key, is_group, &sought);
}

/* Makes the group of a reference that is the first of its kind. */
static enum rg_status add_group(struct rg__groups *groups,
                                struct rg_hash_slot *slot, uint32_t key,
                                uint32_t reference)
{
    void *alikes = groups->alikes;
    if (rg_grow(&alikes, &groups->capacity, groups->count + 1,
                sizeof *groups->alikes) < 0)
        return RG_ENOMEM;
    groups->alikes = alikes;
    groups->alikes[groups->count] =
        (struct rg__alike){.sample = reference, .last_rest = RG_NONE};
    rg_hash_fill(&groups->index, slot, key, (uint32_t)groups->count++);
    return RG_OK;
}

/* Whether a referrer that is not drawn yet is not worth drawing. */
static bool is_aside(const struct rg__groups *groups,
                     const struct rg_reference *reference)
{
    return reference->root == RG_NONE &&
           (groups->aside->idle[reference->referrer] ||
            rg__view_is_detour(groups->drawn->view->graph, groups->aside,
                               reference)) &&
           groups->drawn->object_node[reference->referrer] == RG_NONE;
}

/* Puts a reference into its group.  A referrer counts once: what it refers by
 * after that only adds to the references, and makes no group. */
static enum rg_status add_to_group(struct rg__groups *groups, uint32_t k,
                                   uint32_t index)
{
    const struct rg_reference *reference =
        &groups->drawn->view->graph->references[index];
    uint32_t key;
    struct rg_hash_slot *slot = find_group(groups, index, &key);
    bool counts = rg__view_is_new(groups->seen, reference);
    groups->alike_of[k] = RG_NONE;
    if (is_aside(groups, reference))
        return RG_OK;
    if (counts && slot->index == RG_HASH_FREE &&
        add_group(groups, slot, key, index) != RG_OK)
        return RG_ENOMEM;
    if (slot->index == RG_HASH_FREE)
        return RG_OK;
    struct rg__alike *alike = &groups->alikes[slot->index];
    alike->references++;
    if (!counts)
        return RG_OK;
    groups->alike_of[k] = slot->index;
    if (rg__view_referrer_node(groups->drawn, reference) == RG_NONE)
        alike->hidden++;
    else
        alike->drawn++;
    return RG_OK;
}

/* Whether it is of the very kind that the group of this reference is of: of
 * very many names the rest has several. */
static bool is_rest_of_group(const struct rg_rest *rest,
                             const struct rg_reference *last)
{
    bool has_one = rest->first.size == 0
                       ? rest->last.size == 0
                       : rg_text_is_same(rest->first, last->label) &&
                             rg_text_is_same(rest->last, last->label);
    return last->kind == rest->kind && (!label_matters(rest->kind) || has_one);
}

/* Counts what the graph left out with the group it was left out of. */
static void add_rests(struct rg__groups *groups, const struct rg_object *object)
{
    const struct rg_graph *graph = groups->drawn->view->graph;
    for (uint32_t i = 0; i < object->rest_count; i++) {
        uint32_t index = object->first_rest + i, key;
        const struct rg_rest *rest = &graph->rests[index];
        uint32_t after = object->first_reference + rest->after;
        uint32_t alike = find_group(groups, after, &key)->index;
        if (alike == RG_HASH_FREE ||
            !is_rest_of_group(rest, &graph->references[after])) {
            groups->unplaced_rests += rest->count;
            continue;
        }
        groups->alikes[alike].rests += rest->count;
        groups->alikes[alike].last_rest = index;
    }
}

enum rg_status rg__view_group(struct rg__groups *groups, uint32_t object)
{
    const struct rg_object *referent =
        &groups->drawn->view->graph->objects[object];
    if (restart_groups(groups, referent->reference_count) != RG_OK)
        return RG_ENOMEM;
    groups->seen->round++;
    groups->unplaced_rests = 0;
    enum rg_status status = RG_OK;
    for (uint32_t k = 0; k < referent->reference_count && status == RG_OK;
         k++) {
        status = add_to_group(groups, k, referent->first_reference + k);
        if (status == RG_OK)
            status = rg_poll(groups->drawn->view->poll, 1);
    }
    add_rests(groups, referent);
    return status;
}
