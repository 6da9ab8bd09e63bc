#include "search/digraph.h"

#include "base/alloc.h"
#include "graph/graph.h"

/* The object of each code: a set of all codes of objects, how many of them
 * come before each word of it, and the objects in the order of their codes.
 * An array over all codes would take the room of ten objects for each
 * object. */
struct places {
    struct rg_code_set set;
    uint32_t *before; /* by word of the set */
    uint32_t *object;
};

static uint32_t place_of_code(const struct places *places, rg_code code)
{
    uint64_t lower = ((uint64_t)1 << (code & 63)) - 1;
    return places->before[code >> 6] +
           (uint32_t)__builtin_popcountll(places->set.bits[code >> 6] & lower);
}

static uint32_t object_at(const struct places *places, rg_code code)
{
    return RG_CODE_SET_HAS(&places->set, code)
               ? places->object[place_of_code(places, code)]
               : RG_NONE;
}

static void places_free(struct places *places)
{
    rg_code_set_free(&places->set);
    rg_free(places->before);
    rg_free(places->object);
}

static enum rg_status places_init(struct places *places,
                                  const struct rg_table *table)
{
    *places = (struct places){0};
    if (rg_code_set_cover(&places->set, table->regions) < 0)
        return RG_ENOMEM;
    size_t words = places->set.code_count / 64;
    places->before = rg_alloc(words, sizeof *places->before);
    places->object = rg_alloc(table->count, sizeof *places->object);
    if (places->before == NULL || places->object == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT))
            RG_CODE_SET_ADD(&places->set, table->object[i]);
    uint32_t total = 0;
    for (size_t word = 0; word < words; word++) {
        places->before[word] = total;
        total += (uint32_t)__builtin_popcountll(places->set.bits[word]);
    }
    for (uint32_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT))
            places->object[place_of_code(places, table->object[i])] = i;
    return RG_OK;
}

/* Keeps the references to objects of the table. */
static enum rg_status keep_references(struct rg_digraph *graph,
                                      const struct rg_table *table,
                                      const struct places *places,
                                      struct rg_poll *poll)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        graph->first[i] = kept;
        for (uint32_t k = table->first[i]; k < table->first[i + 1]; k++) {
            uint32_t object = object_at(places, table->referents[k]);
            if (object == RG_NONE)
                continue;
            graph->referent[kept++] = object;
        }
        enum rg_status status =
            rg_poll(poll, table->first[i + 1] - table->first[i] + 1);
        if (status != RG_OK)
            return status;
    }
    graph->first[table->count] = kept;
    return RG_OK;
}

/* The list of objects is gone before there is room for the way back. */
enum rg_status rg_digraph_init(struct rg_digraph *graph,
                               const struct rg_table *table,
                               struct rg_poll *poll)
{
    *graph = (struct rg_digraph){.count = (uint32_t)table->count};
    struct places places;
    enum rg_status status = places_init(&places, table);
    graph->first = rg_alloc(table->count + 1, sizeof *graph->first);
    graph->referent = rg_alloc(table->referent_count, sizeof(uint32_t));
    if (graph->first == NULL || graph->referent == NULL)
        status = RG_ENOMEM;
    if (status == RG_OK)
        status = keep_references(graph, table, &places, poll);
    places_free(&places);
    if (status == RG_OK)
        return rg_digraph_turn(graph, poll);
    rg_digraph_free(graph);
    return status;
}
