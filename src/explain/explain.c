#include "explain/explain.h"

#include "base/alloc.h"
#include "explain/explaining.h"
#include "explain/ledger.h"
#include "explain/retained.h"
#include "explain/ring.h"

enum {
    NAMED_TARGETS = 10,     /* targets whose roots are named one by one */
    MORE_PATHS = 4          /* further paths */
};

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
            : &explaining->story;
    return story->place == NULL || rg__story_of(story, target) == NULL
               ? NULL
               : story;
}

static enum rg_status tell_stories(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t count = asked->target_count, native = 0;
    uint32_t *nodes = rg_alloc(count, sizeof *nodes);
    if (nodes == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < count; t++)
        nodes[t] = t;
    enum rg_status status = rg__story_init(&explaining->story, asked,
                                           asked->route, nodes, count);
    for (uint32_t t = 0; t < count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_NATIVE)
            nodes[native++] = t;
    if (status == RG_OK && native > 0)
        status = rg__story_init(&explaining->held, asked,
                                &explaining->judgement.held, nodes, native);
    rg_free(nodes);
    return status;
}

static enum rg_status add_emphasised(struct rg__explaining *explaining,
                                     uint32_t target)
{
    const struct rg__story *story = rg__explaining_story(explaining, target);
    struct rg_path path = {.target = target, .kind = RG_PATH_EMPHASISED,
                           .target_count = 1, .shared_count = RG_NONE};
    if (verdict_of(explaining, target) == RG_VERDICT_GARBAGE)
        return rg__ring_add(explaining->asked, &explaining->judgement, target,
                            &path);
    if (story == NULL || explaining->group[target] != target)
        return RG_OK;
    path.target_count = explaining->group_size[target];
    path.shared_count = explaining->group_shared[target];
    return rg__story_add(story, target, NULL, &path, 0);
}

/* Further paths */

/* Of several ways the one that comes from where the trail is. */
static const struct rg__way *way_from(const struct rg__ways *ways,
                                      uint32_t parent)
{
    for (size_t i = 0; i < ways->count; i++)
        if (ways->ways[i].parent == parent)
            return &ways->ways[i];
    return &ways->ways[0];
}

/* The ways of a trail's pairs, but for those that are plumbing; nothing when
 * one of them has no name. */
static enum rg_status add_trail(struct rg__explaining *explaining,
                                const struct rg_trail *trail, uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t *nodes = rg_alloc(trail->pair_count, sizeof *nodes);
    struct rg__way *ways = rg_alloc(trail->pair_count, sizeof *ways);
    const struct rg_path path = {.target = target, .kind = RG_PATH_FURTHER,
                                 .target_count = 1, .shared_count = RG_NONE};
    size_t count = 0;
    bool has_names = true;
    enum rg_status status = nodes == NULL || ways == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; status == RG_OK && has_names && i < trail->pair_count;
         i++) {
        uint32_t pair = trail->pairs[i];
        if (rg_grip_of(asked->forward, pair) == RG_GRIP_PLUMBING)
            continue;
        status = rg__via(asked, pair, &explaining->ways);
        has_names = explaining->ways.count > 0;
        if (status != RG_OK || !has_names)
            continue;
        ways[count] = *way_from(&explaining->ways,
                                count == 0 ? RG_NONE : nodes[count - 1]);
        nodes[count++] = asked->forward->referent[pair];
    }
    if (status == RG_OK && has_names)
        status = rg__path_add(asked, nodes, ways, count, &path, 0);
    rg_free(nodes);
    rg_free(ways);
    return status;
}

/* The emphasised path is among the trails under other names for its steps:
 * it is recognised by the nodes it meets. */
static bool is_emphasised(const struct rg__explaining *explaining,
                          const struct rg_trail *trail, uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__story *story = rg__explaining_story(explaining, target);
    uint32_t at = target;
    for (size_t i = trail->pair_count; story != NULL && i-- > 0;) {
        uint32_t pair = trail->pairs[i];
        if (rg_grip_of(asked->forward, pair) == RG_GRIP_PLUMBING)
            continue;
        if (at == RG_NONE || rg__story_of(story, at) == NULL ||
            asked->forward->referent[pair] != at)
            return false;
        at = rg__story_of(story, at)->way.parent;
    }
    return story != NULL;
}

