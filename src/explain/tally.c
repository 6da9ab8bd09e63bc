#include "explain/tally.h"

#include "base/alloc.h"
#include "base/sort.h"

/* Referents read between two polls at most, and how many are as much work as
 * one step of a poll elsewhere. */
enum { STRETCH = 1 << 16, READ_PER_STEP = 16 };

void rg__tally_free(struct rg__tally *tally)
{
    rg_free(tally->found);
    rg_free(tally->excluded);
    rg_free(tally->hits);
    *tally = (struct rg__tally){0};
}

static enum rg_status want(const struct rg__asked *asked, const bool *wanted,
                           struct rg_code_set *set)
{
    if (rg_code_set_cover(set, asked->table->regions) < 0)
        return RG_ENOMEM;
    for (size_t n = 0; n < asked->naming.closure->node_count; n++) {
        rg_code code;
        if (wanted[n] && asked->naming.closure->nodes[n].address != 0 &&
            rg_regions_find(asked->table->regions,
                            asked->naming.closure->nodes[n].address, &code))
            RG_CODE_SET_ADD(set, code);
    }
    return RG_OK;
}

static uint32_t tallied_node(const struct rg__asked *asked, uint32_t object)
{
    const struct rg_table *table = asked->table;
    return table->flags[object] & RG_TABLE_ROOT
               ? rg_code_map_get(&asked->naming.closure->by_root, object)
               : rg_code_pages_get(&asked->naming.closure->by_code,
                                   table->object[object]);
}

/* The object as the witness knows it, in the closure or not. */
static struct rg_node describe_counted(const struct rg__asked *asked,
                                       uint32_t object, uint32_t node)
{
    const struct rg_table *table = asked->table;
    if (node != RG_NONE)
        return asked->naming.closure->nodes[node];
    return (struct rg_node){.object = object,
                            .address = table->flags[object] & RG_TABLE_ROOT
                                           ? 0
                                           : rg_table_address(table, object)};
}

static enum rg_status add_hit(struct rg__tally *tally, struct rg__hit hit)
{
    void *hits = tally->hits;
    if (rg_grow(&hits, &tally->hit_capacity, tally->hit_count + 1,
                sizeof *tally->hits) < 0)
        return RG_ENOMEM;
    tally->hits = hits;
    tally->hits[tally->hit_count++] = hit;
    return RG_OK;
}

/* `times` references of one object to one node. */
static enum rg_status record_tally(struct rg__tally *tally,
                                   const struct rg__asked *asked,
                                   uint32_t object, uint32_t node,
                                   uint32_t times)
{
    uint32_t referrer = tallied_node(asked, object);
    const struct rg_node from = describe_counted(asked, object, referrer);
    uint32_t uncounted = asked->witness->uncounted(
        asked->witness->context, &from, &asked->naming.closure->nodes[node]);
    times -= uncounted < times ? uncounted : times;
    tally->found[node] += times;
    if (times > 0 && referrer != RG_NONE && from.role & RG_ROLE_HIDDEN)
        tally->excluded[node] = true;
    if (times == 0 || node >= asked->target_count)
        return RG_OK;
    return add_hit(
        tally,
        (struct rg__hit){.target = node, .referrer = referrer, .times = times});
}

/* All references of one object from place `k` on, which is a wanted one; the
 * same referent may come several times, apart from each other. */
static enum rg_status tally_object(struct rg__tally *tally,
                                   const struct rg__asked *asked,
                                   const struct rg_code_set *set,
                                   uint32_t object, uint32_t k)
{
    const struct rg_table *table = asked->table;
    uint32_t end = table->first[object + 1];
    enum rg_status status = RG_OK;
    for (; status == RG_OK && k < end; k++) {
        rg_code code = table->referents[k];
        if (!RG_CODE_SET_HAS(set, code))
            continue;
        uint32_t times = 1,
                 node =
                     rg_code_pages_get(&asked->naming.closure->by_code, code);
        while (k + 1 < end && table->referents[k + 1] == code) {
            times++;
            k++;
        }
        status = record_tally(tally, asked, object, node, times);
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(asked->naming.reading), 1);
    }
    return status;
}

/* Through all referents in one go, as a sweep of the search: few are wanted. */
static enum rg_status read_table(struct rg__tally *tally,
                                 const struct rg__asked *asked,
                                 const struct rg_code_set *set)
{
    const struct rg_table *table = asked->table;
    struct rg_poll *poll = rg__reading_poll(asked->naming.reading);
    uint32_t k = 0, object = 0, count = (uint32_t)table->referent_count;
    while (k < count) {
        uint32_t start = k, stop = count - k > STRETCH ? k + STRETCH : count;
        while (k < stop && !RG_CODE_SET_HAS(set, table->referents[k]))
            k++;
        enum rg_status status = rg_poll(poll, (k - start) / READ_PER_STEP + 1);
        if (status == RG_OK && k < stop) {
            object = rg_table_owner(table, object, k);
            status = tally_object(tally, asked, set, object, k);
            k = table->first[object + 1];
        }
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

static int by_target(const void *left, const void *right)
{
    const struct rg__hit *a = left, *b = right;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return (a->referrer > b->referrer) - (a->referrer < b->referrer);
}

enum rg_status rg__tally_init(struct rg__tally *tally,
                              const struct rg__asked *asked, const bool *wanted)
{
    size_t nodes = asked->naming.closure->node_count;
    struct rg_code_set set = {0};
    *tally = (struct rg__tally){0};
    enum rg_status status = want(asked, wanted, &set);
    tally->found = rg_alloc_zeroed(nodes, sizeof *tally->found);
    tally->excluded = rg_alloc_zeroed(nodes, sizeof *tally->excluded);
    if (tally->found == NULL || tally->excluded == NULL)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = read_table(tally, asked, &set);
    if (status == RG_OK)
        status = rg_sort(tally->hits, tally->hit_count, sizeof *tally->hits,
                         by_target, rg__reading_poll(asked->naming.reading));
    rg_code_set_free(&set);
    if (status != RG_OK)
        rg__tally_free(tally);
    return status;
}

size_t rg__tally_hits(const struct rg__tally *tally, uint32_t target,
                      const struct rg__hit **hits)
{
    size_t low = 0, high = tally->hit_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tally->hits[middle].target < target)
            low = middle + 1;
        else
            high = middle;
    }
    *hits = tally->hit_count == 0 ? NULL : tally->hits + low;
    size_t end = low;
    while (end < tally->hit_count && tally->hits[end].target == target)
        end++;
    return end - low;
}
