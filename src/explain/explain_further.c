/* Further paths, and what trails of pairs are called. */
#include "explain/explaining.h"

#include "base/alloc.h"

enum { MORE_PATHS = 4 };

/* Of several ways the one that comes from where the trail is. */
static const struct rg__way *way_from(const struct rg__ways *ways,
                                      uint32_t parent)
{
    for (size_t i = 0; i < ways->count; i++)
        if (ways->ways[i].parent == parent)
            return &ways->ways[i];
    return &ways->ways[0];
}

/* The way and the node of each pair that is no plumbing; *count is 0 when one
 * of them has no name. */
static enum rg_status name_pairs(struct rg__explaining *explaining,
                                 const struct rg_trail *trail,
                                 const struct rg__way *first, uint32_t *nodes,
                                 struct rg__way *ways, size_t *count)
{
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = RG_OK;
    *count = 0;
    for (size_t i = 0; status == RG_OK && i < trail->pair_count; i++) {
        uint32_t pair = trail->pairs[i];
        if (rg_grip_of(asked->forward, pair) == RG_GRIP_PLUMBING)
            continue;
        status = rg__via(asked, pair, &explaining->ways);
        if (status == RG_OK && explaining->ways.count == 0 &&
            rg_grip_of(asked->forward, pair) == RG_GRIP_CACHE)
            continue; /* to the dict inside, which nobody would name */
        if (status != RG_OK || explaining->ways.count == 0) {
            *count = 0;
            break;
        }
        ways[*count] = *way_from(&explaining->ways,
                                 *count == 0 ? RG_NONE : nodes[*count - 1]);
        if (*count == 0 && first != NULL)
            ways[0] = *first;
        nodes[(*count)++] = asked->forward->referent[pair];
    }
    return status;
}

enum rg_status rg__explain_trail(struct rg__explaining *explaining,
                                 const struct rg_trail *trail,
                                 const struct rg__way *first,
                                 const struct rg_path *path)
{
    uint32_t *nodes = rg_alloc(trail->pair_count, sizeof *nodes);
    struct rg__way *ways = rg_alloc(trail->pair_count, sizeof *ways);
    size_t count = 0;
    enum rg_status status = RG_ENOMEM;
    if (nodes != NULL && ways != NULL)
        status = name_pairs(explaining, trail, first, nodes, ways, &count);
    if (status == RG_OK && count > 0)
        status = rg__path_add(explaining->asked, nodes, ways, count, path, 0);
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
        enum rg_grip grip = rg_grip_of(asked->forward, pair);
        if (grip == RG_GRIP_PLUMBING ||
            (grip == RG_GRIP_CACHE && asked->forward->referent[pair] != at))
            continue; /* the dict and the links inside of a cache */
        if (at == RG_NONE || rg__story_of(story, at) == NULL ||
            asked->forward->referent[pair] != at)
            return false;
        at = rg__story_of(story, at)->way.parent;
    }
    return story != NULL;
}

enum rg_status rg__explain_further(struct rg__explaining *explaining,
                                   uint32_t target)
{
    const struct rg_path path = {.target = target,
                                 .kind = RG_PATH_FURTHER,
                                 .target_count = 1,
                                 .shared_count = RG_NONE};
    enum rg_status status =
        rg_trails_init(&explaining->trails, explaining->asked->forward,
                       explaining->asked->alive, target, MORE_PATHS + 1,
                       rg__reading_poll(explaining->asked->naming.reading));
    size_t added = 0;
    for (size_t i = 0; status == RG_OK && i < explaining->trails.count; i++) {
        const struct rg_trail *trail = &explaining->trails.trails[i];
        if (added == MORE_PATHS || is_emphasised(explaining, trail, target))
            continue;
        status = rg__explain_trail(explaining, trail, NULL, &path);
        added++;
    }
    rg_trails_free(&explaining->trails);
    return status;
}
