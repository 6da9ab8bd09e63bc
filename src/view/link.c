/* The edges between the nodes of a view, and what is left to count. */
#include "view/viewing.h"

#include "base/alloc.h"

struct sought_pair {
    const struct rg_view *view;
    uint32_t referrer, referent;
};

static bool is_pair(const void *context, uint32_t index)
{
    const struct sought_pair *sought = context;
    const struct rg_view_edge *edge = &sought->view->edges[index];
    return edge->referrer == sought->referrer &&
           edge->referent == sought->referent;
}

struct rg_view_edge *rg__view_edge(struct rg__edges *edges, uint32_t referrer,
                                   uint32_t referent)
{
    struct rg_view *view = edges->view;
    const struct sought_pair sought = {view, referrer, referent};
    void *items = view->edges;
    if (rg_hash_reserve(&edges->index) < 0)
        return NULL;
    uint32_t key = rg_hash_mix((uint64_t)referrer << 32 | referent);
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&edges->index, key, is_pair, &sought);
    if (slot->index != RG_HASH_FREE)
        return &view->edges[slot->index];
    if (rg_grow(&items, &view->edge_capacity, view->edge_count + 1,
                sizeof *view->edges) < 0)
        return NULL;
    view->edges = items;
    rg_hash_fill(&edges->index, slot, key, (uint32_t)view->edge_count);
    struct rg_view_edge *edge = &view->edges[view->edge_count++];
    *edge = (struct rg_view_edge){.referrer = referrer,
                                  .referent = referent,
                                  .last = RG_NONE,
                                  .rest = RG_NONE};
    return edge;
}

static bool reads_alike(const struct rg_reference *a,
                        const struct rg_reference *b)
{
    return rg_text_is_same(a->label, b->label) && a->number == b->number &&
           a->kind == b->kind && a->key_type == b->key_type;
}

/* Puts a reference on an edge. */
static void add_to_edge(const struct rg_graph *graph, struct rg_view_edge *edge,
                        uint32_t index)
{
    const struct rg_reference *references = graph->references;
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

struct linking {
    const struct rg__drawn *drawn;
    const bool *idle;
    struct rg__seen *seen;
    struct rg__edges *edges;
};

/* The path comes first, so that its own step leads the label of an edge. */
static enum rg_status link_path(const struct linking *linking)
{
    struct rg_view *view = linking->drawn->view;
    for (size_t i = 0; i < view->path_count; i++) {
        const struct rg_reference *reference =
            &view->graph->references[view->path[i]];
        uint32_t referrer = rg__view_referrer_node(linking->drawn, reference);
        uint32_t referent = linking->drawn->object_node[reference->referent];
        view->nodes[referrer].flags |= RG_VIEW_ON_PATH;
        view->nodes[referent].flags |= RG_VIEW_ON_PATH;
        if (referrer == referent)
            continue; /* inside the steps that are not drawn */
        struct rg_view_edge *edge =
            rg__view_edge(linking->edges, referrer, referent);
        if (edge == NULL)
            return RG_ENOMEM;
        add_to_edge(view->graph, edge, view->path[i]);
        edge->flags |= RG_VIEW_ON_PATH;
    }
    return RG_OK;
}

static void skip_link(const struct linking *linking, uint32_t referent,
                      const struct rg_reference *reference)
{
    struct rg__left_out *left_out = &linking->edges->left_out[referent];
    left_out->referrers++;
    if (reference->root == RG_NONE && linking->idle[reference->referrer])
        left_out->idle++;
}

/* All references to one object that comes from a node. */
static enum rg_status link_object(const struct linking *linking,
                                  uint32_t object)
{
    const struct rg_view *view = linking->drawn->view;
    const struct rg_object *o = &view->graph->objects[object];
    uint32_t referent = linking->drawn->object_node[object];
    bool is_drawn = view->nodes[referent].kind == RG_VIEW_OBJECT;
    linking->seen->round++;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        uint32_t index = o->first_reference + k;
        const struct rg_reference *reference = &view->graph->references[index];
        uint32_t referrer = rg__view_referrer_node(linking->drawn, reference);
        if (referrer == RG_NONE) {
            if (is_drawn && rg__view_is_new(linking->seen, reference))
                skip_link(linking, referent, reference);
            continue;
        }
        if (referrer == referent && !is_drawn)
            continue; /* one of a stack refers to another */
        if (linking->drawn->hung != NULL &&
            linking->drawn->hung[object] != RG_NONE &&
            linking->drawn->hung[object] != index)
            continue; /* nothing but its way is told of it */
        struct rg_view_edge *edge =
            rg__view_edge(linking->edges, referrer, referent);
        if (edge == NULL)
            return RG_ENOMEM;
        bool is_known =
            (edge->flags & RG_VIEW_ON_PATH) != 0 && edge->label[0] == index;
        if (!is_known)
            add_to_edge(view->graph, edge, index);
    }
    return rg_poll(view->poll, o->reference_count + 1);
}

