/* share.c - what growing places keep alive
 *
 * With all of them taken away, what the roots do not reach any more is theirs;
 * each gets what it leads to of that, and of what several lead to an equal
 * part (the LeakShare of Vilk and Berger, "BLeak", 2018). */
#include "base/alloc.h"
#include "survey/growing.h"

enum { MOST_ROWS = 64 };

struct flood {
    const struct rg__look *look;
    struct rg_poll *poll;
    uint64_t *mask;             /* by node: rows that lead to it */
    bool *is_reached, *is_held; /* by the roots; of a row */
    uint32_t *queue;
    size_t head, tail;
};

static bool keeps(const struct rg_dump_how *how)
{
    return how->flags & RG_DUMP_REAL || how->mode == RG_DUMP_BELOW;
}

static void from_roots(struct flood *flood, uint32_t node)
{
    if (flood->is_reached[node] || flood->is_held[node] ||
        flood->look->place[node] == RG__OURS)
        return;
    flood->is_reached[node] = true;
    flood->queue[flood->tail++] = node;
}

static enum rg_status flood_roots(struct flood *flood)
{
    const struct rg_dump *dump = flood->look->dump;
    uint32_t garbage = rg_dump_group_node(dump, RG_DUMP_UNREACHABLE);
    enum rg_status status = RG_OK;
    from_roots(flood, 0);
    while (status == RG_OK && flood->head < flood->tail) {
        uint32_t node = flood->queue[flood->head++];
        size_t end =
            node == garbage ? dump->first[node] : dump->first[node + 1];
        for (size_t i = dump->first[node]; i < end; i++)
            if (keeps(rg_dump_how_of(dump, i)))
                from_roots(flood, dump->to[i]);
        status = rg_poll(flood->poll, end - dump->first[node] + 1);
    }
    return status;
}

static void from_row(struct flood *flood, uint32_t node, uint64_t bit)
{
    if (flood->is_reached[node] || flood->mask[node] & bit ||
        flood->look->place[node] == RG__OURS)
        return;
    flood->mask[node] |= bit;
    flood->queue[flood->tail++] = node;
}

static enum rg_status flood_row(struct flood *flood,
                                const struct rg_survey *survey, size_t look,
                                uint32_t place, uint64_t bit)
{
    const struct rg_dump *dump = flood->look->dump;
    enum rg_status status = RG_OK;
    flood->head = flood->tail = 0;
    for (uint32_t n = rg__part(survey, place, look)->head; n != RG_NONE;
         n = flood->look->next[n])
        from_row(flood, n, bit);
    while (status == RG_OK && flood->head < flood->tail) {
        uint32_t node = flood->queue[flood->head++];
        for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++)
            if (rg_dump_how_of(dump, i)->flags & RG_DUMP_REAL)
                from_row(flood, dump->to[i], bit);
        status = rg_poll(flood->poll, 4);
    }
    return status;
}

static unsigned count_bits(uint64_t mask)
{
    unsigned count = 0;
    for (; mask != 0; mask &= mask - 1)
        count++;
    return count;
}

static void divide(const struct flood *flood, struct rg_growth *growth,
                   size_t rows, bool after)
{
    for (uint32_t n = 0; n < flood->look->dump->node_count; n++) {
        uint64_t mask = flood->mask[n];
        if (mask == 0)
            continue;
        uint64_t part = flood->look->dump->bytes[n] / count_bits(mask);
        for (size_t i = 0; i < rows; i++)
            if (mask >> i & 1) {
                struct rg_growth_row *row = &growth->rows[i];
                *(after ? &row->kept_after : &row->kept_before) += part;
            }
    }
}

enum rg_status rg__share(struct rg_survey *survey, struct rg_growth *growth,
                         size_t look, bool after)
{
    struct flood flood = {.look = &survey->looks[look], .poll = survey->poll};
    size_t nodes = flood.look->dump->node_count;
    size_t rows = growth->row_count < MOST_ROWS ? growth->row_count : MOST_ROWS;
    flood.mask = rg_alloc_zeroed(nodes, sizeof *flood.mask);
    flood.is_reached = rg_alloc_zeroed(nodes, sizeof *flood.is_reached);
    flood.is_held = rg_alloc_zeroed(nodes, sizeof *flood.is_held);
    flood.queue = rg_alloc(nodes, sizeof *flood.queue);
    enum rg_status status = flood.mask == NULL || flood.is_reached == NULL ||
                                    flood.is_held == NULL || flood.queue == NULL
                                ? RG_ENOMEM
                                : RG_OK;
    for (size_t i = 0; status == RG_OK && i < rows; i++)
        for (uint32_t n = rg__part(survey, growth->rows[i].place, look)->head;
             n != RG_NONE; n = flood.look->next[n])
            flood.is_held[n] = true;
    if (status == RG_OK)
        status = flood_roots(&flood);
    for (size_t i = 0; status == RG_OK && i < rows; i++)
        status = flood_row(&flood, survey, look, growth->rows[i].place,
                           UINT64_C(1) << i);
    if (status == RG_OK)
        divide(&flood, growth, rows, after);
    rg_free(flood.mask);
    rg_free(flood.is_reached);
    rg_free(flood.is_held);
    rg_free(flood.queue);
    return status;
}
