/* The edges between the nodes of a view, and what is left to count. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

static size_t hash_pair(uint32_t referrer, uint32_t referent)
{
    uint64_t pair = ((uint64_t)referrer << 32 | referent) * 0x9E3779B97F4A7C15u;
    return (size_t)(pair ^ (pair >> 32));
}

static size_t find_slot(const struct rg__viewing *viewing, uint32_t referrer,
                        uint32_t referent)
{
    size_t mask = viewing->pair_slot_count - 1;
    size_t slot = hash_pair(referrer, referent) & mask;
    while (viewing->pair_slots[slot] != RG_NONE) {
        const struct rg_view_edge *edge =
            &viewing->view->edges[viewing->pair_slots[slot]];
        if (edge->referrer == referrer && edge->referent == referent)
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

/* Doubles the table when half of it would be in use. */
static enum rg_status make_room(struct rg__viewing *viewing)
{
    size_t count = viewing->view->edge_count;
    if (2 * (count + 1) <= viewing->pair_slot_count)
        return RG_OK;
    size_t slot_count = viewing->pair_slot_count == 0
                            ? 64
                            : 2 * viewing->pair_slot_count;
    uint32_t *slots = rg_alloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return RG_ENOMEM;
    memset(slots, 0xff, slot_count * sizeof *slots);
    rg_free(viewing->pair_slots);
    viewing->pair_slots = slots;
    viewing->pair_slot_count = slot_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct rg_view_edge *edge = &viewing->view->edges[i];
        slots[find_slot(viewing, edge->referrer, edge->referent)] = i;
    }
    return RG_OK;
}

struct rg_view_edge *rg__view_edge(struct rg__viewing *viewing,
                                   uint32_t referrer, uint32_t referent)
{
    struct rg_view *view = viewing->view;
    void *edges = view->edges;
    if (make_room(viewing) != RG_OK)
        return NULL;
    size_t slot = find_slot(viewing, referrer, referent);
    if (viewing->pair_slots[slot] != RG_NONE)
        return &view->edges[viewing->pair_slots[slot]];
    if (rg_grow(&edges, &view->edge_capacity, view->edge_count + 1,
                sizeof *view->edges) < 0)
        return NULL;
    view->edges = edges;
    viewing->pair_slots[slot] = (uint32_t)view->edge_count;
    struct rg_view_edge *edge = &view->edges[view->edge_count++];
    *edge = (struct rg_view_edge){.referrer = referrer, .referent = referent,
                                  .last = RG_NONE, .rest = RG_NONE};
    return edge;
}

/* Words are stored once, so equal texts have equal places. */
static bool reads_alike(const struct rg_reference *a,
                        const struct rg_reference *b)
{
    return a->label.size == b->label.size &&
           (a->label.size == 0 || a->label.offset == b->label.offset) &&
           a->number == b->number && a->kind == b->kind &&
           a->key_type == b->key_type;
}

void rg__view_edge_add(struct rg__viewing *viewing, struct rg_view_edge *edge,
                       uint32_t index)
{
    const struct rg_reference *references = viewing->graph->references;
    bool is_weak = references[index].kind == RG_WEAK;
    if (edge->label_count == 0)
        edge->flags |= RG_VIEW_ALIKE | (is_weak ? RG_VIEW_WEAK : 0);
    else if (!reads_alike(&references[index], &references[edge->label[0]]))
        edge->flags &= (uint8_t)~RG_VIEW_ALIKE;
    if (!is_weak)
        edge->flags &= (uint8_t)~RG_VIEW_WEAK;
    if (references[index].flags & RG_REFERENCE_CUT)
        edge->flags |= RG_VIEW_CUT;
    if (edge->label_count < RG_VIEW_EDGE_LABELS)
        edge->label[edge->label_count++] = index;
    edge->last = index;
    edge->reference_count++;
}

