/* Reading the object view off a referrer graph. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

uint32_t rg__view_add_node(struct rg__viewing *viewing,
                           const struct rg_view_node *node)
{
    struct rg_view *view = viewing->view;
    void *nodes = view->nodes;
    if (view->node_count >= RG_NONE ||
        rg_grow(&nodes, &view->node_capacity, view->node_count + 1,
                sizeof *view->nodes) < 0)
        return RG_NONE;
    view->nodes = nodes;
    view->nodes[view->node_count] = *node;
    return (uint32_t)view->node_count++;
}

void rg__view_add_member(struct rg__viewing *viewing, uint32_t stack,
                         uint32_t member)
{
    struct rg_view_node *node = &viewing->view->nodes[stack];
    if (node->object != RG_NONE)
        node->unfollowed += (viewing->graph->objects[member].flags &
                             RG_OBJECT_NOT_FOLLOWED) != 0;
    if (node->member_count < RG_VIEW_MEMBERS)
        node->member[node->member_count++] = member;
}

uint32_t rg__view_referrer_node(const struct rg__viewing *viewing,
                                const struct rg_reference *reference)
{
    return reference->root == RG_NONE
               ? viewing->object_node[reference->referrer]
               : viewing->root_node[reference->root];
}

/* `count` indices, all RG_NONE. */
static uint32_t *new_indices(size_t count)
{
    uint32_t *indices = rg_alloc(count, sizeof *indices);
    if (indices != NULL && count != 0)
        memset(indices, 0xff, count * sizeof *indices);
    return indices;
}

/* The references by referrer: one counting sort. */
static enum rg_status index_outgoing(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    size_t count = graph->object_count;
    uint32_t *first = rg_alloc_zeroed(count + 2, sizeof *first);
    uint32_t *outgoing = rg_alloc(graph->reference_count, sizeof *outgoing);
    viewing->outgoing_first = first;
    viewing->outgoing = outgoing;
    if (first == NULL || outgoing == NULL)
        return RG_ENOMEM;
    /* Shifted by two while counting and by one while placing, so that in the
     * end first[i] is where i starts. */
    for (size_t i = 0; i < graph->reference_count; i++)
        if (graph->references[i].root == RG_NONE)
            first[graph->references[i].referrer + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        first[i] += first[i - 1];
    for (uint32_t i = 0; i < graph->reference_count; i++)
        if (graph->references[i].root == RG_NONE)
            outgoing[first[graph->references[i].referrer + 1]++] = i;
    return RG_OK;
}

static enum rg_status allocate(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    viewing->object_node = new_indices(graph->object_count);
    viewing->root_node = new_indices(graph->root_count);
    viewing->path_next = new_indices(graph->object_count);
    viewing->queue = rg_alloc(graph->object_count, sizeof(uint32_t));
    viewing->object_seen = rg_alloc_zeroed(graph->object_count,
                                           sizeof(uint32_t));
    viewing->root_seen = rg_alloc_zeroed(graph->root_count, sizeof(uint32_t));
    if (viewing->object_node == NULL || viewing->root_node == NULL ||
        viewing->path_next == NULL || viewing->queue == NULL ||
        viewing->object_seen == NULL || viewing->root_seen == NULL)
        return RG_ENOMEM;
    return index_outgoing(viewing);
}

static void release(struct rg__viewing *viewing)
{
    rg_free(viewing->object_node);
    rg_free(viewing->root_node);
    rg_free(viewing->outgoing_first);
    rg_free(viewing->outgoing);
    rg_free(viewing->queue);
    rg_free(viewing->idle);
    rg_free(viewing->root_distance);
    rg_free(viewing->path_next);
    rg_free(viewing->object_seen);
    rg_free(viewing->root_seen);
    rg_free(viewing->alikes);
    rg_free(viewing->alike_of);
    rg_free(viewing->slots);
    rg_free(viewing->pair_slots);
    rg_free(viewing->left_out);
}

static enum rg_status build(struct rg__viewing *viewing)
{
    enum rg_status status = allocate(viewing);
    if (status == RG_OK)
        status = rg__view_emphasise(viewing);
    if (status == RG_OK)
        status = rg__view_find_idle(viewing);
    if (status == RG_OK)
        status = rg__view_measure_detours(viewing);
    if (status == RG_OK)
        status = rg__view_pick(viewing);
    if (status == RG_OK)
        status = rg__view_stack(viewing);
    if (status == RG_OK)
        status = rg__view_link(viewing);
    if (status == RG_OK)
        status = rg__view_arrange(viewing);
    if (status == RG_OK)
        status = rg__view_gather(viewing);
    return status;
}

struct rg_view *rg_view_new(const struct rg_graph *graph,
                            const struct rg_view_options *options,
                            struct rg_error *error)
{
    struct rg_view *view = rg_alloc_zeroed(1, sizeof *view);
    if (view == NULL) {
        rg_error_no_memory(error);
        return NULL;
    }
    view->graph = graph;
    struct rg__viewing viewing = {.graph = graph, .view = view};
    viewing.max_objects = options->max_objects != 0 ? options->max_objects
                                                    : RG_VIEW_MAX_OBJECTS;
    enum rg_status status = build(&viewing);
    release(&viewing);
    if (status == RG_OK)
        return view;
    rg_error_no_memory(error);
    rg_view_free(view);
    return NULL;
}

void rg_view_free(struct rg_view *view)
{
    if (view == NULL)
        return;
    rg_free(view->nodes);
    rg_free(view->edges);
    rg_free(view->clusters);
    rg_free(view->path);
    rg_free(view);
}

/* Whether the view's path is the end of this one. */
static bool ends_like(const struct rg_view *view, const struct rg_path *path)
{
    const struct rg_step *end =
        &view->graph->steps[path->first_step] + path->step_count;
    if (path->step_count < view->path_count)
        return false;
    for (size_t i = 1; i <= view->path_count; i++)
        if (end[-(ptrdiff_t)i].reference != view->path[view->path_count - i])
            return false;
    return true;
}

const struct rg_path *rg_view_emphasised(const struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; view->path_count != 0 && i < graph->path_count; i++)
        if (graph->paths[i].kind == RG_PATH_EMPHASISED &&
            ends_like(view, &graph->paths[i]))
            return &graph->paths[i];
    return NULL;
}
