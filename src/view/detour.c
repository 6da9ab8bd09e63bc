/* What goes a long way round, in a graph that is too large for its picture.
 *
 * In a program with an event loop everything refers to everything in some
 * steps.  An object that is two steps from a module's variable may also be
 * reached from there in ten, through the loop, its timers and the futures of
 * other tasks: true, and of no use to a reader.  So when not all objects can
 * be drawn, a referrer that is farther from every root than what it refers to
 * is counted.  Of a target all referrers are drawn all the same. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

/* Steps that a referrer may be farther from a root than its referent. */
enum { MOST_DETOUR = 1 };

/* Breadth-first from all variables at once. */
static enum rg_status go_from_roots(const struct rg_view *view,
                                    const struct rg__outgoing *outgoing,
                                    uint32_t *distance, uint32_t *queue)
{
    const struct rg_graph *graph = view->graph;
    enum rg_status status = RG_OK;
    size_t tail = 0;
    for (size_t i = 0; i < graph->reference_count && status == RG_OK; i++) {
        const struct rg_reference *reference = &graph->references[i];
        status = rg_poll(view->poll, 1);
        if (reference->root == RG_NONE || reference->kind == RG_WEAK ||
            distance[reference->referent] != RG_NONE)
            continue;
        distance[reference->referent] = 0;
        queue[tail++] = reference->referent;
    }
    for (size_t head = 0; head < tail && status == RG_OK; head++) {
        uint32_t object = queue[head];
        uint32_t end = outgoing->first[object + 1];
        for (uint32_t k = outgoing->first[object]; k < end; k++) {
            const struct rg_reference *reference =
                &graph->references[outgoing->reference[k]];
            if (reference->kind == RG_WEAK ||
                distance[reference->referent] != RG_NONE)
                continue;
            distance[reference->referent] = distance[object] + 1;
            queue[tail++] = reference->referent;
        }
        status = rg_poll(view->poll, end - outgoing->first[object] + 1);
    }
    return status;
}

enum rg_status rg__view_measure_from_roots(const struct rg_view *view,
                                           const struct rg__outgoing *outgoing,
                                           uint32_t **root_distance)
{
    size_t count = view->graph->object_count;
    uint32_t *queue = rg_alloc(count, sizeof *queue);
    *root_distance = rg_alloc(count, sizeof(uint32_t));
    if (queue == NULL || *root_distance == NULL) {
        rg_free(queue);
        return RG_ENOMEM;
    }
    if (count != 0)
        memset(*root_distance, 0xff, count * sizeof(uint32_t));
    enum rg_status status =
        go_from_roots(view, outgoing, *root_distance, queue);
    rg_free(queue);
    return status;
}

enum rg_status rg__view_measure_detours(const struct rg_view *view,
                                        const struct rg__outgoing *outgoing,
                                        size_t max_objects,
                                        uint32_t **root_distance)
{
    return view->graph->object_count <= max_objects
               ? RG_OK
               : rg__view_measure_from_roots(view, outgoing, root_distance);
}

bool rg__view_is_detour(const struct rg_graph *graph,
                        const struct rg__aside *aside,
                        const struct rg_reference *reference)
{
    const struct rg_object *referent = &graph->objects[reference->referent];
    const uint32_t *distance = aside->root_distance;
    if (aside->off_path != NULL && reference->root == RG_NONE)
        return aside->off_path[reference->referrer];
    if (aside->off_root != NULL && reference->root != RG_NONE)
        return aside->off_root[reference->root];
    if (distance == NULL || reference->root != RG_NONE ||
        (referent->flags & RG_OBJECT_TARGET) != 0 ||
        distance[reference->referent] == RG_NONE)
        return false;
    uint32_t far = distance[reference->referrer];
    return far == RG_NONE || far > distance[reference->referent] + MOST_DETOUR;
}
