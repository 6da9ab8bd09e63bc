#include "search/search.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"
#include "search/searching.h"

/* References read between two polls: about two milliseconds. */
enum { POLL_INTERVAL = 1 << 21 };

enum rg_status rg__search_poll(struct rg__search *search, size_t work)
{
    search->since_poll += work;
    if (search->since_poll < POLL_INTERVAL)
        return RG_OK;
    search->since_poll = 0;
    return search->finder->poll(search->finder->context);
}

/* Appends a node; its role is asked here, once. */
static enum rg_status add_closure_node(struct rg__search *search,
                                       struct rg_node node, uint32_t *index)
{
    struct rg_closure *closure = search->closure;
    void *nodes = closure->nodes;
    if (closure->node_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&nodes, &closure->node_capacity, closure->node_count + 1,
                sizeof *closure->nodes) < 0)
        return RG_ENOMEM;
    closure->nodes = nodes;
    node.role = search->finder->role(search->finder->context, &node);
    *index = (uint32_t)closure->node_count;
    closure->nodes[closure->node_count++] = node;
    return RG_OK;
}

/* The node of table object `object`, made when it is met for the first time. */
static enum rg_status node_of_entry(struct rg__search *search, uint32_t object,
                                    uint32_t *index)
{
    const struct rg_table *table = search->table;
    struct rg_closure *closure = search->closure;
    bool is_root = table->flags[object] & RG_TABLE_ROOT;
    rg_code code = table->object[object];
    *index = is_root ? rg_code_map_get(&closure->by_root, object)
                     : rg_code_pages_get(&closure->by_code, code);
    if (*index != RG_NONE) {
        closure->nodes[*index].object = object;
        return RG_OK;
    }
    struct rg_node node = {.object = object};
    node.address = is_root ? 0 : rg_table_address(table, object);
    enum rg_status status = add_closure_node(search, node, index);
    if (status != RG_OK)
        return status;
    int added = is_root ? rg_code_map_add(&closure->by_root, object, *index)
                        : rg_code_pages_add(&closure->by_code, code, *index);
    return added < 0 ? RG_ENOMEM : RG_OK;
}

/* A target may lie where nothing of the table does. */
static enum rg_status number_targets(struct rg__search *search,
                                     const uintptr_t *targets, size_t count)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        rg_code code;
        status =
            rg_regions_encode(search->table->regions, &targets[i], 1, &code);
    }
    if (status == RG_OK && rg_code_pages_init(&search->closure->by_code,
                                              search->table->regions) < 0)
        status = RG_ENOMEM;
    return status;
}

static enum rg_status append_targets(struct rg__search *search,
                                     const uintptr_t *targets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rg_code code;
        uint32_t index;
        rg_regions_find(search->table->regions, targets[i], &code);
        if (rg_code_pages_get(&search->closure->by_code, code) != RG_NONE)
            continue;
        struct rg_node node = {.address = targets[i],
                               .object = RG_NONE,
                               .followed = true,
                               .position = (uint32_t)search->table->count};
        enum rg_status status = add_closure_node(search, node, &index);
        if (status != RG_OK)
            return status;
        /* A target is shown and followed whatever it is. */
        search->closure->nodes[index].role &=
            ~(unsigned)(RG_ROLE_STOP | RG_ROLE_HIDDEN | RG_ROLE_END);
        if (rg_code_pages_add(&search->closure->by_code, code, index) < 0)
            return RG_ENOMEM;
    }
    return RG_OK;
}

static enum rg_link link_of(struct rg__search *search,
                            struct rg__search_reader *reader,
                            const struct rg_node *referent)
{
    if (search->through == RG_THROUGH_ALL || !(referent->role & RG_ROLE_CLASS))
        return RG_LINK_REFERENCE;
    enum rg_link link =
        search->finder->link(search->finder->context,
                             &search->closure->nodes[reader->node], referent);
    if (search->through == RG_THROUGH_CLASSES)
        return link == RG_LINK_OWN ? RG_LINK_OWN : RG_LINK_REFERENCE;
    /* An object refers to its class once for being an instance; a second
     * reference is one like any other. */
    if (link == RG_LINK_INSTANCE && reader->is_instance)
        return RG_LINK_REFERENCE;
    reader->is_instance |= link == RG_LINK_INSTANCE;
    return link;
}