static enum rg_status add_further(struct rg__explaining *explaining,
                                  uint32_t target)
{
    enum rg_status status =
        rg_trails_init(&explaining->trails, explaining->asked->forward,
                        explaining->asked->alive, target, MORE_PATHS + 1,
                        rg__reading_poll(explaining->asked->reading));
    size_t added = 0;
    for (size_t i = 0; status == RG_OK && i < explaining->trails.count; i++) {
        const struct rg_trail *trail = &explaining->trails.trails[i];
        if (added == MORE_PATHS || is_emphasised(explaining, trail, target))
            continue;
        status = add_trail(explaining, trail, target);
        added++;
    }
    rg_trails_free(&explaining->trails);
    return status;
}

/* The cut */

/* One reference to drop: the path to whoever holds it, and the reference. */
static enum rg_status add_cut_way(struct rg__explaining *explaining,
                                  uint32_t node, const struct rg__way *way)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg_path path = {
        .kind = RG_PATH_CUT, .target_count = asked->target_count,
        .shared_count = RG_NONE};
    struct rg__story story = {0};
    bool has_parent = way->parent != RG_NONE;
    enum rg_status status =
        rg__story_init(&story, asked, asked->route, &way->parent,
                       has_parent ? 1 : 0);
    if (status == RG_OK)
        status = rg__story_add(&story, node, way, &path, RG_STEP_CUT);
    rg__story_free(&story);
    return status;
}

/* What nobody can name has to go all the same. */
static enum rg_status add_unnamed_cut(struct rg__explaining *explaining,
                                      uint32_t pair)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t referrer = asked->closure->referrer[pair];
    struct rg__way way = {.parent = RG_NONE, .root = RG_NONE,
                          .words = {.root = RG_NONE, .kind = RG_UNNAMED}};
    enum rg_status status = RG_OK;
    if (!(asked->closure->nodes[referrer].role & RG_ROLE_STOP))
        status = rg__way_unnamed(asked, referrer, &way);
    return status == RG_OK ? add_cut_way(explaining,
                                         asked->forward->referent[pair], &way)
                           : status;
}

static enum rg_status add_cut(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = rg_cut_init(&explaining->cut, asked->forward,
                                         rg__reading_poll(asked->reading));
    const struct rg_cut *cut = &explaining->cut;
    uint32_t flag = 0;
    if (status == RG_OK && cut->state == RG_CUT_TOO_LARGE)
        flag = RG_VERDICT_CUT_TOO_LARGE;
    if (status == RG_OK && cut->state == RG_CUT_IMPOSSIBLE)
        flag = RG_VERDICT_CUT_IMPOSSIBLE;
    for (uint32_t t = 0; t < asked->target_count; t++)
        asked->graph->verdicts[t].flags |= flag;
    for (size_t i = 0; status == RG_OK && flag == 0 && i < cut->pair_count;
         i++) {
        uint32_t node = asked->forward->referent[cut->pairs[i]];
        uint32_t references = asked->closure->multiplicity[cut->pairs[i]];
        status = rg__via(asked, cut->pairs[i], &explaining->ways);
        if (status == RG_OK && explaining->ways.count == 0)
            status = add_unnamed_cut(explaining, cut->pairs[i]);
        for (size_t k = 0; status == RG_OK && k < explaining->ways.count &&
                           k < references; k++) {
            struct rg__way way = explaining->ways.ways[k];
            status = add_cut_way(explaining, node, &way);
        }
    }
    rg_cut_free(&explaining->cut);
    return status;
}

/* The rest */

static enum rg_status add_verdict(struct rg__explaining *explaining,
                                  uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    struct rg_verdict *verdict = &explaining->judgement.verdicts[target];
    verdict->target = asked->object_of[target];
    return rg_graph_add_verdict(asked->graph, verdict);
}

