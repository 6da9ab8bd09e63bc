/* Groups: targets of one type whose paths have the same fingerprint, which
 * read the same but for keys and positions.
 *
 * One path is told for each group: that of the target nearest to its root, the
 * first among equals, with how many go that way and how many first steps are
 * the same for all. */
#include "explain/explaining.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "graph/fingerprint.h"

/* Nodes looked at for the rings of garbage, by node of the closure: a cycle of
 * very many targets would be walked around for each of them. */
enum { RING_WORK = 16 };

struct member {
    uint64_t fingerprint, distance;
    uint32_t module, qualname; /* of its type: where the words are */
    uint32_t order, target;
};

static int compare_groups(const struct member *a, const struct member *b)
{
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    if (a->module != b->module)
        return a->module < b->module ? -1 : 1;
    return (a->qualname > b->qualname) - (a->qualname < b->qualname);
}

static int by_group(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    int order = compare_groups(a, b);
    if (order != 0)
        return order;
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

/* The deepest common ancestor. */
uint32_t rg__explain_shared_steps(const struct rg__story *story, uint32_t a,
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

/* The story of the target's path, unless that is a ring. */
static const struct rg__story *
story_of_member(const struct rg__explaining *explaining, uint32_t target)
{
    return explaining->judgement.verdicts[target].kind == RG_VERDICT_GARBAGE
               ? NULL
               : rg__explaining_story(explaining, target);
}

/* Paths of two stories, and rings, share nothing that is known. */
static void join(struct rg__explaining *explaining, uint32_t first,
                 uint32_t target)
{
    const struct rg__story *story = story_of_member(explaining, first);
    bool is_told =
        story != NULL && story_of_member(explaining, target) == story;
    uint32_t shared = first == target ? RG_NONE
                      : is_told ? rg__explain_shared_steps(story, first, target)
                                : 0;
    explaining->group[target] = first;
    explaining->group_size[first]++;
    if (shared < explaining->group_shared[first])
        explaining->group_shared[first] = shared;
}

static enum rg_status allocate_groups(struct rg__explaining *explaining)
{
    uint32_t count = explaining->asked->target_count;
    explaining->group = rg_alloc(count, sizeof *explaining->group);
    explaining->group_size = rg_alloc_zeroed(count, sizeof(uint32_t));
    explaining->group_shared = rg_alloc(count, sizeof(uint32_t));
    explaining->group_start = rg_alloc_zeroed(count, sizeof(uint32_t));
    explaining->by_group = rg_alloc(count, sizeof(uint32_t));
    if (explaining->group == NULL || explaining->group_size == NULL ||
        explaining->group_shared == NULL || explaining->group_start == NULL ||
        explaining->by_group == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < count; t++) {
        explaining->group[t] = t;
        explaining->group_shared[t] = RG_NONE;
    }
    return RG_OK;
}

/* The fingerprint of a ring; *is_known says whether there is one. */
static enum rg_status read_ring(struct rg__explaining *explaining,
                                struct member *member, bool *is_known)
{
    struct rg__rings *rings = &explaining->rings;
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = RG_OK;
    *is_known = false;
    if (rings->work > (uint64_t)RING_WORK * asked->naming.closure->node_count)
        return RG_OK;
    if (rings->asked == NULL)
        status = rg__rings_init(rings, asked, &explaining->judgement);
    if (status == RG_OK)
        status = rg__ring_find(rings, member->target);
    member->fingerprint = RG_FINGERPRINT_NONE;
    member->distance = (uint64_t)RG_FROM_NOWHERE << 32 | rings->count;
    for (size_t i = 0; status == RG_OK && i < rings->count; i++)
        status = rg__fingerprint_step(&asked->naming, member->fingerprint,
                                      rings->nodes[i], &rings->ways[i],
                                      &member->fingerprint);
    *is_known = rings->count > 0;
    return status;
}

static enum rg_status read_story(struct rg__explaining *explaining,
                                 struct member *member, bool *is_known)
{
    const struct rg__story *story = story_of_member(explaining, member->target);
    bool unused;
    *is_known = story != NULL;
    if (story == NULL)
        return RG_OK;
    member->distance = (uint64_t)story->route->rank[member->target] << 32 |
                       story->route->distance[member->target];
    member->order = rg__story_of(story, member->target)->order;
    return rg__fingerprint_of(story == &explaining->held
                                  ? &explaining->held_fingerprints
                                  : &explaining->fingerprints,
                              member->target, &member->fingerprint, &unused);
}

/* What there is to group: targets with a path. */
static enum rg_status read_members(struct rg__explaining *explaining,
                                   struct member *members, size_t *count)
{
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = RG_OK;
    *count = 0;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        struct member *member = &members[*count];
        const struct rg_object *object =
            &asked->naming.graph->objects[asked->naming.object_of[t]];
        bool is_garbage =
            explaining->judgement.verdicts[t].kind == RG_VERDICT_GARBAGE;
        bool is_known = false;
        *member = (struct member){.target = t,
                                  .module = object->module.offset,
                                  .qualname = object->qualname.offset};
        status = is_garbage ? read_ring(explaining, member, &is_known)
                            : read_story(explaining, member, &is_known);
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(asked->naming.reading), 1);
        if (status == RG_OK && is_known)
            ++*count;
        explaining->group[t] = is_known ? t : RG_NONE;
    }
    return status;
}

static enum rg_status find_groups(struct rg__explaining *explaining,
                                  struct member *members)
{
    struct rg_poll *poll = rg__reading_poll(explaining->asked->naming.reading);
    size_t count;
    enum rg_status status = read_members(explaining, members, &count);
    if (status == RG_OK)
        status = rg_sort(members, count, sizeof *members, by_group, poll);
    for (size_t i = 0, first = 0; status == RG_OK && i < count; i++) {
        if (compare_groups(&members[i], &members[first]) != 0)
            first = i;
        explaining->group_start[members[first].target] = (uint32_t)first;
        join(explaining, members[first].target, members[i].target);
        explaining->by_group[i] = members[i].target;
    }
    explaining->by_group_count = status == RG_OK ? count : 0;
    return status;
}

enum rg_status rg__explain_groups(struct rg__explaining *explaining)
{
    uint32_t count = explaining->asked->target_count;
    struct member *members = rg_alloc(count, sizeof *members);
    enum rg_status status =
        members == NULL ? RG_ENOMEM : allocate_groups(explaining);
    if (status == RG_OK && count == 1)
        join(explaining, 0, 0);
    if (status == RG_OK && count > 1) {
        status = rg__fingerprints_init(&explaining->fingerprints,
                                       explaining->asked->story);
        if (status == RG_OK && explaining->held.place != NULL)
            status = rg__fingerprints_init(&explaining->held_fingerprints,
                                           &explaining->held);
        if (status == RG_OK)
            status = find_groups(explaining, members);
    }
    rg_free(members);
    return status;
}
