#include "render/reference_view.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "render/lines.h"

struct builder {
    struct rg__lines lines;
    struct rg__text_walk walk;
    uint32_t *view_of;    /* node of the lines -> node of the view */
    struct rg_hash edges; /* of the view */
    struct rg_reference_view *view;
};

struct sought_edge {
    const struct rg_reference_view *view;
    struct rg_reference_edge edge;
};

static bool is_view_edge(const void *context, uint32_t index)
{
    const struct sought_edge *sought = context;
    const struct rg_reference_edge *edge = &sought->view->edges[index];
    return edge->referent == sought->edge.referent &&
           edge->referrer == sought->edge.referrer;
}

/* Adds the edge between two nodes of the view, once. */
static enum rg_status add_view_edge(struct builder *builder, uint32_t referent,
                                    uint32_t referrer)
{
    struct rg_reference_view *view = builder->view;
    struct rg_reference_edge edge = {referent, referrer};
    const struct sought_edge sought = {.view = view, .edge = edge};
    if (rg_hash_reserve(&builder->edges) < 0)
        return RG_ENOMEM;
    uint32_t key = rg_hash_mix((uint64_t)referent << 32 | referrer);
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&builder->edges, key, is_view_edge, &sought);
    if (slot->index != RG_HASH_FREE)
        return RG_OK;
    if (view->edge_count >= RG_NONE - 1)
        return RG_ELIMIT;
    void *edges = view->edges;
    if (rg_grow(&edges, &view->edge_capacity, view->edge_count + 1,
                sizeof edge) < 0)
        return RG_ENOMEM;
    view->edges = edges;
    rg_hash_fill(&builder->edges, slot, key, (uint32_t)view->edge_count);
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
    return add_view_edge(builder, node, shown);
}

static enum rg_status take_view_reference(struct builder *builder,
                                          const struct rg__line *line)
{
    const struct rg__lines *lines = &builder->lines;
    uint32_t referent, referrer;
    enum rg_status status =
        take_node(builder, lines->expanded_node[line->referent], &referent);
    if (status == RG_OK)
        status = take_node(builder, lines->node_of[line->index], &referrer);
    if (status == RG_OK)
        status = add_view_edge(builder, referent, referrer);
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
        enum rg_status status =
            rg__text_walk_next(&builder->walk, &line, &more);
        if (status != RG_OK || !more)
            return status;
        if (line.kind == RG__LINE_TARGET)
            status = take_target(builder, &line);
        else if (line.kind == RG__LINE_REFERENCE)
            status = take_view_reference(builder, &line);
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
        status = rg__lines_init(&builder.lines, graph, NULL, poll);
    if (status == RG_OK)
        status = build(&builder);
    rg_free(builder.view_of);
    rg_hash_free(&builder.edges);
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
