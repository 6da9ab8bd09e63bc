#include "explain/story.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

void rg__story_free(struct rg__story *story)
{
    rg_free(story->place);
    rg_free(story->told);
    rg_free(story->nearest);
    *story = (struct rg__story){0};
}

const struct rg__told_node *rg__story_of(const struct rg__story *story,
                                         uint32_t node)
{
    uint32_t place = story->place[node];
    return place == RG_NONE ? NULL : &story->told[place];
}

static enum rg_status mention(struct rg__story *story, uint32_t node)
{
    if (story->place[node] != RG_NONE ||
        story->route->rank[node] == RG_FROM_NOWHERE)
        return RG_OK;
    void *told = story->told;
    if (rg_grow(&told, &story->told_capacity, story->told_count + 1,
                sizeof *story->told) < 0)
        return RG_ENOMEM;
    story->told = told;
    story->place[node] = (uint32_t)story->told_count;
    story->told[story->told_count++] = (struct rg__told_node){
        .node = node, .way = {.parent = RG_NONE, .root = RG_NONE}};
    return rg__reading_await(story->asked->naming.reading, node);
}

/* The ways to one node, while the best is looked for. */
struct choice {
    struct rg__story *story;
    uint32_t node;
    uint32_t shortest; /* distance of the nearest referrer seen */
    bool found;
    struct rg__way best;
};

/* A root is the caller's when all it has is, or this variable of it. */
static enum rg_rank rank_of_root(const struct rg__asked *asked,
                                 uint32_t referrer, uint32_t node)
{
    const struct rg_node *root = &asked->naming.closure->nodes[referrer];
    if (asked->witness->is_caller(asked->witness->context, root) &&
        (root->address == 0 || node < asked->target_count))
        return RG_FROM_CALLER;
    if (root->role & (RG_ROLE_FURNITURE | RG_ROLE_END) ||
        (root->role & RG_ROLE_STOP &&
         asked->witness->grip(asked->witness->context, root,
                              &asked->naming.closure->nodes[node]) ==
             RG_GRIP_KEPT))
        return RG_FROM_FURNITURE;
    return root->role & RG_ROLE_FRAME ? RG_FROM_FRAME : RG_FROM_MODULE;
}

/* Whether the way is one of the route's rank and leads towards the root; then
 * how far its referrer is from there. */
static bool leads(const struct choice *choice, uint32_t referrer,
                  const struct rg__way *way, uint32_t *distance)
{
    const struct rg_route *route = choice->story->route;
    uint8_t rank = route->rank[choice->node];
    *distance = route->distance[referrer];
    if (way->root == RG_NONE)
        return route->rank[referrer] == rank &&
               *distance < route->distance[choice->node];
    enum rg_rank root =
        rank_of_root(choice->story->asked, referrer, choice->node);
    const struct rg_node *nodes = choice->story->asked->naming.closure->nodes;
    if (!(nodes[referrer].role & RG_ROLE_BOUNDED))
        *distance = 0;
    return root == rank || (rank == RG_FROM_ANY && root != RG_FROM_CALLER);
}

/* Keeps the referrers that the shortest ways seen so far come from. */
static enum rg_status keep_nearest(void *context, uint32_t referrer,
                                   const struct rg__way *way)
{
    struct choice *choice = context;
    struct rg__story *story = choice->story;
    uint32_t distance;
    if (!leads(choice, referrer, way, &distance) || distance > choice->shortest)
        return RG_OK;
    if (distance < choice->shortest)
        story->nearest_count = 0;
    choice->shortest = distance;
    if (way->root != RG_NONE)
        return RG_OK;
    void *nearest = story->nearest;
    if (rg_grow(&nearest, &story->nearest_capacity, story->nearest_count + 1,
                sizeof *story->nearest) < 0)
        return RG_ENOMEM;
    story->nearest = nearest;
    story->nearest[story->nearest_count++] = referrer;
    return RG_OK;
}

/* Where the ways have no name (a module that is not to be shown), the route
 * itself is followed. */
static enum rg_status follow_route(struct choice *choice)
{
    const struct rg__asked *asked = choice->story->asked;
    uint32_t referrer = choice->story->route->toward[choice->node];
    choice->found = true;
    choice->best =
        (struct rg__way){.parent = RG_NONE, .root = RG_NONE, .is_start = true};
    if (referrer == RG_NONE ||
        asked->naming.closure->nodes[referrer].role & RG_ROLE_STOP)
        return RG_OK;
    return rg__way_unnamed(&asked->naming, referrer, &choice->best);
}

static bool is_start(const struct rg__story *story, uint32_t node)
{
    return story->route->distance[node] != RG_NONE &&
           story->route->toward[node] == RG_NONE;
}

