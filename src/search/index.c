#include "search/index.h"

#include "base/alloc.h"
#include "graph/graph.h"

/* The rank of a code that is present: how many present codes are below it.
 * (Rank by words and popcount: Jacobson, "Space-efficient static trees and
 * graphs", 1989.) */
static uint32_t rank_of_code(const struct rg__index *index, rg_code code)
{
    uint64_t below = ((uint64_t)1 << (code & 63)) - 1;
    return index->rank[code >> 6] + (uint32_t)__builtin_popcountll(
                                        index->present.bits[code >> 6] & below);
}

static enum rg_status mark_present(struct rg__index *index,
                                   const struct rg_table *table)
{
    if (rg_code_set_cover(&index->present, table->regions) < 0)
        return RG_ENOMEM;
    for (size_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT))
            RG_CODE_SET_ADD(&index->present, table->object[i]);
    size_t words = index->present.code_count / 64;
    index->rank = rg_alloc(words, sizeof *index->rank);
    if (index->rank == NULL)
        return RG_ENOMEM;
    uint32_t rank = 0;
    for (size_t i = 0; i < words; i++) {
        index->rank[i] = rank;
        rank += (uint32_t)__builtin_popcountll(index->present.bits[i]);
    }
    return RG_OK;
}

/* Counts the references to each rank, and turns the counts into the ends of
 * the runs; filling backwards then leaves the starts. */
static enum rg_status count_by_code(struct rg__index *index,
                                    const struct rg_table *table,
                                    struct rg_poll *poll)
{
    index->first = rg_alloc_zeroed(table->count + 1, sizeof *index->first);
    if (index->first == NULL)
        return RG_ENOMEM;
    for (size_t k = 0; k < table->referent_count; k++) {
        enum rg_status status = rg_poll(poll, 1);
        if (status != RG_OK)
            return status;
        if (RG_CODE_SET_HAS(&index->present, table->referents[k]))
            index->first[rank_of_code(index, table->referents[k])]++;
    }
    uint32_t total = 0;
    for (size_t i = 0; i < table->count; i++) {
        total += index->first[i];
        index->first[i] = total;
    }
    index->first[table->count] = total;
    index->referrers = rg_alloc(total, sizeof *index->referrers);
    return index->referrers == NULL ? RG_ENOMEM : RG_OK;
}

static enum rg_status fill_referrers(struct rg__index *index,
                                     const struct rg_table *table,
                                     struct rg_poll *poll)
{
    for (size_t i = table->count; i-- > 0;) {
        enum rg_status status =
            rg_poll(poll, table->first[i + 1] - table->first[i] + 1);
        if (status != RG_OK)
            return status;
        for (uint32_t k = table->first[i + 1]; k-- > table->first[i];) {
            rg_code code = table->referents[k];
            if (RG_CODE_SET_HAS(&index->present, code))
                index->referrers[--index->first[rank_of_code(index, code)]] =
                    (uint32_t)i;
        }
    }
    return RG_OK;
}

enum rg_status rg__index_init(struct rg__index *index,
                              const struct rg_table *table,
                              struct rg_poll *poll)
{
    *index = (struct rg__index){0};
    enum rg_status status = mark_present(index, table);
    if (status == RG_OK)
        status = count_by_code(index, table, poll);
    if (status == RG_OK)
        status = fill_referrers(index, table, poll);
    if (status != RG_OK)
        rg__index_free(index);
    return status;
}

void rg__index_free(struct rg__index *index)
{
    rg_code_set_free(&index->present);
    rg_free(index->rank);
    rg_free(index->first);
    rg_free(index->referrers);
    *index = (struct rg__index){0};
}

size_t rg__index_referrers(const struct rg__index *index, rg_code code,
                           const uint32_t **referrers)
{
    if (code >= index->present.code_count ||
        !RG_CODE_SET_HAS(&index->present, code))
        return 0;
    uint32_t rank = rank_of_code(index, code);
    *referrers = index->referrers + index->first[rank];
    return index->first[rank + 1] - index->first[rank];
}

void rg__index_fetch_rank(const struct rg__index *index, rg_code code)
{
    if (code >= index->present.code_count)
        return;
    __builtin_prefetch(&index->present.bits[code >> 6]);
    __builtin_prefetch(&index->rank[code >> 6]);
}

void rg__index_fetch_run(const struct rg__index *index, rg_code code)
{
    if (code < index->present.code_count)
        __builtin_prefetch(&index->first[rank_of_code(index, code)]);
}
