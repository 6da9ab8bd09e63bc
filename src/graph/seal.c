/* Sealing: from records in the order they were found to records grouped by
 * the object they belong to. */
#include "graph/graph.h"

#include <string.h>

#include "base/alloc.h"

static enum rg_status check_loose_reference(const struct rg_graph *graph,
                                            size_t i, struct rg_error *error)
{
    const struct rg_reference *reference = &graph->references[i];
    if (reference->referent >= graph->object_count)
        return rg_error_set(error, RG_EFORMAT,
                            "references[%zu]: no object %u for its referent", i,
                            (unsigned)reference->referent);
    if (reference->referrer != RG_NONE &&
        reference->referrer >= graph->object_count)
        return rg_error_set(error, RG_EFORMAT,
                            "references[%zu]: no object %u for its referrer", i,
                            (unsigned)reference->referrer);
    if (reference->root != RG_NONE && reference->root >= graph->root_count)
        return rg_error_set(error, RG_EFORMAT, "references[%zu]: no root %u", i,
                            (unsigned)reference->root);
    return RG_OK;
}

static enum rg_status check_references(const struct rg_graph *graph,
                                       struct rg_error *error)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->reference_count && status == RG_OK; i++) {
        status = check_loose_reference(graph, i, error);
        if (status == RG_OK)
            status = rg_poll(graph->poll, 1);
    }
    return status;
}

/* Counts what belongs to each object and gives each its first place. */
static void place_references(struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->object_count; i++)
        graph->objects[i].reference_count = 0;
    for (size_t i = 0; i < graph->reference_count; i++)
        graph->objects[graph->references[i].referent].reference_count++;
    uint32_t first = 0;
    for (size_t i = 0; i < graph->object_count; i++) {
        graph->objects[i].first_reference = first;
        first += graph->objects[i].reference_count;
    }
}

/* Needs the reference counts of place_references. */
static enum rg_status check_rests(const struct rg_graph *graph,
                                  struct rg_error *error)
{
    for (size_t i = 0; i < graph->rest_count; i++) {
        const struct rg_rest *rest = &graph->rests[i];
        if (rest->referent >= graph->object_count)
            return rg_error_set(error, RG_EFORMAT,
                                "rests[%zu]: no object %u for its referent", i,
                                (unsigned)rest->referent);
        if (rest->after >= graph->objects[rest->referent].reference_count)
            return rg_error_set(
                error, RG_EFORMAT, "rests[%zu]: object %u has no reference %u",
                i, (unsigned)rest->referent, (unsigned)rest->after);
    }
    return RG_OK;
}

static void find_first_rests(struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->object_count; i++)
        graph->objects[i].rest_count = 0;
    for (size_t i = 0; i < graph->rest_count; i++)
        graph->objects[graph->rests[i].referent].rest_count++;
    uint32_t first = 0;
    for (size_t i = 0; i < graph->object_count; i++) {
        graph->objects[i].first_rest = first;
        first += graph->objects[i].rest_count;
    }
}

/* One pass of a counting sort, stable: copies `count` records of `size` bytes
 * from `source` to `sorted`; next[key] is where the next one of a key goes. */
static void scatter(const void *source, void *sorted, size_t count, size_t size,
                    size_t key_offset, uint32_t *next)
{
    const char *record = source;
    for (size_t i = 0; i < count; i++, record += size) {
        uint32_t key;
        memcpy(&key, record + key_offset, sizeof key);
        memcpy((char *)sorted + (size_t)next[key]++ * size, record, size);
    }
}

static enum rg_status group_references(struct rg_graph *graph)
{
    enum rg_status status = RG_ENOMEM;
    struct rg_reference *sorted =
        rg_alloc(graph->reference_count, sizeof *sorted);
    uint32_t *next = rg_alloc(graph->object_count, sizeof *next);
    if (sorted == NULL || next == NULL)
        goto fail;
    for (size_t i = 0; i < graph->object_count; i++)
        next[i] = graph->objects[i].first_reference;
    if (graph->reference_count != 0)
        scatter(graph->references, sorted, graph->reference_count,
                sizeof *sorted, offsetof(struct rg_reference, referent), next);
    rg_free(graph->references);
    graph->references = sorted;
    graph->reference_capacity = graph->reference_count;
    sorted = NULL;
    status = RG_OK;
fail:
    rg_free(sorted);
    rg_free(next);
    return status;
}

/* Fills next[] for a pass over `after`: rests per offset, then summed up. */
static void place_by_after(const struct rg_graph *graph, uint32_t *next)
{
    for (size_t i = 0; i < graph->rest_count; i++)
        next[graph->rests[i].after]++;
    uint32_t first = 0;
    for (size_t i = 0; i < graph->reference_count; i++) {
        uint32_t count = next[i];
        next[i] = first;
        first += count;
    }
}

/* By `after` first, then by referent: the second pass keeps the order of the
 * first, so each object's rests come in the order in which they are shown. */
static enum rg_status group_rests(struct rg_graph *graph)
{
    enum rg_status status = RG_ENOMEM;
    if (graph->rest_count == 0)
        return RG_OK;
    struct rg_rest *sorted = rg_alloc(graph->rest_count, sizeof *sorted);
    uint32_t *by_after =
        rg_alloc_zeroed(graph->reference_count, sizeof *by_after);
    uint32_t *by_referent = rg_alloc(graph->object_count, sizeof *by_referent);
    if (sorted == NULL || by_after == NULL || by_referent == NULL)
        goto fail;
    place_by_after(graph, by_after);
    scatter(graph->rests, sorted, graph->rest_count, sizeof *sorted,
            offsetof(struct rg_rest, after), by_after);
    for (size_t i = 0; i < graph->object_count; i++)
        by_referent[i] = graph->objects[i].first_rest;
    scatter(sorted, graph->rests, graph->rest_count, sizeof *sorted,
            offsetof(struct rg_rest, referent), by_referent);
    status = RG_OK;
fail:
    rg_free(sorted);
    rg_free(by_after);
    rg_free(by_referent);
    return status;
}

enum rg_status rg_graph_seal(struct rg_graph *graph, struct rg_error *error)
{
    if (graph->sealed)
        return rg_error_set(error, RG_EINTERNAL, "the graph is sealed already");
    enum rg_status status = check_references(graph, error);
    if (status != RG_OK)
        return status;
    place_references(graph);
    status = check_rests(graph, error);
    if (status != RG_OK)
        return status;
    find_first_rests(graph);
    if (group_rests(graph) != RG_OK || group_references(graph) != RG_OK)
        return rg_error_no_memory(error);
    rg_free(graph->words);
    graph->words = NULL;
    rg_hash_free(&graph->word_index);
    graph->sealed = true;
    return RG_OK;
}
