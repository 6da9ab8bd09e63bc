/* Sorting the referrers of one object into alike ones.
 *
 * Objects are alike when they are of one type and refer in one way; the
 * position or key they do it at does not matter, an attribute's name does.
 * Variables are alike when they have one name, in frames as in modules: so is
 * what a call hands down from function to function, a recursion, a constant
 * that many modules import.  A referrer counts once, in the first group it
 * appears in. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

/* What must be equal; words are stored once, so their places compare. */
struct key {
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

static struct key key_of(const struct rg_graph *graph,
                         const struct rg_reference *reference)
{
    struct key key = {.kind = reference->kind, .a = RG_NONE};
    if (label_matters(reference->kind))
        key.a = reference->label.size == 0 ? 0 : reference->label.offset + 1;
    if (reference->root == RG_NONE) {
        const struct rg_object *referrer = &graph->objects[reference->referrer];
        key.b = referrer->qualname.offset;
        key.c = referrer->module.size == 0 ? RG_NONE : referrer->module.offset;
    }
    return key;
}

static bool same_key(struct key x, struct key y)
{
    return x.kind == y.kind && x.a == y.a && x.b == y.b && x.c == y.c;
}

static size_t hash_key(struct key key)
{
    uint64_t hash = key.kind;
    hash = (hash ^ key.a) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 29) ^ key.b) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 29) ^ key.c) * 0x9E3779B97F4A7C15u;
    return (size_t)(hash ^ (hash >> 32));
}

/* Room for `count` references: a quarter of the slots stay free at least. */
static enum rg_status make_room(struct rg__viewing *viewing, size_t count)
{
    void *alike_of = viewing->alike_of;
    if (rg_grow(&alike_of, &viewing->alike_of_capacity, count,
                sizeof *viewing->alike_of) < 0)
        return RG_ENOMEM;
    viewing->alike_of = alike_of;
    size_t slot_count = 8;
    while (slot_count < count + count / 2)
        slot_count *= 2;
    void *slots = viewing->slots;
    if (rg_grow(&slots, &viewing->slot_capacity, slot_count,
                sizeof *viewing->slots) < 0)
        return RG_ENOMEM;
    viewing->slots = slots;
    viewing->slot_count = slot_count;
    memset(viewing->slots, 0xff, slot_count * sizeof *viewing->slots);
    viewing->alike_count = 0;
    return RG_OK;
}

/* The slot of the group of a reference, or the free slot where it belongs. */
static size_t find_slot(const struct rg__viewing *viewing, uint32_t index)
{
    const struct rg_graph *graph = viewing->graph;
    struct key key = key_of(graph, &graph->references[index]);
    size_t mask = viewing->slot_count - 1;
    size_t slot = hash_key(key) & mask;
    while (viewing->slots[slot] != RG_NONE) {
        uint32_t sample = viewing->alikes[viewing->slots[slot]].sample;
        if (same_key(key_of(graph, &graph->references[sample]), key))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

/* Makes the group of a reference that is the first of its kind; RG_NONE when
 * memory is short. */
static uint32_t add_group(struct rg__viewing *viewing, size_t slot,
                          uint32_t index)
{
    void *alikes = viewing->alikes;
    if (rg_grow(&alikes, &viewing->alike_capacity, viewing->alike_count + 1,
                sizeof *viewing->alikes) < 0)
        return RG_NONE;
    viewing->alikes = alikes;
    viewing->alikes[viewing->alike_count] =
        (struct rg__alike){.sample = index, .last_rest = RG_NONE};
    viewing->slots[slot] = (uint32_t)viewing->alike_count;
    return (uint32_t)viewing->alike_count++;
}

bool rg__view_is_new(struct rg__viewing *viewing,
                     const struct rg_reference *reference)
{
    uint32_t *seen = reference->root == RG_NONE
                         ? &viewing->object_seen[reference->referrer]
                         : &viewing->root_seen[reference->root];
    bool result = *seen != viewing->round;
    *seen = viewing->round;
    return result;
}

/* Puts a reference into its group.  A referrer counts once: what it refers by
 * after that only adds to the references, and makes no group. */
static enum rg_status add_reference(struct rg__viewing *viewing, uint32_t k,
                                    uint32_t index)
{
    const struct rg_reference *reference = &viewing->graph->references[index];
    size_t slot = find_slot(viewing, index);
    uint32_t alike = viewing->slots[slot];
    bool counts = rg__view_is_new(viewing, reference);
    viewing->alike_of[k] = RG_NONE;
    if (reference->root == RG_NONE &&
        (viewing->idle[reference->referrer] ||
         rg__view_is_detour(viewing, reference)) &&
        viewing->object_node[reference->referrer] == RG_NONE)
        return RG_OK;
    if (counts && alike == RG_NONE) {
        alike = add_group(viewing, slot, index);
        if (alike == RG_NONE)
            return RG_ENOMEM;
    }
    if (alike == RG_NONE)
        return RG_OK;
    viewing->alikes[alike].references++;
    if (!counts)
        return RG_OK;
    viewing->alike_of[k] = alike;
    if (rg__view_referrer_node(viewing, reference) == RG_NONE)
        viewing->alikes[alike].hidden++;
    else
        viewing->alikes[alike].drawn++;
    return RG_OK;
}

/* Counts what the graph left out with the group it was left out of. */
static void add_rests(struct rg__viewing *viewing,
                      const struct rg_object *object)
{
    const struct rg_graph *graph = viewing->graph;
    for (uint32_t i = 0; i < object->rest_count; i++) {
        uint32_t index = object->first_rest + i;
        const struct rg_rest *rest = &graph->rests[index];
        uint32_t after = object->first_reference + rest->after;
        uint32_t alike = viewing->slots[find_slot(viewing, after)];
        if (alike == RG_NONE || graph->references[after].kind != rest->kind) {
            viewing->unplaced_rests += rest->count;
            continue;
        }
        viewing->alikes[alike].rests += rest->count;
        viewing->alikes[alike].last_rest = index;
    }
}

enum rg_status rg__view_group(struct rg__viewing *viewing, uint32_t object)
{
    const struct rg_object *referent = &viewing->graph->objects[object];
    if (make_room(viewing, referent->reference_count) != RG_OK)
        return RG_ENOMEM;
    viewing->round++;
    viewing->unplaced_rests = 0;
    for (uint32_t k = 0; k < referent->reference_count; k++)
        if (add_reference(viewing, k, referent->first_reference + k) != RG_OK)
            return RG_ENOMEM;
    add_rests(viewing, referent);
    return RG_OK;
}
