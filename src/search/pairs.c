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

/* A stable counting sort; `ends` receives the end of each key's run. */
static enum rg_status sort_by(bool by_referent, const struct rg__pair *pairs,
                              size_t count, size_t node_count,
                              struct rg__pair *sorted, uint32_t *ends,
                              struct patience *patience)
{
    enum rg_status status = RG_OK;
    memset(ends, 0, (node_count + 1) * sizeof *ends);
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        ends[end_of_pair(&pairs[i], by_referent)]++;
        status = go_on(patience, 1);
    }
    uint32_t total = 0;
    for (size_t n = 0; status == RG_OK && n < node_count; n++) {
        uint32_t of_this = ends[n];
        ends[n] = total;
        total += of_this;
        status = go_on(patience, 1);
    }
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        sorted[ends[end_of_pair(&pairs[i], by_referent)]++] = pairs[i];
        status = go_on(patience, 1);
    }
    return status;
}

/* One sweep over new objects delivers the pairs in order of the referrers;
 * several mix them. */
static enum rg_status look_at_order(const struct rg__pairs *pairs,
                                    struct patience *patience, bool *in_order)
{
    enum rg_status status = RG_OK;
    *in_order = true;
    for (size_t i = 1; status == RG_OK && *in_order && i < pairs->count; i++) {
        *in_order = pairs->items[i - 1].referrer <= pairs->items[i].referrer;
        status = go_on(patience, 1);
    }
    return status;
}

/* Sorts the pairs by referent and then by referrer, into `other` or in place:
 * *sorted says where. */
static enum rg_status sort_pairs(struct rg__pairs *pairs, size_t node_count,
                                 struct rg__pair *other, uint32_t *ends,
                                 struct patience *patience,
                                 const struct rg__pair **sorted)
{
    struct rg__pair *from = pairs->items, *to = other;
    bool in_order;
    enum rg_status status = look_at_order(pairs, patience, &in_order);
    if (status == RG_OK && !in_order) {
        status =
            sort_by(false, from, pairs->count, node_count, to, ends, patience);
        from = other;
        to = pairs->items;
    }
    if (status == RG_OK)
        status =
            sort_by(true, from, pairs->count, node_count, to, ends, patience);
    *sorted = to;
    return status;
}

enum rg_status rg__pairs_group(struct rg__pairs *pairs,
                               struct rg_closure *closure, struct rg_poll *poll)
{
    size_t nodes = closure->node_count;
    struct patience patience = {.poll = poll};
    struct rg__pair *other = rg_alloc(pairs->count, sizeof *other);
    const struct rg__pair *sorted;
    uint32_t *ends = rg_alloc(nodes + 1, sizeof *ends);
    enum rg_status status = RG_ENOMEM;
    if (other == NULL || ends == NULL)
        goto done;
    status = sort_pairs(pairs, nodes, other, ends, &patience, &sorted);
    if (status != RG_OK)
        goto done;
    closure->first = rg_alloc(nodes + 1, sizeof *closure->first);
    closure->referrer = rg_alloc(pairs->count, sizeof *closure->referrer);
    closure->multiplicity =
        rg_alloc(pairs->count, sizeof *closure->multiplicity);
    if (closure->first == NULL || closure->referrer == NULL ||
        closure->multiplicity == NULL) {
        status = RG_ENOMEM;
        goto done;
    }
    uint32_t start = 0, out = 0;
    for (size_t n = 0; status == RG_OK && n < nodes; n++) {
        closure->first[n] = out;
        out = merge_run(closure, out, sorted + start, ends[n] - start);
        status = go_on(&patience, ends[n] - start + 1);
        start = ends[n];
    }
    closure->first[nodes] = out;
    if (status == RG_OK && patience.is_late)
        status = RG_ETIMEOUT;
done:
    rg_free(other);
    rg_free(ends);
    return status;
}
