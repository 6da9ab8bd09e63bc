/* Groups: targets whose paths read the same but for keys and positions.
 *
 * One path is told for each group: that of the target nearest to its root, the
 * first among equals, with how many go that way and how many first steps are
 * the same for all. */
#include "explain/explaining.h"

#include <stdlib.h>

#include "base/alloc.h"

struct member {
    uint64_t fingerprint, distance;
    uint32_t order, target;
};

static int by_fingerprint(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return (a->target > b->target) - (a->target < b->target);
}

static uint32_t depth_of(const struct rg__story *story, uint32_t node)
{
    uint32_t depth = 0;
    while (node != RG_NONE && !rg__story_of(story, node)->way.is_start) {
        depth++;
        node = rg__story_of(story, node)->way.parent;
    }
    return depth;
}

/* How many first steps two paths share: the deepest common ancestor. */
static uint32_t shared_steps(const struct rg__story *story, uint32_t a,
                             uint32_t b)
{
    uint32_t i = depth_of(story, a), j = depth_of(story, b), same = i;
    for (; i > j; i--)
        a = rg__story_of(story, a)->way.parent;
    for (; j > i; j--)
        b = rg__story_of(story, b)->way.parent;
    for (same = i; a != b && i > 0; i--) {
        a = rg__story_of(story, a)->way.parent;
        b = rg__story_of(story, b)->way.parent;
        same = i - 1;
    }
    return same;
}

static void join(struct rg__explaining *explaining, const struct member *first,
                 const struct member *member)
{
    explaining->group[member->target] = first->target;
    explaining->group_size[first->target]++;
    uint32_t shared =
        shared_steps(rg__explaining_story(explaining, first->target),
                     first->target, member->target);
    if (shared < explaining->group_shared[first->target])
        explaining->group_shared[first->target] = shared;
}

static enum rg_status prepare_groups(struct rg__explaining *explaining)
{
    uint32_t count = explaining->asked->target_count;
    explaining->group = rg_alloc(count, sizeof *explaining->group);
    explaining->group_size = rg_alloc_zeroed(count, sizeof(uint32_t));
    explaining->group_shared = rg_alloc(count, sizeof(uint32_t));
    if (explaining->group == NULL || explaining->group_size == NULL ||
        explaining->group_shared == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < count; t++) {
        explaining->group[t] = t;
        explaining->group_shared[t] = RG_NONE;
    }
    return RG_OK;
}

enum rg_status rg__explain_groups(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    struct member *members = rg_alloc(asked->target_count, sizeof *members);
    size_t count = 0;
    if (members == NULL || prepare_groups(explaining) != RG_OK) {
        rg_free(members);
        return RG_ENOMEM;
    }
    for (uint32_t t = 0; t < asked->target_count; t++) {
        const struct rg__story *story = rg__explaining_story(explaining, t);
        if (story == NULL)
            continue;
        const struct rg__told_node *told = rg__story_of(story, t);
        members[count++] = (struct member){
            .fingerprint = told->fingerprint ^ (story == &explaining->held),
            .distance = (uint64_t)story->route->rank[t] << 32 |
                        story->route->distance[t],
            .order = told->order, .target = t};
    }
    if (count > 1)
        qsort(members, count, sizeof *members, by_fingerprint);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (members[i].fingerprint != members[first].fingerprint)
            first = i;
        join(explaining, &members[first], &members[i]);
    }
    rg_free(members);
    return RG_OK;
}
