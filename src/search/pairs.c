#include "search/pairs.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/large.h"

enum rg_status rg__pairs_append(struct rg__pairs *pairs, uint32_t referrer,
                                uint32_t referent)
{
    if (pairs->count >= UINT32_MAX - 1)
        return RG_ELIMIT;
    size_t needed = (pairs->count + 1) * sizeof *pairs->items;
    if (needed > pairs->size) {
        size_t wanted = pairs->size + pairs->size / 2;
        void *items = rg_large_resize(pairs->items, &pairs->size,
                                      wanted < needed ? needed : wanted);
        if (items == NULL)
            return RG_ENOMEM;
        pairs->items = items;
    }
    pairs->items[pairs->count++] = (struct rg__pair){
        .referrer = referrer, .referent = referent, .multiplicity = 1};
    return RG_OK;
}

void rg__pairs_free(struct rg__pairs *pairs)
{
    rg_large_free(pairs->items, pairs->size);
    *pairs = (struct rg__pairs){0};
}

/* The poll of a grouping.  A search whose time is up has found what it found,
 * and that is grouped to the end, a fraction of what finding it took: nobody
 * asks any more. */
struct patience {
    struct rg_poll *poll;
    size_t pairs; /* since it was told last */
    bool is_late;
};

/* Pairs that are as much work as one step of a poll elsewhere. */
enum { PAIRS_PER_STEP = 16 };

static enum rg_status go_on(struct patience *patience, size_t pairs)
{
    patience->pairs += pairs;
    if (patience->pairs < PAIRS_PER_STEP)
        return RG_OK;
    enum rg_status status =
        rg_poll(patience->poll, patience->pairs / PAIRS_PER_STEP);
    patience->pairs %= PAIRS_PER_STEP;
    if (status != RG_ETIMEOUT)
        return status;
    patience->is_late = true;
    patience->poll = NULL;
    return RG_OK;
}

/* A grouping at work.  An object is read at once, so that its pairs mostly
 * stand together: what is put in order is these runs, and a run is known by
 * the place of its first pair. */
struct grouping {
    const struct rg__pairs *pairs;
    struct rg_closure *closure;
    struct patience patience;
    uint32_t *runs; /* first pairs, by referrer; NULL: as they stand */
    size_t run_count;
    uint32_t *ends; /* by node */
    bool any_merged;
};

static size_t end_of_run(const struct rg__pairs *pairs, size_t start)
{
    size_t end = start + 1;
    while (end < pairs->count &&
           pairs->items[end].referrer == pairs->items[start].referrer)
        end++;
    return end;
}

/* Turns counts into where each begins. */
static void sum_up(uint32_t *counts, size_t count)
{
    uint32_t total = 0;
    for (size_t n = 0; n < count; n++) {
        uint32_t of_this = counts[n];
        counts[n] = total;
        total += of_this;
    }
}

/* Counts the runs, in all and of each referrer, and the pairs of each
 * referent. */
static enum rg_status count_pairs(struct grouping *grouping, bool *in_order)
{
    const struct rg__pairs *pairs = grouping->pairs;
    enum rg_status status = RG_OK;
    *in_order = true;
    for (size_t i = 0, end; status == RG_OK && i < pairs->count; i = end) {
        const struct rg__pair *items = pairs->items;
        end = end_of_run(pairs, i);
        *in_order &= i == 0 || items[i - 1].referrer < items[i].referrer;
        grouping->ends[items[i].referrer]++;
        grouping->run_count++;
        for (size_t k = i; k < end; k++)
            grouping->closure->first[items[k].referent]++;
        status = go_on(&grouping->patience, end - i);
    }
    return status;
}

/* A stable counting sort of the runs, by referrer. */
static enum rg_status sort_runs(struct grouping *grouping)
{
    const struct rg__pairs *pairs = grouping->pairs;
    grouping->runs = rg_alloc(grouping->run_count, sizeof *grouping->runs);
    if (grouping->runs == NULL)
        return RG_ENOMEM;
    sum_up(grouping->ends, grouping->closure->node_count);
    enum rg_status status = RG_OK;
    for (size_t i = 0, end; status == RG_OK && i < pairs->count; i = end) {
        end = end_of_run(pairs, i);
        grouping->runs[grouping->ends[pairs->items[i].referrer]++] =
            (uint32_t)i;
        status = go_on(&grouping->patience, end - i);
    }
    return status;
}