/* Mentions everything that the shortest ways to a node come from. */
static enum rg_status gather_ways(struct rg__story *story, uint32_t node)
{
    struct choice choice = {.story = story, .node = node, .shortest = RG_NONE};
    if (is_start(story, node))
        return RG_OK;
    story->nearest_count = 0;
    enum rg_status status =
        rg__each_way(&story->asked->naming, node, keep_nearest, &choice);
    for (size_t i = 0; status == RG_OK && i < story->nearest_count; i++)
        status = mention(story, story->nearest[i]);
    if (status != RG_OK || choice.shortest != RG_NONE)
        return status;
    status = follow_route(&choice);
    if (status == RG_OK && choice.best.parent != RG_NONE)
        status = mention(story, choice.best.parent);
    return status;
}

/* The order among ways that are equally short: by the path of the referrer,
 * then as text. */
static int compare_ways(const struct rg__story *story, const struct rg__way *a,
                        const struct rg__way *b)
{
    uint32_t x =
        a->parent == RG_NONE ? 0 : rg__story_of(story, a->parent)->order;
    uint32_t y =
        b->parent == RG_NONE ? 0 : rg__story_of(story, b->parent)->order;
    if (x != y)
        return x < y ? -1 : 1;
    return rg__way_compare(story->asked->naming.graph, a, b);
}

/* The best of the shortest ways seen so far, among those from what is told. */
static enum rg_status prefer_way(void *context, uint32_t referrer,
                                 const struct rg__way *way)
{
    struct choice *choice = context;
    uint32_t distance;
    if (!leads(choice, referrer, way, &distance) || distance > choice->shortest)
        return RG_OK;
    if (distance < choice->shortest)
        choice->found = false;
    choice->shortest = distance;
    if (way->parent != RG_NONE &&
        rg__story_of(choice->story, way->parent) == NULL)
        return RG_OK;
    if (!choice->found || compare_ways(choice->story, way, &choice->best) < 0)
        choice->best = *way;
    choice->found = true;
    return RG_OK;
}

static enum rg_status choose_way(struct rg__story *story,
                                 struct rg__told_node *told)
{
    struct choice choice = {
        .story = story, .node = told->node, .shortest = RG_NONE};
    if (is_start(story, told->node)) {
        told->way.is_start = true;
        return RG_OK;
    }
    enum rg_status status =
        rg__each_way(&story->asked->naming, told->node, prefer_way, &choice);
    if (status == RG_OK && !choice.found)
        status = follow_route(&choice);
    if (status != RG_OK)
        return status;
    told->way = choice.best;
    return RG_OK;
}

/* By rank and distance, so that referrers come before referents; qsort has no
 * context, so the keys are copied out. */
struct sorted {
    uint64_t distance;
    uint32_t place;
    const struct rg__story *story;
};

static int by_distance(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static int by_way(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    return compare_ways(a->story, &a->story->told[a->place].way,
                        &b->story->told[b->place].way);
}

/* Chooses the ways of nodes at one distance, and gives the nodes their order
 * among each other. */
static enum rg_status order_level(struct rg__story *story, struct sorted *level,
                                  size_t count)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = choose_way(story, &story->told[level[i].place]);
    if (status == RG_OK)
        status = rg_sort(level, count, sizeof *level, by_way,
                         rg__reading_poll(story->asked->naming.reading));
    if (status != RG_OK)
        return status;
    for (size_t i = 1; i < count; i++)
        story->told[level[i].place].order =
            story->told[level[i - 1].place].order +
            (by_way(&level[i - 1], &level[i]) != 0);
    return RG_OK;
}

static enum rg_status order_all(struct rg__story *story)
{
    struct sorted *sorted = rg_alloc(story->told_count, sizeof *sorted);
    if (sorted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < story->told_count; i++) {
        uint32_t node = story->told[i].node;
        sorted[i] = (struct sorted){
            .distance = (uint64_t)story->route->rank[node] << 32 |
                        story->route->distance[node],
            .place = (uint32_t)i,
            .story = story};
    }
    struct rg_poll *poll = rg__reading_poll(story->asked->naming.reading);
    enum rg_status status =
        rg_sort(sorted, story->told_count, sizeof *sorted, by_distance, poll);
    for (size_t i = 0, end; status == RG_OK && i < story->told_count; i = end) {
        end = i + 1;
        while (end < story->told_count &&
               sorted[end].distance == sorted[i].distance)
            end++;
        status = order_level(story, sorted + i, end - i);
    }
    rg_free(sorted);
    return status;
}

enum rg_status rg__story_init(struct rg__story *story,
                              const struct rg__asked *asked,
                              const struct rg_route *route,
                              const uint32_t *nodes, size_t count)
{
    size_t all = asked->naming.closure->node_count;
    *story = (struct rg__story){.asked = asked, .route = route};
    story->place = rg_alloc(all, sizeof *story->place);
    enum rg_status status = story->place == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        memset(story->place, 0xff, all * sizeof *story->place);
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = mention(story, nodes[i]);
    for (size_t i = 0; status == RG_OK && i < story->told_count; i++)
        status = gather_ways(story, story->told[i].node);
    if (status == RG_OK)
        status = order_all(story);
    if (status != RG_OK)
        rg__story_free(story);
    return status;
}

