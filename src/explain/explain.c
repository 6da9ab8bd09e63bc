#include "explain/explain.h"

#include "base/alloc.h"
#include "explain/explaining.h"
#include "explain/ledger.h"
#include "explain/retained.h"

/* Targets whose roots are named one by one. */
enum { NAMED_TARGETS = 10 };

static enum rg_verdict_kind verdict_of(const struct rg__explaining *explaining,
                                       uint32_t target)
{
    return (enum rg_verdict_kind)explaining->judgement.verdicts[target].kind;
}

const struct rg__story *
rg__explaining_story(const struct rg__explaining *explaining, uint32_t target)
{
    const struct rg__story *story =
        verdict_of(explaining, target) == RG_VERDICT_NATIVE
            ? &explaining->held
            : explaining->asked->story;
    return story->place == NULL || rg__story_of(story, target) == NULL ? NULL
                                                                       : story;
}

/* The paths of what native code holds; those of all else are told. */
static enum rg_status tell_held(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t count = 0;
    uint32_t *nodes = rg_alloc(asked->target_count, sizeof *nodes);
    if (nodes == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < asked->target_count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_NATIVE)
            nodes[count++] = t;
    enum rg_status status =
        count == 0 ? RG_OK
                   : rg__story_init(&explaining->held, asked,
                                    &explaining->judgement.held, nodes, count);
    rg_free(nodes);
    return status;
}

static enum rg_status add_ring(struct rg__explaining *explaining,
                               uint32_t target, const struct rg_path *path)
{
    struct rg__rings *rings = &explaining->rings;
    enum rg_status status =
        rings->asked != NULL
            ? RG_OK
            : rg__rings_init(rings, explaining->asked, &explaining->judgement);
    if (status == RG_OK)
        status = rg__ring_find(rings, target);
    return status == RG_OK ? rg__path_add(explaining->asked, rings->nodes,
                                          rings->ways, rings->count, path, 0)
                           : status;
}

static enum rg_status add_emphasised(struct rg__explaining *explaining,
                                     uint32_t target)
{
    const struct rg__story *story = rg__explaining_story(explaining, target);
    struct rg_path path = {.target = target,
                           .kind = RG_PATH_EMPHASISED,
                           .target_count = 1,
                           .shared_count = RG_NONE};
    if (explaining->group[target] != target)
        return RG_OK;
    path.target_count = explaining->group_size[target];
    path.shared_count = explaining->group_shared[target];
    if (verdict_of(explaining, target) == RG_VERDICT_GARBAGE)
        return add_ring(explaining, target, &path);
    return story == NULL ? RG_OK : rg__story_add(story, target, NULL, &path, 0);
}

static enum rg_status add_verdict(struct rg__explaining *explaining,
                                  uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    struct rg_verdict *verdict = &explaining->judgement.verdicts[target];
    verdict->target = asked->naming.object_of[target];
    return rg_graph_add_verdict(asked->naming.graph, verdict);
}

/* The objects of cycles that nothing keeps, neither native code nor you. */
static void mark_garbage(const struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__judgement *judgement = &explaining->judgement;
    for (size_t n = 0; n < asked->naming.closure->node_count; n++)
        if (judgement->on_cycle[n] && asked->naming.object_of[n] != RG_NONE &&
            asked->route->rank[n] != RG_FROM_CALLER &&
            judgement->held.rank[n] == RG_FROM_NOWHERE)
            asked->naming.graph->objects[asked->naming.object_of[n]].flags |=
                RG_OBJECT_GARBAGE;
}

/* All paths of one target, in the order of their kinds. */
static enum rg_status add_paths(struct rg__explaining *explaining,
                                uint32_t target, bool wants_cut)
{
    const struct rg__asked *asked = explaining->asked;
    bool is_alive = verdict_of(explaining, target) == RG_VERDICT_ALIVE;
    enum rg_status status = add_emphasised(explaining, target);
    if (status == RG_OK && is_alive)
        status = rg__explain_hint(explaining, target);
    if (status == RG_OK && is_alive && wants_cut && asked->target_count == 1)
        status = rg__explain_further(explaining, target);
    if (status == RG_OK && is_alive && wants_cut &&
        explaining->group[target] == target &&
        explaining->group_size[target] > 1)
        status = rg__explain_around(explaining, target);
    if (status == RG_OK && is_alive && target < NAMED_TARGETS)
        status = rg__explain_roots(explaining, target);
    if (status == RG_OK && target == 0 && wants_cut)
        status = rg__explain_add_cut(explaining);
    if (status == RG_OK && target == 0 && asked->witness->explain)
        status = rg__explain_others(explaining);
    if (status == RG_OK && target == 0 && wants_cut)
        status = rg__explain_no_cut(explaining);
    return status;
}