/* Puts one pair behind those of its referent; equal ones become one. */
static void place_pair(struct grouping *grouping, const struct rg__pair *pair)
{
    struct rg_closure *closure = grouping->closure;
    uint32_t *end = &grouping->ends[pair->referent];
    if (*end > closure->first[pair->referent] &&
        closure->referrer[*end - 1] == pair->referrer) {
        closure->multiplicity[*end - 1] += pair->multiplicity;
        grouping->any_merged = true;
        return;
    }
    closure->referrer[*end] = pair->referrer;
    closure->multiplicity[*end] = pair->multiplicity;
    ++*end;
}

/* Referents lie anywhere: where a pair goes is fetched before it is placed, and
 * so is the beginning of a run. */
enum { PAIRS_AHEAD = 16, RUNS_AHEAD = 8 };

/* The referent of a pair that is placed soon after pair `k` of run `r`. */
static uint32_t referent_ahead(const struct grouping *grouping, size_t r,
                               size_t k)
{
    const struct rg__pairs *pairs = grouping->pairs;
    size_t run = r + RUNS_AHEAD, ahead = k + PAIRS_AHEAD;
    if (grouping->runs != NULL)
        ahead = run < grouping->run_count ? grouping->runs[run] : k;
    return pairs->items[ahead < pairs->count ? ahead : k].referent;
}

static uint32_t run_ahead(const struct grouping *grouping, size_t r)
{
    size_t run = r + 2 * RUNS_AHEAD;
    return grouping->runs[run < grouping->run_count ? run : r];
}

static enum rg_status place_pairs(struct grouping *grouping)
{
    const struct rg__pairs *pairs = grouping->pairs;
    const uint32_t *runs = grouping->runs;
    enum rg_status status = RG_OK;
    memcpy(grouping->ends, grouping->closure->first,
           grouping->closure->node_count * sizeof *grouping->ends);
    for (size_t r = 0, start = 0, end;
         status == RG_OK && r < grouping->run_count; r++, start = end) {
        start = runs == NULL ? start : runs[r];
        end = end_of_run(pairs, start);
        if (runs != NULL)
            __builtin_prefetch(&pairs->items[run_ahead(grouping, r)]);
        for (size_t k = start; k < end; k++) {
            uint32_t ahead = referent_ahead(grouping, r, k);
            __builtin_prefetch(&grouping->ends[ahead]);
            __builtin_prefetch(&grouping->closure->first[ahead]);
            place_pair(grouping, &pairs->items[k]);
        }
        status = go_on(&grouping->patience, end - start);
    }
    return status;
}

/* Closes the gaps that merged pairs left. */
static enum rg_status close_gaps(struct grouping *grouping)
{
    struct rg_closure *closure = grouping->closure;
    enum rg_status status = RG_OK;
    uint32_t out = 0;
    for (size_t n = 0; status == RG_OK && n < closure->node_count; n++) {
        uint32_t start = closure->first[n], count = grouping->ends[n] - start;
        memmove(closure->referrer + out, closure->referrer + start,
                count * sizeof *closure->referrer);
        memmove(closure->multiplicity + out, closure->multiplicity + start,
                count * sizeof *closure->multiplicity);
        closure->first[n] = out;
        out += count;
        status = go_on(&grouping->patience, count + 1);
    }
    closure->first[closure->node_count] = out;
    return status;
}

static enum rg_status group(struct grouping *grouping)
{
    bool in_order;
    enum rg_status status = count_pairs(grouping, &in_order);
    if (status == RG_OK && !in_order)
        status = sort_runs(grouping);
    if (status != RG_OK)
        return status;
    sum_up(grouping->closure->first, grouping->closure->node_count + 1);
    status = place_pairs(grouping);
    if (status == RG_OK && grouping->any_merged)
        status = close_gaps(grouping);
    return status == RG_OK && grouping->patience.is_late ? RG_ETIMEOUT : status;
}

enum rg_status rg__pairs_group(const struct rg__pairs *pairs,
                               struct rg_closure *closure, struct rg_poll *poll)
{
    size_t nodes = closure->node_count;
    struct grouping grouping = {
        .pairs = pairs, .closure = closure, .patience = {.poll = poll}};
    grouping.ends = rg_alloc_zeroed(nodes + 1, sizeof *grouping.ends);
    closure->first = rg_alloc_zeroed(nodes + 1, sizeof *closure->first);
    closure->referrer = rg_alloc(pairs->count, sizeof *closure->referrer);
    closure->multiplicity =
        rg_alloc(pairs->count, sizeof *closure->multiplicity);
    enum rg_status status = RG_ENOMEM;
    if (grouping.ends != NULL && closure->first != NULL &&
        closure->referrer != NULL && closure->multiplicity != NULL)
        status = group(&grouping);
    rg_free(grouping.runs);
    rg_free(grouping.ends);
    return status;
}