/* The path comes first, so that its own step leads the label of an edge. */
static enum rg_status link_path(struct rg__viewing *viewing)
{
    struct rg_view *view = viewing->view;
    for (size_t i = 0; i < view->path_count; i++) {
        const struct rg_reference *reference =
            &viewing->graph->references[view->path[i]];
        uint32_t referrer = rg__view_referrer_node(viewing, reference);
        uint32_t referent = viewing->object_node[reference->referent];
        view->nodes[referrer].flags |= RG_VIEW_ON_PATH;
        view->nodes[referent].flags |= RG_VIEW_ON_PATH;
        if (referrer == referent)
            continue;       /* inside the steps that are not drawn */
        struct rg_view_edge *edge = rg__view_edge(viewing, referrer, referent);
        if (edge == NULL)
            return RG_ENOMEM;
        rg__view_edge_add(viewing, edge, view->path[i]);
        edge->flags |= RG_VIEW_ON_PATH;
    }
    return RG_OK;
}

static void leave_out(struct rg__viewing *viewing, uint32_t referent,
                      const struct rg_reference *reference)
{
    struct rg__left_out *left_out = &viewing->left_out[referent];
    left_out->referrers++;
    if (reference->root == RG_NONE && viewing->idle[reference->referrer])
        left_out->idle++;
}

/* All references to one object that comes from a node. */
static enum rg_status link_object(struct rg__viewing *viewing, uint32_t object)
{
    const struct rg_object *o = &viewing->graph->objects[object];
    uint32_t referent = viewing->object_node[object];
    bool is_drawn = viewing->view->nodes[referent].kind == RG_VIEW_OBJECT;
    viewing->round++;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        uint32_t index = o->first_reference + k;
        const struct rg_reference *reference =
            &viewing->graph->references[index];
        uint32_t referrer = rg__view_referrer_node(viewing, reference);
        if (referrer == RG_NONE) {
            if (is_drawn && rg__view_is_new(viewing, reference))
                leave_out(viewing, referent, reference);
            continue;
        }
        if (referrer == referent && !is_drawn)
            continue;       /* one of a stack refers to another */
        struct rg_view_edge *edge = rg__view_edge(viewing, referrer, referent);
        if (edge == NULL)
            return RG_ENOMEM;
        bool is_known = (edge->flags & RG_VIEW_ON_PATH) != 0 &&
                        edge->label[0] == index;
        if (!is_known)
            rg__view_edge_add(viewing, edge, index);
    }
    return RG_OK;
}

/* Adds the node that counts what is not drawn at node `referent`. */
static enum rg_status add_more(struct rg__viewing *viewing, uint32_t referent)
{
    struct rg_view *view = viewing->view;
    if (view->nodes[referent].kind != RG_VIEW_OBJECT)
        return RG_OK;
    const struct rg_object *object =
        &viewing->graph->objects[view->nodes[referent].object];
    const struct rg__left_out *left_out = &viewing->left_out[referent];
    bool is_cut = (object->flags & RG_OBJECT_LIMIT) != 0;
    uint64_t count = left_out->referrers + left_out->references;
    if (count == 0 && !is_cut)
        return RG_OK;
    struct rg_view_node more = {.kind = RG_VIEW_MORE, .object = RG_NONE,
                                .root = RG_NONE, .count = count};
    more.flags = (is_cut ? RG_VIEW_DEPTH_LIMIT : 0) |
                 (left_out->idle == count && !is_cut ? RG_VIEW_CYCLE : 0) |
                 (left_out->references != 0 ? RG_VIEW_REFERENCES : 0);
    uint32_t index = rg__view_add_node(viewing, &more);
    if (index == RG_NONE || rg__view_edge(viewing, index, referent) == NULL)
        return RG_ENOMEM;
    return RG_OK;
}

/* Adds the node of the references to an object that come from C code; several
 * records of one object share it. */
