/* What the paths from roots alone consist of.
 *
 * A picture of a graph in which everything refers to everything shows just
 * that, and cannot be read.  What keeps a target alive are the ways from roots
 * to it: kept are the emphasised path, and of each of the nearest roots a
 * shortest way, down to where it meets what is kept.  The rest is counted. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

/* Roots whose ways are drawn. */
enum { MOST_ROOTS = RG_VIEW_MAX_FAN };

struct backward {
    const struct rg_graph *graph;
    uint32_t *toward; /* by object met: the next one on its way to a target;
                         of a target itself */
    uint32_t *queue;  /* objects met, the nearest to a target first */
    size_t count;
};

static void come_to(struct backward *backward, uint32_t object, uint32_t toward)
{
    if (backward->toward[object] != RG_NONE)
        return;
    backward->toward[object] = toward;
    backward->queue[backward->count++] = object;
}

static enum rg_status go_back(struct backward *backward, struct rg_poll *poll)
{
    const struct rg_graph *graph = backward->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->target_count; i++)
        come_to(backward, graph->targets[i], graph->targets[i]);
    for (size_t head = 0; head < backward->count && status == RG_OK; head++) {
        uint32_t referent = backward->queue[head];
        const struct rg_object *object = &graph->objects[referent];
        for (uint32_t k = 0; k < object->reference_count; k++) {
            const struct rg_reference *reference =
                &graph->references[object->first_reference + k];
            if (reference->root == RG_NONE && reference->kind != RG_WEAK)
                come_to(backward, reference->referrer, referent);
        }
        status = rg_poll(poll, object->reference_count + 1);
    }
    return status;
}

static void mark_way(const struct backward *backward, uint32_t object,
                     bool *is_kept)
{
    while (!is_kept[object]) {
        is_kept[object] = true;
        object = backward->toward[object];
    }
}

/* The emphasised path; and the targets, which the picture begins with. */
static void mark_path(const struct rg_view *view, bool *is_kept)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; i < graph->target_count; i++)
        is_kept[graph->targets[i]] = true;
    for (size_t i = 0; i < view->path_count; i++) {
        const struct rg_reference *step = &graph->references[view->path[i]];
        is_kept[step->referent] = true;
        if (step->root == RG_NONE)
            is_kept[step->referrer] = true;
    }
}

/* The ways of the nearest roots, of each root one. */
static enum rg_status keep_roots(const struct backward *backward,
                                 struct rg_poll *poll, bool *is_kept,
                                 bool *is_root_kept)
{
    const struct rg_graph *graph = backward->graph;
    enum rg_status status = RG_OK;
    size_t roots = 0;
    for (size_t i = 0;
         i < backward->count && roots < MOST_ROOTS && status == RG_OK; i++) {
        const struct rg_object *object = &graph->objects[backward->queue[i]];
        for (uint32_t k = 0; k < object->reference_count; k++) {
            const struct rg_reference *reference =
                &graph->references[object->first_reference + k];
            if (reference->root == RG_NONE || is_root_kept[reference->root] ||
                roots == MOST_ROOTS)
                continue;
            is_root_kept[reference->root] = true;
            mark_way(backward, backward->queue[i], is_kept);
            roots++;
        }
        status = rg_poll(poll, object->reference_count + 1);
    }
    return status;
}

enum rg_status rg__view_keep_paths(const struct rg_view *view, bool **off_path)
{
    const struct rg_graph *graph = view->graph;
    size_t count = graph->object_count;
    struct backward backward = {.graph = graph};
    bool *is_root_kept = rg_alloc_zeroed(graph->root_count, sizeof(bool));
    bool *is_kept = rg_alloc_zeroed(count, sizeof *is_kept);
    enum rg_status status = RG_ENOMEM;
    backward.toward = rg_alloc(count, sizeof *backward.toward);
    backward.queue = rg_alloc(count, sizeof *backward.queue);
    *off_path = is_kept;
    if (is_kept == NULL || is_root_kept == NULL || backward.toward == NULL ||
        backward.queue == NULL)
        goto fail;
    if (count != 0)
        memset(backward.toward, 0xff, count * sizeof *backward.toward);
    status = go_back(&backward, view->poll);
    if (status != RG_OK)
        goto fail;
    mark_path(view, is_kept);
    status = keep_roots(&backward, view->poll, is_kept, is_root_kept);
    for (size_t i = 0; i < count; i++)
        is_kept[i] = !is_kept[i];
fail:
    rg_free(is_root_kept);
    rg_free(backward.toward);
    rg_free(backward.queue);
    return status;
}
