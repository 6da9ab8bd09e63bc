/* What holds the target besides: whatever is left when the cut is made.
 *
 * A walk back from the target, past the references of the cut, meets what still
 * leads to it: the caller's variables, and objects that native code holds.  The
 * latter are known by their counts, of which those behind the cut have to be
 * looked at now: as long as a root led to them nobody asked. */
#include "explain/explaining.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "search/cycle.h"

/* More than anybody reads. */
enum { MOST_NATIVES = 3, MOST_YOURS = 64 };

struct others {
    struct rg__explaining *explaining;
    const struct rg__asked *asked;
    bool *is_cut;     /* by pair */
    uint32_t *level;  /* by node: pairs to a target; RG_NONE */
    uint32_t *toward; /* by node: the pair to go on along */
    uint32_t *queue;
    size_t count; /* nodes met, in the queue by their levels */
    bool *pinned; /* by node */
    uint32_t *trail;
};

/* Whether a person could be told of the reference: not what is cut, and not
 * what is told twice. */
static bool is_left(const struct others *others, uint32_t pair)
{
    return !others->is_cut[pair] &&
           !rg_is_told_twice(others->asked->forward, pair);
}

static enum rg_status walk_back(struct others *others)
{
    const struct rg__asked *asked = others->asked;
    const struct rg_closure *closure = asked->naming.closure;
    enum rg_status status = RG_OK;
    for (uint32_t t = 0; t < asked->target_count; t++) {
        others->level[t] = 0;
        others->queue[others->count++] = t;
    }
    for (size_t head = 0; status == RG_OK && head < others->count; head++) {
        uint32_t node = others->queue[head];
        uint32_t k = closure->first[node], end = closure->first[node + 1];
        status = rg_poll(rg__reading_poll(asked->naming.reading), end - k + 1);
        for (; k < end; k++) {
            uint32_t referrer = closure->referrer[k];
            if (others->level[referrer] != RG_NONE || !is_left(others, k) ||
                closure->nodes[referrer].role & RG_ROLE_STOP)
                continue;
            others->level[referrer] = others->level[node] + 1;
            others->toward[referrer] = k;
            others->queue[others->count++] = referrer;
        }
    }
    return status;
}

/* Adds the path that begins with `pair`, or at the referent of none. */
static enum rg_status add_path(struct others *others, uint32_t pair,
                               uint32_t node, const struct rg__way *first,
                               enum rg_path_kind kind)
{
    const struct rg_path path = {
        .kind = (uint8_t)kind, .target_count = 1, .shared_count = RG_NONE};
    struct rg_trail trail = {.pairs = others->trail};
    if (pair != RG_NONE)
        trail.pairs[trail.pair_count++] = pair;
    while (node >= others->asked->target_count) {
        pair = others->toward[node];
        trail.pairs[trail.pair_count++] = pair;
        node = others->asked->forward->referent[pair];
    }
    return rg__explain_trail(others->explaining, &trail, first, &path);
}

/* Yours */

struct yours {
    uint32_t pair, level;
    struct rg__way way; /* of the variable */
};

static int by_level(const struct rg_graph *graph, const struct yours *a,
                    const struct yours *b)
{
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return rg__way_compare(graph, &a->way, &b->way);
}

/* The first pair of the trail that has a name: a cell has none. */
static uint32_t named_pair(const struct others *others, uint32_t pair)
{
    const struct rg_forward *forward = others->asked->forward;
    while (rg_grip_of(forward, pair) == RG_GRIP_PLUMBING &&
           forward->referent[pair] >= others->asked->target_count)
        pair = others->toward[forward->referent[pair]];
    return pair;
}

/* One for each variable; what the frame runs is none. */
static enum rg_status gather_names(struct others *others, uint32_t pair,
                                   struct yours *yours, size_t *count)
{
    const struct rg__asked *asked = others->asked;
    const struct rg__ways *ways = &others->explaining->ways;
    uint32_t frame = asked->naming.closure->referrer[pair];
    enum rg_status status =
        rg__via(asked, named_pair(others, pair), &others->explaining->ways);
    for (size_t i = 0; status == RG_OK && i < ways->count; i++) {
        if (ways->ways[i].from != frame || *count == MOST_YOURS ||
            ways->ways[i].words.kind == RG_RUNNING)
            continue;
        yours[(*count)++] = (struct yours){
            .pair = pair,
            .way = ways->ways[i],
            .level = others->level[asked->forward->referent[pair]]};
    }
    return status;
}

