/* Reading the object view off a referrer graph. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

uint32_t rg__view_add_node(struct rg_view *view,
                           const struct rg_view_node *node)
{
    void *nodes = view->nodes;
    if (view->node_count >= RG_NONE ||
        rg_grow(&nodes, &view->node_capacity, view->node_count + 1,
                sizeof *view->nodes) < 0)
        return RG_NONE;
    view->nodes = nodes;
    view->nodes[view->node_count] = *node;
    return (uint32_t)view->node_count++;
}

void rg__view_add_member(struct rg_view *view, uint32_t stack, uint32_t member)
{
    struct rg_view_node *node = &view->nodes[stack];
    if (node->object != RG_NONE)
        node->unfollowed +=
            (view->graph->objects[member].flags & RG_OBJECT_NOT_FOLLOWED) != 0;
    if (node->member_count < RG_VIEW_MEMBERS)
        node->member[node->member_count++] = member;
}

uint32_t rg__view_referrer_node(const struct rg__drawn *drawn,
                                const struct rg_reference *reference)
{
    return reference->root == RG_NONE ? drawn->object_node[reference->referrer]
                                      : drawn->root_node[reference->root];
}

bool rg__view_is_new(struct rg__seen *seen,
                     const struct rg_reference *reference)
{
    uint32_t *round = reference->root == RG_NONE
                          ? &seen->objects[reference->referrer]
                          : &seen->roots[reference->root];
    bool result = *round != seen->round;
    *round = seen->round;
    return result;
}

/* Steps of the simplest kind that are as much work as a piece (poll.h). */
enum { STEPS_PER_PIECE = 8 };

/* `count` indices, all RG_NONE. */
static uint32_t *new_indices(size_t count)
{
    uint32_t *indices = rg_alloc(count, sizeof *indices);
    if (indices != NULL && count != 0)
        memset(indices, 0xff, count * sizeof *indices);
    return indices;
}

/* The references by referrer: one counting sort. */
static enum rg_status index_outgoing(const struct rg_view *view,
                                     struct rg__outgoing *outgoing)
{
    const struct rg_graph *graph = view->graph;
    size_t count = graph->object_count;
    uint32_t *first = rg_alloc_zeroed(count + 2, sizeof *first);
    uint32_t *sorted = rg_alloc(graph->reference_count, sizeof *sorted);
    outgoing->first = first;
    outgoing->reference = sorted;
    if (first == NULL || sorted == NULL)
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
            sorted[first[graph->references[i].referrer + 1]++] = i;
    return rg_poll(view->poll, graph->reference_count / STEPS_PER_PIECE);
}

/* What the steps hand on to each other. */
struct viewing {
    struct rg__drawn drawn;
    struct rg__outgoing outgoing;
    struct rg__seen seen;
    struct rg__aside aside;
    struct rg__groups groups;
    struct rg__edges edges;
};

static enum rg_status begin_viewing(struct viewing *viewing,
                                    struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    *viewing = (struct viewing){.drawn = {.view = view},
                                .edges = {.view = view},
                                .groups = {.drawn = &viewing->drawn,
                                           .aside = &viewing->aside,
                                           .seen = &viewing->seen}};
    viewing->drawn.object_node = new_indices(graph->object_count);
    viewing->drawn.root_node = new_indices(graph->root_count);
    viewing->seen.objects =
        rg_alloc_zeroed(graph->object_count, sizeof(uint32_t));
    viewing->seen.roots = rg_alloc_zeroed(graph->root_count, sizeof(uint32_t));
    if (viewing->drawn.object_node == NULL ||
        viewing->drawn.root_node == NULL || viewing->seen.objects == NULL ||
        viewing->seen.roots == NULL)
        return RG_ENOMEM;
    return index_outgoing(view, &viewing->outgoing);
}

static void end_viewing(struct viewing *viewing)
{
    rg_free(viewing->drawn.object_node);
    rg_free(viewing->drawn.root_node);
    rg_free(viewing->drawn.hung);
    rg_free(viewing->outgoing.first);
    rg_free(viewing->outgoing.reference);
    rg_free(viewing->seen.objects);
    rg_free(viewing->seen.roots);
    rg_free(viewing->aside.idle);
    rg_free(viewing->aside.root_distance);
    rg_free(viewing->aside.off_path);
    rg_free(viewing->aside.off_root);
    rg_free(viewing->groups.alikes);
    rg_free(viewing->groups.alike_of);
    rg_hash_free(&viewing->groups.index);
    rg_hash_free(&viewing->edges.index);
    rg_free(viewing->edges.left_out);
}

/* Paths where there are any: what only a cycle or C code keeps is drawn as it
 * is. */
static enum rg_status find_paths(struct viewing *viewing,
                                 const struct rg_view_options *options)
{
    struct rg_view *view = viewing->drawn.view;
    view->counts.paths_only = options->paths_only && view->path_count != 0;
    return view->counts.paths_only
               ? rg__view_keep_paths(view, &viewing->outgoing,
                                     options->most_roots, &viewing->aside)
               : RG_OK;
}

static enum rg_status make_view(struct rg_view *view,
                                const struct rg_view_options *options)
{
    size_t max_objects =
        options->max_objects != 0 ? options->max_objects : RG_VIEW_MAX_OBJECTS;
    struct viewing viewing;
    enum rg_status status = begin_viewing(&viewing, view);
    if (status == RG_OK)
        status = rg__view_emphasise(view, &viewing.seen);
    if (status == RG_OK)
        status = rg__view_find_idle(view, &viewing.aside.idle);
    if (status == RG_OK)
        status = find_paths(&viewing, options);
    if (status == RG_OK)
        status = rg__view_measure_detours(view, &viewing.outgoing, max_objects,
                                          &viewing.aside.root_distance);
    if (status == RG_OK)
        status = rg__view_pick(&viewing.drawn, &viewing.groups,
                               &viewing.outgoing, max_objects);
    if (status == RG_OK)
        status = rg__view_hang(&viewing.drawn, &viewing.outgoing, max_objects);
    if (status == RG_OK)
        status =
            rg__view_stack(&viewing.drawn, &viewing.groups, &viewing.edges);
    if (status == RG_OK)
        status = rg__view_link(&viewing.drawn, viewing.aside.idle,
                               &viewing.seen, &viewing.edges);
    end_viewing(&viewing);
    if (status == RG_OK)
        status = rg__view_arrange(view);
    return status == RG_OK ? rg__view_gather(view) : status;
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
    view->poll = options->poll;
    enum rg_status status = make_view(view, options);
    view->poll = NULL;
    if (status == RG_OK)
        return view;
    if (status == RG_ENOMEM)
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