/* What native code holds: the targets themselves, and where it keeps a cycle
 * the objects of it that are shown. */
static enum rg_status add_natives(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__judgement *judgement = &explaining->judgement;
    enum rg_status status = RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < asked->closure->node_count;
         n++) {
        bool is_target = n < asked->target_count;
        if (asked->object_of[n] == RG_NONE ||
            (is_target ? judgement->verdicts[n].unexplained == 0
                       : !judgement->native[n]))
            continue;
        const struct rg_node *node = &asked->closure->nodes[n];
        struct rg_native native = {.object = asked->object_of[n]};
        uint64_t count = 0;
        asked->witness->count(asked->witness->context, node, &count);
        native.count = is_target ? judgement->verdicts[n].unexplained
                                 : count - judgement->tally.found[n];
        status = asked->witness->suspect(asked->witness->context, node,
                                         asked->graph, &native);
        if (status == RG_OK)
            status = rg_graph_add_native(asked->graph, &native);
    }
    return status;
}

/* The objects of cycles that nothing keeps, neither native code nor you. */
static void mark_garbage(const struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__judgement *judgement = &explaining->judgement;
    for (size_t n = 0; n < asked->closure->node_count; n++)
        if (judgement->on_cycle[n] && asked->object_of[n] != RG_NONE &&
            asked->route->rank[n] != RG_FROM_CALLER &&
            judgement->held.rank[n] == RG_FROM_NOWHERE)
            asked->graph->objects[asked->object_of[n]].flags |=
                RG_OBJECT_GARBAGE;
}

/* All paths of one target, in the order of their kinds. */
static enum rg_status add_paths(struct rg__explaining *explaining,
                                uint32_t target, bool wants_cut)
{
    const struct rg__asked *asked = explaining->asked;
    bool is_alive = verdict_of(explaining, target) == RG_VERDICT_ALIVE;
    enum rg_status status = add_emphasised(explaining, target);
    if (status == RG_OK && is_alive && wants_cut && asked->target_count == 1)
        status = add_further(explaining, target);
    if (status == RG_OK && is_alive && target < NAMED_TARGETS)
        status = rg__explain_roots(explaining, target);
    if (status == RG_OK && target == 0 && wants_cut)
        status = add_cut(explaining);
    return status;
}

static bool any_alive(const struct rg__explaining *explaining)
{
    for (uint32_t t = 0; t < explaining->asked->target_count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_ALIVE)
            return true;
    return false;
}

static enum rg_status write(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    bool wants_cut = asked->witness->explain && any_alive(explaining);
    enum rg_status status = RG_OK;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_verdict(explaining, t);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = rg__ledger_add(&explaining->judgement, asked, t);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_paths(explaining, t, wants_cut);
    if (status == RG_OK)
        status = add_natives(explaining);
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
        status = tell_stories(&explaining);
    if (status == RG_OK)
        status = rg__explain_groups(&explaining);
    if (status == RG_OK)
        status = write(&explaining);
    rg__judgement_free(&explaining.judgement);
    rg__story_free(&explaining.story);
    rg__story_free(&explaining.held);
    rg_free(explaining.ways.ways);
    rg_free(explaining.group);
    rg_free(explaining.group_size);
    rg_free(explaining.group_shared);
    return status;
}

enum rg_status rg__explain_late(const struct rg__asked *asked)
{
    struct rg_graph *graph = asked->graph;
    enum rg_status status = RG_OK;
    graph->verdict_count = graph->entry_count = graph->path_count = 0;
    graph->step_count = graph->native_count = graph->retained_count = 0;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        const struct rg_verdict verdict = {
            .target = asked->object_of[t], .kind = RG_VERDICT_UNKNOWN,
            .flags = RG_VERDICT_TIMED_OUT, .generation = -1};
        status = rg_graph_add_verdict(graph, &verdict);
    }
    return status;
}