static enum rg_status gather_yours(struct others *others, struct yours *yours,
                                   size_t *count)
{
    const struct rg__asked *asked = others->asked;
    const struct rg_closure *closure = asked->naming.closure;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < others->count; i++) {
        uint32_t node = others->queue[i];
        for (uint32_t k = closure->first[node];
             status == RG_OK && k < closure->first[node + 1]; k++)
            if (rg_is_mine(asked->forward, k) && is_left(others, k))
                status = gather_names(others, k, yours, count);
    }
    return status;
}

/* They are few: an insertion sort needs no context. */
static void sort_yours(const struct rg_graph *graph, struct yours *yours,
                       size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct yours one = yours[i];
        size_t at = i;
        for (; at > 0 && by_level(graph, &one, &yours[at - 1]) < 0; at--)
            yours[at] = yours[at - 1];
        yours[at] = one;
    }
}

static enum rg_status add_yours(struct others *others)
{
    const struct rg__asked *asked = others->asked;
    struct yours *yours = rg_alloc(MOST_YOURS, sizeof *yours);
    size_t count = 0;
    enum rg_status status = RG_ENOMEM;
    if (yours != NULL)
        status = gather_yours(others, yours, &count);
    if (status == RG_OK)
        sort_yours(asked->naming.graph, yours, count);
    if (status == RG_OK && count > 0)
        asked->naming.graph->verdicts[0].flags |= RG_VERDICT_YOU;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = add_path(others, yours[i].pair,
                          asked->forward->referent[yours[i].pair],
                          &yours[i].way, RG_PATH_YOURS);
    rg_free(yours);
    return status;
}

/* Native code's */

/* Counts what nobody has counted yet: what a root led to before the cut.  Of
 * classes C code holds more than it tells, for good reasons. */
static enum rg_status count_natives(struct others *others)
{
    const struct rg__asked *asked = others->asked;
    const struct rg__judgement *judgement = &others->explaining->judgement;
    size_t nodes = asked->naming.closure->node_count;
    bool *wanted = rg_alloc_zeroed(nodes, sizeof *wanted), any = false;
    uint64_t *behind = rg_alloc_zeroed(nodes, sizeof *behind);
    others->explaining->behind = behind;
    if (wanted == NULL || behind == NULL) {
        rg_free(wanted);
        return RG_ENOMEM;
    }
    for (size_t i = 0; i < others->count; i++) {
        uint32_t n = others->queue[i];
        wanted[n] = !judgement->dead[n] && n >= asked->target_count &&
                    !(asked->naming.closure->nodes[n].role & RG_ROLE_CLASS);
        any |= wanted[n];
    }
    struct rg__tally tally = {0};
    enum rg_status status = any ? rg__tally_init(&tally, asked, wanted) : RG_OK;
    for (size_t n = 0; any && status == RG_OK && n < nodes; n++) {
        struct rg_verdict verdict;
        if (wanted[n])
            behind[n] = rg__unexplained(&tally, asked, (uint32_t)n, &verdict);
        status = rg_poll(rg__reading_poll(asked->naming.reading),
                         wanted[n] ? RG__VERDICT_PIECES : 1);
    }
    rg__tally_free(&tally);
    rg_free(wanted);
    return status;
}

/* A target that is one: what its stack holds, and leads back to it. */
static void mark_held(const struct others *others, uint32_t target, bool *held)
{
    const struct rg_forward *forward = others->asked->forward;
    for (uint32_t j = forward->first[target]; j < forward->first[target + 1];
         j++) {
        uint32_t referent = forward->referent[forward->pair[j]];
        held[referent] |= others->level[referent] != RG_NONE;
    }
}

/* Suspended greenlets on cycles of what is left: the collector does not see
 * what their stacks hold, and nobody ends them. */