/* Makes the referrers of a node wanted, unless they are or must not be. */
enum rg_status rg__search_follow(struct rg__search *search, uint32_t index)
{
    struct rg_node *node = &search->closure->nodes[index];
    if (node->role & (RG_ROLE_STOP | RG_ROLE_END))
        search->closure->root_reached = true;
    if (node->followed || node->role & (RG_ROLE_STOP | RG_ROLE_END))
        return RG_OK;
    node->followed = true;
    node->sweep = search->sweep;
    node->position = node->object;
    if (search->sweep <= RG__MAX_SWEEPS) {
        RG_CODE_SET_ADD(&search->wanted, search->table->object[node->object]);
        return RG_OK;
    }
    void *queue = search->queue;
    if (rg_grow(&queue, &search->queue_capacity, search->queue_count + 1,
                sizeof *search->queue) < 0)
        return RG_ENOMEM;
    search->queue = queue;
    search->queue[search->queue_count++] = index;
    return RG_OK;
}

/* Records that the object being read refers to node `referent`. */
enum rg_status rg__search_record(struct rg__search *search,
                                 struct rg__search_reader *reader,
                                 uint32_t referent)
{
    if (reader->node == RG_NONE) {
        enum rg_status status =
            node_of_entry(search, reader->object, &reader->node);
        if (status != RG_OK)
            return status;
    }
    const struct rg_node *nodes = search->closure->nodes;
    if (nodes[reader->node].role & RG_ROLE_HIDDEN)
        return RG_OK;
    enum rg_link link = link_of(search, reader, &nodes[referent]);
    if (link == RG_LINK_PLUMBING || link == RG_LINK_OWN)
        return RG_OK;
    reader->follows |= link == RG_LINK_REFERENCE;
    return rg__pairs_add(&search->pairs, reader->node, referent);
}

/* Odd sweeps run from the last object to the first, even ones from the first
 * to the last.  After a full collection referrers stand before what they refer
 * to, in the youngest generation more often behind it: one of the two closes a
 * chain in one sweep. */
static bool runs_backward(unsigned sweep)
{
    return sweep % 2 == 1;
}

/* A hit is new when its referent became wanted after the sweep that found it
 * had passed this object (see the positions in struct rg_node). */
static bool is_new_hit(const struct rg__search *search,
                       const struct rg_node *node, uint32_t object)
{
    if (node->sweep == search->sweep)
        return true;
    return runs_backward(node->sweep) ? object >= node->position
                                      : object <= node->position;
}

/* Where much is wanted, its nodes lie anywhere in memory, and a sweep would
 * wait for each: the page where a node's number is looked up, the number, and
 * the node are each fetched so many referents before they are needed.  What a
 * processor's cache holds anyhow is not worth the look. */
enum { FETCH_PAGE, FETCH_NUMBER, FETCH_NODE, FETCHED_FROM = 1 << 15 };
static const uint32_t fetched_ahead[RG__FETCHES] = {384, 256, 128};

/* What stands where, of a code that is wanted.  (A function that did nothing
 * but prefetch would be left out: to GCC it has no effect.) */
static const void *place_of(const struct rg__search *search, unsigned what,
                            rg_code code)
{
    const struct rg_code_pages *pages = &search->closure->by_code;
    if (what == FETCH_PAGE)
        return &pages->page_of[code >> RG_CODE_PAGE_BITS];
    if (what == FETCH_NUMBER)
        return rg_code_pages_place(pages, code);
    return &search->closure->nodes[rg_code_pages_get(pages, code)];
}

