#include "explain/fingerprints.h"

#include "base/alloc.h"
#include "graph/fingerprint.h"

void rg__fingerprints_free(struct rg__fingerprints *fingerprints)
{
    rg_free(fingerprints->of);
    rg_free(fingerprints->meets_target);
    rg_free(fingerprints->chain);
    *fingerprints = (struct rg__fingerprints){0};
}

enum rg_status rg__fingerprints_init(struct rg__fingerprints *fingerprints,
                                     const struct rg__story *story)
{
    size_t count = story->told_count;
    *fingerprints = (struct rg__fingerprints){.story = story};
    fingerprints->of = rg_alloc_zeroed(count, sizeof *fingerprints->of);
    fingerprints->meets_target =
        rg_alloc_zeroed(count, sizeof *fingerprints->meets_target);
    fingerprints->chain = rg_alloc(count, sizeof *fingerprints->chain);
    if (fingerprints->of != NULL && fingerprints->meets_target != NULL &&
        fingerprints->chain != NULL)
        return RG_OK;
    rg__fingerprints_free(fingerprints);
    return RG_ENOMEM;
}

enum rg_status rg__fingerprint_step(const struct rg__naming *naming,
                                    uint64_t fingerprint, uint32_t node,
                                    const struct rg__way *way, uint64_t *longer)
{
    struct rg_step step;
    enum rg_status status = rg__way_step(naming, node, way, &step);
    if (status == RG_OK)
        *longer = rg_fingerprint_add(fingerprint, naming->graph, &step);
    return status;
}

/* Up to where a path begins or is known, and down again. */
enum rg_status rg__fingerprint_of(struct rg__fingerprints *fingerprints,
                                  uint32_t node, uint64_t *fingerprint,
                                  bool *meets_target)
{
    const struct rg__story *story = fingerprints->story;
    uint32_t target_count = story->asked->target_count;
    enum rg_status status = RG_OK;
    size_t height = 0;
    uint64_t hash = RG_FINGERPRINT_NONE;
    bool meets = false;
    for (uint32_t at = node; at != RG_NONE;
         at = rg__story_of(story, at)->way.parent) {
        uint32_t place = story->place[at];
        if (fingerprints->of[place] != 0) {
            hash = fingerprints->of[place];
            meets = fingerprints->meets_target[place];
            break;
        }
        fingerprints->chain[height++] = at;
    }
    while (status == RG_OK && height-- > 0) {
        uint32_t at = fingerprints->chain[height], place = story->place[at];
        const struct rg__way *way = &story->told[place].way;
        if (!way->is_start)
            status = rg__fingerprint_step(&story->asked->naming, hash, at, way,
                                          &hash);
        meets = meets || at < target_count;
        fingerprints->of[place] = hash;
        fingerprints->meets_target[place] = meets;
    }
    *fingerprint = hash;
    *meets_target = meets;
    return status;
}
