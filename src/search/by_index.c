/* The rest of a search by the index of the table. */
#include "search/searching.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* The nodes of the index phase by object: one look-up in place of four. */
static enum rg_status number_objects(struct rg__search *search)
{
    size_t count = search->table->count;
    search->node_of = rg_alloc(count, sizeof *search->node_of);
    if (search->node_of == NULL)
        return RG_ENOMEM;
    memset(search->node_of, 0xff, count * sizeof *search->node_of);
    for (size_t i = 0; i < search->closure->node_count; i++)
        if (search->closure->nodes[i].object != RG_NONE)
            search->node_of[search->closure->nodes[i].object] = (uint32_t)i;
    return RG_OK;
}

/* What the index phase touches lies anywhere in memory, and nearly all of its
 * time was waiting for that.  So each thing is fetched some nodes before it is
 * needed, and by then what says where it is has come. */
enum { FETCH_CODE = 32, FETCH_RANK = 24, FETCH_RUN = 16, FETCH_NODES = 8 };
enum { FETCH_OBJECTS = 4, FETCHED_REFERRERS = 8 };

static rg_code queued_code(const struct rg__search *search, size_t place)
{
    const struct rg_node *node = &search->closure->nodes[search->queue[place]];
    return search->table->object[node->object];
}

/* The new objects among the referrers will be asked for their role. */
static void fetch_object(const struct rg__search *search, uint32_t object)
{
    uint32_t node = search->node_of[object];
    if (node != RG_NONE)
        __builtin_prefetch(&search->closure->nodes[node]);
    else if (!(search->table->flags[object] & RG_TABLE_ROOT))
        __builtin_prefetch(
            (const void *)rg_table_address(search->table, object));
}

static void fetch_referrers(const struct rg__search *search,
                            const struct rg__index *index, size_t place,
                            bool objects)
{
    const uint32_t *referrers = NULL;
    size_t count =
        rg__index_referrers(index, queued_code(search, place), &referrers);
    for (size_t i = 0; i < count && i < FETCHED_REFERRERS; i++) {
        if (objects) {
            fetch_object(search, referrers[i]);
            continue;
        }
        __builtin_prefetch(&search->node_of[referrers[i]]);
        __builtin_prefetch(&search->table->flags[referrers[i]]);
        __builtin_prefetch(&search->table->object[referrers[i]]);
    }
}

static void fetch_ahead(const struct rg__search *search,
                        const struct rg__index *index, size_t place)
{
    size_t count = search->queue_count;
    if (place + FETCH_CODE < count)
        __builtin_prefetch(
            &search->table
                 ->object[search->closure
                              ->nodes[search->queue[place + FETCH_CODE]]
                              .object]);
    if (place + FETCH_RANK < count)
        rg__index_fetch_rank(index, queued_code(search, place + FETCH_RANK));
    if (place + FETCH_RUN < count)
        rg__index_fetch_run(index, queued_code(search, place + FETCH_RUN));
    if (place + FETCH_NODES < count)
        fetch_referrers(search, index, place + FETCH_NODES, false);
    if (place + FETCH_OBJECTS < count)
        fetch_referrers(search, index, place + FETCH_OBJECTS, true);
}

/* Asks the index for the referrers of one node. */
static enum rg_status ask_index(struct rg__search *search,
                                const struct rg__index *index, uint32_t node)
{
    const uint32_t *referrers = NULL;
    struct rg_node *nodes = search->closure->nodes;
    rg_code code = search->table->object[nodes[node].object];
    size_t count = rg__index_referrers(index, code, &referrers);
    uint32_t limit =
        nodes[node].sweep == RG__MAX_SWEEPS ? nodes[node].position : RG_NONE;
    struct rg__search_reader reader = {.object = RG_NONE};
    for (size_t i = 0; i < count && referrers[i] <= limit; i++) {
        if (referrers[i] != reader.object)
            reader = (struct rg__search_reader){
                .object = referrers[i], .node = search->node_of[referrers[i]]};
        bool is_known = reader.node != RG_NONE;
        enum rg_status status = rg__search_record(search, &reader, node);
        if (!is_known)
            search->node_of[reader.object] = reader.node;
        if (status == RG_OK && reader.follows)
            status = rg__search_follow(search, reader.node);
        if (status == RG_OK)
            status = rg__search_poll(search, RG__HIT_WORK);
        if (status != RG_OK)
            return status;
    }
    return rg__search_poll(search, RG__HIT_WORK);
}

enum rg_status rg__search_by_index(struct rg__search *search)
{
    struct rg__index index;
    struct rg_poll asked = {.ask = search->finder->poll,
                            .context = search->finder->context};
    enum rg_status status = rg__index_init(&index, search->table, &asked);
    if (status == RG_OK)
        status = number_objects(search);
    size_t open = search->closure->node_count;
    search->sweep = RG__MAX_SWEEPS + 1;
    for (size_t i = 0; status == RG_OK && i < open; i++)
        if (search->closure->nodes[i].followed &&
            search->closure->nodes[i].sweep == RG__MAX_SWEEPS)
            status = ask_index(search, &index, (uint32_t)i);
    for (size_t i = 0; status == RG_OK && i < search->queue_count; i++) {
        fetch_ahead(search, &index, i);
        status = ask_index(search, &index, search->queue[i]);
    }
    rg_free(search->node_of);
    rg__index_free(&index);
    return status;
}
