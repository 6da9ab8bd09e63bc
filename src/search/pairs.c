#include "search/pairs.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

static bool last_is(const struct rg__pairs *pairs, uint32_t referrer,
                    uint32_t referent)
{
    if (pairs->count == 0)
        return false;
    const struct rg__pair *last = &pairs->items[pairs->count - 1];
    return last->referrer == referrer && last->referent == referent;
}

enum rg_status rg__pairs_add(struct rg__pairs *pairs, uint32_t referrer,
                             uint32_t referent)
{
    if (last_is(pairs, referrer, referent)) {
        pairs->items[pairs->count - 1].multiplicity++;
        return RG_OK;
    }
    if (pairs->count >= UINT32_MAX - 1)
        return RG_ELIMIT;
    void *items = pairs->items;
    if (rg_grow(&items, &pairs->capacity, pairs->count + 1,
                sizeof *pairs->items) < 0)
        return RG_ENOMEM;
    pairs->items = items;
    pairs->items[pairs->count++] = (struct rg__pair){
        .referrer = referrer, .referent = referent, .multiplicity = 1};
    return RG_OK;
}

void rg__pairs_free(struct rg__pairs *pairs)
{
    rg_free(pairs->items);
    *pairs = (struct rg__pairs){0};
}

/* Writes one referent's sorted pairs behind `out`, equal ones as one. */
static uint32_t merge_run(struct rg_closure *closure, uint32_t out,
                          const struct rg__pair *run, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && run[i - 1].referrer == run[i].referrer) {
            closure->multiplicity[out - 1] += run[i].multiplicity;
            continue;
        }
        closure->referrer[out] = run[i].referrer;
        closure->multiplicity[out] = run[i].multiplicity;
        out++;
    }
    return out;
}

/* What a counting sort goes by. */
static uint32_t end_of_pair(const struct rg__pair *pair, bool by_referent)
{
    return by_referent ? pair->referent : pair->referrer;
}

/* A stable counting sort; `ends` receives the end of each key's run. */
static void sort_by(bool by_referent, const struct rg__pair *pairs,
                    size_t count, size_t node_count, struct rg__pair *sorted,
                    uint32_t *ends)
{
    memset(ends, 0, (node_count + 1) * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[end_of_pair(&pairs[i], by_referent)]++;
    uint32_t total = 0;
    for (size_t n = 0; n < node_count; n++) {
        uint32_t of_this = ends[n];
        ends[n] = total;
        total += of_this;
    }
    for (size_t i = 0; i < count; i++)
        sorted[ends[end_of_pair(&pairs[i], by_referent)]++] = pairs[i];
}

/* One sweep over new objects delivers the pairs in order of the referrers;
 * several mix them. */
static bool is_in_order(const struct rg__pairs *pairs)
{
    for (size_t i = 1; i < pairs->count; i++)
        if (pairs->items[i - 1].referrer > pairs->items[i].referrer)
            return false;
    return true;
}

enum rg_status rg__pairs_group(struct rg__pairs *pairs,
                               struct rg_closure *closure)
{
    size_t nodes = closure->node_count;
    struct rg__pair *from = pairs->items;
    struct rg__pair *to = rg_alloc(pairs->count, sizeof *to), *sorted = to;
    uint32_t *ends = rg_alloc(nodes + 1, sizeof *ends);
    enum rg_status status = RG_ENOMEM;
    if (sorted == NULL || ends == NULL)
        goto done;
    if (!is_in_order(pairs)) {
        sort_by(false, from, pairs->count, nodes, to, ends);
        from = sorted;
        to = pairs->items;
    }
    sort_by(true, from, pairs->count, nodes, to, ends);
    closure->first = rg_alloc(nodes + 1, sizeof *closure->first);
    closure->referrer = rg_alloc(pairs->count, sizeof *closure->referrer);
    closure->multiplicity =
        rg_alloc(pairs->count, sizeof *closure->multiplicity);
    if (closure->first == NULL || closure->referrer == NULL ||
        closure->multiplicity == NULL)
        goto done;
    uint32_t start = 0, out = 0;
    for (size_t n = 0; n < nodes; n++) {
        closure->first[n] = out;
        out = merge_run(closure, out, to + start, ends[n] - start);
        start = ends[n];
    }
    closure->first[nodes] = out;
    status = RG_OK;
done:
    rg_free(sorted);
    rg_free(ends);
    return status;
}