/* For what the sweep comes to behind referent `k`; each is looked at once. */
static void fetch_wanted(struct rg__search *search, uint32_t k)
{
    const struct rg_table *table = search->table;
    uint32_t count = (uint32_t)table->referent_count;
    bool backward = runs_backward(search->sweep);
    uint32_t passed = backward ? count - 1 - k : k;
    if (search->closure->node_count < FETCHED_FROM)
        return;
    for (unsigned what = 0; what < RG__FETCHES; what++) {
        uint32_t at = search->fetched[what], end = passed + fetched_ahead[what];
        end = end < count ? end : count;
        for (at = at > passed ? at : passed; at < end; at++) {
            rg_code code = table->referents[backward ? count - 1 - at : at];
            if (RG_CODE_SET_HAS(&search->wanted, code))
                __builtin_prefetch(place_of(search, what, code));
        }
        search->fetched[what] = at;
    }
}

/* Reads the referents of one object, of which one at least is wanted. */
static enum rg_status read_object(struct rg__search *search, uint32_t object)
{
    const struct rg_table *table = search->table;
    struct rg__search_reader reader = {.object = object, .node = RG_NONE};
    for (uint32_t k = table->first[object]; k < table->first[object + 1]; k++) {
        if (!RG_CODE_SET_HAS(&search->wanted, table->referents[k]))
            continue;
        uint32_t referent =
            rg_code_pages_get(&search->closure->by_code, table->referents[k]);
        if (!is_new_hit(search, &search->closure->nodes[referent], object))
            continue;
        enum rg_status status = rg__search_record(search, &reader, referent);
        if (status == RG_OK)
            status = rg__search_poll(search, RG__HIT_WORK);
        if (status != RG_OK)
            return status;
    }
    return reader.follows ? rg__search_follow(search, reader.node) : RG_OK;
}

/* The object below `object` that owns referent `k`: rg_table_owner, searched
 * the other way. */
static uint32_t owner_below(const struct rg_table *table, uint32_t object,
                            uint32_t k)
{
    size_t high = object, step = 1;
    while (step < high && table->first[high - step] > k) {
        high -= step;
        step *= 2;
    }
    return rg_table_owner_between(table, k, step < high ? high - step : 0,
                                  high);
}

static enum rg_status sweep_forward(struct rg__search *search)
{
    const struct rg_table *table = search->table;
    uint32_t k = 0, object = 0, count = (uint32_t)table->referent_count;
    while (k < count) {
        uint32_t start = k;
        uint32_t stop = count - k > POLL_INTERVAL ? k + POLL_INTERVAL : count;
        while (k < stop &&
               !RG_CODE_SET_HAS(&search->wanted, table->referents[k]))
            k++;
        enum rg_status status =
            rg__search_poll(search, k - start + RG__HIT_WORK);
        if (status != RG_OK)
            return status;
        if (k == stop)
            continue;
        fetch_wanted(search, k);
        object = rg_table_owner(table, object, k);
        status = read_object(search, object);
        if (status != RG_OK)
            return status;
        k = table->first[object + 1];
        search->since_poll += k - table->first[object];
    }
    return RG_OK;
}

static enum rg_status sweep_backward(struct rg__search *search)
{
    const struct rg_table *table = search->table;
    uint32_t end = (uint32_t)table->referent_count;
    uint32_t object = (uint32_t)table->count;
    while (end > 0) {
        uint32_t k = end;
        uint32_t stop = end > POLL_INTERVAL ? end - POLL_INTERVAL : 0;
        while (k > stop &&
               !RG_CODE_SET_HAS(&search->wanted, table->referents[k - 1]))
            k--;
        enum rg_status status = rg__search_poll(search, end - k + 1);
        if (status != RG_OK)
            return status;
        end = k;
        if (k == stop)
            continue;
        fetch_wanted(search, k - 1);
        object = owner_below(table, object, k - 1);
        status = read_object(search, object);
        if (status != RG_OK)
            return status;
        end = table->first[object];
        search->since_poll += table->first[object + 1] - end;
    }
    return RG_OK;
}

