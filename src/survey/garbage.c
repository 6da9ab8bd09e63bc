/* garbage.c - what is in no place
 *
 * Nothing leads to garbage but garbage: cycles.  What has no place and no
 * referrer at all is held by the functions that look at the heap, and so is
 * all that it leads to. */
#include "base/alloc.h"
#include "survey/place.h"

struct rest {
    const struct rg__look *look;
    bool *is_held;
    uint32_t *queue;
    size_t head, tail;
};

static void hold(struct rest *rest, uint32_t node)
{
    if (rest->is_held[node])
        return;
    rest->is_held[node] = true;
    rest->queue[rest->tail++] = node;
}

static bool is_real(const struct rg_dump *dump, size_t reference)
{
    return rg_dump_how_of(dump, reference)->flags & RG_DUMP_REAL;
}

static void begin_held(struct rest *rest)
{
    const struct rg__look *look = rest->look;
    const struct rg_dump *dump = look->dump;
    /* First: whether anything refers to the node. */
    for (size_t i = 0; i < dump->reference_count; i++)
        if (is_real(dump, i))
            rest->is_held[dump->to[i]] = true;
    for (uint32_t n = 0; n < dump->node_count; n++) {
        bool is_start = look->place[n] == RG__OURS ||
                        (look->place[n] == RG_NONE && !rest->is_held[n]);
        if (is_start)
            rest->queue[rest->tail++] = n;
    }
    for (uint32_t n = 0; n < dump->node_count; n++)
        rest->is_held[n] = false;
    for (size_t i = 0; i < rest->tail; i++)
        rest->is_held[rest->queue[i]] = true;
}

static void spread(struct rest *rest)
{
    const struct rg_dump *dump = rest->look->dump;
    while (rest->head < rest->tail) {
        uint32_t node = rest->queue[rest->head++];
        for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++)
            if (is_real(dump, i) && rest->look->place[dump->to[i]] == RG_NONE)
                hold(rest, dump->to[i]);
    }
}

enum rg_status rg_survey_sum(const struct rg_survey *survey, size_t look,
                             struct rg_survey_sum *sum)
{
    const struct rg__look *at = &survey->looks[look];
    const struct rg_dump *dump = at->dump;
    struct rest rest = {
        .look = at,
        .is_held = rg_alloc_zeroed(dump->node_count, sizeof *rest.is_held),
        .queue = rg_alloc(dump->node_count, sizeof *rest.queue)};
    *sum = (struct rg_survey_sum){.places = survey->place_count};
    if (rest.is_held == NULL || rest.queue == NULL) {
        rg_free(rest.is_held);
        rg_free(rest.queue);
        return RG_ENOMEM;
    }
    begin_held(&rest);
    spread(&rest);
    for (uint32_t n = 0; n < dump->node_count; n++) {
        if (rg_dump_about_of(dump, n)->shape == RG_DUMP_SYNTHETIC)
            continue;
        if (at->place[n] < RG__OURS) {
            sum->objects++;
            sum->bytes += dump->bytes[n];
        } else if (!rest.is_held[n]) {
            sum->garbage++;
            sum->garbage_bytes += dump->bytes[n];
        }
    }
    rg_free(rest.is_held);
    rg_free(rest.queue);
    return RG_OK;
}
