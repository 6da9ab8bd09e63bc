/* Long arrays, of which not everything is read.
 *
 * That each of 5,000 lists holds all 5,000 are 25 million references, and some
 * fifty of each list are shown.  So a list is looked through for what is asked
 * about, and for what is known to be asked about next, which takes hardly longer
 * than to step over its items; only when that was done often, it is read as a
 * whole.  What is told must not depend on any of it: the edges of a node stand
 * in the order in which it was the referrers' turn to be read. */
#include "explain/reading_parts.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

/* Times that an array is looked through before it is read as a whole; and items
 * passed over that are one piece of work (poll.h). */
enum { MOST_PARTS = 16, ITEMS_PER_PIECE = 16 };

/* In place of a number of parts: nothing is left to be read. */
enum { WHOLE = 0xff };

const struct rg_filter *rg_reading_filter(const struct rg_reading *reading)
{
    return reading->is_part ? &reading->filter : NULL;
}

bool rg_reading_passes(struct rg_reading *reading, size_t count)
{
    if (reading->stop == RG_OK)
        reading->stop = rg_poll(&reading->poll, count / ITEMS_PER_PIECE);
    return reading->stop == RG_OK;
}

enum rg_status rg__reading_meet_array(struct rg_reading *reading)
{
    size_t nodes = reading->closure->node_count;
    if (reading->told != NULL)
        return RG_OK;
    if (reading->parts == NULL)
        reading->parts = rg_alloc_zeroed(nodes, sizeof *reading->parts);
    if (reading->batch_of == NULL)
        reading->batch_of = rg_alloc_zeroed(nodes, sizeof *reading->batch_of);
    if (reading->parts != NULL && reading->batch_of != NULL)
        reading->told = rg_alloc_zeroed(nodes, sizeof *reading->told);
    return reading->told == NULL ? RG_ENOMEM : RG_OK;
}

enum rg_status rg__reading_await(struct rg_reading *reading, uint32_t node)
{
    void *awaited = reading->awaited;
    if (reading->told == NULL || reading->told[node] != RG__NOT_TOLD)
        return RG_OK;
    if (rg_grow(&awaited, &reading->awaited_capacity,
                reading->awaited_count + 1, sizeof *reading->awaited) < 0)
        return RG_ENOMEM;
    reading->awaited = awaited;
    reading->awaited[reading->awaited_count++] = node;
    return RG_OK;
}

/* An edge to one node, to be put in order. */
struct turned {
    uint32_t turn, edge;
};

static int by_turn(const void *left, const void *right)
{
    const struct turned *a = left, *b = right;
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    return (a->edge > b->edge) - (a->edge < b->edge);
}

/* Links the edges to a node anew, in the order of their turns. */
static enum rg_status relink_edges(struct rg_reading *reading, uint32_t node,
                                   size_t count)
{
    struct turned *turned = rg_alloc(count, sizeof *turned);
    if (turned == NULL)
        return RG_ENOMEM;
    uint32_t at = reading->first_edge[node];
    for (size_t i = 0; i < count; i++, at = reading->edges[at].next)
        turned[i] = (struct turned){
            .turn = reading->turn[reading->edges[at].referrer], .edge = at};
    enum rg_status status =
        rg_sort(turned, count, sizeof *turned, by_turn, &reading->poll);
    for (size_t i = 0; status == RG_OK && i < count; i++)
        reading->edges[turned[i].edge].next =
            i + 1 < count ? turned[i + 1].edge : RG_NONE;
    if (status == RG_OK) {
        reading->first_edge[node] = turned[0].edge;
        reading->last_edge[node] = turned[count - 1].edge;
    }
    rg_free(turned);
    return status;
}

static enum rg_status put_in_turn(struct rg_reading *reading, uint32_t node)
{
    uint32_t before = 0;
    size_t count = 0;
    bool is_sorted = true;
    for (uint32_t e = reading->first_edge[node]; e != RG_NONE;
         e = reading->edges[e].next) {
        uint32_t turn = reading->turn[reading->edges[e].referrer];
        is_sorted = is_sorted && turn >= before;
        before = turn;
        count++;
    }
    return is_sorted ? RG_OK : relink_edges(reading, node, count);
}

/* Reads of an array what is RG__BEING_TOLD; all that was not told before, when
 * that was done often enough. */
static enum rg_status read_some_of(struct rg_reading *reading, uint32_t array)
{
    reading->is_part = reading->parts[array] < MOST_PARTS;
    reading->is_rest = !reading->is_part;
    reading->parts[array] =
        (uint8_t)(reading->is_part ? reading->parts[array] + 1 : WHOLE);
    enum rg_status status = rg__reading_read(reading, array);
    reading->is_part = reading->is_rest = false;
    return status;
}

static bool is_unread_array(struct rg_reading *reading, uint32_t node)
{
    const struct rg_namer *namer = reading->namer;
    if (reading->parts[node] == 0 &&
        !namer->is_long(namer->context, &reading->closure->nodes[node]))
        reading->parts[node] = WHOLE;
    return reading->parts[node] != WHOLE;
}

/* Whether an array has something of a node that was not told. */
static bool has_unread_array(struct rg_reading *reading, uint32_t node)
{
    const struct rg_closure *closure = reading->closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++)
        if (is_unread_array(reading, closure->referrer[k]))
            return true;
    return false;
}

/* What is asked about together: every array among their referrers is looked
 * through once. */
static void begin_batch(struct rg_reading *reading)
{
    const struct rg_closure *closure = reading->closure;
    memset(&reading->filter, 0, sizeof reading->filter);
    size_t kept = 0;
    for (size_t i = 0; i < reading->awaited_count; i++) {
        uint32_t node = reading->awaited[i];
        if (reading->told[node] != RG__NOT_TOLD)
            continue;
        reading->told[node] = RG__BEING_TOLD;
        rg_filter_add(&reading->filter, closure->nodes[node].address);
        reading->awaited[kept++] = node;
    }
    reading->awaited_count = kept;
}

static enum rg_status read_batch(struct rg_reading *reading)
{
    const struct rg_closure *closure = reading->closure;
    enum rg_status status = RG_OK;
    reading->batch++;
    for (size_t i = 0; status == RG_OK && i < reading->awaited_count; i++) {
        uint32_t node = reading->awaited[i], end = closure->first[node + 1];
        for (uint32_t k = closure->first[node]; status == RG_OK && k < end;
             k++) {
            uint32_t referrer = closure->referrer[k];
            if (reading->batch_of[referrer] != reading->batch &&
                is_unread_array(reading, referrer)) {
                reading->batch_of[referrer] = reading->batch;
                status = read_some_of(reading, referrer);
            }
        }
        if (status == RG_OK)
            status = rg_poll(&reading->poll, 1 + (end - closure->first[node]) /
                                                     ITEMS_PER_PIECE);
    }
    for (size_t i = 0; i < reading->awaited_count; i++)
        reading->told[reading->awaited[i]] = RG__TOLD;
    reading->awaited_count = 0;
    return status;
}

enum rg_status rg__reading_arrays(struct rg_reading *reading, uint32_t node)
{
    enum rg_status status = RG_OK;
    if (reading->told[node] == RG__NOT_TOLD &&
        has_unread_array(reading, node)) {
        status = rg__reading_await(reading, node);
        if (status == RG_OK) {
            begin_batch(reading);
            status = read_batch(reading);
        }
        reading->told[node] = RG__TOLD;
    }
    if (status == RG_OK && reading->told[node] == RG__TOLD)
        status = put_in_turn(reading, node);
    if (status == RG_OK)
        reading->told[node] = RG__TOLD_AND_SORTED;
    return status;
}
