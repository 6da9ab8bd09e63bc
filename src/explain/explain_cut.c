/* The references to drop, in words. */
#include "explain/explaining.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "graph/order.h"

/* One reference to drop: the path to whoever holds it, and the reference. */
static enum rg_status add_cut_way(struct rg__explaining *explaining,
                                  uint32_t node, const struct rg__way *way)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg_path path = {.kind = RG_PATH_CUT,
                                 .target_count = asked->target_count,
                                 .shared_count = RG_NONE};
    struct rg__story story = {0};
    bool has_parent = way->parent != RG_NONE;
    enum rg_status status = rg__story_init(&story, asked, asked->route,
                                           &way->parent, has_parent ? 1 : 0);
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
    uint32_t referrer = asked->naming.closure->referrer[pair];
    struct rg__way way = {.parent = RG_NONE,
                          .root = RG_NONE,
                          .words = {.root = RG_NONE, .kind = RG_UNNAMED}};
    enum rg_status status = RG_OK;
    if (!(asked->naming.closure->nodes[referrer].role & RG_ROLE_STOP))
        status = rg__way_unnamed(&asked->naming, referrer, &way);
    return status == RG_OK
               ? add_cut_way(explaining, asked->forward->referent[pair], &way)
               : status;
}

/* A cache is cleared as a whole: the path leads to it, and each is told
 * once. */
static enum rg_status add_cache(struct rg__explaining *explaining, size_t i)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg_cut *cut = &explaining->cut;
    uint32_t cache = asked->naming.closure->referrer[cut->pairs[i]];
    const struct rg_path path = {.kind = RG_PATH_CUT,
                                 .target_count = asked->target_count,
                                 .shared_count = RG_NONE};
    struct rg__story story = {0};
    for (size_t k = 0; k < i; k++)
        if (asked->naming.closure->referrer[cut->pairs[k]] == cache)
            return RG_OK;
    enum rg_status status =
        rg__story_init(&story, asked, asked->route, &cache, 1);
    if (status == RG_OK)
        status = rg__story_add(&story, cache, NULL, &path, RG_STEP_CLEAR);
    rg__story_free(&story);
    return status;
}

static enum rg_status add_pair(struct rg__explaining *explaining, size_t i)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t pair = explaining->cut.pairs[i];
    uint32_t references = asked->naming.closure->multiplicity[pair];
    if (rg_grip_of(asked->forward, pair) == RG_GRIP_CACHE)
        return add_cache(explaining, i);
    enum rg_status status = rg__via(asked, pair, &explaining->ways);
    if (status == RG_OK && explaining->ways.count == 0)
        status = add_unnamed_cut(explaining, pair);
    for (size_t k = 0;
         status == RG_OK && k < explaining->ways.count && k < references; k++) {
        struct rg__way way = explaining->ways.ways[k];
        status = add_cut_way(explaining, asked->forward->referent[pair], &way);
    }
    return status;
}

/* A path of the cut while they are put in order. */
struct cut_line {
    const struct rg_graph *graph;
    const struct rg_step *steps; /* as they were */
    struct rg_path path;
};

/* The shorter first, and of two that are as long what comes first from the
 * root down. */
static int by_steps(const void *left, const void *right)
{
    const struct cut_line *a = left, *b = right;
    if (a->path.step_count != b->path.step_count)
        return a->path.step_count < b->path.step_count ? -1 : 1;
    int order = 0;
    for (uint32_t k = 0; order == 0 && k < a->path.step_count; k++) {
        struct rg_reference one = rg_step_words(&a->steps[k]);
        struct rg_reference other = rg_step_words(&b->steps[k]);
        order = rg_order_compare(a->graph, &one, &other);
    }
    return order;
}

/* Whether both are the same thing to do: one name for the same object, by way of
 * the same ones. */
static bool are_one(const struct cut_line *a, const struct cut_line *b)
{
    if (a->path.root != b->path.root || by_steps(a, b) != 0)
        return false;
    for (uint32_t k = 0; k < a->path.step_count; k++)
        if (a->steps[k].object == RG_NONE ||
            a->steps[k].object != b->steps[k].object ||
            a->steps[k].number != b->steps[k].number)
            return false;
    return true;
}

/* Puts the paths from `first` on in an order that does not follow the heap's,
 * each once; their steps stay behind one another. */
static enum rg_status sort_cut(struct rg_graph *graph, size_t first,
                               struct rg_poll *poll)
{
    size_t count = graph->path_count - first;
    if (count < 2)
        return RG_OK;
    uint32_t start = graph->paths[first].first_step;
    size_t step_count = graph->step_count - start;
    struct cut_line *lines = rg_alloc(count, sizeof *lines);
    struct rg_step *steps = rg_alloc(step_count, sizeof *steps);
    enum rg_status status = lines == NULL || steps == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK) {
        memcpy(steps, graph->steps + start, step_count * sizeof *steps);
        for (size_t i = 0; i < count; i++) {
            const struct rg_path *path = &graph->paths[first + i];
            lines[i] =
                (struct cut_line){.graph = graph,
                                  .steps = steps + path->first_step - start,
                                  .path = *path};
        }
        status = rg_sort(lines, count, sizeof *lines, by_steps, poll);
    }
    graph->path_count = status == RG_OK ? first : graph->path_count;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        if (i > 0 && are_one(&lines[i - 1], &lines[i]))
            continue;
        struct rg_path *path = &graph->paths[graph->path_count++];
        *path = lines[i].path;
        path->first_step = start;
        memcpy(graph->steps + start, lines[i].steps,
               path->step_count * sizeof *steps);
        start += path->step_count;
    }
    graph->step_count = status == RG_OK ? start : graph->step_count;
    rg_free(steps);
    rg_free(lines);
    return status;
}

enum rg_status rg__explain_add_cut(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    struct rg_graph *graph = asked->naming.graph;
    struct rg_cut *cut = &explaining->cut;
    struct rg_poll *poll = rg__reading_poll(asked->naming.reading);
    enum rg_status status = rg_cut_init(cut, asked->forward, poll);
    size_t first = graph->path_count;
    uint32_t flag = 0;
    if (status == RG_OK && cut->state == RG_CUT_TOO_LARGE)
        flag = RG_VERDICT_CUT_TOO_LARGE;
    if (status == RG_OK && cut->state == RG_CUT_IMPOSSIBLE)
        flag = RG_VERDICT_CUT_IMPOSSIBLE;
    for (uint32_t t = 0; t < asked->target_count; t++)
        graph->verdicts[t].flags |= flag;
    for (size_t i = 0; status == RG_OK && flag == 0 && i < cut->pair_count; i++)
        status = add_pair(explaining, i);
    return status == RG_OK ? sort_cut(graph, first, poll) : status;
}

enum rg_status rg__explain_no_cut(struct rg__explaining *explaining)
{
    const struct rg_cut *cut = &explaining->cut;
    const struct rg_trail trail = {.pairs = cut->pairs,
                                   .pair_count = cut->pair_count};
    const struct rg_path path = {
        .kind = RG_PATH_FIXED, .target_count = 1, .shared_count = RG_NONE};
    return cut->state == RG_CUT_IMPOSSIBLE && cut->pair_count > 0
               ? rg__explain_trail(explaining, &trail, NULL, &path)
               : RG_OK;
}