/* Adds the node that counts what is not drawn at node `referent`. */
static enum rg_status add_more(const struct linking *linking, uint32_t referent)
{
    struct rg_view *view = linking->drawn->view;
    if (view->nodes[referent].kind != RG_VIEW_OBJECT)
        return RG_OK;
    const struct rg_object *object =
        &view->graph->objects[view->nodes[referent].object];
    const struct rg__left_out *left_out = &linking->edges->left_out[referent];
    bool is_cut = (object->flags & RG_OBJECT_LIMIT) != 0;
    uint64_t count = left_out->referrers + left_out->references;
    if (count == 0 && !is_cut)
        return RG_OK;
    struct rg_view_node more = {.kind = RG_VIEW_MORE,
                                .object = RG_NONE,
                                .root = RG_NONE,
                                .count = count};
    more.flags = (is_cut ? RG_VIEW_DEPTH_LIMIT : 0) |
                 (left_out->idle == count && !is_cut ? RG_VIEW_CYCLE : 0) |
                 (left_out->references != 0 ? RG_VIEW_REFERENCES : 0);
    uint32_t index = rg__view_add_node(view, &more);
    if (index == RG_NONE ||
        rg__view_edge(linking->edges, index, referent) == NULL)
        return RG_ENOMEM;
    return RG_OK;
}

/* Adds the node of the references to an object that come from C code; several
 * records of one object share it. */
static enum rg_status add_native(const struct linking *linking, uint32_t index)
{
    struct rg_view *view = linking->drawn->view;
    const struct rg_native *native = &view->graph->natives[index];
    uint32_t referent = linking->drawn->object_node[native->object];
    if (referent == RG_NONE || view->nodes[referent].kind != RG_VIEW_OBJECT)
        return RG_OK;
    if (index > 0 && native[-1].object == native->object) {
        view->nodes[view->node_count - 1].count += native->count;
        view->edges[view->edge_count - 1].reference_count += native->count;
        return RG_OK;
    }
    struct rg_view_node node = {.kind = RG_VIEW_NATIVE,
                                .object = RG_NONE,
                                .root = RG_NONE,
                                .native = index,
                                .count = native->count};
    uint32_t added = rg__view_add_node(view, &node);
    struct rg_view_edge *edge =
        added == RG_NONE ? NULL
                         : rg__view_edge(linking->edges, added, referent);
    if (edge == NULL)
        return RG_ENOMEM;
    edge->reference_count = native->count;
    return RG_OK;
}

static void count_target(const struct rg__drawn *drawn, uint32_t target)
{
    const struct rg_graph *graph = drawn->view->graph;
    const struct rg_object *object = &graph->objects[target];
    struct rg_view_counts *counts = &drawn->view->counts;
    const struct rg_view_node *nodes = drawn->view->nodes;
    bool is_drawn = nodes[drawn->object_node[target]].kind == RG_VIEW_OBJECT;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[object->first_reference + k];
        uint32_t node = rg__view_referrer_node(drawn, reference);
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
static void count_drawn_references(struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; i < view->node_count; i++) {
        struct rg_view_node *node = &view->nodes[i];
        if (node->kind != RG_VIEW_OBJECT)
            continue;
        const struct rg_object *object = &graph->objects[node->object];
        node->references = object->reference_count;
        for (uint32_t k = 0; k < object->rest_count; k++)
            node->references += graph->rests[object->first_rest + k].count;
    }
}

/* Every target once, in the order asked. */
static void number_drawn_targets(const struct rg__drawn *drawn,
                                 struct rg__seen *seen)
{
    struct rg_view *view = drawn->view;
    const struct rg_graph *graph = view->graph;
    seen->round++;
    for (size_t i = 0; i < graph->target_count; i++) {
        uint32_t target = graph->targets[i];
        if (seen->objects[target] == seen->round)
            continue;
        seen->objects[target] = seen->round;
        count_target(drawn, target);
    }
    for (size_t i = 0; i < graph->native_count; i++)
        if (graph->objects[graph->natives[i].object].flags & RG_OBJECT_TARGET)
            view->counts.unseen += graph->natives[i].count;
    view->counts.objects = graph->object_count;
}

enum rg_status rg__view_link(const struct rg__drawn *drawn, const bool *idle,
                             struct rg__seen *seen, struct rg__edges *edges)
{
    const struct linking linking = {drawn, idle, seen, edges};
    const struct rg_view *view = drawn->view;
    const struct rg_graph *graph = view->graph;
    size_t node_count = view->node_count;
    if (link_path(&linking) != RG_OK)
        return RG_ENOMEM;
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; i < node_count && status == RG_OK; i++)
        if (view->nodes[i].kind == RG_VIEW_OBJECT)
            status = link_object(&linking, view->nodes[i].object);
    for (uint32_t i = 0; i < graph->object_count && status == RG_OK; i++) {
        uint32_t node = drawn->object_node[i];
        if (node != RG_NONE && view->nodes[node].kind != RG_VIEW_OBJECT)
            status = link_object(&linking, i);
    }
    if (status != RG_OK)
        return status;
    for (uint32_t i = 0; i < node_count; i++)
        if (add_more(&linking, i) != RG_OK)
            return RG_ENOMEM;
    for (uint32_t i = 0; i < graph->native_count; i++)
        if (add_native(&linking, i) != RG_OK)
            return RG_ENOMEM;
    count_drawn_references(drawn->view);
    number_drawn_targets(drawn, seen);
    return RG_OK;
}
