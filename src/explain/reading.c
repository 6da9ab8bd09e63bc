#include "explain/reading_parts.h"

#include "base/alloc.h"
#include "base/large.h"

/* The longest plumbing there is: function -> closure tuple -> cell -> value;
 * and the height of a trie. */
enum { MAX_PLUMBING = 3, MAX_INNER = 8 };

enum stands { UNKNOWN, WORKING, FALLS, STANDS };

static enum rg_status ask_namer(void *context)
{
    const struct rg_reading *reading = context;
    return reading->namer->poll == NULL
               ? RG_OK
               : reading->namer->poll(reading->namer->context);
}

struct rg_poll *rg__reading_poll(struct rg_reading *reading)
{
    return &reading->poll;
}

struct rg_reading *rg__reading_new(const struct rg_table *table,
                                   const struct rg_closure *closure,
                                   const struct rg_namer *namer,
                                   struct rg_graph *graph)
{
    struct rg_reading *reading = rg_alloc_zeroed(1, sizeof *reading);
    if (reading == NULL)
        return NULL;
    size_t nodes = closure->node_count, pairs = closure->first[nodes];
    reading->table = table;
    reading->closure = closure;
    reading->namer = namer;
    reading->graph = graph;
    reading->last_node = RG_NONE;
    reading->poll = (struct rg_poll){.ask = ask_namer, .context = reading};
    reading->first_edge = rg_alloc(nodes, sizeof *reading->first_edge);
    reading->last_edge = rg_alloc(nodes, sizeof *reading->last_edge);
    reading->last_pair = rg_alloc(nodes, sizeof *reading->last_pair);
    reading->named = rg_alloc_zeroed(pairs, sizeof *reading->named);
    reading->folded = rg_alloc_zeroed(pairs, sizeof *reading->folded);
    reading->raised = rg_alloc_zeroed(nodes, sizeof *reading->raised);
    reading->stands = rg_alloc_zeroed(nodes, sizeof *reading->stands);
    reading->turn = rg_alloc_zeroed(nodes, sizeof *reading->turn);
    if (!reading->first_edge || !reading->last_edge || !reading->last_pair ||
        !reading->named || !reading->folded || !reading->raised ||
        !reading->stands || !reading->turn) {
        rg__reading_free(reading);
        return NULL;
    }
    for (size_t n = 0; n < nodes; n++) {
        reading->first_edge[n] = RG_NONE;
        reading->last_pair[n] = closure->first[n];
    }
    return reading;
}

void rg__reading_free(struct rg_reading *reading)
{
    if (reading == NULL)
        return;
    rg_large_free(reading->edges, reading->edge_size);
    rg_free(reading->first_edge);
    rg_free(reading->last_edge);
    rg_free(reading->last_pair);
    rg_free(reading->named);
    rg_free(reading->folded);
    rg_free(reading->raised);
    rg_free(reading->stands);
    rg_free(reading->turn);
    rg_free(reading->parts);
    rg_free(reading->told);
    rg_free(reading->batch_of);
    rg_free(reading->awaited);
    rg_free(reading->work);
    rg_free(reading);
}

/* The node of an address whose referrers are wanted, or RG_NONE.  Who reads asks
 * for the same address several times in a row. */
static uint32_t wanted_node(struct rg_reading *reading, uintptr_t address)
{
    if (address == reading->last_address)
        return reading->last_node;
    uint32_t node = rg_closure_node(reading->closure, reading->table, address);
    if (node != RG_NONE && !reading->closure->nodes[node].followed)
        node = RG_NONE;
    reading->last_address = address;
    return reading->last_node = node;
}

/* The pair (node being read -> referent), or RG_NONE.  Referrers are mostly
 * read in the order in which a referent lists them, so that it is the pair
 * found last, or the one behind it. */
static uint32_t pair_of(const struct rg_reading *reading, uint32_t referent)
{
    const struct rg_closure *closure = reading->closure;
    const uint32_t *referrer = closure->referrer;
    uint32_t low = closure->first[referent], end = closure->first[referent + 1];
    uint32_t high = end, *last = &reading->last_pair[referent];
    if (low == end)
        return RG_NONE;
    for (uint32_t k = *last; k < end && k < *last + 2; k++)
        if (referrer[k] == reading->current)
            return *last = k;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (referrer[middle] < reading->current)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && referrer[low] == reading->current ? (*last = low)
                                                          : RG_NONE;
}