static enum rg_status add_native(struct rg__viewing *viewing, uint32_t index)
{
    const struct rg_native *native = &viewing->graph->natives[index];
    struct rg_view *view = viewing->view;
    uint32_t referent = viewing->object_node[native->object];
    if (referent == RG_NONE || view->nodes[referent].kind != RG_VIEW_OBJECT)
        return RG_OK;
    if (index > 0 && viewing->graph->natives[index - 1].object == native->object) {
        view->nodes[view->node_count - 1].count += native->count;
        view->edges[view->edge_count - 1].reference_count += native->count;
        return RG_OK;
    }
    struct rg_view_node node = {.kind = RG_VIEW_NATIVE, .object = RG_NONE,
                                .root = RG_NONE, .native = index,
                                .count = native->count};
    uint32_t added = rg__view_add_node(viewing, &node);
    struct rg_view_edge *edge =
        added == RG_NONE ? NULL : rg__view_edge(viewing, added, referent);
    if (edge == NULL)
        return RG_ENOMEM;
    edge->reference_count = native->count;
    return RG_OK;
}

static void count_target(struct rg__viewing *viewing, uint32_t target)
{
    const struct rg_graph *graph = viewing->graph;
    const struct rg_object *object = &graph->objects[target];
    struct rg_view_counts *counts = &viewing->view->counts;
    const struct rg_view_node *nodes = viewing->view->nodes;
    bool is_drawn = nodes[viewing->object_node[target]].kind == RG_VIEW_OBJECT;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[object->first_reference + k];
        uint32_t node = rg__view_referrer_node(viewing, reference);
        if (reference->kind == RG_WEAK) {
            counts->weak++;
            continue;
        }
        counts->references++;
        if (is_drawn && node != RG_NONE && nodes[node].kind != RG_VIEW_STACK)
            counts->shown++;
        else
            counts->collapsed++;
    }
    for (uint32_t k = 0; k < object->rest_count; k++) {
        const struct rg_rest *rest = &graph->rests[object->first_rest + k];
        if (rest->kind == RG_WEAK) {
            counts->weak += rest->count;
            continue;
        }
        counts->references += rest->count;
        counts->collapsed += rest->count;
    }
}

/* How many references lead to each object that is drawn. */
static void count_references(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    for (size_t i = 0; i < viewing->view->node_count; i++) {
        struct rg_view_node *node = &viewing->view->nodes[i];
        if (node->kind != RG_VIEW_OBJECT)
            continue;
        const struct rg_object *object = &graph->objects[node->object];
        node->references = object->reference_count;
        for (uint32_t k = 0; k < object->rest_count; k++)
            node->references += graph->rests[object->first_rest + k].count;
    }
}

/* Every target once, in the order asked. */
static void count_targets(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    viewing->round++;
    for (size_t i = 0; i < graph->target_count; i++) {
        uint32_t target = graph->targets[i];
        if (viewing->object_seen[target] == viewing->round)
            continue;
        viewing->object_seen[target] = viewing->round;
        count_target(viewing, target);
    }
    for (size_t i = 0; i < graph->native_count; i++)
        if (graph->objects[graph->natives[i].object].flags & RG_OBJECT_TARGET)
            viewing->view->counts.unseen += graph->natives[i].count;
    viewing->view->counts.objects_drawn = viewing->objects_drawn;
    viewing->view->counts.roots_drawn = viewing->roots_drawn;
    viewing->view->counts.objects = graph->object_count;
}

enum rg_status rg__view_link(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    size_t node_count = viewing->view->node_count;
    if (link_path(viewing) != RG_OK)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < node_count; i++)
        if (viewing->view->nodes[i].kind == RG_VIEW_OBJECT &&
            link_object(viewing, viewing->view->nodes[i].object) != RG_OK)
            return RG_ENOMEM;
    for (uint32_t i = 0; i < graph->object_count; i++) {
        uint32_t node = viewing->object_node[i];
        if (node != RG_NONE && viewing->view->nodes[node].kind != RG_VIEW_OBJECT &&
            link_object(viewing, i) != RG_OK)
            return RG_ENOMEM;
    }
    for (uint32_t i = 0; i < node_count; i++)
        if (add_more(viewing, i) != RG_OK)
            return RG_ENOMEM;
    for (uint32_t i = 0; i < graph->native_count; i++)
        if (add_native(viewing, i) != RG_OK)
            return RG_ENOMEM;
    count_references(viewing);
    count_targets(viewing);
    return RG_OK;
}
