/* The emphasised path: the one that the words of the answers give.
 *
 * A graph carries a path for each group of targets.  The picture has room for
 * one, and takes that of the first group that the words name, so that both
 * always say the same.  A limit may have cut off where it starts: then the
 * part that is shown is emphasised.  A cycle that nothing leads to starts
 * nowhere, and is not. */
#include "view/viewing.h"

#include "base/alloc.h"

/* Whether no root leads to the path's target: then the path goes round. */
static bool goes_round(const struct rg_graph *graph, const struct rg_path *path)
{
    return path->target < graph->verdict_count &&
           graph->verdicts[path->target].kind == RG_VERDICT_GARBAGE;
}

/* Notes that the path meets an object; false when it has met it before. */
static bool meets(struct rg__seen *seen, uint32_t object)
{
    if (seen->objects[object] == seen->round)
        return false;
    seen->objects[object] = seen->round;
    return true;
}

/* The first of the last steps of a path that are all references of the graph,
 * each from where the one before leads to; its step_count when not even the
 * last is, or when an object is met twice: lines may come from anywhere. */
static uint32_t first_shown(const struct rg_graph *graph,
                            const struct rg_path *path, struct rg__seen *seen)
{
    const struct rg_step *steps = &graph->steps[path->first_step];
    uint32_t below = graph->targets[path->target], at = path->step_count;
    seen->round++;
    while (at > 0 && steps[at - 1].reference != RG_NONE) {
        const struct rg_reference *reference =
            &graph->references[steps[at - 1].reference];
        bool is_start = reference->root != RG_NONE;
        if (reference->referent != below || reference->kind == RG_WEAK ||
            (is_start && at > 1))
            break;
        if (!meets(seen, below))
            return path->step_count;
        at--;
        if (is_start)
            return at;
        below = reference->referrer;
    }
    return meets(seen, below) ? at : path->step_count;
}

static enum rg_status take_told_path(struct rg_view *view,
                                     const struct rg_path *path, uint32_t first)
{
    size_t count = path->step_count - first;
    view->path = rg_alloc(count, sizeof *view->path);
    if (view->path == NULL)
        return RG_ENOMEM;
    view->path_count = count;
    for (size_t i = 0; i < count; i++)
        view->path[i] =
            view->graph->steps[path->first_step + first + i].reference;
    return RG_OK;
}

enum rg_status rg__view_emphasise(struct rg_view *view, struct rg__seen *seen)
{
    const struct rg_graph *graph = view->graph;
    const struct rg_path *path = NULL;
    for (int i = 0; i < RG_NAMED_GROUPS; i++) {
        path = rg_graph_next_group(graph, path);
        if (path == NULL)
            break;
        if (goes_round(graph, path))
            continue;
        uint32_t first = first_shown(graph, path, seen);
        if (first < path->step_count)
            return take_told_path(view, path, first);
    }
    return RG_OK;
}