/* Of a long array: told already, or not asked about yet. */
static bool is_for_another_time(const struct rg_reading *reading,
                                uint32_t referent)
{
    return reading->is_part
               ? reading->told[referent] != RG__BEING_TOLD
               : reading->is_rest && reading->told[referent] >= RG__TOLD;
}

bool rg_reading_wants(struct rg_reading *reading, uintptr_t address)
{
    if (reading->stop == RG_OK)
        reading->stop = rg_poll(&reading->poll, 1);
    return reading->stop == RG_OK && wanted_node(reading, address) != RG_NONE;
}

static int grow_edges(struct rg_reading *reading, size_t needed)
{
    size_t wanted = reading->edge_size + reading->edge_size / 2;
    void *edges = rg_large_resize(reading->edges, &reading->edge_size,
                                  wanted < needed ? needed : wanted);
    if (edges == NULL)
        return -1;
    reading->edges = edges;
    return 0;
}

static enum rg_status add_named_edge(struct rg_reading *reading,
                                     uint32_t referent,
                                     const struct rg__edge *edge)
{
    size_t needed = (reading->edge_count + 1) * sizeof *reading->edges;
    if (reading->edge_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (needed > reading->edge_size && grow_edges(reading, needed) < 0)
        return RG_ENOMEM;
    uint32_t index = (uint32_t)reading->edge_count++;
    reading->edges[index] = *edge;
    if (reading->first_edge[referent] == RG_NONE)
        reading->first_edge[referent] = index;
    else
        reading->edges[reading->last_edge[referent]].next = index;
    reading->last_edge[referent] = index;
    return RG_OK;
}

enum rg_status rg_reading_named(struct rg_reading *reading,
                                const struct rg_named *named)
{
    uint32_t referent = wanted_node(reading, named->referent);
    if (referent == RG_NONE || is_for_another_time(reading, referent))
        return RG_OK;
    struct rg__edge edge = {.referrer = reading->current,
                            .next = RG_NONE,
                            .root = named->root,
                            .kind = (uint8_t)named->kind,
                            .key_type = (uint8_t)named->key_type,
                            .through_plumbing = named->through_plumbing,
                            .number = named->number};
    enum rg_status status = rg_graph_text(reading->graph, named->owner.data,
                                          named->owner.size, &edge.owner);
    if (status == RG_OK)
        status = rg_graph_text(reading->graph, named->label.data,
                               named->label.size, &edge.label);
    if (status != RG_OK)
        return status;
    uint32_t pair =
        named->through_plumbing ? RG_NONE : pair_of(reading, referent);
    if (pair != RG_NONE)
        reading->named[pair]++;
    return add_named_edge(reading, referent, &edge);
}

void rg_reading_folded(struct rg_reading *reading, uintptr_t address)
{
    uint32_t referent = wanted_node(reading, address);
    uint32_t pair = referent == RG_NONE ? RG_NONE : pair_of(reading, referent);
    if (pair != RG_NONE)
        reading->folded[pair]++;
}

enum rg_status rg__reading_read(struct rg_reading *reading, uint32_t node)
{
    reading->current = node;
    enum rg_status status = reading->namer->read(
        reading->namer->context, &reading->closure->nodes[node], reading);
    return status == RG_OK ? reading->stop : status;
}

/* It is the referrer's turn: read at once, but for a long array. */
static enum rg_status have_turn(struct rg_reading *reading, uint32_t node)
{
    const struct rg_namer *namer = reading->namer;
    if (reading->turn[node] != 0)
        return RG_OK;
    reading->turn[node] = ++reading->turns;
    return namer->is_long != NULL &&
                   namer->is_long(namer->context,
                                  &reading->closure->nodes[node])
               ? rg__reading_meet_array(reading)
               : rg__reading_read(reading, node);
}

/* Reads the referrers of `node`, and `levels` - 1 levels further where they
 * may be plumbing; inner plumbing costs no level, `inner` times.  Each node is
 * raised at most once to each level, so that the work is linear. */
static enum rg_status raise_to(struct rg_reading *reading, uint32_t node,
                               uint8_t levels, int inner)
{
    if (reading->raised[node] >= levels)
        return RG_OK;
    reading->raised[node] = levels;
    const struct rg_closure *closure = reading->closure;
    if (!rg_reading_passes(reading,
                           closure->first[node + 1] - closure->first[node]))
        return reading->stop;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        enum rg_status status = have_turn(reading, referrer);
        unsigned role = closure->nodes[referrer].role;
        bool is_inner = role & RG_ROLE_INNER && inner > 0;
        uint8_t further = (uint8_t)(is_inner ? levels : levels - 1);
        if (status == RG_OK && role & RG_ROLE_FOLDS && further > 0)
            status = raise_to(reading, referrer, further, inner - is_inner);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

enum rg_status rg__reading_raise(struct rg_reading *reading, uint32_t node)
{
    enum rg_status status = raise_to(reading, node, MAX_PLUMBING, MAX_INNER);
    return status == RG_OK && reading->told != NULL
               ? rg__reading_arrays(reading, node)
               : status;
}

uint32_t rg__reading_first(const struct rg_reading *reading, uint32_t node)
{
    return reading->first_edge[node];
}

const struct rg__edge *rg__reading_edge(const struct rg_reading *reading,
                                        uint32_t edge)
{
    return &reading->edges[edge];
}

uint32_t rg__reading_unnamed(const struct rg_reading *reading, uint32_t pair)
{
    uint32_t known = reading->named[pair] + reading->folded[pair];
    uint32_t all = reading->closure->multiplicity[pair];
    return all > known ? all - known : 0;
}

/* Whether something reaches `node` through plumbing under a name: it is then
 * a value, and stands. */
static bool is_value(const struct rg_reading *reading, uint32_t node)
{
    for (uint32_t e = reading->first_edge[node]; e != RG_NONE;
         e = reading->edges[e].next)
        if (reading->edges[e].through_plumbing)
            return true;
    return false;
}

static enum rg_status push_raised(struct rg_reading *reading, uint32_t node)
{
    void *work = reading->work;
    if (rg_grow(&work, &reading->work_capacity, reading->work_count + 1,
                sizeof *reading->work) < 0)
        return RG_ENOMEM;
    reading->work = work;
    reading->work[reading->work_count++] = node;
    reading->stands[node] = WORKING;
    /* What arrays have of it makes no difference. */
    return raise_to(reading, node, MAX_PLUMBING, MAX_INNER);
}

/* One look at the node on top of the stack: decided, or (UNKNOWN) waiting for
 * *referrer.  A node waiting for itself stands: a cycle that nothing folds. */
static enum stands decide(const struct rg_reading *reading, uint32_t node,
                          uint32_t *referrer)
{
    const struct rg_closure *closure = reading->closure;
    if (!(closure->nodes[node].role & RG_ROLE_FOLDS) ||
        is_value(reading, node) ||
        closure->first[node] == closure->first[node + 1])
        return STANDS;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        if (closure->multiplicity[k] <= reading->folded[k])
            continue;
        *referrer = closure->referrer[k];
        switch (reading->stands[*referrer]) {
        case UNKNOWN:
            return UNKNOWN;
        case FALLS:
            break;
        default:
            return STANDS;
        }
    }
    return FALLS;
}

enum rg_status rg__reading_stands(struct rg_reading *reading, uint32_t node,
                                  bool *stands)
{
    enum rg_status status = RG_OK;
    if (reading->stands[node] == UNKNOWN)
        status = push_raised(reading, node);
    while (status == RG_OK && reading->work_count > 0) {
        uint32_t top = reading->work[reading->work_count - 1], referrer;
        enum stands answer = decide(reading, top, &referrer);
        if (answer == UNKNOWN) {
            status = push_raised(reading, referrer);
            continue;
        }
        reading->stands[top] = (uint8_t)answer;
        reading->work_count--;
    }
    *stands = reading->stands[node] == STANDS;
    return status;
}