/* Into the graph */

static enum rg_status add_step(const struct rg__asked *asked, uint32_t node,
                               const struct rg__way *way, uint16_t flags)
{
    struct rg_step step;
    enum rg_status status = rg__way_step(&asked->naming, node, way, &step);
    step.flags = flags;
    return status == RG_OK ? rg_graph_add_step(asked->naming.graph, &step)
                           : status;
}

static bool is_suspended_node(const struct rg__asked *asked, uint32_t node)
{
    return node != RG_NONE &&
           asked->naming.closure->nodes[node].role & RG_ROLE_SUSPENDED;
}

/* The last coroutine on the path that nothing suspended on it awaits: a task's
 * own, or the one where the path begins. */
static uint32_t outermost_suspended(const struct rg__asked *asked,
                                    const uint32_t *nodes,
                                    const struct rg__way *ways, size_t count)
{
    uint32_t start = ways[0].root == RG_NONE ? ways[0].parent : RG_NONE;
    uint32_t found = RG_NONE;
    for (size_t i = count; i-- > 0;) {
        if (is_suspended_node(asked, nodes[i]))
            found = nodes[i];
        else if (found != RG_NONE)
            return found;
    }
    return is_suspended_node(asked, start) ? start : found;
}

static enum rg_status add_awaiting(const struct rg__asked *asked,
                                   const uint32_t *nodes,
                                   const struct rg__way *ways, size_t count,
                                   struct rg_text *text)
{
    uint32_t node = outermost_suspended(asked, nodes, ways, count);
    if (node == RG_NONE)
        return RG_OK;
    return asked->witness->awaiting(asked->witness->context,
                                    &asked->naming.closure->nodes[node],
                                    asked->naming.graph, text);
}

/* Pieces of work (poll.h) that a step is: its object is put into words. */
enum { PIECES_PER_STEP = 8 };

enum rg_status rg__path_add(const struct rg__asked *asked,
                            const uint32_t *nodes, const struct rg__way *ways,
                            size_t count, const struct rg_path *path,
                            uint16_t flags)
{
    struct rg_path record = *path;
    if (count == 0)
        return RG_OK;
    record.root = ways[0].root;
    record.step_count = (uint32_t)count;
    if (record.shared_count > count)
        record.shared_count = (uint32_t)count;
    enum rg_status status =
        add_awaiting(asked, nodes, ways, count, &record.awaiting);
    if (status == RG_OK)
        status = rg_graph_add_path(asked->naming.graph, &record);
    struct rg_poll *poll = rg__reading_poll(asked->naming.reading);
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        status =
            add_step(asked, nodes[i], &ways[i], i + 1 == count ? flags : 0);
        if (status == RG_OK)
            status = rg_poll(poll, PIECES_PER_STEP);
    }
    return status;
}

/* The way by which the path comes to a node, or NULL where it begins. */
static const struct rg__way *way_to(const struct rg__story *story,
                                    uint32_t node)
{
    const struct rg__told_node *told =
        node == RG_NONE ? NULL : rg__story_of(story, node);
    return told == NULL || told->way.is_start ? NULL : &told->way;
}

enum rg_status rg__story_trace(const struct rg__story *story, uint32_t node,
                               const struct rg__way *last, uint32_t **nodes,
                               struct rg__way **ways, size_t *count)
{
    const struct rg__way *first = last != NULL ? last : way_to(story, node);
    *count = 0;
    for (const struct rg__way *way = first; way != NULL;
         way = way_to(story, way->parent))
        ++*count;
    *nodes = rg_alloc(*count, sizeof **nodes);
    *ways = rg_alloc(*count, sizeof **ways);
    if (*nodes == NULL || *ways == NULL)
        return RG_ENOMEM;
    const struct rg__way *way = first;
    for (size_t i = *count; i-- > 0;) {
        (*nodes)[i] = node;
        (*ways)[i] = *way;
        node = way->parent;
        way = way_to(story, node);
    }
    return RG_OK;
}

enum rg_status rg__story_add(const struct rg__story *story, uint32_t node,
                             const struct rg__way *last,
                             const struct rg_path *path, uint16_t flags)
{
    size_t count;
    uint32_t *nodes;
    struct rg__way *ways;
    enum rg_status status =
        rg__story_trace(story, node, last, &nodes, &ways, &count);
    if (status == RG_OK)
        status = rg__path_add(story->asked, nodes, ways, count, path, flags);
    rg_free(nodes);
    rg_free(ways);
    return status;
}
