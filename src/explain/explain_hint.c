/* What people meet again and again.
 *
 * A hint is one line that says what it is and what to do, so it is told only
 * where nothing else can be meant: each pattern asks for types with their
 * modules, for the kind of every reference, and of the witness what the words
 * of a path do not show. */
#include "base/alloc.h"
#include "explain/hinting.h"

/* One reference each that nothing explains is a habit, from so many on. */
enum { MANY = 8 };

static enum rg_status add_hint(const struct rg__sight *sight, uint32_t target,
                               int kind, size_t i, uint32_t about)
{
    const struct rg__asked *asked = sight->explaining->asked;
    const struct rg_hint hint = {.target = target,
                                 .kind = (uint8_t)kind,
                                 .object = asked->naming.object_of[about],
                                 .step = sight->first_step + (uint32_t)i};
    return rg_graph_add_hint(asked->naming.graph, &hint);
}

/* The first pattern that shows, nearest to the target. */
static enum rg_status look_for_patterns(const struct rg__sight *sight,
                                        uint32_t target)
{
    struct rg_poll *poll =
        rg__reading_poll(sight->explaining->asked->naming.reading);
    for (int kind = 0; kind < RG_HINT_KIND_COUNT; kind++) {
        if (rg__patterns[kind] == NULL)
            continue;
        for (size_t i = sight->count; i-- > 0;) {
            uint32_t about = RG_NONE;
            bool shows = false;
            enum rg_status status =
                rg__patterns[kind](sight, i, &shows, &about);
            if (status == RG_OK && shows)
                return add_hint(sight, target, kind, i, about);
            if (status == RG_OK)
                status = rg_poll(poll, 1);
            if (status != RG_OK)
                return status;
        }
    }
    return RG_OK;
}

/* Whether the path added last is the target's emphasised one. */
static bool is_told_path(const struct rg_graph *graph, uint32_t target,
                         size_t count)
{
    const struct rg_path *path =
        graph->path_count == 0 ? NULL : &graph->paths[graph->path_count - 1];
    return path != NULL && path->target == target &&
           path->kind == RG_PATH_EMPHASISED && path->step_count == count;
}

enum rg_status rg__explain_hint(struct rg__explaining *explaining,
                                uint32_t target)
{
    const struct rg__story *story = rg__explaining_story(explaining, target);
    const struct rg_graph *graph = explaining->asked->naming.graph;
    struct rg__sight sight = {.explaining = explaining};
    uint32_t *nodes;
    struct rg__way *ways;
    if (story == NULL || explaining->group[target] != target)
        return RG_OK;
    enum rg_status status =
        rg__story_trace(story, target, NULL, &nodes, &ways, &sight.count);
    if (status == RG_OK && is_told_path(graph, target, sight.count)) {
        sight.nodes = nodes;
        sight.ways = ways;
        sight.first_step = (uint32_t)(graph->step_count - sight.count);
        status = look_for_patterns(&sight, target);
    }
    rg_free(nodes);
    rg_free(ways);
    return status;
}

/* Whoever is known to hold one is no forgotten reference. */
static bool has_holder(const struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->native_count; i++)
        if (graph->natives[i].holder.size != 0)
            return true;
    return false;
}

enum rg_status rg__hint_native(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    struct rg_graph *graph = asked->naming.graph;
    if (asked->target_count < MANY || has_holder(graph))
        return RG_OK;
    for (uint32_t t = 0; t < asked->target_count; t++) {
        const struct rg_verdict *verdict = &explaining->judgement.verdicts[t];
        if (verdict->kind != RG_VERDICT_NATIVE || verdict->unexplained != 1 ||
            !rg_object_is_alike(&graph->objects[graph->targets[0]],
                                &graph->objects[graph->targets[t]]))
            return RG_OK;
    }
    return rg_graph_add_hint(graph,
                             &(struct rg_hint){.kind = RG_HINT_EACH_ONE_MORE,
                                               .object = graph->targets[0],
                                               .step = RG_NONE});
}
