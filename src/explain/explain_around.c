/* Other ways that a whole group goes.
 *
 * The path told for a group is the shortest; when all its targets are held by
 * a second container as well, to drop the first one frees none of them.  So
 * the direct referrers of the group are told too, and a way whose fingerprint
 * every target of the group has is a further path of it. */
#include "explain/explaining.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

enum { MORE_WAYS = 2 }; /* told of one group */

/* A way of the target that stands for the group. */
struct around {
    uint64_t fingerprint;
    const struct rg__story *story;
    struct rg__way way;
    uint32_t rank, distance; /* of its referrer */
    uint32_t members;        /* targets met that have such a way, */
    uint32_t last;           /* the last of them, */
    uint32_t shared;         /* and the steps that are the same for all */
};

struct gathering {
    struct rg__explaining *explaining;
    uint32_t target;      /* whose ways are being looked at */
    uint64_t fingerprint; /* of the path told of it */
    uint32_t *nodes;      /* referrers to tell of */
    size_t node_count, node_capacity;
    struct around *around; /* sorted by fingerprint once the first target
                              has been looked at */
    size_t count, capacity;
};

/* Whether a way comes from an object that something else than the caller
 * keeps, and that is no target itself. */
static bool is_kept_elsewhere(const struct rg__asked *asked,
                              const struct rg__way *way)
{
    return way->root == RG_NONE && way->parent >= asked->target_count &&
           asked->route->rank[way->parent] != RG_FROM_NOWHERE &&
           asked->route->rank[way->parent] != RG_FROM_CALLER;
}

static enum rg_status gather_referrer(void *context, uint32_t referrer,
                                      const struct rg__way *way)
{
    struct gathering *gathering = context;
    void *nodes = gathering->nodes;
    if (!is_kept_elsewhere(gathering->explaining->asked, way))
        return RG_OK;
    if (rg_grow(&nodes, &gathering->node_capacity, gathering->node_count + 1,
                sizeof *gathering->nodes) < 0)
        return RG_ENOMEM;
    gathering->nodes = nodes;
    gathering->nodes[gathering->node_count++] = referrer;
    return RG_OK;
}

/* Tells of all direct referrers of targets that are not alone. */
static enum rg_status tell_around(struct gathering *gathering)
{
    struct rg__explaining *explaining = gathering->explaining;
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < explaining->by_group_count; i++) {
        uint32_t target = explaining->by_group[i];
        if (explaining->group_size[explaining->group[target]] > 1)
            status = rg__each_way(&asked->naming, target, gather_referrer,
                                  gathering);
    }
    if (status == RG_OK)
        status = rg__story_init(&explaining->around, asked, asked->route,
                                gathering->nodes, gathering->node_count);
    if (status == RG_OK)
        status = rg__fingerprints_init(&explaining->around_fingerprints,
                                       &explaining->around);
    return status;
}

/* The fingerprint of the path that ends with this way; *is_way is false when
 * it is the path told, or comes from a target. */
static enum rg_status read_way(struct gathering *gathering,
                               const struct rg__way *way, uint64_t *fingerprint,
                               bool *is_way)
{
    struct rg__explaining *explaining = gathering->explaining;
    const struct rg__asked *asked = explaining->asked;
    bool meets_target;
    *is_way = is_kept_elsewhere(asked, way);
    if (!*is_way)
        return RG_OK;
    enum rg_status status =
        rg__fingerprint_of(&explaining->around_fingerprints, way->parent,
                           fingerprint, &meets_target);
    if (status == RG_OK)
        status = rg__fingerprint_step(&asked->naming, *fingerprint,
                                      gathering->target, way, fingerprint);
    *is_way = !meets_target && *fingerprint != gathering->fingerprint;
    return status;
}

static enum rg_status add_way(void *context, uint32_t referrer,
                              const struct rg__way *way)
{
    struct gathering *gathering = context;
    const struct rg__asked *asked = gathering->explaining->asked;
    void *around = gathering->around;
    uint64_t fingerprint;
    bool is_way;
    enum rg_status status = read_way(gathering, way, &fingerprint, &is_way);
    if (status != RG_OK || !is_way)
        return status;
    if (rg_grow(&around, &gathering->capacity, gathering->count + 1,
                sizeof *gathering->around) < 0)
        return RG_ENOMEM;
    gathering->around = around;
    gathering->around[gathering->count++] =
        (struct around){.fingerprint = fingerprint,
                        .story = &gathering->explaining->around,
                        .way = *way,
                        .rank = asked->route->rank[referrer],
                        .distance = asked->route->distance[referrer],
                        .members = 1,
                        .last = gathering->target,
                        .shared = RG_NONE};
    return RG_OK;
}

