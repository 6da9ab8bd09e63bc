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
static void measure(struct rg__viewing *viewing, uint32_t *queue)
{
    const struct rg_graph *graph = viewing->graph;
    uint32_t *distance = viewing->root_distance;
    size_t tail = 0;
    for (size_t i = 0; i < graph->reference_count; i++) {
        const struct rg_reference *reference = &graph->references[i];
        if (reference->root == RG_NONE ||
            distance[reference->referent] != RG_NONE)
            continue;
        distance[reference->referent] = 0;
        queue[tail++] = reference->referent;
    }
    for (size_t head = 0; head < tail; head++) {
        uint32_t object = queue[head];
        uint32_t end = viewing->outgoing_first[object + 1];
        for (uint32_t k = viewing->outgoing_first[object]; k < end; k++) {
            const struct rg_reference *reference =
                &graph->references[viewing->outgoing[k]];
            if (distance[reference->referent] != RG_NONE)
                continue;
            distance[reference->referent] = distance[object] + 1;
            queue[tail++] = reference->referent;
        }
    }
}

enum rg_status rg__view_measure_detours(struct rg__viewing *viewing)
{
    size_t count = viewing->graph->object_count;
    if (count <= viewing->max_objects)
        return RG_OK;
    uint32_t *queue = rg_alloc(count, sizeof *queue);
    viewing->root_distance = rg_alloc(count, sizeof(uint32_t));
    if (queue == NULL || viewing->root_distance == NULL) {
        rg_free(queue);
        return RG_ENOMEM;
    }
    memset(viewing->root_distance, 0xff, count * sizeof(uint32_t));
    measure(viewing, queue);
    rg_free(queue);
    return RG_OK;
}

bool rg__view_is_detour(const struct rg__viewing *viewing,
                        const struct rg_reference *reference)
{
    const struct rg_object *referent =
        &viewing->graph->objects[reference->referent];
    const uint32_t *distance = viewing->root_distance;
    if (distance == NULL || reference->root != RG_NONE ||
        (referent->flags & RG_OBJECT_TARGET) != 0 ||
        distance[reference->referent] == RG_NONE)
        return false;
    uint32_t far = distance[reference->referrer];
    return far == RG_NONE ||
           far > distance[reference->referent] + MOST_DETOUR;
}