static bool any_alive(const struct rg__explaining *explaining)
{
    for (uint32_t t = 0; t < explaining->asked->target_count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_ALIVE)
            return true;
    return false;
}

/* What is certain is written down at once: the time may run out. */
static enum rg_status write_verdicts(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = RG_OK;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_verdict(explaining, t);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        status = rg__ledger_add(&explaining->judgement, asked, t);
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(asked->naming.reading),
                             RG__VERDICT_PIECES);
    }
    return status;
}

static enum rg_status write_answers(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    bool wants_cut = asked->witness->explain && any_alive(explaining);
    enum rg_status status = RG_OK;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_paths(explaining, t, wants_cut);
    if (status == RG_OK)
        status = rg__explain_natives(explaining);
    if (status == RG_OK)
        status = rg__hint_native(explaining);
    if (status == RG_OK && asked->witness->sizes)
        status = rg__retained_add(asked);
    if (status == RG_OK)
        mark_garbage(explaining);
    return status;
}

enum rg_status rg__explain(const struct rg__asked *asked)
{
    struct rg__explaining explaining = {.asked = asked};
    enum rg_status status = rg__judge(&explaining.judgement, asked);
    if (status == RG_OK)
        status = write_verdicts(&explaining);
    if (status == RG_OK)
        status = tell_held(&explaining);
    if (status == RG_OK)
        status = rg__explain_groups(&explaining);
    if (status == RG_OK)
        status = write_answers(&explaining);
    rg__judgement_free(&explaining.judgement);
    rg__story_free(&explaining.held);
    rg_cut_free(&explaining.cut);
    rg_free(explaining.behind);
    rg__story_free(&explaining.around);
    rg__fingerprints_free(&explaining.fingerprints);
    rg__fingerprints_free(&explaining.held_fingerprints);
    rg__fingerprints_free(&explaining.around_fingerprints);
    rg__rings_free(&explaining.rings);
    rg_free(explaining.ways.ways);
    rg_free(explaining.group);
    rg_free(explaining.group_size);
    rg_free(explaining.group_shared);
    rg_free(explaining.group_start);
    rg_free(explaining.by_group);
    return status;
}

/* Paths up to the one that the time ran out in, and none of a cut that may lack
 * some; the ledgers, which come before them, when there is one. */
static void keep_what_is_whole(struct rg_graph *graph)
{
    size_t kept = 0;
    while (kept < graph->path_count && graph->paths[kept].kind < RG_PATH_CUT &&
           graph->paths[kept].first_step + graph->paths[kept].step_count <=
               graph->step_count)
        kept++;
    if (kept < graph->path_count)
        graph->step_count = graph->paths[kept].first_step;
    graph->path_count = kept;
    if (kept == 0)
        graph->entry_count = 0;
    for (size_t i = 0; i < graph->verdict_count; i++)
        graph->verdicts[i].flags |= RG_VERDICT_TIMED_OUT;
}

enum rg_status rg__explain_late(struct rg_graph *graph,
                                const uint32_t *object_of,
                                uint32_t target_count)
{
    enum rg_status status = RG_OK;
    graph->hint_count = graph->native_count = graph->retained_count = 0;
    if (graph->verdict_count == target_count) {
        keep_what_is_whole(graph);
        return RG_OK;
    }
    graph->verdict_count = graph->entry_count = graph->path_count = 0;
    graph->step_count = 0;
    for (uint32_t t = 0; status == RG_OK && t < target_count; t++) {
        const struct rg_verdict verdict = {.target = object_of[t],
                                           .kind = RG_VERDICT_UNKNOWN,
                                           .flags = RG_VERDICT_TIMED_OUT,
                                           .generation = -1};
        status = rg_graph_add_verdict(graph, &verdict);
    }
    return status;
}