/* Nearest first, then as text. */
static int by_nearness(const void *left, const void *right)
{
    const struct around *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    uint32_t x = rg__story_of(a->story, a->way.parent)->order;
    uint32_t y = rg__story_of(b->story, b->way.parent)->order;
    return x != y ? (x < y ? -1 : 1)
                  : rg__way_compare(a->story->asked->naming.graph, &a->way,
                                    &b->way);
}

static int by_fingerprint(const void *left, const void *right)
{
    const struct around *a = left, *b = right;
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    return by_nearness(left, right);
}

/* Sorts the ways of the first target; of those with one fingerprint the first
 * stands for all. */
static enum rg_status sort_ways(struct gathering *gathering)
{
    size_t kept = 0;
    enum rg_status status =
        rg_sort(gathering->around, gathering->count, sizeof *gathering->around,
                by_fingerprint,
                rg__reading_poll(gathering->explaining->asked->naming.reading));
    for (size_t i = 0; status == RG_OK && i < gathering->count; i++)
        if (kept == 0 || gathering->around[i].fingerprint !=
                             gathering->around[kept - 1].fingerprint)
            gathering->around[kept++] = gathering->around[i];
    gathering->count = kept;
    return status;
}

static struct around *around_with(const struct gathering *gathering,
                                  uint64_t fingerprint)
{
    size_t low = 0, high = gathering->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gathering->around[middle].fingerprint < fingerprint)
            low = middle + 1;
        else
            high = middle;
    }
    return low < gathering->count &&
                   gathering->around[low].fingerprint == fingerprint
               ? &gathering->around[low]
               : NULL;
}

/* Of a further target: one more that has this way, if the first has it. */
static enum rg_status count_way(void *context, uint32_t referrer,
                                const struct rg__way *way)
{
    struct gathering *gathering = context;
    uint64_t fingerprint;
    bool is_way;
    enum rg_status status = read_way(gathering, way, &fingerprint, &is_way);
    struct around *around =
        status == RG_OK && is_way ? around_with(gathering, fingerprint) : NULL;
    if (around == NULL || around->last == gathering->target)
        return status;
    around->members++;
    around->last = gathering->target;
    uint32_t shared =
        rg__explain_shared_steps(around->story, around->way.parent, referrer);
    if (shared < around->shared)
        around->shared = shared;
    return RG_OK;
}

/* Adds the nearest ways that all targets of the group have. */
static enum rg_status add_around(struct gathering *gathering, uint32_t target,
                                 uint32_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < gathering->count; i++)
        if (gathering->around[i].members == size)
            gathering->around[count++] = gathering->around[i];
    enum rg_status status = rg_sort(
        gathering->around, count, sizeof *gathering->around, by_nearness,
        rg__reading_poll(gathering->explaining->asked->naming.reading));
    for (size_t i = 0; status == RG_OK && i < count && i < MORE_WAYS; i++) {
        const struct around *around = &gathering->around[i];
        const struct rg_path path = {.target = target,
                                     .kind = RG_PATH_FURTHER,
                                     .target_count = size,
                                     .shared_count = around->shared};
        status = rg__story_add(around->story, target, &around->way, &path, 0);
    }
    return status;
}

enum rg_status rg__explain_around(struct rg__explaining *explaining,
                                  uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    struct gathering gathering = {.explaining = explaining};
    uint32_t size = explaining->group_size[target];
    enum rg_status status = RG_OK;
    uint32_t first = explaining->group_start[target];
    bool unused;
    if (explaining->around.place == NULL)
        status = tell_around(&gathering);
    if (status == RG_OK)
        status = rg__fingerprint_of(&explaining->fingerprints, target,
                                    &gathering.fingerprint, &unused);
    for (size_t i = 0; status == RG_OK && i < size; i++) {
        gathering.target = explaining->by_group[first + i];
        status = rg__each_way(&asked->naming, gathering.target,
                              i == 0 ? add_way : count_way, &gathering);
        if (status == RG_OK && i == 0)
            status = sort_ways(&gathering);
        if (gathering.count == 0)
            break;
    }
    if (status == RG_OK)
        status = add_around(&gathering, target, size);
    rg_free(gathering.nodes);
    rg_free(gathering.around);
    return status;
}
