#include "search/pairs.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "base/sort.h"

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

static int by_referrer(const void *left, const void *right)
{
    uint32_t a = ((const struct rg__pair *)left)->referrer;
    uint32_t b = ((const struct rg__pair *)right)->referrer;
    return (a > b) - (a < b);
}

/* Sorts one referent's pairs by referrer.  One sweep delivers them sorted, so
 * that sorting is the exception. */
static void sort_run(struct rg__pair *run, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (run[i - 1].referrer > run[i].referrer) {
            rg_sort_in_place(run, count, sizeof *run, by_referrer);
            return;
        }
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

/* A stable counting sort by referent into `sorted`; `ends` receives the end
 * of each referent's run. */
static void sort_by_referent(const struct rg__pairs *pairs, size_t node_count,
                             struct rg__pair *sorted, uint32_t *ends)
{
    for (size_t i = 0; i < pairs->count; i++)
        ends[pairs->items[i].referent]++;
    uint32_t total = 0;
    for (size_t n = 0; n < node_count; n++) {
        uint32_t count = ends[n];
        ends[n] = total;
        total += count;
    }
    for (size_t i = 0; i < pairs->count; i++)
        sorted[ends[pairs->items[i].referent]++] = pairs->items[i];
}

enum rg_status rg__pairs_group(const struct rg__pairs *pairs,
                               struct rg_closure *closure)
{
    size_t nodes = closure->node_count;
    struct rg__pair *sorted = rg_alloc(pairs->count, sizeof *sorted);
    uint32_t *ends = rg_alloc_zeroed(nodes + 1, sizeof *ends);
    closure->first = rg_alloc(nodes + 1, sizeof *closure->first);
    closure->referrer = rg_alloc(pairs->count, sizeof *closure->referrer);
    closure->multiplicity =
        rg_alloc(pairs->count, sizeof *closure->multiplicity);
    enum rg_status status = RG_ENOMEM;
    if (sorted == NULL || ends == NULL || closure->first == NULL ||
        closure->referrer == NULL || closure->multiplicity == NULL)
        goto done;
    sort_by_referent(pairs, nodes, sorted, ends);
    uint32_t start = 0, out = 0;
    for (size_t n = 0; n < nodes; n++) {
        closure->first[n] = out;
        sort_run(sorted + start, ends[n] - start);
        out = merge_run(closure, out, sorted + start, ends[n] - start);
        start = ends[n];
    }
    closure->first[nodes] = out;
    status = RG_OK;
done:
    rg_free(sorted);
    rg_free(ends);
    return status;
}
