/* Sizes are added up along the dominator tree of the whole table: what an
 * object dominates goes with it.  Roots are the roots of the table, the modules
 * and whatever has more references than the table shows. */
#include "explain/retained.h"

#include "base/alloc.h"
#include "search/digraph.h"

struct weights {
    uint64_t *bytes; /* by table object */
    uint32_t *objects;
    uint32_t *dominator, *order;
    bool *is_root;
};

static void weights_free(struct weights *weights)
{
    rg_free(weights->bytes);
    rg_free(weights->objects);
    rg_free(weights->dominator);
    rg_free(weights->order);
    rg_free(weights->is_root);
}

static enum rg_status weights_init(struct weights *weights, size_t count)
{
    weights->bytes = rg_alloc_zeroed(count, sizeof *weights->bytes);
    weights->objects = rg_alloc_zeroed(count, sizeof *weights->objects);
    weights->dominator = rg_alloc(count, sizeof *weights->dominator);
    weights->order = rg_alloc_zeroed(count, sizeof *weights->order);
    weights->is_root = rg_alloc_zeroed(count, sizeof *weights->is_root);
    return weights->bytes && weights->objects && weights->dominator &&
                   weights->order && weights->is_root
               ? RG_OK
               : RG_ENOMEM;
}

/* What this call made holds nothing, and what it refers to is as often not
 * found; `order` counts that until it has its own use. */
static void disregard(struct weights *weights, struct rg_digraph *graph,
                      uint32_t object)
{
    for (uint32_t k = graph->first[object]; k < graph->first[object + 1]; k++)
        weights->order[graph->referent[k]]++;
    rg_digraph_isolate(graph, object);
}

/* What each object weighs by itself; `dominator` has the counts. */
static enum rg_status weigh_all(struct weights *weights,
                                const struct rg__asked *asked,
                                struct rg_digraph *graph)
{
    const struct rg_table *table = asked->table;
    const struct rg_witness *witness = asked->witness;
    struct rg_poll *poll = rg__reading_poll(asked->naming.reading);
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; status == RG_OK && i < table->count; i++) {
        weights->dominator[i] = 0;
        if (table->flags[i] & RG_TABLE_ROOT) {
            weights->is_root[i] = true;
            continue;
        }
        struct rg_weight weight =
            witness->weigh(witness->context, rg_table_address(table, i));
        weights->bytes[i] = weight.bytes;
        weights->objects[i] = weight.objects;
        weights->is_root[i] = weight.is_root;
        weights->dominator[i] =
            weight.count > UINT32_MAX ? UINT32_MAX : (uint32_t)weight.count;
        if (weight.is_ours)
            disregard(weights, graph, i);
        status = rg_poll(poll, 1);
    }
    return status;
}

/* What is counted more often than found is held by what no table shows. */
static void find_roots(struct weights *weights, const struct rg_digraph *graph)
{
    for (uint32_t i = 0; i < graph->count; i++) {
        uint32_t found = graph->back_first[i + 1] - graph->back_first[i];
        if (weights->dominator[i] > found - weights->order[i])
            weights->is_root[i] = true;
    }
}

/* From the leaves of the tree up: what is dominated comes last in the order. */
static enum rg_status add_up_sizes(struct weights *weights,
                                   const struct rg_digraph *graph,
                                   uint32_t reached, struct rg_poll *poll)
{
    enum rg_status status = RG_OK;
    for (uint32_t i = reached; status == RG_OK && i-- > 0;) {
        uint32_t node = weights->order[i], above = weights->dominator[node];
        status = rg_poll(poll, 1);
        if (above >= graph->count)
            continue;
        weights->bytes[above] += weights->bytes[node];
        weights->objects[above] += weights->objects[node];
    }
    return status;
}

/* An object of the graph in the table. */
struct place {
    uint32_t object; /* RG_NONE: nowhere */
    uintptr_t address;
};

/* Where the objects of the graph stand.  A target that refers to nothing found
 * does not know its own place. */
static void list_places(const struct rg__asked *asked, struct place *place)
{
    const struct rg_table *table = asked->table;
    const struct rg_closure *closure = asked->naming.closure;
    bool any_unknown = false;
    for (size_t i = 0; i < asked->naming.graph->object_count; i++)
        place[i] = (struct place){
            /* weak references are in no closure */
            .object = RG_NONE,
            .address = (uintptr_t)asked->naming.graph->objects[i].id};
    for (uint32_t n = 0; n < closure->node_count; n++) {
        uint32_t object = asked->naming.object_of[n];
        if (object == RG_NONE)
            continue;
        place[object].object = closure->nodes[n].object;
        place[object].address = closure->nodes[n].address;
        any_unknown |= place[object].object == RG_NONE;
    }
    for (uint32_t i = 0; any_unknown && i < table->count; i++) {
        uint32_t n =
            table->flags[i] & RG_TABLE_ROOT
                ? RG_NONE
                : rg_code_pages_get(&closure->by_code, table->object[i]);
        if (n != RG_NONE && asked->naming.object_of[n] != RG_NONE)
            place[asked->naming.object_of[n]].object = i;
    }
}

static enum rg_status add_record(const struct weights *weights,
                                 const struct rg__asked *asked, uint32_t object,
                                 struct place place)
{
    struct rg_retained retained = {.object = object};
    if (place.object == RG_NONE) {
        struct rg_weight alone =
            asked->witness->weigh(asked->witness->context, place.address);
        retained.bytes = alone.bytes;
        retained.objects = alone.objects;
    } else {
        retained.bytes = weights->bytes[place.object];
        retained.objects = weights->objects[place.object];
    }
    return rg_graph_add_retained(asked->naming.graph, &retained);
}

static enum rg_status add_records(const struct weights *weights,
                                  const struct rg__asked *asked)
{
    size_t count = asked->naming.graph->object_count;
    struct place *place = rg_alloc(count, sizeof *place);
    enum rg_status status = place == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        list_places(asked, place);
    for (uint32_t i = 0; status == RG_OK && i < count; i++)
        status = add_record(weights, asked, i, place[i]);
    rg_free(place);
    return status;
}

enum rg_status rg__retained_add(const struct rg__asked *asked)
{
    struct rg_digraph graph;
    struct weights weights = {0};
    struct rg_poll *poll = rg__reading_poll(asked->naming.reading);
    uint32_t reached = 0;
    enum rg_status status = rg_digraph_init(&graph, asked->table, poll);
    if (status != RG_OK)
        return status;
    status = weights_init(&weights, asked->table->count);
    if (status == RG_OK)
        status = weigh_all(&weights, asked, &graph);
    if (status == RG_OK) {
        find_roots(&weights, &graph);
        status = rg_dominators(&graph, weights.is_root, weights.dominator,
                               weights.order, &reached, poll);
    }
    if (status == RG_OK)
        status = add_up_sizes(&weights, &graph, reached, poll);
    if (status == RG_OK)
        status = add_records(&weights, asked);
    rg_digraph_free(&graph);
    weights_free(&weights);
    return status;
}