static enum rg_status find_left_pinned(struct others *others)
{
    const struct rg__asked *asked = others->asked;
    size_t nodes = asked->naming.closure->node_count;
    bool *met = rg_alloc_zeroed(nodes, sizeof *met), any = false;
    others->pinned = rg_alloc_zeroed(nodes, sizeof *others->pinned);
    enum rg_status status =
        met == NULL || others->pinned == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; status == RG_OK && i < others->count; i++) {
        met[others->queue[i]] = true;
        any |= (asked->naming.closure->nodes[others->queue[i]].role &
                RG_ROLE_PINNED) != 0;
    }
    if (status == RG_OK && any)
        status = rg_cycles(asked->naming.closure, met, others->pinned,
                           rg__reading_poll(asked->naming.reading));
    for (uint32_t n = 0; status == RG_OK && any && n < nodes; n++)
        met[n] = others->pinned[n] &&
                 asked->naming.closure->nodes[n].role & RG_ROLE_PINNED;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        if (met[t])
            mark_held(others, t, met);
    if (status == RG_OK && any)
        memcpy(others->pinned, met, nodes * sizeof *met);
    rg_free(met);
    return status;
}

static bool is_held_by_native(const struct others *others, uint32_t node)
{
    return node >= others->asked->target_count &&
           (others->pinned[node] ||
            others->explaining->judgement.native[node] ||
            others->explaining->behind[node] > 0);
}

/* Whether native code holds something nearer on the way to the target. */
static bool is_behind_another(const struct others *others, uint32_t node)
{
    const struct rg_forward *forward = others->asked->forward;
    while (node >= others->asked->target_count) {
        node = forward->referent[others->toward[node]];
        if (is_held_by_native(others, node))
            return true;
    }
    return false;
}

static enum rg_status add_held_by_native(struct others *others)
{
    enum rg_status status = count_natives(others);
    size_t added = 0;
    if (status == RG_OK)
        status = find_left_pinned(others);
    for (size_t i = 0;
         status == RG_OK && i < others->count && added < MOST_NATIVES; i++) {
        uint32_t node = others->queue[i];
        if (!is_held_by_native(others, node) || is_behind_another(others, node))
            continue;
        status = add_path(others, RG_NONE, node, NULL, RG_PATH_NATIVE);
        added++;
    }
    return status;
}

/* A cache is cleared as a whole: with one reference of it all go. */
static void mark_cut(struct others *others, uint32_t pair)
{
    const struct rg_forward *forward = others->asked->forward;
    uint32_t cache = others->asked->naming.closure->referrer[pair];
    others->is_cut[pair] = true;
    if (rg_grip_of(forward, pair) != RG_GRIP_CACHE)
        return;
    for (uint32_t j = forward->first[cache]; j < forward->first[cache + 1]; j++)
        if (rg_grip_of(forward, forward->pair[j]) == RG_GRIP_CACHE)
            others->is_cut[forward->pair[j]] = true;
}

static enum rg_status prepare_others(struct others *others)
{
    const struct rg_closure *closure = others->asked->naming.closure;
    const struct rg_cut *cut = &others->explaining->cut;
    size_t nodes = closure->node_count;
    others->is_cut =
        rg_alloc_zeroed(closure->first[nodes], sizeof *others->is_cut);
    others->level = rg_alloc(nodes, sizeof *others->level);
    others->toward = rg_alloc(nodes, sizeof *others->toward);
    others->queue = rg_alloc(nodes, sizeof *others->queue);
    others->trail = rg_alloc(nodes + 1, sizeof *others->trail);
    if (!others->is_cut || !others->level || !others->toward ||
        !others->queue || !others->trail)
        return RG_ENOMEM;
    memset(others->level, 0xff, nodes * sizeof *others->level);
    for (size_t i = 0; cut->state != RG_CUT_IMPOSSIBLE && i < cut->pair_count;
         i++)
        mark_cut(others, cut->pairs[i]);
    return RG_OK;
}

enum rg_status rg__explain_others(struct rg__explaining *explaining)
{
    struct others others = {.explaining = explaining,
                            .asked = explaining->asked};
    enum rg_status status = prepare_others(&others);
    if (status == RG_OK)
        status = walk_back(&others);
    if (status == RG_OK)
        status = add_yours(&others);
    if (status == RG_OK)
        status = add_held_by_native(&others);
    rg_free(others.is_cut);
    rg_free(others.level);
    rg_free(others.toward);
    rg_free(others.queue);
    rg_free(others.trail);
    rg_free(others.pinned);
    return status;
}
