#include "render/reference_view.h"

#include <string.h>

#include "base/alloc.h"
#include "render/lines.h"

/* The set of edges starts with this many slots and doubles when half full. */
enum { FIRST_SLOTS = 256 };

struct builder {
    struct rg__lines lines;
    struct rg__text_walk walk;
    uint32_t *view_of;      /* node of the lines -> node of the view */
    uint32_t *slots;        /* hash of the edges, by index; RG_NONE: free */
    size_t slot_count;
    struct rg_reference_view *view;
};

static uint32_t *find_slot(const struct builder *builder,
                           struct rg_reference_edge edge)
{
    uint64_t hash = (uint64_t)edge.referent << 32 | edge.referrer;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    size_t mask = builder->slot_count - 1;
    size_t at = (size_t)(hash ^ hash >> 32) & mask;
    for (;; at = (at + 1) & mask) {
        uint32_t *slot = &builder->slots[at];
        if (*slot == RG_NONE)
            return slot;
        struct rg_reference_edge *known = &builder->view->edges[*slot];
        if (known->referent == edge.referent &&
            known->referrer == edge.referrer)
            return slot;
    }
}

static enum rg_status grow_slots(struct builder *builder)
{
    size_t count =
        builder->slot_count == 0 ? FIRST_SLOTS : 2 * builder->slot_count;
    uint32_t *slots = rg_alloc(count, sizeof *slots);
    if (slots == NULL)
        return RG_ENOMEM;
    memset(slots, 0xff, count * sizeof *slots);
    rg_free(builder->slots);
    builder->slots = slots;
    builder->slot_count = count;
    for (size_t i = 0; i < builder->view->edge_count; i++)
        *find_slot(builder, builder->view->edges[i]) = (uint32_t)i;
    return RG_OK;
}

/* Adds the edge between two nodes of the view, once. */
static enum rg_status add_edge(struct builder *builder, uint32_t referent,
                               uint32_t referrer)
{
    struct rg_reference_view *view = builder->view;
    struct rg_reference_edge edge = {referent, referrer};
    if (2 * view->edge_count >= builder->slot_count &&
        grow_slots(builder) != RG_OK)
        return RG_ENOMEM;
    uint32_t *slot = find_slot(builder, edge);
    if (*slot != RG_NONE)
        return RG_OK;
    if (view->edge_count >= RG_NONE - 1)
        return RG_ELIMIT;
    void *edges = view->edges;
    if (rg_grow(&edges, &view->edge_capacity, view->edge_count + 1,
                sizeof edge) < 0)
        return RG_ENOMEM;
    view->edges = edges;
    *slot = (uint32_t)view->edge_count;
    view->edges[view->edge_count++] = edge;
    return RG_OK;
}

/* The view's node for a node of the lines, added when it is met first. */
static enum rg_status take_node(struct builder *builder, uint32_t node,
                                uint32_t *index)
{
    struct rg_reference_view *view = builder->view;
    if (builder->view_of[node] == RG_NONE) {
        const struct rg__node *known = &builder->lines.nodes[node];
        void *nodes = view->nodes;
        if (rg_grow(&nodes, &view->node_capacity, view->node_count + 1,
                    sizeof *view->nodes) < 0)
            return RG_ENOMEM;
        view->nodes = nodes;
        builder->view_of[node] = (uint32_t)view->node_count;
        view->nodes[view->node_count++] = (struct rg_reference_node){
            .name = builder->lines.names.data + known->name,
            .name_size = known->name_size,
            .id = known->id,
            .type = known->type,
        };
    }
    *index = builder->view_of[node];
    return RG_OK;
}

static enum rg_status take_target(struct builder *builder,
                                  const struct rg__line *line)
{
    uint32_t index;
    enum rg_status status =
        take_node(builder, builder->lines.target_node[line->index], &index);
    if (status == RG_OK)
        builder->view->nodes[index].is_target = true;
    return status;
}

/* A line that is not expanded here leads on to where its object is. */
static enum rg_status add_alias(struct builder *builder, uint32_t node,
                                uint32_t object)
{
    uint32_t shown;
    enum rg_status status =
        take_node(builder, builder->lines.expanded_node[object], &shown);
    if (status != RG_OK || shown == node)
        return status;
    return add_edge(builder, node, shown);
}

static enum rg_status take_reference(struct builder *builder,
                                     const struct rg__line *line)
{
    const struct rg__lines *lines = &builder->lines;
    uint32_t referent, referrer;
    enum rg_status status =
        take_node(builder, lines->expanded_node[line->referent], &referent);
    if (status == RG_OK)
        status = take_node(builder, lines->node_of[line->index], &referrer);
    if (status == RG_OK)
        status = add_edge(builder, referent, referrer);
    if (status != RG_OK || line->mark == RG__UNMARKED)
        return status;
    if (line->mark == RG__CIRCULAR)
        builder->view->nodes[referrer].is_cycle = true;
    return add_alias(builder, referrer,
                     lines->graph->references[line->index].referrer);
}

static enum rg_status take_lines(struct builder *builder)
{
    for (;;) {
        struct rg__line line;
        bool more;
        enum rg_status status = rg__text_walk_next(&builder->walk, &line, &more);
        if (status != RG_OK || !more)
            return status;
        if (line.kind == RG__LINE_TARGET)
            status = take_target(builder, &line);
        else if (line.kind == RG__LINE_REFERENCE)
            status = take_reference(builder, &line);
        if (status != RG_OK)
            return status;
    }
}

static enum rg_status build(struct builder *builder)
{
    size_t count = builder->lines.node_count;
    builder->view_of = rg_alloc(count, sizeof *builder->view_of);
    if (builder->view_of == NULL)
        return RG_ENOMEM;
    if (count != 0)
        memset(builder->view_of, 0xff, count * sizeof *builder->view_of);
    enum rg_status status = rg__text_walk_init(&builder->walk, &builder->lines);
    if (status == RG_OK)
        status = take_lines(builder);
    /* The nodes point into the names, so those change hands. */
    builder->view->names = builder->lines.names;
    builder->lines.names = (struct rg_buffer){0};
    return status;
}

struct rg_reference_view *rg_reference_view_new(const struct rg_graph *graph,
                                                struct rg_poll *poll,
                                                struct rg_error *error)
{
    struct builder builder = {0};
    enum rg_status status = RG_ENOMEM;
    builder.view = rg_alloc_zeroed(1, sizeof *builder.view);
    if (builder.view != NULL)
        status = rg__lines_init(&builder.lines, graph, poll);
    if (status == RG_OK)
        status = build(&builder);
    rg_free(builder.view_of);
    rg_free(builder.slots);
    rg__text_walk_free(&builder.walk);
    rg__lines_free(&builder.lines);
    if (status == RG_OK)
        return builder.view;
    rg_reference_view_free(builder.view);
    if (status == RG_ENOMEM)
        rg_error_no_memory(error);
    else if (status == RG_ELIMIT)
        rg_error_set(error, status, "the graph has too many references");
    else
        rg_error_set(error, status, "ended before the view was complete");
    return NULL;
}

void rg_reference_view_free(struct rg_reference_view *view)
{
    if (view == NULL)
        return;
    rg_free(view->nodes);
    rg_free(view->edges);
    rg_buffer_free(&view->names);
    rg_free(view);
}