/* After a sweep only what it found is still wanted; false when nothing is. */
static bool forget_older(struct rg__search *search)
{
    bool any = false;
    memset(search->wanted.bits, 0, search->wanted.code_count / 8);
    for (size_t i = 0; i < search->closure->node_count; i++) {
        const struct rg_node *node = &search->closure->nodes[i];
        if (!node->followed || node->sweep != search->sweep)
            continue;
        RG_CODE_SET_ADD(&search->wanted, search->table->object[node->object]);
        any = true;
    }
    return any;
}

/* Marks the targets as wanted in the first sweep. */
static void want_targets(struct rg__search *search)
{
    for (size_t i = 0; i < search->closure->node_count; i++) {
        rg_code code;
        if (rg_regions_find(search->table->regions,
                            search->closure->nodes[i].address, &code))
            RG_CODE_SET_ADD(&search->wanted, code);
    }
}

static enum rg_status run(struct rg__search *search)
{
    want_targets(search);
    bool more = true;
    enum rg_status status = RG_OK;
    while (more && status == RG_OK && search->sweep < RG__MAX_SWEEPS) {
        search->sweep++;
        memset(search->fetched, 0, sizeof search->fetched);
        status = runs_backward(search->sweep) ? sweep_backward(search)
                                              : sweep_forward(search);
        more = status == RG_OK && forget_older(search);
    }
    if (status == RG_OK && more)
        status = rg__search_by_index(search);
    return status;
}

enum rg_status rg_search(const struct rg_table *table, const uintptr_t *targets,
                         size_t target_count, enum rg_through through,
                         const struct rg_finder *finder,
                         struct rg_closure *closure)
{
    *closure = (struct rg_closure){0};
    struct rg__search search = {.table = table,
                                .finder = finder,
                                .closure = closure,
                                .through = through};
    enum rg_status status = number_targets(&search, targets, target_count);
    if (status == RG_OK)
        status = append_targets(&search, targets, target_count);
    closure->classes_are_open = through == RG_THROUGH_NONE;
    if (status == RG_OK &&
        rg_code_set_cover(&search.wanted, table->regions) < 0)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = run(&search);
    if (status == RG_OK || status == RG_ETIMEOUT) {
        struct rg_poll asked = {.ask = finder->poll,
                                .context = finder->context};
        enum rg_status grouped =
            rg__pairs_group(&search.pairs, closure, &asked);
        status = grouped == RG_OK ? status : grouped;
    }
    rg__pairs_free(&search.pairs);
    rg_code_set_free(&search.wanted);
    rg_free(search.queue);
    if (status != RG_OK && status != RG_ETIMEOUT)
        rg_closure_free(closure);
    return status;
}

void rg_closure_free(struct rg_closure *closure)
{
    rg_free(closure->nodes);
    rg_free(closure->first);
    rg_free(closure->referrer);
    rg_free(closure->multiplicity);
    rg_code_pages_free(&closure->by_code);
    rg_code_map_free(&closure->by_root);
    *closure = (struct rg_closure){0};
}

uint32_t rg_closure_node(const struct rg_closure *closure,
                         const struct rg_table *table, uintptr_t address)
{
    rg_code code;
    if (!rg_regions_find(table->regions, address, &code))
        return RG_NONE;
    return rg_code_pages_get(&closure->by_code, code);
}

enum rg_status rg_closure_check(const struct rg_closure *closure,
                                struct rg_error *error)
{
    for (size_t n = 0; n < closure->node_count; n++) {
        if (closure->first[n] > closure->first[n + 1])
            return rg_error_set(error, RG_EINTERNAL,
                                "node %zu: referrers run backwards", n);
        for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++) {
            uint32_t referrer = closure->referrer[k];
            if (referrer >= closure->node_count ||
                closure->nodes[referrer].role & RG_ROLE_HIDDEN ||
                closure->multiplicity[k] == 0)
                return rg_error_set(error, RG_EINTERNAL,
                                    "node %zu: bad referrer %u", n, referrer);
            if (k > closure->first[n] && closure->referrer[k - 1] >= referrer)
                return rg_error_set(error, RG_EINTERNAL,
                                    "node %zu: referrers out of order", n);
        }
    }
    return RG_OK;
}
