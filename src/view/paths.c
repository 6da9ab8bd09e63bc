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

/* What is kept, by object and by root. */
struct kept {
    bool *object, *root;
    size_t roots, most_roots;
};

static void keep_one_root(struct kept *kept, uint32_t root)
{
    kept->roots += !kept->root[root];
    kept->root[root] = true;
}

/* The emphasised path; and the targets, which the picture begins with. */
static void keep_emphasised(const struct rg_view *view, struct kept *kept)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; i < graph->target_count; i++)
        kept->object[graph->targets[i]] = true;
    for (size_t i = 0; i < view->path_count; i++) {
        const struct rg_reference *step = &graph->references[view->path[i]];
        kept->object[step->referent] = true;
        if (step->root == RG_NONE)
            kept->object[step->referrer] = true;
        else
            keep_one_root(kept, step->root);
    }
}

/* The ways of the nearest roots, of each root one. */
static enum rg_status keep_roots(const struct backward *backward,
                                 struct rg_poll *poll, struct kept *kept)
{
    const struct rg_graph *graph = backward->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < backward->count && kept->roots < kept->most_roots &&
                       status == RG_OK;
         i++) {
        const struct rg_object *object = &graph->objects[backward->queue[i]];
        for (uint32_t k = 0; k < object->reference_count; k++) {
            const struct rg_reference *reference =
                &graph->references[object->first_reference + k];
            if (reference->root == RG_NONE || kept->root[reference->root] ||
                kept->roots >= kept->most_roots)
                continue;
            keep_one_root(kept, reference->root);
            mark_way(backward, backward->queue[i], kept->object);
        }
        status = rg_poll(poll, object->reference_count + 1);
    }
    return status;
}

/* The object from which a shortest way from a root comes to this one: what is
 * kept where it can be. */
static uint32_t nearer(const struct rg_graph *graph, uint32_t object,
                       const uint32_t *distance, const bool *is_kept)
{
    const struct rg_object *o = &graph->objects[object];
    uint32_t best = RG_NONE;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[o->first_reference + k];
        uint32_t referrer = reference->referrer;
        if (reference->root != RG_NONE || reference->kind == RG_WEAK ||
            distance[referrer] >= distance[object])
            continue;
        if (is_kept[referrer])
            return referrer;
        best = best == RG_NONE ? referrer : best;
    }
    return best;
}

/* One of the roots that hold an object. */
static void keep_holder(const struct rg_graph *graph, uint32_t object,
                        struct kept *kept)
{
    const struct rg_object *o = &graph->objects[object];
    uint32_t first = RG_NONE;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        uint32_t root = graph->references[o->first_reference + k].root;
        if (root == RG_NONE)
            continue;
        if (kept->root[root])
            return;
        first = first == RG_NONE ? root : first;
    }
    if (first != RG_NONE)
        keep_one_root(kept, first);
}

/* Of each target a way. */
static enum rg_status keep_targets(const struct rg_view *view,
                                   const uint32_t *distance, struct kept *kept)
{
    const struct rg_graph *graph = view->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->target_count && status == RG_OK; i++) {
        uint32_t object = graph->targets[i];
        while (distance[object] != RG_NONE && distance[object] != 0) {
            status =
                rg_poll(view->poll, graph->objects[object].reference_count);
            object = nearer(graph, object, distance, kept->object);
            if (status != RG_OK || kept->object[object])
                break;
            kept->object[object] = true;
        }
        if (distance[object] == 0)
            keep_holder(graph, object, kept);
    }
    return status;
}

static enum rg_status keep_all(const struct rg_view *view,
                               const struct rg__outgoing *outgoing,
                               struct kept *kept)
{
    size_t count = view->graph->object_count;
    struct backward backward = {.graph = view->graph};
    uint32_t *distance = NULL;
    enum rg_status status = RG_ENOMEM;
    backward.toward = rg_alloc(count, sizeof *backward.toward);
    backward.queue = rg_alloc(count, sizeof *backward.queue);
    if (backward.toward == NULL || backward.queue == NULL)
        goto fail;
    if (count != 0)
        memset(backward.toward, 0xff, count * sizeof *backward.toward);
    keep_emphasised(view, kept);
    status = go_back(&backward, view->poll);
    if (status == RG_OK && view->graph->target_count > 1) {
        status = rg__view_measure_from_roots(view, outgoing, &distance);
        if (status == RG_OK)
            status = keep_targets(view, distance, kept);
    }
    if (status == RG_OK)
        status = keep_roots(&backward, view->poll, kept);
fail:
    rg_free(backward.toward);
    rg_free(backward.queue);
    rg_free(distance);
    return status;
}

enum rg_status rg__view_keep_paths(const struct rg_view *view,
                                   const struct rg__outgoing *outgoing,
                                   size_t most_roots, struct rg__aside *aside)
{
    size_t objects = view->graph->object_count, roots = view->graph->root_count;
    struct kept kept = {.most_roots =
                            most_roots != 0 ? most_roots : MOST_ROOTS};
    kept.object = rg_alloc_zeroed(objects, sizeof *kept.object);
    kept.root = rg_alloc_zeroed(roots, sizeof *kept.root);
    enum rg_status status = RG_ENOMEM;
    if (kept.object != NULL && kept.root != NULL)
        status = keep_all(view, outgoing, &kept);
    for (size_t i = 0; kept.object != NULL && i < objects; i++)
        kept.object[i] = !kept.object[i];
    for (size_t i = 0; kept.root != NULL && i < roots; i++)
        kept.root[i] = !kept.root[i];
    aside->off_path = kept.object;
    if (most_roots != 0)
        aside->off_root = kept.root;
    else
        rg_free(kept.root);
    return status;
}
